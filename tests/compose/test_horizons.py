"""Points in time: asked for beside an outcome, given in any unit."""

from __future__ import annotations

import pytest

from ragqa.compose.horizons import is_given, times_asked, times_given
from ragqa.text.lexicon import load_lexicon

LEXICON = load_lexicon()


def asked(text: str) -> list[str]:
    """Return the times at which a text asks for deaths or survival."""
    return [when for _, when, _ in times_asked(text, [mention for mention in LEXICON.outcomes_in(text) if mention.name == "mortality"])]


@pytest.mark.parametrize(
    ("question", "times"),
    [
        ("What is the ten-year survival?", ["ten years"]),
        ("How many were alive 25 years after diagnosis?", ["25 years"]),
        ("Survival at 5, 10 and 25 years?", ["5 years", "10 years", "25 years"]),
        ("Survival at 10 years and at 25 years?", ["10 years", "25 years"]),
        ("What is the survival?", []),
        # How long something was given, or how old somebody is, is no time at which survival is asked for.
        ("Mortality after 2 years of cyclophosphamide?", []),
        ("Survival of a 60-year-old woman?", []),
    ],
)
def test_a_time_is_asked_for_beside_its_outcome(question: str, times: list[str]) -> None:
    """Behind the outcome or before it, several in a list."""
    assert asked(question) == times


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Survival was 89% at 12 months.", "1-year survival"),
        ("Survival was 89% at 52 weeks.", "1-year survival"),
        ("Survival was 98% at 5, 96% at 10 years.", "10-year survival"),
        ("Deaths at week 104 were few.", "2-year mortality"),
        ("The annual change was small.", "survival at one year"),
    ],
)
def test_a_time_is_given_in_any_unit(text: str, question: str) -> None:
    """A year, 12 months and 52 weeks are one."""
    days = times_asked(question, LEXICON.outcomes_in(question))[0][2]

    assert is_given(days, times_given(text))
    assert not is_given(3 * days, times_given(text))
