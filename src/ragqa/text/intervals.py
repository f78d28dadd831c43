"""Whether a question asks how often to test."""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_CUE = 0.5
"""Weight of a cue below which "test" asks for no diagnosis."""
_INTERVAL = re.compile(r"\b(?:how (?:often|frequently)|frequency|intervals?|every how many)\b(?! of (?:ILD|lung|disease))", re.IGNORECASE)
_OF_TESTING = re.compile(
    r"\b(?:how (?:often|frequently)|every how many (?:weeks|months|years)|(?:at|in|with) (?:what|which) (?:intervals?|frequency))\b"
    r"(?!\s+(?:is|are|was|were|do|does|did|has|have|can|will)\b(?! (?:i|we|you|they)\b))",
    re.IGNORECASE,
)
"""The same with nothing behind it that is counted: "which tests, and how often?", and not "how often is it found?"."""
_TESTS = re.compile(r"\b(?:tests?|scans?|investigations?|examinations?|checks?|check-?ups?|imaging|visits|appointments)\b", re.IGNORECASE)


def asks_interval(text: str, *, names_test: bool) -> bool:
    """Say whether a question asks how often to test: "PFT frequency", "which tests, and how often?".

    Args:
        text: The question, or a part of it.
        names_test: Whether it names a test; else it must speak of tests, and the interval of nothing else.
    """
    return _INTERVAL.search(text) is not None if names_test else _OF_TESTING.search(text) is not None and _TESTS.search(text) is not None


def with_interval(facets: tuple[Facet, ...], plain: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return the facets of a question that asks how often to test: not the frequency of a disease, nor a diagnosis for the mere word "test"."""
    sure = lexicon.question_weights(plain).get(Facet.DIAGNOSIS, (0.0, 0))[0] >= _CUE
    unasked = {Facet.EPIDEMIOLOGY, Facet.MONITORING} if sure else {Facet.EPIDEMIOLOGY, Facet.MONITORING, Facet.DIAGNOSIS}
    return (Facet.MONITORING, *(facet for facet in facets if facet not in unasked))


def names_interval(text: str) -> bool:
    """Say whether words of a question ask how often something is to be done, whatever it is."""
    return _OF_TESTING.search(text) is not None
