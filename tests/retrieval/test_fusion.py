"""Making one score of two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ragqa.retrieval.fusion import fuse_z_scores, reciprocal_rank_fusion, z_scores


def column(*values: float) -> NDArray[np.float32]:
    """Return scores as the parts give them."""
    return np.array(values, dtype=np.float32)


def test_each_part_counts_by_its_distance_from_the_mean_in_deviations() -> None:
    """Lexical 0, 10, 20 and dense .2, .5, .8 have the same z-scores, so their scales do not matter."""
    deviation = np.sqrt((1 + 0 + 1) / 3)
    fused = fuse_z_scores(column(0, 10, 20), column(0.8, 0.5, 0.2), dense_weight=0.6)
    assert fused == pytest.approx([(-0.4 + 0.6) / deviation, 0, (0.4 - 0.6) / deviation], abs=1e-6)


def test_agreement_beats_a_single_first_place() -> None:
    """A chunk that is second for both parts passes one that is first for only one."""
    fused = fuse_z_scores(column(9, 8, 0, 0), column(0, 0.7, 0.8, 0), dense_weight=0.5)
    assert int(np.argmax(fused)) == 1


def test_a_part_that_does_not_tell_candidates_apart_adds_nothing() -> None:
    """Equal lexical scores leave the order to the dense part, also where rounding makes their mean differ from them."""
    fused = fuse_z_scores(column(*[0.1] * 7), column(1, 2, 3, 4, 5, 6, 7), dense_weight=0.6)
    assert fused == pytest.approx(0.6 * z_scores(column(1, 2, 3, 4, 5, 6, 7)))


@pytest.mark.parametrize("scores", [column(), column(3.5)])
def test_nothing_and_one_candidate_are_fused_without_complaint(scores: NDArray[np.float32]) -> None:
    """No candidate gives no score and a single one gives 0, without a division by zero."""
    assert fuse_z_scores(scores, scores, dense_weight=0.6).tolist() == [0.0] * len(scores)


def test_candidates_outside_the_pool_do_not_move_the_others() -> None:
    """Mean 1 and deviation 1 come from the pool (0 and 2); a candidate outside it with 5 lies 4 deviations above."""
    scored = z_scores(column(0, 2, 5), np.array([True, True, False]))
    assert scored.tolist() == [-1, 1, 4]


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30), st.floats(0.5, 100), st.floats(-50, 50))
def test_z_scores_do_not_depend_on_scale_or_offset(scores: list[int], scale: float, offset: float) -> None:
    """z(a·x + b) = z(x) for a > 0."""
    plain = column(*scores)
    assert z_scores(np.float32(scale) * plain + np.float32(offset)) == pytest.approx(z_scores(plain), abs=2e-2)


def test_reciprocal_ranks_are_summed() -> None:
    """With c = 10 the second place of both lists, 2/12, beats the first of one, 1/11; ties go to the lower row."""
    fused = reciprocal_rank_fusion([[7, 5], [9, 5]])
    assert fused == [(5, 2 / 12), (7, 1 / 11), (9, 1 / 11)]


def test_no_rankings_fuse_to_nothing() -> None:
    """Nothing found by any part is an empty result."""
    assert reciprocal_rank_fusion([]) == reciprocal_rank_fusion([[], []]) == []
