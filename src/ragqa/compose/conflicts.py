"""Disagreement between statements: shown side by side, never voted on.

Strict, because a false pair costs more trust than a missing one. Two statements disagree when they speak of the same thing in overlapping
populations and

- one recommends what the other recommends against, or could not decide on ("direction"; "date" where one edition is years older);
- both recommend it, one for everybody and the other for those at risk ("scope"), or one strongly and the other not ("strength");
- one reports that a measure got better and the other that the same measure did not, or one that an exposure goes with a disease and the
  other that it does not ("direction");
- their figures on how common a thing is lie far apart, or a source says itself that counts differ ("number").

An answer holds what is likely to be asked for, and that may be one side only. `opposing_statements` looks for the other side among all that
was weighed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ragqa.compose.advice import are_opposed, recommends
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.conflicts_of_advice import conflict_of_advice
from ragqa.compose.conflicts_of_evidence import (
    conflict_of_associations,
    conflict_of_counts,
    conflict_of_reports,
    conflict_of_results,
    conflict_of_thresholds,
    conflicts_of_figures,
    figures_of,
    reports,
    treated,
)
from ragqa.compose.figures_given import things_asked
from ragqa.compose.headings import heading_key
from ragqa.compose.sides import Dispute, Side
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, Facet, Strength

MOST_CONFLICTS = 3
MOST_ADDED = 2
"""Statements that are shown only because they oppose one that is."""
LEAST_SHARE = 0.04
"""Share of the estimate of the statement it opposes that a statement must reach to be shown beside it."""
_LOOKED_AT = 24
"""Weighed statements looked at for the other side, the likeliest first."""
_ON_STRENGTH = re.compile(r"\b(?:strong\w*|strength|conditional\w*|firm\w*|(?:dis)?agree\w*|differ\w*|same advice|discrepan\w*|conflict\w*)\b", re.IGNORECASE)
_ADVISED = frozenset(
    {
        Facet.TREATMENT,
        Facet.PROGRESSION,
        Facet.RAPIDLY_PROGRESSIVE,
        Facet.SUPPORTIVE_CARE,
        Facet.SCREENING,
        Facet.DIAGNOSIS,
        Facet.MONITORING,
        Facet.EVIDENCE_GAP,
    }
)
"""Facets of questions that advice answers."""


def find_conflicts(numbered: Sequence[Side], asked: Asked, lexicon: Lexicon) -> tuple[Conflict, ...]:
    """Return the pairs of statements that disagree, at most three: advice before evidence, then in the order of the answer.

    Args:
        numbered: (statement id, candidate) of the answer, in order; a statement joined of several sentences has several.
        asked: The question: a result in a kind of the asked group meets one in the group.
        lexicon: Tells which populations overlap and which words name the same outcome, direction and scope.
    """
    return tuple(dispute.conflict for dispute in _worth_showing(_disputes(numbered, asked, lexicon), _wanted(asked, lexicon))[:MOST_CONFLICTS])


def opposing_statements(asked: Asked, shown: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return at most two weighed statements that are not shown and dispute one that is, on something that the shown ones agree on.

    Args:
        asked: The question. An overview shows a little of everything, and seeks no disputes but opposite advice of guidelines.
        shown: The statements of the answer.
        weighed: All candidates that can stand alone, by descending score.
        lexicon: As for `find_conflicts`.
    """
    rows = {candidate.record.row for candidate in shown}
    likely = [each for each in weighed if each.record.row not in rows and each.tier in DIRECT]
    if asked.is_overview:
        return _opposite_advice(shown, likely, asked, lexicon)
    likely = likely[:_LOOKED_AT]
    sides = [(str(candidate.record.row), candidate) for candidate in shown]
    disputed = {dispute.subject for dispute in _disputes(sides, asked, lexicon)}
    wanted = _wanted(asked, lexicon)
    told_by = {id_: reports(one, lexicon) for id_, one in sides}
    treatments = frozenset[str]().union(*(treated(one) for _, one in sides))
    added: list[Candidate] = []
    for candidate in likely:
        if len(added) == MOST_ADDED:
            break
        told = reports(candidate, lexicon, treatments)
        if not (told or recommends(candidate)):
            continue
        other = (str(candidate.record.row), candidate)
        for one in sides:
            if candidate.score < LEAST_SHARE * one[1].score or not _comparable(candidate, one[1], told and told_by[one[0]], lexicon):
                continue
            found = _worth_showing(_disputes([one, other], asked, lexicon), wanted, strictly=True)
            new = {dispute.subject for dispute in found} - disputed
            if new:
                disputed |= new
                added.append(candidate)
                break
    return added


def _opposite_advice(shown: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked, lexicon: Lexicon) -> list[Candidate]:
    """Return at most two guideline statements not shown that advise for what one shown advises against, or the reverse.

    Of an issuer of which nothing is shown, what it advises most firmly for the same people comes first: its exception alone is half of its advice.
    """
    sides = [each for each in shown if each.is_guideline]
    opposed = [
        candidate
        for candidate in likely
        if candidate.is_guideline
        and any(are_opposed(one, candidate) and conflict_of_advice(("one", one), ("other", candidate), asked, lexicon) for one in sides)
    ]
    found: dict[int, Candidate] = {}
    for candidate in opposed[:MOST_ADDED]:
        unheard = all(each.record.document_id != candidate.record.document_id for each in sides)
        firmest = next((each for each in likely if _is_firm_beside(each, candidate)), None) if unheard else None
        found |= {each.record.row: each for each in (firmest, candidate) if each is not None}
    return list(found.values())


