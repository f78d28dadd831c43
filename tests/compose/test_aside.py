"""A part of a question on something the library never heard of leaves the other parts to be answered."""

from __future__ import annotations

import pytest

from ragqa.compose.aside import is_known_treatment
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import AnswerStatus


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How is rapidly progressive ILD with anti-MDA5 treated, and what is the role of baricitinib?", "baricitinib"),
        ("What were the deaths in ASTIS and what was the effect on depression?", "depression"),
        ("Which drugs are recommended first line in RA-ILD, and which of them can be used in pregnancy?", "pregnancy in RA"),
        ("What do ACR/CHEST and NICE recommend for RA-ILD?", "documents of NICE in RA"),
        ("What is the effect of tocilizumab on FVC in SSc-ILD and on cough?", "cough in SSc"),
    ],
)
def test_the_rest_is_answered(corpus_service: QAService, question: str, name: str) -> None:
    """The answer is partial and names what is missing."""
    answer = corpus_service.ask(question)

    assert answer.status is AnswerStatus.PARTIAL
    assert name in answer.not_covered
    assert answer.statements
    assert answer.question == question


@pytest.mark.parametrize(
    "question",
    ["What is the role of baricitinib in RA-ILD, and how is it dosed?", "After rituximab failure in SSc-ILD, does obinutuzumab help?"],
)
def test_what_the_whole_question_is_on_is_not_set_aside(corpus_service: QAService, question: str) -> None:
    """The unknown drug stands in the only thing that is asked, or in the first."""
    assert corpus_service.ask(question).abstained


def test_a_class_is_known_by_its_members() -> None:
    """No sentence names the class, one names a member."""
    lexicon = load_lexicon()

    assert is_known_treatment("anti-IL-6", {"tocilizumab"}.__contains__, lexicon)
    assert not is_known_treatment("anti-IL-6", {"rituximab"}.__contains__, lexicon)


def test_a_part_that_the_selection_left_out_is_filled(corpus_service: QAService) -> None:
    """Monitoring has advice for the disease; an answer on first-line treatment alone would call it not covered."""
    answer = corpus_service.ask("How is MCTD-ILD treated first line and how should it be monitored?")

    assert answer.status is AnswerStatus.ANSWERED
    assert any("monitor" in statement.text.lower() for statement in answer.statements)


@pytest.mark.parametrize(
    "question",
    [
        "What did SLS II find on FVC, and which drug was better tolerated?",
        "Does methotrexate raise the risk of RA-ILD, and does smoking?",
        "What is IPAF and which antibodies count?",
        "What is PPF and how is it treated?",
        "Is pulmonary rehabilitation safe in ILD and what does it improve?",
        "Are glucocorticoids safe in MCTD-ILD, or should I worry as in scleroderma?",
    ],
)
def test_a_question_with_all_its_parts_is_not_partial(corpus_service: QAService, question: str) -> None:
    """Every part has a statement."""
    assert corpus_service.ask(question).status is AnswerStatus.ANSWERED


@pytest.mark.parametrize(
    ("question", "word", "kept"),
    [
        ("Besides infections, what harms does rituximab have in CTD-ILD?", "Infections early", "Infusion reactions"),
        ("Can rituximab itself hurt my lungs, apart from infections?", "Serious infections", "Non-infectious pulmonary toxicity"),
        ("What did SENSCIS find apart from FVC?", "annual rate of FVC change", "skin fibrosis"),
    ],
)
def test_what_a_question_excepts_is_not_shown_alone(corpus_service: QAService, question: str, word: str, kept: str) -> None:
    """A statement on nothing but the excepted outcome is out; one on others too may name it."""
    answer, considered = corpus_service.explain(question)
    texts = [each.text for each in answer.statements]

    assert any(kept in text for text in texts)
    assert not any(word in text for text in texts)
    assert not any(word in each.text for each in considered), "nor does the list of what was left out hold it"
