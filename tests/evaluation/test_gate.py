"""The gate: the accepted state is kept question by question, and a significant loss fails with the questions that caused it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.gate import accept, baseline_split, hold_against
from ragqa.evaluation.records import EvalRun, QuestionRecord, Share
from tests.evaluation.conftest import BASELINE
from tests.evaluation.samples import record, shares


def run_of(records: list[QuestionRecord]) -> EvalRun:
    """Return a run of these records."""
    return EvalRun("ragqa", "dev", "gen-1", "s", "q", tuple(records), {})


def accepted(records: list[QuestionRecord], folder: Path) -> Path:
    """Write a baseline of these records."""
    path = folder / "baseline.json"
    accept(run_of(records), path, "eval/questions.jsonl", "2025-01-01")
    return path


def test_the_answers_are_no_worse_than_the_accepted_ones(dev_run: EvalRun) -> None:
    """No figure of the dev questions is significantly worse than in eval/baseline.json; accept a wanted change with `ragqa eval accept`."""
    failures = hold_against(dev_run, BASELINE)

    assert not failures, "\n".join(failure.message for failure in failures)


def test_an_unchanged_state_passes(tmp_path: Path) -> None:
    """What was accepted passes, byte for byte and after another question was added."""
    records = shares([1.0, 0.5, 0.0])
    baseline = accepted(records, tmp_path)

    assert hold_against(run_of(records), baseline) == ()
    assert hold_against(run_of([*records, record("new", {"vital_recall": Share(0, 1)})]), baseline) == ()
    assert baseline_split(baseline) == "dev"


def test_a_loss_on_many_questions_fails_and_names_them(tmp_path: Path) -> None:
    """Ten of twenty questions lose their vital nugget: the message holds the figure and the ids."""
    baseline = accepted(shares([1.0] * 20), tmp_path)

    (failure,) = hold_against(run_of(shares([0.0] * 10 + [1.0] * 10)), baseline)

    assert failure.key == "vital_recall"
    assert "1.000 to 0.500" in failure.message
    assert all(f"q{place}" in failure.message for place in range(10))
    assert "q15" not in failure.message


def test_a_gain_passes(tmp_path: Path) -> None:
    """Getting better fails nothing."""
    assert hold_against(run_of(shares([1.0] * 20)), accepted(shares([0.0] * 20), tmp_path)) == ()


def test_a_citation_may_never_slip(tmp_path: Path) -> None:
    """One unsupported statement of a hundred is no significant loss, and fails."""
    before = [record(f"q{place}", {"citation_recall": Share(10, 10)}) for place in range(10)]
    after = [*before[:9], replace(before[9], shares={"citation_recall": Share(9, 10)})]

    (failure,) = hold_against(run_of(after), accepted(before, tmp_path))

    assert failure.key == "citation_recall"
    assert "q9" in failure.message


def test_the_baseline_has_one_question_a_line(tmp_path: Path) -> None:
    """A change of the accepted state reads as a difference of lines."""
    lines = accepted(shares([1.0, 0.0]), tmp_path).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith('"q') and "base" in line] == [
        '"q0": {"base":"q0","vital_recall":[1.0,1]},',
        '"q1": {"base":"q1","vital_recall":[0.0,1]}',
    ]


def test_a_baseline_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    """A missing or foreign file names the command that writes one."""
    foreign = tmp_path / "baseline.json"
    foreign.write_text("[]", encoding="utf-8")

    for path in (foreign, tmp_path / "none.json"):
        with pytest.raises(QuestionSetInvalid, match="ragqa eval accept"):
            hold_against(run_of(shares([1.0])), path)
