"""The two sides of a disagreement: whether they speak of the same people, and how a note names them."""

from __future__ import annotations

from dataclasses import dataclass

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, Tier

Side = tuple[str, Candidate]
"""A statement's id and one of the sentences that it is made of."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disagreement and what it is about ("rituximab and FVC"), so that one subject is disputed once.

    `thing` is the measure, or what was counted, by which a question may ask for it; None for advice, and for the size of a study.
    `treatments` are what advice is on. A mild one is worth a line only to those who ask for it.
    """

    subject: str
    thing: str | None
    conflict: Conflict
    treatments: frozenset[str] = frozenset()
    is_mild: bool = False


_OVERLAP = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})


def overlap(first: Candidate, second: Candidate, lexicon: Lexicon) -> bool:
    """Whether advice for the one population concerns some of the other."""
    mine, theirs = first.record.sentence.tags, second.record.sentence.tags
    excluded = {*mine.excluded_populations, *theirs.excluded_populations}
    return lexicon.relation(mine.populations, theirs.populations) in _OVERLAP and not set(theirs.populations) <= excluded


def share_people(first: Candidate, second: Candidate, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether two results are in the same population, or one in the asked group as a whole and the other in a kind of it.

    A result in a part of a population is another result than one in the whole, unless the question is about the whole, or about no population.
    """
    mine, theirs = set(first.record.sentence.tags.populations), set(second.record.sentence.tags.populations)
    if mine & theirs:
        return True
    if not asked.query.populations:
        return lexicon.relation(sorted(mine), sorted(theirs)) in _OVERLAP
    return any(
        whole in group and lexicon.relation([whole], sorted(part)) is Tier.CHILD
        for whole in asked.query.populations
        for group, part in ((mine, theirs), (theirs, mine))
    )


def year_of(candidate: Candidate) -> int | None:
    """Return the year a source goes by."""
    return candidate.document.metadata.edition or candidate.document.metadata.year


def names_of(first: Candidate, second: Candidate) -> str:
    """Return both sources by label, with the number of patients and the year where they are known."""
    return f"{name_of(first)} and {name_of(second)}"


def name_of(candidate: Candidate) -> str:
    """Return a source by label, with the number of patients and the year where they are known and the label has neither."""
    label, n, year = candidate.document.metadata.label, candidate.record.sentence.tags.n, year_of(candidate)
    facts = [f"n = {n}" if n else "", str(year) if year and str(year) not in label else ""]
    known = ", ".join(fact for fact in facts if fact)
    return f"{label} ({known})" if known else label
