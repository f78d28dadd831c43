"""ROUGE by known libraries, against arithmetic of our own."""

from __future__ import annotations

import pytest

from ragqa.evaluation.rouge import RougeScores, rouge


def test_scores_follow_their_definitions() -> None:
    """One word dropped from four costs what the definitions say.

    ROUGE-2: one common bigram of 3 and 2, F = 2 · (1/3 · 1/2) / (1/3 + 1/2) = 0.4. ROUGE-SU4 counts pairs up to four words apart and single words:
    as the original does, the library leaves out the last single word of a text. The answer has 6 + 3, the reference 3 + 2, all in common:
    P = 5/9, R = 1, F = 10/14.
    """
    scores = rouge("alpha beta gamma delta", ["alpha beta delta"])

    assert scores.rouge_2 == pytest.approx(0.4)
    assert scores.rouge_su4 == pytest.approx(10 / 14)


def test_the_best_reference_counts() -> None:
    """Of several references the nearest one decides."""
    scores = rouge("alpha beta", ["gamma delta", "Alpha beta"])

    assert (scores.rouge_2, scores.rouge_su4) == pytest.approx((1.0, 1.0))


def test_an_empty_answer_scores_nothing() -> None:
    """A refusal has no words to share."""
    assert rouge("  ", ["alpha"]) == RougeScores(0.0, 0.0)
