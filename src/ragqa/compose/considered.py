"""What was looked at and not said: the nearest candidates that an answer left out, each with the rule that left it out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.relevance import contributions
from ragqa.compose.selection import above_cut, repeats
from ragqa.settings import ComposeSettings
from ragqa.types import Considered, Tier

MOST_CONSIDERED = 8


def left_out(
    asked: Asked, candidates: Sequence[Candidate], shown: Collection[int], stands_alone: Callable[[Candidate], bool], settings: ComposeSettings
) -> tuple[Considered, ...]:
    """Return the nearest candidates that are not shown, by descending estimate.

    Args:
        asked: The question.
        candidates: All candidates by descending score.
        shown: Rows of the sentences that the answer shows.
        stands_alone: Whether a claim can be made of a candidate.
        settings: The cuts.
    """
    chosen = [candidate for candidate in candidates if candidate.record.row in shown]
    nearest = [candidate for candidate in candidates if candidate.record.row not in shown][:MOST_CONSIDERED]
    likely = {candidate.record.row for candidate in above_cut(nearest, candidates, asked, settings)}

    def reason(candidate: Candidate) -> str:
        if not stands_alone(candidate):
            return "it does not stand alone, and its neighbours do not complete it"
        if candidate.tier is Tier.SIBLING:
            return "it is on another disease than the one asked about"
        if any(repeats(candidate, other, settings) for other in chosen):
            return "it repeats a statement that is shown"
        if candidate.record.row not in likely:
            return "it is much less likely to belong to the answer than the best statement"
        return "its section already holds as many statements as fit, or says it otherwise" if chosen else "the answer was withheld"

    return tuple(
        Considered(
            candidate.record.sentence.text,
            candidate.document.metadata.label,
            candidate.tier,
            candidate.score,
            reason(candidate),
            contributions(candidate.features),
        )
        for candidate in nearest
    )
