"""Markers that a text tells to be absent: "MDA5 negative", "no anti-MDA5 antibody", "Scl-70 was not detected".

A disease known by its marker is then left out rather than asked about, and a marker that was not found is no word that an answer must hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Facet

_TEST = r"(?:(?:auto)?antibod\w+|Abs?|serology|tests?|titres?|status|PCR|results?)"
_IS = r"(?:(?:is|are|was|were|be|being|been|has|have|had|came|come|comes|back|tested|tests|turned|out|remains?|remained|again)\s+)*"
_NOT = r"(?:negative|neg|undetectable|absent|missing|not (?:detected|found|present|detectable|seen)|(?:never|could not be|cannot be) (?:found|detected))"
_AFTER = re.compile(rf"(?:[-\s]{_TEST})*(?:[-\s]+|\s*\(){_IS}{_NOT}\b(?![- ](?:predict|correlat|associat|effect|impact|regulat))", re.IGNORECASE)
"""What stands behind a marker that is absent."""
_BEFORE = re.compile(
    r"\b(?:negative (?:for|on|test(?:s|ing)? for)|neg for|without|lack(?:s|ed|ing)?|(?:in the )?absence of|absent|not having|(no|nor|neither))\s+"
    r"(?:(?:any|the|an?|detectable|detected|circulating|confirmed|known|positive)\s+)*$",
    re.IGNORECASE,
)
"""The same before it; a mere "no" may belong to a noun further on."""
_ENDS = re.compile(rf"(?:[-\s]{_TEST})*(?=\s*(?:[,.;:?!)]|$|(?:and|or|nor|with|in|but|so)\b))", re.IGNORECASE)
"""What stands behind a marker that "no" may belong to."""
LISTED = re.compile(rf"(?:[-\s]{_TEST})?\s*(?:,\s*)?(?:and|or|nor|/)\s*", re.IGNORECASE)
"""What stands between two markers of one list."""
_CODE = re.compile(r"(?<![\w-])(?:anti[- ]?\w[\w/]*|[A-Z][\w/]*(?:-\d+)?(?=[- ]))", re.UNICODE)
"""What may be the name of a marker that no table lists: "Scl-70", "anticentromere"."""
_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE, Facet.SUPPORTIVE_CARE, Facet.DOSING, Facet.SAFETY, Facet.MONITORING})


@dataclass(frozen=True, slots=True)
class Absence:
    """A marker told to be absent: its characters, and those of all that tells it, [start, end)."""

    start: int
    end: int
    said_from: int
    said_to: int


@lru_cache(maxsize=4_096)
def absences_in(text: str, lexicon: Lexicon) -> tuple[Absence, ...]:
    """Return the markers that a text tells to be absent, in order."""
    if not (_CUE.search(text)):
        return ()
    markers = sorted(_markers(text, lexicon), key=lambda mention: (mention.start, -mention.end))
    found: dict[int, Absence] = {}
    for place, marker in enumerate(markers):
        before, after = _BEFORE.search(text[: marker.start]), _AFTER.match(text, marker.end)
        if before and before.group(1) and not _ENDS.match(text, marker.end):
            before = None
        if after or before:
            said = (before.start() if before else marker.start, after.end() if after else marker.end)
            found[place] = Absence(marker.start, marker.end, *said)
    # "Anti-MDA5 and anti-Jo-1 negative", "no anti-MDA5 or anti-Jo-1": one word for both.
    for place in range(len(markers) - 1):
        left, right = markers[place], markers[place + 1]
        gap = LISTED.match(text, left.end)
        if gap is None or gap.end() != right.start:
            continue
        if place in found and place + 1 not in found and found[place].said_from < left.start:
            found[place + 1] = Absence(right.start, right.end, right.start, right.end)
        elif place + 1 in found and place not in found and found[place + 1].said_from == right.start and _is_plain(left, text, lexicon):
            found[place] = Absence(left.start, left.end, left.start, left.end)
    return tuple(found[place] for place in sorted(found))


def told_absent(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> frozenset[int]:
    """Return the positions of a question that tell a marker absent and ask nothing: where care is asked for, and not who has the marker."""
    if not facets or not _CARE.issuperset(facets):
        return frozenset()
    return frozenset(position for each in absences_in(text, lexicon) for position in range(each.said_from, each.said_to))


def _markers(text: str, lexicon: Lexicon) -> list[Mention]:
    """Return what a test may find or not: diseases known by a marker, tests that tell a risk by their mere result, and codes that name nothing else."""
    diseases = lexicon.populations_in(text)
    tests = lexicon.tests_in(text)
    known = [mention for mention in diseases if mention.name in lexicon.told_by_test]
    known += [mention for mention in tests if Facet.RISK_FACTOR in lexicon.suggested_by(mention.name)]
    taken = [
        (mention.start, mention.end) for mention in (*diseases, *tests, *lexicon.interventions_in(text), *lexicon.outcomes_in(text), *lexicon.trials_in(text))
    ]
    codes = [
        Mention(match.group(), *match.span()) for match in _CODE.finditer(text) if not any(match.start() < end and start < match.end() for start, end in taken)
    ]
    return [*known, *codes]


def _is_plain(marker: Mention, text: str, lexicon: Lexicon) -> bool:
    """Whether a name ends in the marker itself, and not in the disease that has it: "anti-MDA5", not "anti-MDA5 DM"."""
    last = text[marker.start : marker.end].split()[-1]
    return (last.lower().startswith("antibod") or any(each.isupper() or each.isdigit() for each in last)) and not any(
        mention.name != marker.name for mention in lexicon.populations_in(last)
    )


_CUE = re.compile(rf"\b(?:{_NOT}|no|nor|neither|without|lack(?:s|ed|ing)?|absence)\b", re.IGNORECASE)
