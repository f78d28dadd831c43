"""Whether the answer stays when only the words of the question change."""

from __future__ import annotations

from ragqa.evaluation.assessor import Case
from ragqa.evaluation.records import NOT_APPLICABLE, Share
from ragqa.types import Answer

_Place = tuple[str, int, int, int]


def same_statements(case: Case) -> Share:
    """Return, for a paraphrase, the Jaccard index of its statements with those of the question it paraphrases.

    Statements are the same when they rest on the same places of the same documents; two abstentions agree wholly.

    Source: issue 4; Jaccard, 1901.
    """
    if case.base is None:
        return NOT_APPLICABLE
    mine, theirs = _places(case.answer), _places(case.base)
    together = mine | theirs
    return Share(len(mine & theirs) / len(together) if together else 1.0, 1)


def _places(answer: Answer) -> frozenset[tuple[_Place, ...]]:
    return frozenset(tuple((each.document_id, each.page, each.start, each.end) for each in statement.evidence) for statement in answer.statements)