def _is_firm_beside(one: Candidate, other: Candidate) -> bool:
    """Whether a statement is strong advice of the document of another, for its people, in its situation, on the organ asked about."""
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    alike = one.record.document_id == other.record.document_id and mine.populations == theirs.populations and heading_key(one) == heading_key(other)
    firm = mine.recommendation is not None and mine.recommendation.strength is Strength.STRONG
    return alike and firm and not one.features["off_manifestation"]


def _comparable(one: Candidate, other: Candidate, both_report: bool, lexicon: Lexicon) -> bool:
    """Whether two statements are of a kind, or of one study or document, so that they could dispute anything."""
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    if mine.trials and theirs.trials and not set(mine.trials).isdisjoint(theirs.trials):
        return True
    if both_report and (not treated(one).isdisjoint(treated(other)) or (figures_of(one, lexicon) and figures_of(other, lexicon))):
        return True
    if one.record.document_id == other.record.document_id:
        return mine.drugs == theirs.drugs
    return recommends(one) and recommends(other) and not {*mine.drugs, *mine.tests}.isdisjoint({*theirs.drugs, *theirs.tests})


def told_apart(chosen: Sequence[Candidate], lexicon: Lexicon) -> frozenset[int]:
    """Return the rows of statements that give a result otherwise than the row before them, as another part of one report has it."""
    by_row = {candidate.record.row: candidate for candidate in chosen}
    return frozenset(row for row, candidate in by_row.items() if row - 1 in by_row and conflict_of_reports(("", by_row[row - 1]), ("", candidate), lexicon))


def _disputes(numbered: Sequence[Side], asked: Asked, lexicon: Lexicon) -> list[Dispute]:
    """Return every dispute among statements, advice first."""
    advice: list[Dispute] = []
    results: dict[tuple[object, str], Dispute] = {}
    counts: list[Dispute] = []
    for one, other in combinations(numbered, 2):
        if one[0] == other[0]:
            continue
        if dispute := conflict_of_advice(one, other, asked, lexicon):
            # Guidelines that advise differently on a test do so once, on however many occasions.
            if not any(dispute.conflict.kind == "scope" and dispute.conflict.note == each.conflict.note for each in advice):
                advice.append(dispute)
        elif dispute := conflict_of_results(one, other, asked, lexicon) or conflict_of_associations(one, other, asked, lexicon):
            # A pair of documents that differ on one measure differ once, however many of their sentences say so.
            documents = frozenset(candidate.document.document_id for _, candidate in (one, other))
            results.setdefault((documents, dispute.subject), dispute)
        elif dispute := conflict_of_thresholds(one, other, asked):
            results.setdefault((dispute.subject, dispute.subject), dispute)
        elif dispute := conflict_of_counts(one, other, lexicon) or conflict_of_reports(one, other, lexicon):
            counts.append(dispute)
    advice.sort(key=lambda dispute: dispute.conflict.kind == "strength")
    return [*advice, *results.values(), *conflicts_of_figures(numbered, lexicon), *counts[:1]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a question names by which a dispute bears on it."""

    counted: frozenset[str]
    measured: frozenset[str]
    treated: frozenset[str]
    on_strength: bool
    advice: bool


def _wanted(asked: Asked, lexicon: Lexicon) -> _Wanted:
    question = asked.query.interpreted
    measured = lexicon.measures_in(question)
    if not measured and set(asked.outcomes) & lexicon.slots_of_measures:
        # "Lung function" asks for any measure of it.
        measured = lexicon.measures
    counted = things_asked(question, asked.on_manifestation, lexicon)
    advice = not asked.query.facets or bool(_ADVISED & set(asked.query.facets))
    return _Wanted(counted, measured, frozenset({*asked.query.drugs, *asked.tests}), _ON_STRENGTH.search(question) is not None, advice)


def _worth_showing(disputes: Sequence[Dispute], wanted: _Wanted, strictly: bool = False) -> list[Dispute]:
    """Return the disputes that bear on the question.

    Those on other measures, or on other things than those to be counted, are left out, and so is what a question must ask for: how firmly
    advice is given, or who could not decide. What is shown only for the sake of a dispute must `strictly` be on the treatment asked about.
    """
    kept: list[Dispute] = []
    for dispute in disputes:
        kind, thing = dispute.conflict.kind, dispute.thing
        advised = dispute.treatments
        if kind == "number" and thing is not None and thing not in wanted.counted | wanted.measured and (wanted.counted or strictly):
            continue
        if advised and not wanted.advice and (strictly or dispute.is_mild):
            continue
        if dispute.is_mild and not advised <= wanted.treated:
            continue
        if kind == "strength" and (wanted.measured or not wanted.on_strength or advised != wanted.treated):
            continue
        if thing is not None and wanted.measured and thing not in wanted.measured | wanted.counted:
            continue
        if strictly and wanted.treated and not advised <= wanted.treated:
            continue
        kept.append(dispute)
    return kept
