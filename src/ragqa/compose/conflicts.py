"""Disagreement between statements of one answer: shown side by side, never voted on.

Two statements disagree when they speak of the same treatment (or the same test under the same heading) for overlapping populations and
point opposite ways: one recommendation for and one against, or one result better and one not. Statements of one document do not disagree with each
other here: a guideline's exceptions are not conflicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ragqa.compose.candidates import Candidate
from ragqa.compose.headings import heading_key
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, Direction, Facet, Tier

LEAST_COSINE = 0.6
DATE_GAP_YEARS = 3
"""Opposite results this many years apart are marked as possibly superseded rather than as a conflict of evidence."""
MOST_CONFLICTS = 3
_OVERLAP = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})


def find_conflicts(numbered: Sequence[tuple[str, Candidate]], lexicon: Lexicon) -> tuple[Conflict, ...]:
    """Return the pairs of statements that disagree, in the order of the answer.

    Args:
        numbered: (statement id, candidate) of the answer, in order.
        lexicon: Tells which populations overlap and which words name the same outcome.
    """
    found = [conflict for one, other in combinations(numbered, 2) if (conflict := _conflict(one, other, lexicon))]
    return tuple(found[:MOST_CONFLICTS])


def _conflict(one: tuple[str, Candidate], other: tuple[str, Candidate], lexicon: Lexicon) -> Conflict | None:
    (first_id, first), (second_id, second) = one, other
    mine, theirs = first.record.sentence.tags, second.record.sentence.tags
    if first.document.document_id == second.document.document_id or (
        first.document.metadata.kind != second.document.metadata.kind and mine.recommendation is not None
    ):
        return None
    # A treatment given beside another is not the same question as the treatment itself.
    if not mine.drugs or set(mine.drugs) != set(theirs.drugs) or lexicon.relation(mine.populations, theirs.populations) not in _OVERLAP:
        return None
    if {Facet.ONGOING} & {mine.facets[0][0] if mine.facets else None, theirs.facets[0][0] if theirs.facets else None}:
        return None
    if float(first.vector @ second.vector) < LEAST_COSINE or not (_opposite_advice(first, second) or _opposite_results(first, second, lexicon)):
        return None
    years = [candidate.document.metadata.edition or candidate.document.metadata.year for candidate in (first, second)]
    drugs = " and ".join(sorted(set(mine.drugs) & set(theirs.drugs)))
    if years[0] and years[1] and abs(years[0] - years[1]) >= DATE_GAP_YEARS:
        return Conflict(
            (first_id, second_id),
            "date",
            f"Sources differ on {drugs}; the newer one ({max(years[0], years[1])}) may supersede the older ({min(years[0], years[1])}).",
        )
    return Conflict((first_id, second_id), "direction", f"Sources disagree on {drugs}.")


def _opposite_advice(first: Candidate, second: Candidate) -> bool:
    mine, theirs = first.record.sentence.tags.recommendation, second.record.sentence.tags.recommendation
    if mine is None or theirs is None:
        return False
    situation = {heading_key(first).removesuffix("-against"), heading_key(second).removesuffix("-against")}
    return {mine.direction, theirs.direction} == {Direction.FOR, Direction.AGAINST} and len(situation) == 1


def _opposite_results(first: Candidate, second: Candidate, lexicon: Lexicon) -> bool:
    texts = [first.record.sentence.text, second.record.sentence.text]
    outcomes = [{mention.name for mention in lexicon.outcomes_in(text)} for text in texts]
    return first.record.sentence.tags.polarity * second.record.sentence.tags.polarity < 0 and bool(outcomes[0] & outcomes[1])
