"""The dev half of the questions, answered once by the real service and judged once."""

from __future__ import annotations

import pytest

from ragqa.evaluation.assessor import Assessor
from ragqa.evaluation.gate import quick_part
from ragqa.evaluation.ingestion import ingestion_fidelity
from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import EvalRun
from ragqa.evaluation.retrieval_metrics import retrieval_shares
from ragqa.evaluation.run import System, assessor_of, evaluate, questions_of
from ragqa.service import QAService
from ragqa.types import Answer
from tests.conftest import CHECKOUT

QUESTIONS = CHECKOUT / "eval" / "questions.jsonl"
BASELINE = CHECKOUT / "eval" / "baseline.json"


@pytest.fixture(scope="session")
def dev_questions() -> tuple[EvalQuestion, ...]:
    """Return the part of the dev half that every test run asks."""
    return quick_part(questions_of(QUESTIONS, "dev"))


@pytest.fixture(scope="session")
def assessor(corpus_service: QAService) -> Assessor:
    """Return an assessor over the shipped corpus."""
    return assessor_of(corpus_service)


@pytest.fixture(scope="session")
def dev_answers(corpus_service: QAService, dev_questions: tuple[EvalQuestion, ...]) -> dict[str, Answer]:
    """Return the answer to each dev question by its id."""
    return {question.id: corpus_service.ask(question.text, question.audience) for question in dev_questions}


@pytest.fixture(scope="session")
def dev_run(corpus_service: QAService, dev_questions: tuple[EvalQuestion, ...], dev_answers: dict[str, Answer], assessor: Assessor) -> EvalRun:
    """Return the judged dev half."""
    library = corpus_service.reader().library
    retrieval = retrieval_shares(corpus_service.reader(), dev_questions, corpus_service.settings.retrieval.pool)
    system = System("ragqa", lambda question, timings: dev_answers[question.id])
    ingestion = ingestion_fidelity(library, corpus_service.settings.corpus)
    return evaluate(system, dev_questions, "dev", assessor, library.version, retrieval, ingestion)
