"""Does the system know what it cannot answer? Refusals and false refusals, always together, by reason, and the price of answering more.

A partial answer counts half on both sides, so that hedging with "partial" is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragqa.evaluation.assessor import Case
from ragqa.evaluation.questions import Expected, Missing
from ragqa.evaluation.records import NOT_APPLICABLE, QuestionRecord, Share
from ragqa.types import Answer, AnswerStatus

_ALSO_RIGHT = {
    Missing.OFF_TOPIC: frozenset({"missing-term", "missing-drug", "missing-population"}),
    Missing.OUTCOME: frozenset({"missing-term"}),
    Missing.DRUG: frozenset({"missing-term"}),
    Missing.POPULATION: frozenset({"missing-term"}),
    Missing.INJECTION: frozenset({"off-topic"}),
}
"""Codes that name the same gap in other words: a library that never heard of a drug cannot know that it is one, and a question off the topic
lacks everything."""


def refusal_recall(case: Case) -> Share:
    """Count, for a question without an answer in the library, 1 where the system abstains and 1/2 where it answers in part.

    Source: composition.md section 10.
    """
    if case.question.expected is not Expected.ABSTAIN:
        return NOT_APPLICABLE
    return Share(1.0 if case.answer.abstained else 0.5 if case.answer.status is AnswerStatus.PARTIAL else 0.0, 1)


def false_refusal(case: Case) -> Share:
    """Count, for an answerable question, 1 where the system abstains and 1/2 where it calls a full answer partial.

    Source: composition.md section 10.
    """
    if case.question.expected is Expected.ABSTAIN:
        return NOT_APPLICABLE
    hedged = case.answer.status is AnswerStatus.PARTIAL and case.question.expected is not Expected.PARTIAL
    return Share(1.0 if case.answer.abstained else 0.5 if hedged else 0.0, 1)


def partial_recall(case: Case) -> Share:
    """Count, for a question with an answer to one part only, 1 where the answer says that it is partial. Source: composition.md 4.15."""
    return Share(float(case.answer.status is AnswerStatus.PARTIAL), 1) if case.question.expected is Expected.PARTIAL else NOT_APPLICABLE


def clarification_recall(case: Case) -> Share:
    """Count, for an ambiguous question, 1 where the answer says which reading it used. Source: composition.md section 10."""
    return Share(float(bool(case.answer.clarifications)), 1) if case.question.expected is Expected.CLARIFY else NOT_APPLICABLE


def reason_right(case: Case) -> Share:
    """Count, for a rightly refused question, 1 where the stated reason is the true one. Source: issue 4."""
    if case.question.expected is not Expected.ABSTAIN or case.question.reason is None or not case.answer.abstained:
        return NOT_APPLICABLE
    code = case.answer.reason.code.replace("_", "-") if case.answer.reason else ""
    return Share(float(code == case.question.reason.value or code in _ALSO_RIGHT.get(case.question.reason, frozenset())), 1)


def confidence(answer: Answer) -> float:
    """Return how sure a system was: the best score among its statements; 0 without any."""
    return max((statement.score for statement in answer.statements), default=0.0)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """When only the surest share `coverage` of all questions is answered, the mean loss among the answered is `risk`."""

    coverage: float
    risk: float


def risk_coverage(records: Sequence[QuestionRecord]) -> tuple[RiskPoint, ...]:
    """Return the risk-coverage curve: answered questions by falling confidence, one point each.

    The loss of an answer is the share of vital nuggets it lacks, and 1 where there was nothing to answer. Equal confidences are taken
    together, so that the order of questions changes nothing.

    Source: El-Yaniv and Wiener, JMLR 2010; Geifman and El-Yaniv, NeurIPS 2017.
    """
    answered = sorted((record for record in records if not record.abstained), key=lambda record: -record.confidence)
    points: list[RiskPoint] = []
    lost = 0.0
    for place, record in enumerate(answered, start=1):
        lost += _loss(record)
        if place == len(answered) or answered[place].confidence != record.confidence:
            points.append(RiskPoint(round(place / len(records), 6), round(lost / place, 6)))
    return tuple(points)


def area_under_risk(points: Sequence[RiskPoint]) -> float | None:
    """Return the mean risk over the coverage that was reached, by trapezoids from the first point on; None without points."""
    if not points:
        return None
    if len(points) == 1 or points[-1].coverage == points[0].coverage:
        return points[-1].risk
    area = sum((after.coverage - before.coverage) * (after.risk + before.risk) / 2 for before, after in pairwise(points))
    return round(area / (points[-1].coverage - points[0].coverage), 6)


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Questions that lack one thing: how many, how many were refused, and how often with the right reason."""

    missing: str
    n: int
    refused: float
    reason_right: float


def refusals_by_reason(records: Sequence[QuestionRecord]) -> tuple[RefusalRow, ...]:
    """Return one row for each thing that unanswerable questions lack."""
    rows = []
    for missing in Missing:
        own = [record for record in records if record.missing == missing.value and record.expected == Expected.ABSTAIN]
        if own:
            refused = sum(record.shares["refusal_recall"].hits for record in own)
            rows.append(RefusalRow(missing.value, len(own), refused, sum(record.shares["reason_right"].hits for record in own)))
    return tuple(rows)


def _loss(record: QuestionRecord) -> float:
    recall = record.shares["vital_recall"].value
    return 1.0 if recall is None and record.expected == Expected.ABSTAIN else 1.0 - (1.0 if recall is None else recall)
