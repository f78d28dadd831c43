"""Paired comparison of runs: intervals, wins and losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragqa.evaluation.compare import Difference, compare_records
from ragqa.evaluation.figures import METRICS, Metric, figure
from ragqa.evaluation.records import QuestionRecord, Share
from tests.evaluation.samples import record, shares

VITAL = next(metric for metric in METRICS if metric.key == "vital_recall")
FORBIDDEN = next(metric for metric in METRICS if metric.key == "forbidden")
USEFUL = next(metric for metric in METRICS if metric.key == "useful")


def compare(before: list[QuestionRecord], after: list[QuestionRecord], metric: Metric = VITAL) -> Difference:
    """Return the one difference of two lists of records."""
    (difference,) = compare_records(before, after, [metric])
    return difference


def test_equal_runs_differ_by_nothing() -> None:
    """The interval of no change is the point 0, and nothing is won or lost."""
    difference = compare(shares([1, 0, 0.5, 1]), shares([1, 0, 0.5, 1]))

    assert (difference.low, difference.high, difference.won, difference.lost) == (0.0, 0.0, (), ())
    assert not difference.is_significant


def test_a_loss_everywhere_is_significant_and_named() -> None:
    """Twenty questions that each lose something: the whole interval lies below 0; the greatest loss is named first."""
    before = shares([1.0] * 20)
    after = shares([0.5] * 19 + [0.0])

    difference = compare(before, after)

    assert difference.is_loss
    assert difference.high < 0
    assert difference.lost[0] == "q19"
    assert len(difference.lost) == 20
    assert difference.before == 1.0
    assert difference.after == pytest.approx((19 * 0.5) / 20)


def test_one_loss_against_one_win_is_chance() -> None:
    """A change that comes out even is not significant."""
    difference = compare(shares([1, 0, 1, 1, 1]), shares([0, 1, 1, 1, 1]))

    assert (difference.won, difference.lost) == (("q1",), ("q0",))
    assert not difference.is_significant


def test_less_is_better_where_the_metric_says_so() -> None:
    """More forbidden statements are a loss although the figure rises."""
    difference = compare(shares([0.0] * 20, "forbidden"), shares([1.0] * 20, "forbidden"), FORBIDDEN)

    assert difference.is_loss
    assert len(difference.lost) == 20


def test_the_interval_agrees_with_the_normal_one() -> None:
    """For a hundred independent questions the bootstrap interval is about mean ± 1.96 standard errors of the paired changes."""
    random = np.random.default_rng(5)
    before, after = random.random(100), random.random(100)
    changes = after - before
    half = 1.96 * changes.std(ddof=1) / 10

    difference = compare(shares(before.tolist()), shares(after.tolist()))

    assert difference.low == pytest.approx(changes.mean() - half, abs=0.02)
    assert difference.high == pytest.approx(changes.mean() + half, abs=0.02)


def test_paraphrases_of_one_base_count_as_one_draw() -> None:
    """Forty changes of ten bases leave a wider interval than forty of forty."""
    random = np.random.default_rng(6)
    gains = np.repeat(random.normal(0, 0.3, 10), 4)
    apart = compare(shares([0.5] * 40), shares((0.5 + gains).tolist()))
    together = compare(
        [replace(row, base_id=f"b{place // 4}") for place, row in enumerate(shares([0.5] * 40))],
        [replace(row, base_id=f"b{place // 4}") for place, row in enumerate(shares((0.5 + gains).tolist()))],
    )

    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_only_questions_of_both_runs_are_compared() -> None:
    """A question that was added or dropped changes nothing."""
    assert compare(shares([1.0]), shares([1.0, 0.0])).after == 1.0


def test_a_metric_that_applies_to_no_question_is_left_out() -> None:
    """There is nothing to compare where neither side has a share."""
    assert compare_records(shares([1.0]), shares([1.0]), [FORBIDDEN]) == ()


def test_figures_over_statements_add_up_before_they_divide() -> None:
    """1 of 1 and 0 of 3 are 1/4 over statements and 1/2 over questions."""
    records = [record("a", {"useful": Share(1, 1), "vital_recall": Share(1, 1)}), record("b", {"useful": Share(0, 3), "vital_recall": Share(0, 3)})]

    assert figure(records, USEFUL) == 0.25
    assert figure(records, VITAL) == 0.5
