"""Refusals, hedging, reasons, and the risk-coverage curve."""

from __future__ import annotations

from typing import Any

import pytest

from ragqa.evaluation import abstention
from ragqa.evaluation.assessor import Case
from ragqa.evaluation.questions import Expected, Missing
from ragqa.evaluation.records import Share
from ragqa.types import Answer, AnswerStatus, Clarification
from tests.evaluation.samples import answer, plain, question, record, refusal

FULL = answer(plain("It helps."))
HEDGED = answer(plain("It helps."), status=AnswerStatus.PARTIAL)
REFUSED = refusal("missing_drug")


def case(given: Answer, **fields: Any) -> Case:
    """Return a case; these metrics ask no assessor."""
    return Case(question(**fields), given, assessor=None)  # type: ignore[arg-type]  # not needed here


@pytest.mark.parametrize(("given", "recall"), [(REFUSED, 1.0), (HEDGED, 0.5), (FULL, 0.0)], ids=["refused", "hedged", "answered"])
def test_refusal_recall_gives_half_for_hedging(given: Answer, recall: float) -> None:
    """Refusing the unanswerable counts 1, answering it in part 1/2."""
    judged = case(given, expected=Expected.ABSTAIN, reason=Missing.DRUG)

    assert abstention.refusal_recall(judged) == Share(recall, 1)
    assert abstention.false_refusal(judged).of == 0


@pytest.mark.parametrize(("given", "false"), [(REFUSED, 1.0), (HEDGED, 0.5), (FULL, 0.0)], ids=["refused", "hedged", "answered"])
def test_hedging_on_an_answerable_question_is_half_a_false_refusal(given: Answer, false: float) -> None:
    """Both sides of hedging cost the same, so always hedging gains nothing."""
    judged = case(given)

    assert abstention.false_refusal(judged) == Share(false, 1)
    assert abstention.refusal_recall(judged).of == 0


def test_a_partial_answer_is_right_where_one_is_expected() -> None:
    """Where only one part has an answer, "partial" is no false refusal and is what is asked for."""
    judged = case(HEDGED, expected=Expected.PARTIAL, reason=Missing.OUTCOME)

    assert abstention.false_refusal(judged) == Share(0.0, 1)
    assert abstention.partial_recall(judged) == Share(1.0, 1)
    assert abstention.partial_recall(case(FULL, expected=Expected.PARTIAL)) == Share(0.0, 1)


def test_clarification_recall_wants_the_reading_said() -> None:
    """An ambiguous question needs the reading that was used."""
    said = answer(plain("It helps."), clarifications=(Clarification("AE", "acute exacerbation", ("adverse events",)),))

    assert abstention.clarification_recall(case(said, expected=Expected.CLARIFY)) == Share(1.0, 1)
    assert abstention.clarification_recall(case(FULL, expected=Expected.CLARIFY)) == Share(0.0, 1)


@pytest.mark.parametrize(
    ("code", "missing", "right"),
    [("missing_drug", Missing.DRUG, 1.0), ("missing_term", Missing.DRUG, 1.0), ("missing_dose", Missing.DRUG, 0.0), ("missing_term", Missing.DOSE, 0.0)],
)
def test_the_reason_must_be_the_true_one(code: str, missing: Missing, right: float) -> None:
    """A refusal for the wrong reason is a refusal by luck; a word the library never saw may stand for a drug, not for a dose."""
    assert abstention.reason_right(case(refusal(code), expected=Expected.ABSTAIN, reason=missing)) == Share(right, 1)


def judged(name: str, confidence: float, recall: float | None, status: str = "answered") -> Any:
    """Return a record: recall None stands for a question without an answer."""
    shares = {"vital_recall": Share(0.0, 0) if recall is None else Share(recall, 1)}
    return record(name, shares, confidence=confidence, status=status, expected="abstain" if recall is None else "answer")


def test_the_curve_answers_the_surest_first() -> None:
    """Four questions, one refused: losses 0, 1 (nothing to answer), 1/2 by falling confidence give risks 0, 1/2, 1/2."""
    records = [judged("a", 0.9, 1.0), judged("b", 0.5, None), judged("c", 0.1, 0.5), judged("d", 0.0, 0.0, "insufficient_evidence")]

    points = abstention.risk_coverage(records)

    assert [(point.coverage, point.risk) for point in points] == [(0.25, 0.0), (0.5, 0.5), (0.75, 0.5)]
    # Trapezoids: 0.25 · (0 + 0.5)/2 + 0.25 · (0.5 + 0.5)/2 = 0.1875 over a width of 0.5.
    assert abstention.area_under_risk(points) == pytest.approx(0.375)


def test_equal_confidences_make_one_point_in_any_order() -> None:
    """The order of questions changes nothing."""
    records = [judged("a", 0.5, 1.0), judged("b", 0.5, 0.0), judged("c", 0.9, 1.0)]

    assert abstention.risk_coverage(records) == abstention.risk_coverage(records[::-1])
    assert len(abstention.risk_coverage(records)) == 2


def test_a_system_that_answers_nothing_has_no_curve() -> None:
    """Without an answer there is no risk to draw."""
    points = abstention.risk_coverage([judged("a", 0.0, 1.0, "insufficient_evidence")])

    assert points == ()
    assert abstention.area_under_risk(points) is None


def test_refusals_are_counted_by_what_is_missing() -> None:
    """Two questions lack a drug, one is refused and rightly explained."""
    refused = {"refusal_recall": Share(1.0, 1), "reason_right": Share(1.0, 1)}
    answered = {"refusal_recall": Share(0.0, 1), "reason_right": Share(0.0, 0)}
    records = [record("a", refused, missing="missing-drug", expected="abstain"), record("b", answered, missing="missing-drug", expected="abstain")]

    assert abstention.refusals_by_reason(records) == (abstention.RefusalRow("missing-drug", 2, 1.0, 1.0),)


def test_confidence_is_the_best_score() -> None:
    """The surest statement speaks for the answer; a refusal has none."""
    assert abstention.confidence(answer(plain("a", score=0.2), plain("b", score=0.7))) == 0.7
    assert abstention.confidence(REFUSED) == 0.0
