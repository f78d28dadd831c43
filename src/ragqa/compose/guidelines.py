"""The guidelines section: one card a recommendation, never merged across population, direction, strength or line of therapy.

Statements come from guidelines themselves; a guideline that a review quotes stays in the research section. In an overview each issuer
says one thing about each intervention under each heading: the recommendation itself, not the remarks around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.headings import GUIDELINE_HEADINGS, heading_key
from ragqa.compose.selection import repeats
from ragqa.settings import ComposeSettings
from ragqa.types import Tier

_DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
LEAST_FIT = 0.35
"""Least facet fit of a guideline statement where the question names facets."""


def choose_guidelines(asked: Asked, candidates: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the guideline statements of an answer in display order.

    A recommendation for exactly the asked population comes before one for a broader one, a current guideline before a superseded one,
    and a recommendation before a remark.
    """
    pool = [candidate for candidate in candidates if candidate.is_guideline and candidate.tier in _DIRECT]
    if asked.query.facets:
        pool = [candidate for candidate in pool if candidate.facet_fit >= LEAST_FIT]
    if not pool:
        return []
    top = max(candidate.score for candidate in candidates)
    pool = [candidate for candidate in pool if candidate.score >= settings.score_cut * top]
    if asked.is_overview:
        pool = [candidate for candidate in pool if candidate.record.sentence.tags.recommendation is not None or heading_key(candidate) in _REMARKS_COUNT]
    chosen: list[Candidate] = []
    held: dict[str, int] = {}
    caps = {heading.key: heading.overview if asked.is_overview else heading.single for heading in GUIDELINE_HEADINGS}
    said: set[tuple[object, ...]] = set()
    for candidate in sorted(pool, key=_rank):
        key = heading_key(candidate)
        topic = _topic(candidate, key)
        if held.get(key, 0) >= caps[key] or len(chosen) >= settings.max_guideline_statements:
            continue
        if (asked.is_overview and topic in said) or any(repeats(candidate, other) for other in chosen):
            continue
        chosen.append(candidate)
        said.add(topic)
        held[key] = held.get(key, 0) + 1
    return chosen


_REMARKS_COUNT = frozenset({"monitoring", "safety", "supportive-care", "evidence-gap", "screening", "definition"})
"""Headings under which a guideline's remarks are worth showing in an overview although they recommend nothing."""


def _rank(candidate: Candidate) -> tuple[object, ...]:
    metadata = candidate.document.metadata
    recommends = candidate.record.sentence.tags.recommendation is not None
    return (bool(metadata.superseded_by), candidate.tier is not Tier.EXACT, not recommends, -candidate.score, candidate.record.row)


def _topic(candidate: Candidate, key: str) -> tuple[object, ...]:
    """Return what a card is about: two cards of one topic in one overview would repeat each other."""
    tags = candidate.record.sentence.tags
    return (candidate.document.document_id, key, tags.drugs or candidate.record.row)
