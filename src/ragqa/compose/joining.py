"""A study is told in passages: what stands side by side in it on the same people, treatments and matter is one statement.

A study's abstract gives its outcomes sentence by sentence; shown one by one they read as so many findings, repeat the study's name and
crowd out other sources. A passage is whole: where one sentence of it is chosen the others come along, so that a figure is not told without
the one beside it, and two wordings of a question that choose different sentences of it say the same. Nothing is stepped over, so the quotes
stay one piece of the page, and a connective between them ("However, …") keeps its place. Recommendations are never joined.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ragqa.compose.candidates import Candidate
from ragqa.compose.claims import LONGEST_REPAIRED, MOST_SENTENCES, Claim
from ragqa.compose.headings import BACKGROUND, heading_key
from ragqa.compose.selection import repeats
from ragqa.settings import ComposeSettings


@dataclass(frozen=True, slots=True)
class Joined:
    """The statements of a section after joining, each in the place of the first of its parts; claims and parts of the joined ones by row."""

    statements: list[Candidate]
    claims: dict[int, Claim]
    parts: dict[int, list[Candidate]]


def come_along(
    chosen: Sequence[Candidate], pool: Sequence[Candidate], claims: Mapping[int, Claim], compared: Collection[str], settings: ComposeSettings
) -> list[Candidate]:
    """Return what stands in the passages of chosen statements and was not chosen itself.

    Left out: what a study was, which tells no result; what is on another organ than the one asked about, unless the chosen is, too;
    the result of one arm where several are compared; what is said already.

    Args:
        chosen: Research statements of an answer.
        pool: All that could stand in it.
        claims: The stand-alone form of each by row.
        compared: Treatments that the question compares.
        settings: How near two statements repeat each other.
    """
    rows, tiers = {each.record.row for each in chosen}, {each.tier for each in chosen}
    elsewhere = any(each.features.get("off_manifestation") for each in chosen)

    def may_come(one: Candidate) -> bool:
        return (
            not one.is_guideline
            and one.tier in tiers
            and one.record.row not in rows
            and heading_key(one) != BACKGROUND
            and set(compared) <= set(one.record.sentence.tags.drugs)
            and (elsewhere or not one.features.get("off_manifestation"))
        )

    others = {each.record.row: each for each in pool if may_come(each)}
    made = join_neighbours([*chosen, *others.values()], claims)
    along = [each for run in made.parts.values() if any(part.record.row in rows for part in run) for each in run if each.record.row in others]
    return [each for each in along if not any(repeats(each, other, settings) for other in chosen)]


def join_neighbours(chosen: Sequence[Candidate], claims: Mapping[int, Claim], apart: Collection[int] = ()) -> Joined:
    """Join the chosen statements that follow each other in their source and speak of the same people and treatments.

    Args:
        chosen: Statements of one section in the order of the answer.
        claims: The stand-alone form of each by row.
        apart: Rows that contradict the row before them, and stay beside it.
    """
    by_row = {candidate.record.row: candidate for candidate in chosen}
    runs: list[list[Candidate]] = []
    for row in sorted(by_row):
        candidate = by_row[row]
        if runs and row not in apart and _goes_on(runs[-1], candidate, claims):
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    joined: dict[int, Candidate] = {}
    made = Joined([], {}, {})
    for run in runs:
        # What is shown beside a statement is read from its last sentence; it ranks as its best one.
        last = replace(run[-1], score=max(candidate.score for candidate in run))
        joined.update((candidate.record.row, last) for candidate in run)
        if len(run) > 1:
            first = claims[run[0].record.row]
            text = " ".join([first.text, *(candidate.record.sentence.text for candidate in run[1:])])
            records = (*first.records, *(candidate.record for candidate in run[1:]))
            made.parts[last.record.row] = run
            made.claims[last.record.row] = Claim(text, records, first.edits, leans=first.leans)
    made.statements.extend({one.record.row: one for one in (joined[candidate.record.row] for candidate in chosen)}.values())
    return made


def _goes_on(run: Sequence[Candidate], candidate: Candidate, claims: Mapping[int, Claim]) -> bool:
    before, record = run[-1], candidate.record
    mine, theirs = record.sentence.tags, before.record.sentence.tags
    records = claims[run[0].record.row].records
    length = sum(len(one.sentence.text) + 1 for one in (*records, *(each.record for each in run[1:]), record))
    return (
        record.row == before.record.row + 1
        and record.document_id == before.record.document_id
        and record.section.ordinal == before.record.section.ordinal
        and mine.recommendation is None
        and theirs.recommendation is None
        and (mine.populations, mine.population_origin) == (theirs.populations, theirs.population_origin)
        and set(mine.drugs or mine.topic_drugs) == set(theirs.drugs or theirs.topic_drugs)
        and set(mine.trials) == set(theirs.trials)
        and heading_key(candidate) == heading_key(before)
        and len(claims[record.row].records) == 1
        and len(records) + len(run) <= MOST_SENTENCES
        and length <= LONGEST_REPAIRED
    )
