"""The estimate is a probability with readable parts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragqa.compose.relevance import BIAS, FEATURES, WEIGHTS, contributions, probability


@given(st.dictionaries(st.sampled_from(FEATURES), st.floats(-1, 1)))
def test_the_estimate_lies_between_nothing_and_certainty(features: dict[str, float]) -> None:
    """Whatever the features, the estimate is in (0, 1)."""
    assert 0 < probability(features) < 1


def test_every_feature_has_one_weight() -> None:
    """The weights name exactly the features."""
    assert set(WEIGHTS) == set(FEATURES)


def test_without_features_only_the_bias_speaks() -> None:
    """probability({}) = 1 / (1 + e^-bias)."""
    assert probability({}) == pytest.approx(1 / (1 + math.exp(-BIAS)))


@given(st.dictionaries(st.sampled_from(FEATURES), st.floats(-1, 1)))
def test_the_contributions_add_up_to_the_log_odds(features: dict[str, float]) -> None:
    """What `--explain` shows is the whole estimate: bias plus parts, each rounded to a thousandth."""
    estimate = probability(features)

    total = BIAS + sum(part for _, part in contributions(features))

    assert total == pytest.approx(math.log(estimate / (1 - estimate)), abs=0.0005 * len(FEATURES) + 1e-6)


def test_contributions_start_with_the_greatest_effect_and_leave_out_none() -> None:
    """Features without effect are not listed."""
    parts = contributions({"cosine": 0.1, "sibling": 1.0, "facet": 0.0})

    assert [name for name, _ in parts] == ["sibling", "cosine"]


def test_more_likeness_and_a_closer_population_raise_the_estimate() -> None:
    """The signs of the weights are those a reader expects."""
    plain = {"cosine": 0.5, "facet": 0.5}

    assert probability(plain | {"cosine": 0.7}) > probability(plain)
    assert probability(plain | {"facet": 1.0}) > probability(plain)
    assert probability(plain | {"sibling": 1.0}) < probability(plain | {"broader": 1.0}) < probability(plain)
