"""Means and intervals, against cases small enough to work out by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.evaluation.statistics import Estimate, cluster_estimate

Pairs = list[tuple[str, float]]
FRACTIONS = st.floats(0, 1, allow_nan=False)
PAIRS = st.lists(st.tuples(st.sampled_from("abcdef"), FRACTIONS), min_size=1, max_size=40)


def estimate(pairs: Pairs) -> Estimate:
    found = cluster_estimate(pairs)
    assert found is not None
    return found


def test_without_values_there_is_no_estimate() -> None:
    assert cluster_estimate([]) is None


def test_one_scenario_gives_a_mean_and_no_interval() -> None:
    assert cluster_estimate([("a", 0.2), ("a", 0.6)]) == Estimate(pytest.approx(0.4), None, None, 1, 2)  # type: ignore[arg-type]


def test_a_scenario_counts_once_however_often_it_was_played() -> None:
    often = estimate([("a", 0.0)] * 99 + [("b", 1.0)])
    once = estimate([("a", 0.0), ("b", 1.0)])
    assert often.mean == 0.5
    assert (often.low, often.high) == (once.low, once.high)
    assert (often.n_clusters, often.n) == (2, 100)


def test_two_scenarios_by_hand() -> None:
    """Means ½ and 1. A resample is ½, ¾ or 1, with chances ¼, ½ and ¼: the 2.5 % points are its ends."""
    assert estimate([("a", 0.0), ("a", 1.0), ("b", 1.0)]) == Estimate(0.75, 0.5, 1.0, 2, 3)


def test_three_scenarios_by_hand() -> None:
    """Means 0, 0, 1. All three resampled are 1 with a chance of 1/27 = 3.7 %, which is more than 2.5 %."""
    found = estimate([("a", 0.0), ("b", 0.0), ("c", 1.0)])
    assert found.mean == pytest.approx(1 / 3)
    assert (found.low, found.high) == (0.0, 1.0)


def test_forty_scenarios_come_near_the_normal_interval() -> None:
    """Twenty of 0 and twenty of 1: the mean's standard error is 0.5/√40 = 0.079, so 0.5 ± 0.155."""
    found = estimate([(str(number), float(number % 2)) for number in range(40)])
    assert found.low == pytest.approx(0.5 - 0.155, abs=0.02)
    assert found.high == pytest.approx(0.5 + 0.155, abs=0.02)


@given(PAIRS)
def test_the_interval_stays_between_the_lowest_and_the_highest_value(pairs: Pairs) -> None:
    found = estimate(pairs)
    lowest, highest = min(value for _, value in pairs), max(value for _, value in pairs)
    for bound in (found.mean, found.low, found.high):
        assert bound is None or lowest - 1e-9 <= bound <= highest + 1e-9
    if found.low is not None and found.high is not None:
        assert found.low <= found.high


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=20), FRACTIONS)
def test_constant_values_have_an_interval_of_no_width(clusters: list[str], value: float) -> None:
    found = estimate([(cluster, value) for cluster in clusters])
    assert found.mean == pytest.approx(value)
    if found.n_clusters > 1:
        assert found.low == pytest.approx(value)
        assert found.high == pytest.approx(value)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(pairs: Pairs, shuffling: random.Random) -> None:
    shuffled = list(pairs)
    shuffling.shuffle(shuffled)
    assert estimate(shuffled) == estimate(pairs)
