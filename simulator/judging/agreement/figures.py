"""A judge against people: its figures overall and by group, beside the people's agreement with each other.

A judge is held against what people settled on, where that is met or not met. It is scored where it says met or not met
too; what it left unscored or called not applicable is counted beside, since leaving out the hard ones flatters. Every
interval resamples conversations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from simulator.judging.agreement import confusion
from simulator.judging.agreement.confusion import cell, one
from simulator.judging.agreement.people import PeopleAgreement, people_agreement
from simulator.judging.agreement.ratings import RatedItem, RatedSet
from simulator.judging.verdict import Outcome, Verdict
from simulator.statistics import Array, Estimate, cluster_figure, cluster_ratio, quotient

T = TypeVar("T")
_BINS = 10
_BINARY = {Outcome.MET, Outcome.NOT_MET}


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """Figures are None where they are not defined. Fractions, κ and MCC −1…1."""

    n_items: int
    """Items on which people settled on met or not met."""
    n_scored: int
    """Those that the judge called met or not met; the figures are over these."""
    n_unscored: int
    n_not_applicable: int
    """Those that the judge called not applicable."""
    accuracy: Estimate | None
    precision_met: Estimate | None
    recall_met: Estimate | None
    f1_met: Estimate | None
    precision_not_met: Estimate | None
    recall_not_met: Estimate | None
    f1_not_met: Estimate | None
    macro_f1: Estimate | None
    kappa: Estimate | None
    mcc: Estimate | None
    majority_accuracy: Estimate | None
    """Of always giving the commoner label."""
    accuracy_over_majority: Estimate | None
    brier: Estimate | None
    """Mean squared distance of the judge's probability from what people say; only where it gives one."""
    calibration_error: Estimate | None
    """Expected calibration error over ten bins of equal width (Naeini et al., AAAI 2015)."""
    n_with_probability: int


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    judge: str
    overall: JudgeFigures
    by_group: dict[str, dict[str, JudgeFigures]]
    """Dimension (`kind`, `language`, …) → group → figures."""
    each_rater: JudgeFigures
    """Against every single rating instead of what was settled: how HealthBench counts (arXiv 2505.08775, section 8)."""


@dataclass(frozen=True, slots=True)
class AgreementReport:
    rated: RatedSet
    people: PeopleAgreement
    people_by_group: dict[str, dict[str, PeopleAgreement]]
    judges: tuple[JudgeAgreement, ...]


def agreement_report(rated: RatedSet, judges: Mapping[str, Mapping[str, Verdict]]) -> AgreementReport:
    """``judges``: name → verdicts by item id. A judge is measured on the items it was asked about: those it has a
    verdict for, which may be unscored. Raises MissingExtraError.
    """
    people = people_agreement(rated.items)
    several = people.n_shared > 0
    return AgreementReport(
        rated=rated,
        people=people,
        people_by_group=_by_group(rated.items, people_agreement) if several else {},
        judges=tuple(
            _judge_agreement(name, [item for item in rated.items if item.id in verdicts], verdicts)
            for name, verdicts in judges.items()
        ),
    )


def judge_figures(items: Sequence[RatedItem], verdicts: Mapping[str, Verdict]) -> JudgeFigures:
    """Against what people settled on."""
    return _figures([(item.cluster, item.settled, verdicts.get(item.id)) for item in items])


def _judge_agreement(judge: str, items: Sequence[RatedItem], verdicts: Mapping[str, Verdict]) -> JudgeAgreement:
    single = [(item.cluster, label, verdicts.get(item.id)) for item in items for label in item.labels.values()]
    return JudgeAgreement(
        judge=judge,
        overall=judge_figures(items, verdicts),
        by_group=_by_group(items, lambda group: judge_figures(group, verdicts)),
        each_rater=_figures(single),
    )


def _by_group(items: Sequence[RatedItem], figures: Callable[[Sequence[RatedItem]], T]) -> dict[str, dict[str, T]]:
    groups: dict[str, dict[str, list[RatedItem]]] = {}
    for item in items:
        for dimension, value in item.groups.items():
            groups.setdefault(dimension, {}).setdefault(value, []).append(item)
    return {
        dimension: {value: figures(members) for value, members in sorted(values.items())}
        for dimension, values in groups.items()
        if len(values) > 1
    }


def _figures(compared: Sequence[tuple[str, Outcome | None, Verdict | None]]) -> JudgeFigures:
    """Of (conversation, what people say, what the judge says)."""
    asked = [(cluster, label, verdict) for cluster, label, verdict in compared if label in _BINARY]
    scored = [(cluster, label, each) for cluster, label, each in asked if each is not None and each.outcome in _BINARY]
    parts = [
        (cluster, one(cell(verdict.outcome is Outcome.MET, label is Outcome.MET))) for cluster, label, verdict in scored
    ]
    sure = [
        (cluster, verdict.probability, float(label is Outcome.MET))
        for cluster, label, verdict in scored
        if verdict.probability is not None
    ]
    n_not_applicable = sum(1 for _, _, each in asked if each is not None and each.outcome is Outcome.NOT_APPLICABLE)

    def estimate(figure: Callable[[Array], Array]) -> Estimate | None:
        return cluster_figure(parts, figure)

    return JudgeFigures(
        n_items=len(asked),
        n_scored=len(scored),
        n_unscored=len(asked) - len(scored) - n_not_applicable,
        n_not_applicable=n_not_applicable,
        accuracy=estimate(confusion.accuracy),
        precision_met=estimate(confusion.precision_met),
        recall_met=estimate(confusion.recall_met),
        f1_met=estimate(confusion.f1_met),
        precision_not_met=estimate(confusion.precision_not_met),
        recall_not_met=estimate(confusion.recall_not_met),
        f1_not_met=estimate(confusion.f1_not_met),
        macro_f1=estimate(confusion.macro_f1),
        kappa=estimate(confusion.kappa),
        mcc=estimate(confusion.mcc),
        majority_accuracy=estimate(confusion.commonest),
        accuracy_over_majority=estimate(confusion.over_commonest),
        brier=cluster_ratio((cluster, (p - y) ** 2, 1.0) for cluster, p, y in sure),
        calibration_error=cluster_figure([(cluster, _binned(p, y)) for cluster, p, y in sure], _calibration_error),
        n_with_probability=len(sure),
    )


def _binned(probability: float, met: float) -> tuple[float, ...]:
    """Count, probability and outcome of one item, each in the place of its bin."""
    sums = np.zeros((3, _BINS))
    sums[:, min(int(probability * _BINS), _BINS - 1)] = 1.0, probability, met
    return tuple(sums.ravel())


def _calibration_error(sums: Array) -> Array:
    binned = sums.reshape(*sums.shape[:-1], 3, _BINS)
    return quotient(np.abs(binned[..., 1, :] - binned[..., 2, :]).sum(axis=-1), binned[..., 0, :].sum(axis=-1))
