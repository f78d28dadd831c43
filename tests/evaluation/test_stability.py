"""Paraphrases must bring the same statements."""

from __future__ import annotations

from ragqa.evaluation.assessor import Case
from ragqa.evaluation.records import NOT_APPLICABLE, Share
from ragqa.evaluation.stability import same_statements
from ragqa.types import Answer, Evidence, Statement
from tests.evaluation.samples import answer, plain, question, refusal


def at(place: int) -> Statement:
    """Return a statement that rests on a place of a page."""
    return plain(f"Statement {place}.", evidence=(Evidence(1, "d", "v", (), 1, place, place + 10, "q"),))


def share(mine: Answer, theirs: Answer | None) -> Share:
    """Return the stability of an answer against that to its base."""
    return same_statements(Case(question(), mine, assessor=None, base=theirs))  # type: ignore[arg-type]  # not needed here


def test_stability_is_the_jaccard_index_of_places() -> None:
    """Two statements in common of four in all: 1/2. The order does not matter, nor does the wording."""
    assert share(answer(at(1), at(2), at(3)), answer(at(4), at(3), at(2))) == Share(0.5, 1)


def test_two_refusals_agree() -> None:
    """Abstaining twice is stable; abstaining once is not."""
    assert share(refusal("off_topic"), refusal("missing_drug")) == Share(1.0, 1)
    assert share(refusal("off_topic"), answer(at(1))) == Share(0.0, 1)


def test_a_question_of_its_own_is_not_judged() -> None:
    """Only paraphrases have a base to be held against."""
    assert share(answer(at(1)), None) is NOT_APPLICABLE
