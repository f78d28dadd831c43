"""The benchmark prints what it measured; no figure is a condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.evaluation.bench import library_questions, time_cold, time_warm
from tests.compose.samples import small_service


def test_warm_and_cold_timings_name_what_was_measured(tmp_path: Path) -> None:
    """One row for the whole answer and one a stage, each over all questions; one row for the command as a whole."""
    service = small_service(tmp_path)
    questions = library_questions(service)[:3]

    rows = time_warm(service, questions)
    cold = time_cold(service.settings, questions[0], runs=1)

    assert {row.name for row in rows} == {"answer", "analyse", "retrieve", "compose", "check"}
    assert {row.n for row in rows} == {3}
    assert all(0 < row.p50_ms <= row.p99_ms for row in rows)
    whole = next(row.p50_ms for row in rows if row.name == "answer")
    assert whole == pytest.approx(sum(row.p50_ms for row in rows if row.name != "answer"), rel=0.9)
    assert (cold.name, cold.n) == ("cold ragqa ask", 1)
    assert cold.p50_ms > whole


def test_questions_are_asked_of_the_populations_the_library_holds(tmp_path: Path) -> None:
    """Nothing about a field of medicine is fixed in the benchmark."""
    service = small_service(tmp_path)

    questions = library_questions(service)

    assert len(set(questions)) == len(questions)
    assert any("MCTD" in question for question in questions)
