"""Issuers of guidelines are known by how they are named, not only from a list."""

from __future__ import annotations

import pytest

from ragqa.text.issuers import IssuerPatterns
from ragqa.text.lexicon import load_lexicon

PATTERNS = IssuerPatterns(["society", "college"], ["guideline", "guidelines", "recommendations"], ["Dutch", "New Zealand"], ["GRADE"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What does the Ruritanian Society of Rheumatology advise?", "Ruritanian Society of Rheumatology"),
        ("Position of the College of Chest Physicians and Surgeons", "College of Chest Physicians and Surgeons"),
        ("the dutch society of rheumatology on rituximab", "dutch society of rheumatology"),
        ("Is there a New Zealand national guideline?", "New Zealand national guideline"),
        ("What do the DGRh 2020 recommendations say?", "DGRh"),
    ],
)
def test_a_body_a_national_document_and_a_short_form_are_issuers(text: str, name: str) -> None:
    """Capitals around a body's noun, a country's word before a document, capitals before a document."""
    assert [issuer.name for issuer in PATTERNS.find(text, [])] == [name]
    (issuer,) = PATTERNS.find(text, [])
    assert text[issuer.start : issuer.end] == name


@pytest.mark.parametrize(
    "text", ["What do guidelines recommend?", "The society of patients is unknown", "GRADE recommendations", "a Dutch cohort", "Follow-up of a guideline"]
)
def test_other_words_are_none(text: str) -> None:
    """A noun without capitals or country, a method, and a cohort name no issuer."""
    assert PATTERNS.find(text, []) == []


def test_a_name_known_as_something_else_is_no_issuer() -> None:
    """Capitals before "guideline" may be a disease."""
    text = "Is there an XYZ guideline?"

    assert [issuer.name for issuer in PATTERNS.find(text, [])] == ["XYZ"]
    assert PATTERNS.find(text, [(text.index("XYZ"), text.index("XYZ") + 3)]) == []


def test_the_lexicon_names_known_issuers_short_and_others_as_written() -> None:
    """A long form of a known issuer gives its short form; an unknown one is kept as it stands; a disease is none."""
    lexicon = load_lexicon()

    def names(text: str) -> list[str]:
        return [mention.name for mention in lexicon.organisations_in(text)]

    assert names("What does the American Thoracic Society say?") == ["ATS"]
    assert names("What does the German Society of Rheumatology say?") == ["German Society of Rheumatology"]
    assert names("Is there an MCTD guideline?") == []
