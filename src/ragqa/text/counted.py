"""What is counted in people who are treated is what came of it, or what harm it did, whatever facet the words of counting ask for."""

from __future__ import annotations

import re

from ragqa.text.asking import asks_at
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_COUNTED = re.compile(
    r"\b(?:how many|(?:what|which) (?:share|proportion|percentage|fraction|part|number))\b[^.;?]{0,70}"
    r"\b(?:after|following|on|with|under|during|despite)\b[^.;?]{0,20}\b(?:treat|therap|immunosuppress|drug)",
    re.IGNORECASE,
)
"""What is counted in people who are treated."""
_BETTER = re.compile(
    r"\b(?:how many|(?:what|which) (?:share|proportion|percentage|percent|fraction|part|number))\b[^.;?]{0,60}"
    r"\b(?:improv\w*|respond\w*|stabilis\w*|stabiliz\w*|benefit\w*|recover\w*|get better|got better|remission)\b",
    re.IGNORECASE,
)
"""The share of them that a treatment helped."""
_COUNTS_IT = re.compile(r"\bhow (?:common|often|frequent\w*|many|usual|rare)\b[^.;?~]{0,40}\b(?:that|this|it|these|those)\b", re.IGNORECASE)
"""What asks how often something told before comes about. A disease reads "~"."""


def counted_by(plain: str, facets: tuple[Facet, ...], *, is_named: bool) -> Facet | None:
    """Return the facet by which a question counts results, which it then asks for in its place; None where it counts none.

    Args:
        plain: The question, in which names are blanked.
        facets: What it asks by its cues.
        is_named: Whether it names a treatment.
    """
    if Facet.TREATMENT in facets and _COUNTED.search(plain):
        # "How many scans cleared after treatment?" counts what came of it.
        return Facet.TREATMENT
    if Facet.EPIDEMIOLOGY in facets and is_named and _BETTER.search(plain):
        # "What proportion improve on it?" counts what it did, and nothing of the disease.
        return Facet.EPIDEMIOLOGY
    return None


def counts_told(asking: str) -> bool:
    """Say whether sentences that ask count what was told before them: "How common is that?"."""
    return _COUNTS_IT.search(asking) is not None


def counts_harm_told(plain: str, lexicon: Lexicon) -> bool:
    """Say whether a question counts a harm told before: "This drug gives me a rash. How common is that?"."""
    start, _ = asks_at(plain)[0]
    return start > 0 and counts_told(plain[start:]) and Facet.SAFETY in lexicon.question_weights(plain[:start])
