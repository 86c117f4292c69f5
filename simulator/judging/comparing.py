"""Two sets of verdicts on the same items, side by side: checks against the gold set, checks against a judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.judging.verdict import Outcome
from simulator.statistics import Estimate, cluster_ratio


@dataclass(frozen=True, slots=True)
class Compared:
    """One item that both sides decided: met, not met or not applicable."""

    item_id: str
    cluster: str
    criterion_id: str
    first: Outcome
    second: Outcome
    groups: Mapping[str, str]
    why_first: str = ""
    why_second: str = ""

    @property
    def agree(self) -> bool:
        return self.first is self.second


@dataclass(frozen=True, slots=True)
class Comparison:
    agreement: Estimate | None
    """The share on which both say the same; the interval resamples conversations."""
    by_group: dict[str, dict[str, Estimate]]
    disagreements: tuple[Compared, ...]
    n_compared: int
    n_undecided: int
    """Items that one side left unscored; they are in no share."""


def comparison(compared: Sequence[Compared], n_undecided: int) -> Comparison:
    groups: dict[str, dict[str, list[Compared]]] = {}
    for item in compared:
        for dimension, value in item.groups.items():
            groups.setdefault(dimension, {}).setdefault(value, []).append(item)
    by_group = {
        dimension: {value: found for value, members in sorted(values.items()) if (found := _agreement(members))}
        for dimension, values in groups.items()
    }
    return Comparison(
        agreement=_agreement(compared),
        by_group=by_group,
        disagreements=tuple(item for item in compared if not item.agree),
        n_compared=len(compared),
        n_undecided=n_undecided,
    )


def _agreement(compared: Sequence[Compared]) -> Estimate | None:
    return cluster_ratio((item.cluster, float(item.agree), 1.0) for item in compared)
