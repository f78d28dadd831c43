"""Every metric by name, and how the shares of many questions become one figure.

`question`: the mean over the questions to which the metric applies. `statement`: hits and totals of all questions are added up first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ragqa.evaluation import abstention, citations, metrics, stability
from ragqa.evaluation.assessor import Case
from ragqa.evaluation.records import NOT_APPLICABLE, QuestionRecord, Share


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `measure` is None where the shares come from elsewhere (retrieval ranks before there is an answer)."""

    key: str
    title: str
    measure: Callable[[Case], Share] | None
    mean_over: Literal["question", "statement"] = "question"
    higher_is_better: bool = True
    gated: bool = True
    """Whether a significant loss fails the build."""


METRICS: tuple[Metric, ...] = (
    Metric("vital_recall", "vital nugget recall", metrics.vital_recall),
    Metric("nugget_recall", "nugget recall, all", metrics.nugget_recall),
    Metric("useful", "useful statements", metrics.useful, "statement"),
    Metric("citation_precision", "citation precision", citations.citation_precision, "statement"),
    Metric("citation_recall", "citation recall", citations.citation_recall, "statement"),
    Metric("contradiction", "contradictions", citations.contradiction, "statement", higher_is_better=False),
    Metric("badge_precision", "badge direction right", citations.badge_precision, "statement"),
    Metric("population_precision", "population precision", metrics.population_precision, "statement"),
    Metric("indirect_leak", "indirect leak", metrics.indirect_leak, "statement", higher_is_better=False),
    Metric("redundancy", "redundancy", metrics.redundancy, "statement", higher_is_better=False),
    Metric("repetition", "repeats a fact", metrics.repetition, "statement", higher_is_better=False),
    Metric("redundancy_by_cosine", "redundancy, cosine alone", metrics.redundancy_by_cosine, "statement", higher_is_better=False, gated=False),
    Metric("dangling", "dangling starts", metrics.dangling, "statement", higher_is_better=False),
    Metric("forbidden", "questions with a forbidden statement", metrics.forbidden, higher_is_better=False),
    Metric("facet_coverage", "facet coverage", metrics.facet_coverage),
    Metric("facet_agreement", "facet agreement", metrics.facet_agreement, "statement"),
    Metric("conflict_recall", "conflicts shown as such", metrics.conflict_recall),
    Metric("clarification_recall", "clarification recall", abstention.clarification_recall),
    Metric("refusal_recall", "refusal recall", abstention.refusal_recall),
    Metric("false_refusal", "false refusals", abstention.false_refusal, higher_is_better=False),
    Metric("partial_recall", "partial answers marked", abstention.partial_recall),
    Metric("reason_right", "reason of refusal right", abstention.reason_right, gated=False),
    Metric("stability", "same statements under paraphrase", stability.same_statements),
    *(
        Metric(f"{measure}_{kind}", f"{title}, {kind}", None)
        for kind in ("guideline", "research")
        for measure, title in (
            ("ndcg10", "document nDCG@10"),
            ("recall50", "document recall@50"),
            ("mrr", "document MRR"),
            ("passage_ndcg10", "passage nDCG@10"),
        )
    ),
)


def measure(case: Case) -> dict[str, Share]:
    """Return the share of every metric that judges answers, by key."""
    return {metric.key: metric.measure(case) for metric in METRICS if metric.measure is not None}


def contribution(share: Share, metric: Metric) -> tuple[float, float]:
    """Return what one question adds to numerator and denominator of a figure."""
    if not share.of:
        return 0.0, 0.0
    return (share.hits / share.of, 1.0) if metric.mean_over == "question" else (share.hits, float(share.of))


def figure(records: Iterable[QuestionRecord], metric: Metric) -> float | None:
    """Return a metric over questions, rounded to six digits; None where it applies to none of them."""
    parts = [contribution(record.shares.get(metric.key, NOT_APPLICABLE), metric) for record in records]
    of = sum(part[1] for part in parts)
    return round(sum(part[0] for part in parts) / of, 6) if of else None


def figures(records: Sequence[QuestionRecord]) -> dict[str, float | None]:
    """Return every metric over questions, by key."""
    return {metric.key: figure(records, metric) for metric in METRICS}
