"""Means and intervals over dialogues that are clustered by scenario.

Dialogues on one scenario share its difficulty, so the scenario is the unit: a mean is the mean of scenario means, and
an interval resamples scenarios (cluster bootstrap, Field & Welsh, J R Stat Soc B 2007;69:369; percentile method).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2_000
_SEED = 20_260_106
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, 0…1, with its 95 % interval. ``low`` and ``high`` are None with fewer than two clusters."""

    mean: float
    low: float | None
    high: float | None
    n_clusters: int
    n: int


def cluster_estimate(values: Iterable[tuple[str, float]]) -> Estimate | None:
    """The estimate of (cluster, value) pairs; None where there are none. Unscored values are left out beforehand.

    The resampling has a fixed seed, so that the same values give the same interval.
    """
    clusters: dict[str, list[float]] = {}
    for cluster, value in values:
        clusters.setdefault(cluster, []).append(value)
    if not clusters:
        return None
    means = np.array([math.fsum(items) / len(items) for _, items in sorted(clusters.items())])
    n = sum(map(len, clusters.values()))
    if len(means) == 1:
        return Estimate(float(means[0]), None, None, 1, n)
    rng = np.random.default_rng(_SEED)
    samples = means[rng.integers(0, len(means), size=(RESAMPLES, len(means)))].mean(axis=1)
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(samples, [tail, 1 - tail])
    return Estimate(float(means.mean()), float(low), float(high), len(means), n)


def cluster_ratio(parts: Iterable[tuple[str, float, float]]) -> Estimate | None:
    """A ratio of sums over (cluster, numerator, denominator), such as a micro-averaged precision.

    The interval resamples clusters. None where the denominators add up to nothing.
    """
    clusters: dict[str, list[float]] = {}
    n = 0
    for cluster, numerator, denominator in parts:
        sums = clusters.setdefault(cluster, [0.0, 0.0])
        sums[0] += numerator
        sums[1] += denominator
        n += 1
    sums_of = np.array([each for _, each in sorted(clusters.items())]).reshape(-1, 2)
    total = sums_of.sum(axis=0)
    if total[1] == 0:
        return None
    mean = float(total[0] / total[1])
    if len(sums_of) == 1:
        return Estimate(mean, None, None, 1, n)
    rng = np.random.default_rng(_SEED)
    drawn = sums_of[rng.integers(0, len(sums_of), size=(RESAMPLES, len(sums_of)))].sum(axis=1)
    ratios = drawn[drawn[:, 1] > 0, 0] / drawn[drawn[:, 1] > 0, 1]
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return Estimate(mean, float(low), float(high), len(sums_of), n)
