"""Figures of a two-class confusion: the judge's met or not met against the people's. Pure, over arrays of counts.

Each function takes counts of shape (…, 4), in the order of `Cell`, and gives shape (…); NaN where it is not defined.
The same functions serve the figure and its bootstrap, which takes thousands of confusions at once. Definitions as in
scikit-learn, which the tests hold them against; κ is Cohen's (Educ Psychol Meas 1960;20:37), mcc the coefficient of
Matthews (Biochim Biophys Acta 1975;405:442).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from simulator.statistics import Array, quotient


class Cell(IntEnum):
    TRUE_MET = 0
    """The judge says met, and so do the people."""
    FALSE_MET = 1
    FALSE_NOT_MET = 2
    """The judge says not met, the people say met."""
    TRUE_NOT_MET = 3


def cell(judge_met: bool, people_met: bool) -> Cell:
    if judge_met:
        return Cell.TRUE_MET if people_met else Cell.FALSE_MET
    return Cell.FALSE_NOT_MET if people_met else Cell.TRUE_NOT_MET


def one(of: Cell) -> tuple[float, float, float, float]:
    """The counts of a single item."""
    return tuple(float(each is of) for each in Cell)  # type: ignore[return-value]


def accuracy(counts: Array) -> Array:
    return quotient(counts[..., Cell.TRUE_MET] + counts[..., Cell.TRUE_NOT_MET], counts.sum(axis=-1))


def precision_met(counts: Array) -> Array:
    return quotient(counts[..., Cell.TRUE_MET], counts[..., Cell.TRUE_MET] + counts[..., Cell.FALSE_MET])


def recall_met(counts: Array) -> Array:
    return quotient(counts[..., Cell.TRUE_MET], counts[..., Cell.TRUE_MET] + counts[..., Cell.FALSE_NOT_MET])


def precision_not_met(counts: Array) -> Array:
    return precision_met(counts[..., ::-1])


def recall_not_met(counts: Array) -> Array:
    """Of what people call not met; the specificity."""
    return recall_met(counts[..., ::-1])


def f1_met(counts: Array) -> Array:
    """2·TP ÷ (2·TP + FP + FN): 0, not undefined, where the judge never says met though it should."""
    hit = 2 * counts[..., Cell.TRUE_MET]
    return quotient(hit, hit + counts[..., Cell.FALSE_MET] + counts[..., Cell.FALSE_NOT_MET])


def f1_not_met(counts: Array) -> Array:
    return f1_met(counts[..., ::-1])


def macro_f1(counts: Array) -> Array:
    """The mean of the two classes' F1; NaN where one class occurs on neither side."""
    return (f1_met(counts) + f1_not_met(counts)) / 2


def kappa(counts: Array) -> Array:
    n = counts.sum(axis=-1)
    judge_met = counts[..., Cell.TRUE_MET] + counts[..., Cell.FALSE_MET]
    people_met = counts[..., Cell.TRUE_MET] + counts[..., Cell.FALSE_NOT_MET]
    by_chance = quotient(judge_met * people_met + (n - judge_met) * (n - people_met), n * n)
    return quotient(accuracy(counts) - by_chance, 1 - by_chance)


def mcc(counts: Array) -> Array:
    tp, fp, fn, tn = (counts[..., each] for each in Cell)
    return quotient(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))


def commonest(counts: Array) -> Array:
    """The accuracy of always giving the people's commoner label of these very items: the hardest constant to beat."""
    people_met = counts[..., Cell.TRUE_MET] + counts[..., Cell.FALSE_NOT_MET]
    n = counts.sum(axis=-1)
    return quotient(np.maximum(people_met, n - people_met), n)


def over_commonest(counts: Array) -> Array:
    """Accuracy less that of the commoner label, resample by resample: the two are paired."""
    return accuracy(counts) - commonest(counts)
