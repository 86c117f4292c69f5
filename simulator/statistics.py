"""Means, ratios and other figures over values that come in clusters, with intervals that respect the clusters.

Dialogues on one scenario share its difficulty, and criteria of one dialogue share its words, so values are grouped by
what they share, and an interval resamples whole groups (cluster bootstrap, Field & Welsh, J R Stat Soc B 2007;69:369;
percentile method). The resampling has a fixed seed, so that the same values give the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 2_000
_SEED = 20_260_106
_LEVEL = 0.95

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, such as a mean 0…1, with its 95 % interval. ``low`` and ``high`` are None with fewer than two
    clusters."""

    mean: float
    low: float | None
    high: float | None
    n_clusters: int
    n: int


def cluster_estimate(values: Iterable[tuple[str, float]]) -> Estimate | None:
    """The mean of cluster means of (cluster, value) pairs; None where there are none. Leave unscored ones out first."""
    clusters: dict[str, list[float]] = {}
    for cluster, value in values:
        clusters.setdefault(cluster, []).append(value)
    if not clusters:
        return None
    means = [(cluster, (math.fsum(items) / len(items), 1.0)) for cluster, items in clusters.items()]
    return cluster_figure(means, _ratio, n=sum(map(len, clusters.values())))


def cluster_ratio(parts: Iterable[tuple[str, float, float]]) -> Estimate | None:
    """A ratio of sums over (cluster, numerator, denominator), such as a micro-averaged precision.

    None where the denominators add up to nothing.
    """
    return cluster_figure([(cluster, (above, below)) for cluster, above, below in parts], _ratio)


def cluster_figure(
    parts: Iterable[tuple[str, tuple[float, ...]]], figure: Callable[[Array], Array], *, n: int | None = None
) -> Estimate | None:
    """A figure that is a function of sums, such as κ of the four counts of a confusion.

    ``parts``: (cluster, addends), all of one length k. ``figure`` takes sums of shape (…, k) and gives shape (…), with
    NaN where it is not defined; resamples that are NaN are left out of the interval. None where there are no parts, or
    the figure of all of them is NaN. ``n``: how many values there are, where parts are not single values.
    """
    clusters: dict[str, Array] = {}
    count = 0
    for cluster, addends in parts:
        sums = clusters.setdefault(cluster, np.zeros(len(addends)))
        sums += addends
        count += 1
    if not clusters:
        return None
    sums_of = np.array([each for _, each in sorted(clusters.items())])
    mean = float(figure(sums_of.sum(axis=0)))
    if math.isnan(mean):
        return None
    n = count if n is None else n
    if len(sums_of) == 1:
        return Estimate(mean, None, None, 1, n)
    low, high = interval(figure(sums_of[resamples(len(sums_of))].sum(axis=1)))
    return Estimate(mean, low, high, len(sums_of), n)


def resamples(n_clusters: int, times: int = RESAMPLES) -> npt.NDArray[np.int64]:
    """Which clusters each resample is made of: shape (times, n_clusters), values 0 … n_clusters − 1."""
    return np.random.default_rng(_SEED).integers(0, n_clusters, size=(times, n_clusters))


def interval(samples: Array) -> tuple[float | None, float | None]:
    """The central 95 % of the samples that are numbers; None, None where there are none."""
    kept = samples[~np.isnan(samples)]
    if not len(kept):
        return None, None
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)


def quotient(above: Array, below: Array) -> Array:
    """``above ÷ below``, NaN where ``below`` is 0."""
    out: Array = np.full(np.shape(below), np.nan)
    return np.divide(above, below, out=out, where=np.asarray(below) != 0)


def _ratio(sums: Array) -> Array:
    return quotient(sums[..., 0], sums[..., 1])
