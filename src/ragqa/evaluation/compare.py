"""Is one run better than another? Paired bootstrap intervals, and the questions that were won and lost.

Questions that lean on each other (paraphrases of one base, turns of one conversation) are drawn together, since they are won and lost
together; drawing them apart would make every interval too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragqa.evaluation.figures import METRICS, Metric, contribution
from ragqa.evaluation.records import NOT_APPLICABLE, EvalRun, QuestionRecord, by_id

RESAMPLES = 2000
SEED = 20240229
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in two runs, over the questions both hold: before, after, and the interval of after - before."""

    metric: Metric
    before: float
    after: float
    low: float
    high: float
    won: tuple[str, ...]
    """Ids of questions whose own share got better, most first."""
    lost: tuple[str, ...]

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0

    @property
    def is_loss(self) -> bool:
        """Whether the figure got significantly worse."""
        return self.high < 0 if self.metric.higher_is_better else self.low > 0


def compare_runs(before: EvalRun, after: EvalRun) -> tuple[Difference, ...]:
    """Return the difference of every metric that applies to both runs, over the questions both hold."""
    return compare_records(before.records, after.records)


def compare_records(before: Sequence[QuestionRecord], after: Sequence[QuestionRecord], metrics: Sequence[Metric] = METRICS) -> tuple[Difference, ...]:
    """Return the difference of every given metric over the questions that both sides hold."""
    earlier = by_id(before)
    pairs = [(earlier[record.question_id], record) for record in after if record.question_id in earlier]
    return tuple(difference for metric in metrics if (difference := _difference(metric, pairs)))


def _difference(metric: Metric, pairs: Sequence[tuple[QuestionRecord, QuestionRecord]]) -> Difference | None:
    parts = [tuple(contribution(record.shares.get(metric.key, NOT_APPLICABLE), metric) for record in pair) for pair in pairs]
    clusters = {base_id: place for place, base_id in enumerate(dict.fromkeys(record.base_id for _, record in pairs))}
    # Columns: numerator and denominator before, then after; one row a cluster.
    sums = np.zeros((len(clusters), 4))
    for (_, record), (old, new) in zip(pairs, parts, strict=True):
        sums[clusters[record.base_id]] += (*old, *new)
    whole = sums.sum(axis=0)
    if not len(pairs) or whole[1] == 0 or whole[3] == 0:
        return None
    drawn = np.random.default_rng(SEED).integers(0, len(clusters), size=(RESAMPLES, len(clusters)))
    resampled = sums[drawn].sum(axis=1)
    resampled = resampled[(resampled[:, 1] > 0) & (resampled[:, 3] > 0)]
    low, high = np.quantile(resampled[:, 2] / resampled[:, 3] - resampled[:, 0] / resampled[:, 1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    changes = [(_gain(metric, pair), pair[1].question_id) for pair in pairs]
    won = tuple(name for gain, name in sorted(changes, key=lambda change: (-change[0], change[1])) if gain > 0)
    lost = tuple(name for gain, name in sorted(changes) if gain < 0)
    return Difference(metric, round(whole[0] / whole[1], 6), round(whole[2] / whole[3], 6), round(float(low), 6), round(float(high), 6), won, lost)


def _gain(metric: Metric, pair: tuple[QuestionRecord, QuestionRecord]) -> float:
    """Return how much better a question's own share became; 0 where the metric applies to one side only."""
    old, new = (record.shares.get(metric.key, NOT_APPLICABLE).value for record in pair)
    if old is None or new is None:
        return 0.0
    return new - old if metric.higher_is_better else old - new
