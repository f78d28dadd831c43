"""A run over the real service: the same figures twice, and records that add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.figures import METRICS
from ragqa.evaluation.ingestion import ingestion_fidelity
from ragqa.evaluation.questions import EvalQuestion, load_questions
from ragqa.evaluation.records import EvalRun, load_run, save_run
from ragqa.evaluation.run import evaluate_service, questions_of
from ragqa.service import QAService
from tests.evaluation.conftest import QUESTIONS

SOME = 5


def test_two_runs_give_identical_figures(corpus_service: QAService, tmp_path: Path) -> None:
    """Everything but what the machine decides is the same twice, to the byte; paraphrases are judged with their base."""
    questions = questions_of(QUESTIONS, "dev")
    base = next(question.paraphrase_of for question in questions if question.paraphrase_of)
    chosen = tuple(question for question in questions if base in (question.id, question.paraphrase_of)) + questions[:SOME]
    chosen = tuple(dict.fromkeys(chosen))

    runs = [evaluate_service(corpus_service, chosen, "dev") for _ in range(2)]
    for place, run in enumerate(runs):
        save_run(replace(run, measured=None), tmp_path / f"{place}.json")

    assert (tmp_path / "0.json").read_bytes() == (tmp_path / "1.json").read_bytes()
    assert all(run.measured and run.measured.latency_ms["answer"][1] > 0 and run.measured.peak_memory_mb > 10 for run in runs)
    assert any(record.shares["stability"].of for record in runs[0].records)
    assert load_run(tmp_path / "0.json") == replace(runs[0], measured=None)


def test_every_metric_is_fed(dev_run: EvalRun, dev_questions: tuple[EvalQuestion, ...]) -> None:
    """Each metric applies to some dev question, but stability, which needs paraphrases."""
    fed = {key for record in dev_run.records for key, share in record.shares.items() if share.of}

    assert {metric.key for metric in METRICS} - fed == {"stability"}
    assert [record.question_id for record in dev_run.records] == [question.id for question in dev_questions]


def test_records_add_up(dev_run: EvalRun) -> None:
    """Found nuggets are those that statements say, and faults are those that figures count."""
    for record in dev_run.records:
        said = {place for statement in record.statements for place in statement.nuggets}
        assert [nugget.found for nugget in record.nuggets] == [place in said for place in range(len(record.nuggets))]
        assert sum(nugget.found and nugget.is_vital for nugget in record.nuggets) == record.shares["vital_recall"].hits
        for key in ("redundancy", "dangling", "contradiction"):
            assert sum(key in statement.faults for statement in record.statements) == record.shares[key].hits


def test_the_index_holds_the_corpus_faithfully(corpus_service: QAService) -> None:
    """Every stored sentence is a slice of its page, and nearly every list item of a digest is one sentence."""
    shares = ingestion_fidelity(corpus_service.reader().library, corpus_service.settings.corpus)

    assert shares["sentences_slice"].value == 1.0
    assert (shares["items_whole"].value or 0.0) > 0.97


def test_halves_are_parts_of_the_whole() -> None:
    """The halves share no question and leave none out."""
    dev, test = (questions_of(QUESTIONS, split) for split in ("dev", "test"))

    assert len(dev) + len(test) == len(load_questions(QUESTIONS)) == len(questions_of(QUESTIONS, "all"))
    assert not {question.base_id for question in dev} & {question.base_id for question in test}


def test_a_file_that_is_no_run_says_what_to_do(tmp_path: Path) -> None:
    """A foreign file names the command that keeps a run."""
    foreign = tmp_path / "run.json"
    foreign.write_text("{}", encoding="utf-8")

    with pytest.raises(QuestionSetInvalid, match="ragqa eval run --json"):
        load_run(foreign)
