"""The guidelines section: one card a recommendation, never merged across population, direction, strength or line of therapy.

Statements come from guidelines themselves; a guideline that a review quotes stays in the research section. In an overview each issuer
says one thing about each intervention under each heading: the recommendation itself, not the remarks around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.headings import GUIDELINE_HEADINGS, Heading, heading_key
from ragqa.compose.selection import above_cut, repeats
from ragqa.settings import ComposeSettings
from ragqa.types import Tier

_DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
_REMARKS_COUNT = frozenset({"monitoring", "safety", "supportive-care"})
"""Headings under which a guideline's remarks are worth showing in an overview although they recommend nothing."""
_ONLY_EXACT = frozenset({"monitoring", "safety", "supportive-care"})
"""Headings under which an overview shows only what is said of the asked population itself."""
MOST_STANCES = 3
"""Recommendations on an asked treatment for the asked population that are shown whatever the question asks about it."""


def choose_guidelines(asked: Asked, candidates: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the guideline statements of an answer in display order.

    A recommendation for exactly the asked population comes before one for a broader one, a current guideline before a superseded one,
    and a recommendation before a remark. In an overview every recommendation for the population under a heading of care belongs in the
    answer, however it is worded; elsewhere the score decides.
    """
    pool = [candidate for candidate in candidates if candidate.is_guideline and candidate.tier in _DIRECT]
    caps = {heading.key: _cap(heading, asked) for heading in GUIDELINE_HEADINGS}
    likely = above_cut(pool, candidates, asked, settings)
    if asked.is_overview:
        shown = asked.guideline_headings
        pool = [each for each in pool if each.tier is Tier.EXACT or heading_key(each) not in _ONLY_EXACT]
        pool = [each for each in pool if _belongs(each) and (not shown or heading_key(each) in shown)] + [
            each for each in likely if shown and not _belongs(each)
        ]
    else:
        stances = [each for each in pool if _is_stance(each, asked) and each not in likely]
        pool = likely + sorted(stances, key=_rank)[: max(MOST_STANCES - sum(_is_stance(each, asked) for each in likely), 0)]
    exact = {heading_key(candidate) for candidate in pool if candidate.tier is Tier.EXACT}
    chosen: dict[str, list[Candidate]] = {}
    said: set[tuple[object, ...]] = set()
    for candidate in sorted(pool, key=_rank):
        key = heading_key(candidate)
        held = chosen.setdefault(key, [])
        if len(held) >= caps[key] or (asked.is_overview and key in exact and candidate.tier is not Tier.EXACT):
            continue
        topic = _topic(candidate, key)
        if (asked.is_overview and topic in said) or any(repeats(candidate, other, settings) for other in held):
            continue
        held.append(candidate)
        said.add(topic)
    ordered = [candidate for heading in GUIDELINE_HEADINGS for candidate in _as_issued(chosen.get(heading.key, ()), asked)]
    return ordered[: settings.max_guideline_statements]


def _cap(heading: Heading, asked: Asked) -> int:
    """Return the most statements under a heading: few in a full overview, more where the question is about that heading."""
    return heading.overview if asked.is_overview and not asked.guideline_headings else heading.single


def _as_issued(candidates: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the cards of one heading in display order: in an overview by document and in the document's own order, preferred options first."""
    if not asked.is_overview:
        return list(candidates)
    documents = list(dict.fromkeys(candidate.document.document_id for candidate in candidates))
    return sorted(candidates, key=lambda candidate: (documents.index(candidate.document.document_id), candidate.record.row))


def _rank(candidate: Candidate) -> tuple[object, ...]:
    superseded = bool(candidate.document.metadata.superseded_by)
    return (superseded, candidate.tier is not Tier.EXACT, not _recommends(candidate), -candidate.score, candidate.record.row)


def _is_stance(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is a guideline's recommendation on an asked treatment for exactly the asked population."""
    named = set(asked.query.drugs) & set(candidate.record.sentence.tags.drugs)
    return bool(named and asked.query.populations) and candidate.tier is Tier.EXACT and _recommends(candidate)


def _belongs(candidate: Candidate) -> bool:
    """Whether a statement belongs in an overview by rule: a recommendation, or a remark under a heading where remarks count."""
    return _recommends(candidate) or heading_key(candidate) in _REMARKS_COUNT


def _recommends(candidate: Candidate) -> bool:
    return candidate.record.sentence.tags.recommendation is not None


def _topic(candidate: Candidate, key: str) -> tuple[object, ...]:
    """Return what a card is about: two cards of one topic in one overview would repeat each other."""
    return (candidate.document.document_id, key, candidate.record.sentence.tags.drugs or candidate.record.row)
