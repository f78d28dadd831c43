"""Markers of a question: asked about for what they foretell, or told of the people for whom care is asked.

"Does anti-Ro52 bear on the course?" asks about the marker. "Anti-Ro52 positive, worse on azathioprine" and "how is anti-Ro52 positive disease
treated?" only tell whose care is asked for.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ragqa.text.asking import asking_part, asks_by_form, refers_to_tests
from ragqa.text.given import treatments_given
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.negated import LISTED, absences_in, told_absent
from ragqa.types import Facet

_TEST = r"(?:(?:auto)?antibod\w+|Abs?|serology|titres?|tests?)"
_PRESENT = re.compile(r"(?:[-\s]{_TEST})*(?:[-\s]*\+|[-\s]+(?:(?:sero)?positiv\w*|pos)\b)", re.IGNORECASE)
"""What stands behind a marker that somebody has."""


def asks_marker(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> bool:
    """Say whether a test is asked about that tells the risk of a disease by its mere result: an antibody, a blood marker."""
    asking = asking_part(text)
    asked = text if refers_to_tests(asking) else asking
    told = told_by_markers(asked, facets, lexicon)
    return absences_in(text, lexicon) == () and any(mention.start not in told for mention in _markers(asked, lexicon))


def told_by_markers(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> frozenset[int]:
    """Return the positions of a question that only tell by a marker whose care is asked for: that it is absent, present, or part of a case.

    A question without a sentence that asks tells a case where a treatment has failed: all its markers are of the case.

    Args:
        text: The question as read.
        facets: What it asks.
        lexicon: The field's words.
    """
    absent = told_absent(text, facets, lexicon)
    markers = _markers(text, lexicon)
    is_bare = not asks_by_form(text)
    if not markers or not (is_bare or Facet.TREATMENT in facets):
        return absent
    if is_bare and treatments_given(text, lexicon):
        told = markers
    else:
        names = {mention.start for mention in lexicon.populations_in(text) if mention.name in lexicon.told_by_test}
        told = [mention for mention in markers if _PRESENT.match(text, mention.end) or mention.end + 1 in names]
        # "Anti-Ro52 and anti-Jo-1 positive": one word for both.
        told += [one for one, other in pairwise(markers) if other in told and LISTED.fullmatch(text, one.end, other.start)]
    return absent.union(position for mention in told for position in range(mention.start, mention.end))


def _markers(text: str, lexicon: Lexicon) -> list[Mention]:
    return [mention for mention in lexicon.tests_in(text) if Facet.RISK_FACTOR in lexicon.suggested_by(mention.name)]
