"""An estimate in JSON: four digits, an interval of two, and null where there is nothing to tell."""

from __future__ import annotations

from simulator.evaluation.statistics import Estimate


def mean_of(estimate: Estimate | None) -> float | None:
    """The mean, 0…1; None where nothing was estimated."""
    return round(estimate.mean, 4) if estimate else None


def interval_of(estimate: Estimate | None) -> list[float] | None:
    """``[low, high]``; None with fewer than two clusters."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return None
    return [round(estimate.low, 4), round(estimate.high, 4)]
