"""Wall and CPU time of variants that take turns, so that a slow minute of the machine falls on all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """What one pass over the work took. ``cpu_s`` is of this process, all threads, user and system."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A value over the rounds."""

    median: float
    lowest: float
    highest: float

    @staticmethod
    def of(values: Iterable[float]) -> Spread:
        """Raises ValueError where there are none."""
        found = sorted(values)
        if not found:
            raise ValueError("a spread needs at least one value")
        return Spread(statistics.median(found), found[0], found[-1])


def measured(work: Callable[[], object]) -> Sample:
    gc.collect()  # what an earlier variant left behind is not this one's to clear
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Sample(time.perf_counter() - wall, time.process_time() - cpu)


def interleaved(
    variants: Mapping[str, Callable[[], object]], rounds: int, on_round: Callable[[int], None] = lambda _: None
) -> dict[str, list[Sample]]:
    """``rounds`` samples of each variant: A B C, B C A, C A B, … Nothing is warmed up here.

    ``on_round`` hears of every round that is over, from 1.
    """
    names = list(variants)
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    for made in range(rounds):
        first = made % len(names)
        for name in names[first:] + names[:first]:
            samples[name].append(measured(variants[name]))
        on_round(made + 1)
    return samples


@dataclass(frozen=True, slots=True)
class Ratio:
    """One variant's time ÷ another's, taken round by round and only then summed up: what both suffered cancels."""

    wall: Spread
    cpu: Spread


def ratio(of: list[Sample], to: list[Sample]) -> Ratio:
    pairs = list(zip(of, to, strict=True))
    return Ratio(Spread.of(a.wall_s / b.wall_s for a, b in pairs), Spread.of(a.cpu_s / b.cpu_s for a, b in pairs))
