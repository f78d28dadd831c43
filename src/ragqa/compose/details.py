"""What a question asks more finely than its slots: one measure, a time, an agency, a place, a group of patients, a comparison, an amount of care.

A slot is filled by any statement of its kind: one on vital capacity fills "lung function" where diffusing capacity is asked for, an approval
by one agency that by another, the prevalence of one country that of another. Such a detail must be held by a statement itself. Where none
holds it the answer says so in words, and a question that turns on nothing else is not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.detail import Detail
from ragqa.compose.details_of_practice import handling_asked, makes_asked, practicalities_asked
from ragqa.compose.details_of_results import (
    comparisons_asked,
    doses_compared,
    groups_asked,
    measures_asked,
    statistics_asked,
    tests_for_results,
    thresholds_asked,
    times_of_results,
)
from ragqa.compose.details_of_sources import agencies_asked, amounts_asked, phases_asked, places_asked
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.reasons import not_detailed
from ragqa.text.lexicon import Lexicon
from ragqa.types import Reason


def missing_detail(asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where every part of a question turns on a detail that no candidate holds.

    Of several of one kind ("FVC and DLCO") one that is held is answered, and the others are named as not covered.
    """
    found = [_unanswered(part, asked, candidates, lexicon) for part in parts_of(asked, lexicon)]
    if not all(found):
        return None
    first = found[0][0]
    names = dict.fromkeys(detail.name for details in found for detail in details if detail.kind == first.kind)
    return not_detailed(first.kind, tuple(names), asked)


def missing_details(part: Part, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Detail]:
    """Return the details of a part that no candidate holds."""
    return [detail for detail in _details_of(part, asked, lexicon) if not any(map(detail.holds, candidates))]


def _unanswered(part: Part, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Detail]:
    details = _details_of(part, asked, lexicon)
    missing = [detail for detail in details if not any(map(detail.holds, candidates))]
    held = {detail.kind for detail in details if detail not in missing}
    return [detail for detail in missing if detail.turns and detail.kind not in held]


def _details_of(part: Part, asked: Asked, lexicon: Lexicon) -> list[Detail]:
    return [detail for read in _READERS for detail in read(part, asked, lexicon)]


_READERS: tuple[Callable[[Part, Asked, Lexicon], Iterator[Detail]], ...] = (
    measures_asked,
    tests_for_results,
    times_of_results,
    thresholds_asked,
    statistics_asked,
    groups_asked,
    comparisons_asked,
    doses_compared,
    agencies_asked,
    places_asked,
    phases_asked,
    amounts_asked,
    practicalities_asked,
    handling_asked,
    makes_asked,
)
