"""Two recommendations that disagree: on direction, on whether there is enough evidence to advise at all, on for whom, or on how firmly.

Both must be on the same treatment or test, for overlapping populations, on the same organ and in the same situation of treatment, and come
from different documents: a guideline's own exceptions are no disagreement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from ragqa.compose.advice import are_opposed, is_unless_worse
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.headings import heading_key
from ragqa.compose.sides import Dispute, Side, names_of, overlap, year_of
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, Direction, Strength

LEAST_COSINE = 0.6
DATE_GAP_YEARS = 3
"""Opposite advice this many years apart is marked as possibly superseded rather than as a disagreement."""
_KEPT = 4096
"""Statements whose reading is kept: each is compared with every other of its answer, and neighbouring questions show the same ones."""
_OR = re.compile(r"^\s*(?:,|or|and/or|,\s*or)\s*$", re.IGNORECASE)
_START = "first-line"


def conflict_of_advice(one: Side, other: Side, asked: Asked, lexicon: Lexicon) -> Dispute | None:
    """Return the disagreement of two statements of advice, None where there is none."""
    (first_id, first), (second_id, second) = one, other
    mine, theirs = first.record.sentence.tags.recommendation, second.record.sentence.tags.recommendation
    if mine is None or theirs is None or first.document.document_id == second.document.document_id:
        return None
    if mine.direction is theirs.direction and (mine.direction is not Direction.FOR or _issuer(first) == _issuer(second)):
        return None
    if first.document.metadata.kind != second.document.metadata.kind or _named_in(first).isdisjoint(_named_in(second)):
        return None
    if not overlap(first, second, lexicon) or is_unless_worse(first, asked) or is_unless_worse(second, asked):
        return None
    if tests := _asked_tests(first, second, asked):
        return _on_asked_test((first_id, second_id), first, second, tests)
    if not _in_one_situation(first, second):
        return None
    shared = _treatments(first.record.sentence.text, lexicon) & _treatments(second.record.sentence.text, lexicon)
    if not shared:
        return None
    treatments = min(shared, key=lambda each: (len(each), sorted(each)))
    name = " with ".join(sorted(treatments))
    concerned = set(asked.query.populations)
    ids = (first_id, second_id)
    conflict: Conflict | None = None
    if Direction.NONE in (mine.direction, theirs.direction):
        # What leaves the asked population out says nothing on it.
        left_out = {*first.record.sentence.tags.excluded_populations, *second.record.sentence.tags.excluded_populations}
        conflict = None if concerned and concerned <= left_out else _undecided(ids, first, second, name)
    elif are_opposed(first, second):
        conflict = _opposed(ids, first, second, name) if float(first.vector @ second.vector) >= LEAST_COSINE else None
    else:
        conflict = _in_degree(ids, first, second, name, lexicon)
    mild = conflict is not None and (conflict.kind == "strength" or Direction.NONE in (mine.direction, theirs.direction))
    return Dispute(name, None, conflict, treatments, mild) if conflict else None


def _asked_tests(first: Candidate, second: Candidate, asked: Asked) -> list[str]:
    """Return the tests asked about that one statement is for and the other against, maybe on another occasion, or among others."""
    if not are_opposed(first, second):
        return []
    return sorted(asked.tests.intersection(first.record.sentence.tags.tests, second.record.sentence.tags.tests))


def _on_asked_test(ids: tuple[str, str], first: Candidate, second: Candidate, tests: Sequence[str]) -> Dispute:
    name = " and ".join(tests)
    alike = _in_one_situation(first, second) and set(first.record.sentence.tags.tests) == set(second.record.sentence.tags.tests)
    if alike:
        conflict = _opposed(ids, first, second, name)
    else:
        conflict = Conflict(ids, "scope", f"{names_of(first, second)} advise differently on {name}: they speak of other occasions, or not of it alone.")
    return Dispute(name, None, conflict, frozenset(tests))


def _in_degree(ids: tuple[str, str], first: Candidate, second: Candidate, name: str, lexicon: Lexicon) -> Conflict | None:
    """Return the conflict of two statements that both recommend something: for different people, or not equally firmly."""
    mine, theirs = first.record.sentence.tags.recommendation, second.record.sentence.tags.recommendation
    if mine is None or theirs is None:
        return None
    scopes = {lexicon.scope_of(candidate.record.sentence.text) for candidate in (first, second)}
    if scopes == {"all", "at risk"}:
        note = f"{names_of(first, second)} recommend {name} for different people: one for all, the other for those at risk."
        return Conflict(ids, "scope", note)
    # An effect on another organ may well be surer.
    same_organ = first.record.sentence.tags.on_manifestation == second.record.sentence.tags.on_manifestation
    if {mine.strength, theirs.strength} == {Strength.STRONG, Strength.CONDITIONAL} and same_organ:
        strongly = first if mine.strength is Strength.STRONG else second
        note = f"{names_of(first, second)} both recommend {name}, {strongly.document.metadata.label} strongly and the other conditionally."
        return Conflict(ids, "strength", note)
    return None


def _is_undecided(candidate: Candidate) -> bool:
    recommendation = candidate.record.sentence.tags.recommendation
    return recommendation is not None and recommendation.direction is Direction.NONE


def _undecided(ids: tuple[str, str], first: Candidate, second: Candidate, name: str) -> Conflict | None:
    """Return the dispute of advice with the word that no advice could be given; None where neither could be."""
    decided, undecided = (second, first) if _is_undecided(first) else (first, second)
    advice = decided.record.sentence.tags.recommendation
    if advice is None or _is_undecided(decided):
        return None
    against = " against" if advice.direction is Direction.AGAINST else ""
    note = f"{decided.document.metadata.label} recommends{against} {name}; {undecided.document.metadata.label} reached no recommendation on it."
    return Conflict(ids, "direction", note)


def _opposed(ids: tuple[str, str], first: Candidate, second: Candidate, name: str) -> Conflict:
    years = [year for candidate in (first, second) if (year := year_of(candidate))]
    if len(years) == 2 and abs(years[0] - years[1]) >= DATE_GAP_YEARS:
        note = f"Sources differ on {name}; the newer one ({max(years)}) may supersede the older ({min(years)})."
        return Conflict(ids, "date", note)
    return Conflict(ids, "direction", f"{names_of(first, second)} disagree on {name}.")


@lru_cache(maxsize=_KEPT)
def _treatments(text: str, lexicon: Lexicon) -> frozenset[frozenset[str]]:
    """Return what a recommendation is about: each treatment by itself, or each combination where it speaks of one.

    "Adding nintedanib or pirfenidone to mycophenolate" is about two combinations; "rituximab, cyclophosphamide or both" about single ones.
    """
    mentions = lexicon.interventions_in(text) or lexicon.tests_in(text)
    names = list(dict.fromkeys(mention.name for mention in mentions))
    if len(names) > 1 and all(lexicon.kind_of(name) == "test" for name in names):
        # Tests listed together are one assessment; advice on one of them is not advice on the others.
        return frozenset({frozenset(names)})
    if len(names) < 2 or not lexicon.combines(text):
        return frozenset(frozenset({name}) for name in names)
    groups: list[list[str]] = []
    for index, mention in enumerate(mentions):
        joined = index > 0 and _OR.match(text[mentions[index - 1].end : mention.start])
        if joined:
            groups[-1].append(mention.name)
        else:
            groups.append([mention.name])
    return frozenset(frozenset(names) for names in product(*groups))


def _named_in(candidate: Candidate) -> set[str]:
    """Return the treatments and tests that a statement names."""
    tags = candidate.record.sentence.tags
    return {*tags.drugs, *tags.tests}


def _in_one_situation(first: Candidate, second: Candidate) -> bool:
    """Whether two statements advise for one situation of treatment; what could not be decided is open at the start of treatment."""
    return len({_START if _is_undecided(candidate) else _situation(candidate) for candidate in (first, second)}) == 1


def _situation(candidate: Candidate) -> str:
    return heading_key(candidate).removesuffix("-against")


def _issuer(candidate: Candidate) -> str | None:
    return candidate.document.metadata.issuer or candidate.document.metadata.organisation
