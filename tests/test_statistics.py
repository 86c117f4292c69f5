"""Means and intervals, against cases small enough to work out by hand."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics import (
    RESAMPLES,
    Array,
    Estimate,
    cluster_estimate,
    cluster_figure,
    cluster_ratio,
    interval,
    quotient,
    resamples,
)

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


# ---- figures of sums


def quotient_of(sums: Array) -> Array:
    return quotient(sums[..., 0], sums[..., 1])


COUNTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.tuples(st.integers(0, 3).map(float), st.integers(0, 3).map(float))),
    min_size=1,
    max_size=12,
)


def test_a_quotient_by_nothing_is_no_number_and_spoils_no_other() -> None:
    found = quotient(np.array([1.0, 0.0, 3.0]), np.array([2.0, 0.0, 0.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


def test_a_ratio_of_sums_weighs_every_item_alike_and_not_every_cluster() -> None:
    """1 of 1 and 0 of 3: together 1 of 4. A resample is 1/1, 1/4 or 0/3, so the interval runs from 0 to 1."""
    assert cluster_ratio([("a", 1, 1), ("b", 0, 3)]) == Estimate(0.25, 0.0, 1.0, 2, 2)


def test_a_figure_of_nothing_is_none() -> None:
    assert cluster_figure([], quotient_of) is None
    assert cluster_ratio([]) is None


def test_a_figure_that_is_not_defined_is_none() -> None:
    assert cluster_ratio([("a", 0, 0), ("b", 0, 0)]) is None


def test_resamples_for_which_a_figure_is_not_defined_are_left_out_of_its_interval() -> None:
    """Both a is 0 ÷ 0; a and b, or both b, is 1."""
    assert cluster_ratio([("a", 0, 0), ("b", 1, 1)]) == Estimate(1.0, 1.0, 1.0, 2, 2)


def test_a_figure_of_one_cluster_has_no_interval() -> None:
    assert cluster_ratio([("a", 1, 2), ("a", 0, 2)]) == Estimate(0.25, None, None, 1, 2)


def test_parts_of_a_cluster_are_added_before_anything_is_drawn() -> None:
    split = cluster_ratio([("a", 1, 1), ("b", 0, 1), ("a", 0, 1), ("b", 2, 3)])
    whole = cluster_figure([("a", (1.0, 2.0)), ("b", (2.0, 4.0))], quotient_of, n=4)
    assert split == whole


def test_resamples_draw_as_many_clusters_as_there_are_and_the_same_ones_every_time() -> None:
    drawn = resamples(7)
    assert drawn.shape == (RESAMPLES, 7)
    assert set(np.unique(drawn)) == set(range(7))
    assert (drawn == resamples(7)).all()
    assert resamples(3, 10).shape == (10, 3)
    assert len(np.unique(drawn, axis=0)) > RESAMPLES / 2, "every resample is drawn anew"


def test_an_interval_cuts_two_and_a_half_percent_at_either_end() -> None:
    assert interval(np.arange(1001.0)) == (pytest.approx(25), pytest.approx(975))
    assert interval(np.array([math.nan, 2.0, math.nan])) == (2.0, 2.0)
    assert interval(np.array([math.nan])) == (None, None)


@given(COUNTS)
def test_a_figure_over_all_resamples_at_once_is_that_of_each_by_itself(
    parts: list[tuple[str, tuple[float, float]]],
) -> None:
    found = cluster_figure(parts, quotient_of)
    names = sorted({cluster for cluster, _ in parts})
    sums = [tuple(sum(each[at] for cluster, each in parts if cluster == name) for at in (0, 1)) for name in names]
    if sum(below for _, below in sums) == 0:
        assert found is None
        return
    assert found is not None
    if len(names) == 1:
        assert (found.low, found.high) == (None, None)
        return
    one_by_one = []
    for drawn in resamples(len(names)):
        above, below = (sum(sums[at][part] for at in drawn) for part in (0, 1))
        one_by_one.append(above / below if below else math.nan)
    assert (found.low, found.high) == interval(np.array(one_by_one))
