"""What to ask next: questions that the library answers, each read as what it stands for."""

from __future__ import annotations

import pytest

from ragqa.compose.asked import read_question
from ragqa.compose.follow_ups import FOLLOW_UPS
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Facet

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


@pytest.mark.parametrize("subject", ["SSc-ILD", "MCTD-ILD", "RA", "PPF", "ILD"])
@pytest.mark.parametrize(("facet", "template"), FOLLOW_UPS)
def test_a_suggested_question_is_read_with_the_facet_it_stands_for(corpus_service: QAService, facet: Facet, template: str, subject: str) -> None:
    """What harms treatment did asks for harms and for no overview of treatment; only what is to be done asks for one."""
    reader = corpus_service.reader()
    asked = read_question(reader.analyse(template.format(subject)), reader.library, load_lexicon())
    cares = facet in (Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE)

    assert set(asked.query.facets) == ({facet, Facet.TREATMENT} if cares else {facet})
    assert asked.is_overview is cares
    assert bool(asked.guideline_headings) is (cares and facet is not Facet.TREATMENT)


@pytest.mark.parametrize(
    ("question", "suggested", "never"),
    [
        # A form of ILD is named alone.
        ("What is PPF?", "How is PPF treated?", "PPF-ILD"),
        # The evidence is on the lung, whether or not the question is.
        ("I have scleroderma. Should I have a CT?", "What is known about progression of SSc-ILD and its treatment?", "of SSc and"),
        ("How common is RA?", "Who should be screened for RA-ILD?", "for RA?"),
    ],
)
def test_a_suggested_question_is_on_what_the_evidence_is_on(corpus_service: QAService, question: str, suggested: str, never: str) -> None:
    """Nobody is screened for the disease of which the library knows the lungs alone."""
    follow_ups = corpus_service.ask(question).follow_ups

    assert suggested in follow_ups
    assert not [each for each in follow_ups if never in each]


def test_questions_of_a_rich_field_suggest_something(corpus_service: QAService) -> None:
    """The disease with most documents leaves aspects open in every single answer."""
    assert corpus_service.ask(QUESTIONS[0]).follow_ups
