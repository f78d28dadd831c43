"""Results of one study that stand beside each other in their source are told in one statement.

A study's abstract gives its outcomes sentence by sentence; shown one by one they read as so many findings, repeat the study's name and
crowd out other sources. Only neighbours are joined: nothing is stepped over, so the quotes stay one whole passage, and a connective
between them ("However, …") keeps its place. Recommendations are never joined.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ragqa.compose.candidates import Candidate
from ragqa.compose.claims import LONGEST_REPAIRED, MOST_SENTENCES, Claim
from ragqa.compose.headings import heading_key


@dataclass(frozen=True, slots=True)
class Joined:
    """The statements of a section after joining, each in the place of the first of its parts; claims and parts of the joined ones by row."""

    statements: list[Candidate]
    claims: dict[int, Claim]
    parts: dict[int, list[Candidate]]


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
