"""What an answer leaves open, and what to ask next."""

from __future__ import annotations

import pytest

from ragqa.service import QAService
from ragqa.types import AnswerStatus
from tests.compose.samples import section

QUESTIONS = (
    "What are the treatment options for interstitial lung disease in mixed connective tissue disease?",
    "How common is ILD in rheumatoid arthritis?",
    "What is the effect of tocilizumab in SSc-ILD?",
    "What is the prognosis of dermatomyositis with ILD?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_suggested_question_is_answered(corpus_service: QAService, question: str) -> None:
    """A suggestion is made only where the library has an answer to it, and never repeats the question."""
    suggested = corpus_service.ask(question).follow_ups

    assert len(suggested) <= 5
    assert question not in suggested
    assert not [each for each in suggested if corpus_service.ask(each).abstained]


def test_questions_of_a_rich_field_suggest_something(corpus_service: QAService) -> None:
    """The disease with most documents leaves aspects open in every single answer."""
    assert corpus_service.ask(QUESTIONS[0]).follow_ups


def test_what_was_asked_and_not_found_is_said(small: QAService) -> None:
    """Of two treatments asked about, the one without a statement is named as not covered, and the answer is partial."""
    answer = small.ask("What are the outcomes of rituximab and of cyclophosphamide in MCTD-ILD?")

    assert section(answer, "research")
    assert any("cyclophosphamide" in gap for gap in answer.not_covered)
    assert not any("rituximab" in gap for gap in answer.not_covered)
    assert answer.status is AnswerStatus.PARTIAL


def test_a_complete_answer_leaves_nothing_uncovered(small: QAService) -> None:
    """Where every part has a statement the list is empty and the status says so."""
    answer = small.ask("What are the outcomes of rituximab in MCTD-ILD?")

    assert answer.not_covered == ()
    assert answer.status is AnswerStatus.ANSWERED


def test_a_dose_that_no_statement_gives_is_a_gap(corpus_service: QAService) -> None:
    """A "high dose" tells no dose; how often something is given does."""
    without = corpus_service.ask("What is the dose of steroids in rapidly progressive ILD in dermatomyositis?")
    schedule = corpus_service.ask("How is rituximab dosed in SARD-ILD?")

    assert "dosing in DM" in without.not_covered
    assert without.status is AnswerStatus.PARTIAL
    assert not any("dosing" in gap for gap in schedule.not_covered)
