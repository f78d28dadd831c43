"""The commands around answers and the service: check, explain, ask on, keys, audit, and the refusal to stand open."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.test_cli import QUESTION, Ragqa, index, ragqa

__all__ = ["index", "ragqa"]


@pytest.fixture(autouse=True)
def own_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the records of each test apart."""
    monkeypatch.setenv("RAGQA_RECORDS__URL", f"sqlite:///{tmp_path / 'records.sqlite'}")


def test_a_saved_answer_is_checked(ragqa: Ragqa, index: str, tmp_path: Path) -> None:
    """Untouched it holds (0); with one figure changed it does not (4), and the statement is named; what is no answer is misuse (2)."""
    saved = tmp_path / "answer.json"
    saved.write_text(ragqa("ask", QUESTION, "--index", index, "--json").out)
    assert ragqa("verify", str(saved), "--index", index).code == 0
    value = json.loads(saved.read_text())
    value["sections"][-1]["groups"][0]["statements"][0]["text"] += " In 99 patients."
    saved.write_text(json.dumps(value))
    found = ragqa("verify", str(saved), "--index", index, "--json")
    assert found.code == 4
    assert not json.loads(found.out)["holds"]
    assert "a figure of it stands in no quote" in ragqa("verify", str(saved), "--index", index).out
    for text in ("no JSON", "[]", '{"a": 1}'):
        saved.write_text(text)
        assert ragqa("verify", str(saved), "--index", index).code == 2


def test_an_explanation_names_what_was_left_out(ragqa: Ragqa, index: str) -> None:
    """Each statement comes with its reasons, and the nearest others with the rule that left them out."""
    explained = json.loads(ragqa("ask", QUESTION, "--index", index, "--json", "--explain").out)
    plain = json.loads(ragqa("ask", QUESTION, "--index", index, "--json").out)
    explanation = explained.pop("explain")
    assert explained == plain
    assert all(entry["because"] for entry in explanation["chosen"])
    shown = {statement["text"] for section in plain["sections"] for group in section["groups"] for statement in group["statements"]}
    assert all(entry["reason"] and entry["text"] not in shown for entry in explanation["left_out"])
    assert "Why these statements" in ragqa("ask", QUESTION, "--index", index, "--explain").out


def test_a_chat_shows_how_it_read_each_question_and_can_undo_it(ragqa: Ragqa, index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second question is completed from the first; "undo" asks it as typed, so nothing is interpreted."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\nand cyclophosphamide?\nundo\n"))
    run = ragqa("chat", "--index", index)
    assert run.code == 0
    assert run.out.count("Interpreted as: What are the outcomes of cyclophosphamide in MCTD-ILD?") == 1


def test_a_key_is_shown_once_listed_and_revoked(ragqa: Ragqa) -> None:
    """The secret goes to standard output alone; the list has no secret; a revoked key cannot be revoked again."""
    made = ragqa("keys", "create", "ward 5", "--role", "curator", "--days", "30")
    assert made.out.startswith("ragqa_")
    assert made.out.strip() not in made.err
    (key,) = json.loads(ragqa("keys", "list", "--json").out)
    assert (key["name"], key["role"], key["state"]) == ("ward 5", "curator", "valid")
    assert "secret" not in key
    assert ragqa("keys", "revoke", key["key_id"]).code == 0
    again = ragqa("keys", "revoke", key["key_id"])
    assert again.code == 2
    assert "ragqa keys list" in again.err


def test_the_audit_chain_is_listed_and_checked(ragqa: Ragqa, tmp_path: Path) -> None:
    """Key changes are entries; a changed entry ends the check with 4."""
    ragqa("keys", "create", "ward 5")
    (entry,) = json.loads(ragqa("audit", "list", "--json").out)
    assert (entry["principal"], entry["action"]) == ("operator", "key-create")
    assert ragqa("audit", "verify").code == 0
    import sqlite3

    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("UPDATE audit SET principal = 'nobody'")
    connection.close()
    broken = ragqa("audit", "verify")
    assert (broken.code, "Entry 1" in broken.err) == (4, True)


def test_a_kept_hash_shows_a_chain_that_was_cut(ragqa: Ragqa, tmp_path: Path) -> None:
    """While its entry is there the check passes; without it the chain still holds in itself and the check ends with 4."""
    import sqlite3

    ragqa("keys", "create", "ward 5")
    kept = json.loads(ragqa("audit", "verify", "--json").out)["last_hash"]
    ragqa("keys", "create", "ward 6")
    assert ragqa("audit", "verify", "--kept", kept).code == 0
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("DELETE FROM audit")
    connection.close()
    assert ragqa("audit", "verify").code == 0
    cut = ragqa("audit", "verify", "--kept", kept)
    assert (cut.code, "cut off" in cut.err) == (4, True)


def test_the_service_does_not_stand_open_where_others_reach_it(ragqa: Ragqa, index: str) -> None:
    """Without a key it refuses any address but this machine's, and says how to make one."""
    run = ragqa("serve", "--index", index, "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - refused
    assert run.code == 2
    assert "ragqa keys create" in run.err
