"""What a risk factor is a risk factor of: getting the disease of an organ, its worsening, a rapid course, death.

A question on risk factors asks for those of one event. What foretells death is no answer to who falls ill, and a list for screening none to
whose disease gets worse; side by side under one heading they would be taken for one list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import leading_facet
from ragqa.types import Facet, Tier

FORETELLS = 0.5
"""Weight of the facet from which on a statement gives a risk factor."""
TELLS_COURSE = 0.6
"""Weight of the facet from which on its event is the course of the disease."""
LEAST_OF_GROUP = 0.03
"""Least estimate of a risk factor of the asked event, if only in the group that the asked disease belongs to: the floor of an answer."""
SHARE_OF_BEST = 0.4
"""Share of the best that a risk factor of the asked event in the asked disease is taken for at least: a list of them is asked for."""
DEATH = "mortality"
"""Outcome slot of death."""


class Event(StrEnum):
    """What may be foretold."""

    ONSET = "onset"
    PROGRESSION = "progression"
    RAPID_COURSE = "rapid course"
    DEATH = "death"


_OF_COURSE = frozenset({Facet.RISK_FACTOR, Facet.PROGNOSIS, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""Facets that ask what will be, and not what to do about it."""
_COURSES = {Facet.PROGRESSION: Event.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE: Event.RAPID_COURSE}


def events_asked(asked: Asked) -> frozenset[Event]:
    """Return the events whose risk factors a question asks for; none where it asks for no risk factor, names the factor, or asks of another organ."""
    facets = asked.query.facets
    names_factor = asked.tests or asked.query.drugs or set(asked.outcomes) - {DEATH}
    if Facet.RISK_FACTOR not in facets or names_factor or not asked.on_manifestation:
        return frozenset()
    if Facet.PROGNOSIS in facets or DEATH in asked.outcomes:
        return frozenset(Event) - {Event.ONSET}
    events = {event for facet, event in _COURSES.items() if facet in facets}
    return frozenset(events or {Event.ONSET})


def foretells(candidate: Candidate) -> bool:
    """Whether a statement gives a risk factor."""
    return candidate.record.sentence.tags.weight(Facet.RISK_FACTOR) >= FORETELLS


def events_of(candidate: Candidate) -> frozenset[Event]:
    """Return what a statement tells of, or gives a risk factor of; none where it does neither, or is on another organ than the one asked about."""
    tags = candidate.record.sentence.tags
    death = {Event.DEATH} if DEATH in tags.outcomes else set[Event]()
    if not foretells(candidate):
        return frozenset(death)
    events = death | {event for facet, event in _COURSES.items() if tags.weight(facet) >= TELLS_COURSE}
    return frozenset(events or {Event.ONSET})


def of_asked_event(asked: Asked, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates of a question on risk factors by descending score, those of the asked event with an estimate that lets them be shown.

    Left out: what is on another event, what foretells the disease of another organ, advice, and how many have the event where anything tells who.
    """
    events = events_asked(asked)
    if not events:
        return list(candidates)
    only_foretells = _OF_COURSE.issuperset(asked.query.facets)

    def is_of_it(candidate: Candidate) -> bool:
        told, tags = events_of(candidate), candidate.record.sentence.tags
        on_treatment = tags.recommendation is not None or (candidate.is_guideline and tags.weight(Facet.TREATMENT) >= FORETELLS)
        if only_foretells and on_treatment and not foretells(candidate):
            return False
        if foretells(candidate) and candidate.features.get("off_manifestation"):
            return False
        return not events.isdisjoint(told) if told else Event.ONSET in events or any(tags.weight(facet) for facet in _COURSES)

    kept = [each for each in candidates if is_of_it(each)]
    if Event.DEATH in events:
        return kept
    if only_foretells:
        kept = _without_frequencies(kept)
    best = max((each.score for each in kept if each.tier in DIRECT), default=0.0)
    least = {tier: max(LEAST_OF_GROUP, SHARE_OF_BEST * best) if tier is Tier.EXACT else LEAST_OF_GROUP for tier in DIRECT}
    listed = [replace(each, score=max(each.score, least.get(each.tier, 0.0))) if foretells(each) else each for each in kept]
    return sorted(listed, key=lambda each: (-each.score, each.record.row))


def _without_frequencies(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates without what other studies tell where any tells a risk factor in the asked or in a group that holds them.

    How many get worse is no answer to who does; who did on a treatment may be.
    """
    documents = {each.record.document_id for each in candidates if foretells(each) and each.tier in (Tier.EXACT, Tier.BROADER)}

    def is_bare(candidate: Candidate) -> bool:
        tags = candidate.record.sentence.tags
        return candidate.record.document_id not in documents and (not tags.drugs or leading_facet(tags) is Facet.EVIDENCE_GAP)

    return [each for each in candidates if not documents or each.is_guideline or foretells(each) or not is_bare(each)]
