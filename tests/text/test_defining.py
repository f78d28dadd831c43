"""Which questions ask what a disease is beside something else."""

from __future__ import annotations

import pytest
from tests.text.test_intent import ask

from ragqa.text.defining import asks_what_is
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Facet

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("What is progressive pulmonary fibrosis and how is it managed?", {Facet.DEFINITION, Facet.TREATMENT}),
        ("What is gout, and which drugs help?", {Facet.DEFINITION, Facet.TREATMENT}),
        ("What's RP-ILD? How should it be treated?", {Facet.DEFINITION, Facet.RAPIDLY_PROGRESSIVE, Facet.TREATMENT}),
        ("What is interstitial lung disease (ILD), and what is the survival?", {Facet.DEFINITION, Facet.PROGNOSIS}),
        ("Explain IPAF and how common it is.", {Facet.DEFINITION, Facet.EPIDEMIOLOGY}),
        ("What is refractory dermatomyositis and how is it treated?", {Facet.DEFINITION, Facet.TREATMENT, Facet.PROGRESSION}),
        # Alone it is the whole question.
        ("What is PPF?", {Facet.DEFINITION}),
        # Something of the disease is asked about, and not what it is.
        ("What is the prognosis of PPF and how is it treated?", {Facet.PROGNOSIS, Facet.TREATMENT}),
        ("What is new in SSc-ILD and how is it treated?", {Facet.TREATMENT}),
        ("What is the treatment of gout, and who gets gout?", {Facet.TREATMENT, Facet.RISK_FACTOR}),
        # A treatment is asked about: every statement has to speak of it.
        ("What is PPF and is nintedanib used in it?", {Facet.TREATMENT, Facet.OUTCOME}),
    ],
)
def test_a_part_that_asks_what_a_disease_is_asks_for_a_definition(question: str, facets: set[Facet]) -> None:
    """No cue says so, and the cues of the other part do not take it away."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("piece", "is_asked"),
    [
        ("What exactly is a rapidly progressive ILD?", True),
        ("What are PPF and IPF, in plain words?", True),
        ("What is the course of MCTD?", False),
        ("What is nintedanib?", False),
        ("How is MCTD treated?", False),
    ],
)
def test_nothing_but_names_stands_beside_the_words_of_asking(piece: str, is_asked: bool) -> None:
    """What asks for a property of a disease does not ask what the disease is, nor is a treatment a disease."""
    assert asks_what_is(piece, LEXICON) is is_asked
