"""Settings come from flag, environment and default, in this order, and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.errors import SettingsInvalid
from ragqa.settings import load_settings, settings_table


def test_a_flag_wins_over_the_environment_and_that_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """None stands for a flag that was not given."""
    assert load_settings(index=None).index == Path("index")
    monkeypatch.setenv("RAGQA_INDEX", "from-environment")
    assert load_settings(index=None).index == Path("from-environment")
    assert load_settings(index=Path("from-flag")).index == Path("from-flag")


def test_a_nested_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two underscores lead into a group; its other settings keep their defaults."""
    monkeypatch.setenv("RAGQA_RETRIEVAL__DENSE_WEIGHT", "0.25")

    settings = load_settings()

    assert settings.retrieval.dense_weight == 0.25
    assert settings.retrieval.pool == 100


@pytest.mark.parametrize(
    ("name", "value"),
    [("RAGQA_RETRIEVAL__DENSE_WEIGHT", "1.5"), ("RAGQA_INGEST__JOBS", "many"), ("RAGQA_SERVER__PORT", "70000"), ("RAGQA_COMPOSE__NONSENSE", "1")],
)
def test_a_value_that_cannot_be_used_names_the_variable_the_value_and_the_way_out(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Out of bounds, of the wrong kind, or unknown in its group: one line says which and what to run."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    message = str(caught.value)
    assert name in message
    assert value in message
    assert '"ragqa settings"' in message
    assert "\n" not in message


def test_the_table_lists_every_setting_once_with_its_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are the variables themselves: setting one changes its row, and only its value."""
    before = {row["name"]: row for row in settings_table(load_settings())}
    monkeypatch.setenv("RAGQA_COMPOSE__CANDIDATES", "7")
    after = {row["name"]: row for row in settings_table(load_settings())}

    assert after["RAGQA_COMPOSE__CANDIDATES"] == before["RAGQA_COMPOSE__CANDIDATES"] | {"value": "7"}
    assert {name for name in after if after[name] != before[name]} == {"RAGQA_COMPOSE__CANDIDATES"}
    assert all(row["meaning"] for row in after.values())
    assert {"RAGQA_CORPUS", "RAGQA_INDEX", "RAGQA_SERVER__PORT"} <= set(after)


def test_only_what_can_change_an_answer_changes_the_answer_hash() -> None:
    """Ranking and composing count; the port does not."""
    plain = load_settings()

    assert load_settings(server={"port": 9}).answer_hash == plain.answer_hash
    assert load_settings(retrieval={"dense_weight": 0.1}).answer_hash != plain.answer_hash
    assert load_settings(compose={"score_cut": 0.9}).answer_hash != plain.answer_hash
