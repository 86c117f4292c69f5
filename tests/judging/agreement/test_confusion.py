"""Every figure of a confusion is scikit-learn's, which takes the labels one by one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.judging.agreement import confusion
from simulator.judging.agreement.confusion import Cell, cell, one
from simulator.statistics import Array

metrics = pytest.importorskip("sklearn.metrics")

COUNTS = st.tuples(*[st.integers(0, 12)] * 4).filter(any)
LABELS = {
    Cell.TRUE_MET: (1, 1),
    Cell.FALSE_MET: (1, 0),
    Cell.FALSE_NOT_MET: (0, 1),
    Cell.TRUE_NOT_MET: (0, 0),
}
"""What the judge says and what people say, 1 for met."""

Figure = Callable[[Array], Array]
Theirs = Callable[[list[int], list[int]], float]


def of_class(metric: str, label: int) -> Theirs:
    def score(people: list[int], judge: list[int]) -> float:
        return float(getattr(metrics, metric)(people, judge, pos_label=label, zero_division=math.nan))

    return score


FIGURES: dict[str, tuple[Figure, Theirs]] = {
    "accuracy": (confusion.accuracy, metrics.accuracy_score),
    "precision_met": (confusion.precision_met, of_class("precision_score", 1)),
    "recall_met": (confusion.recall_met, of_class("recall_score", 1)),
    "f1_met": (confusion.f1_met, of_class("f1_score", 1)),
    "precision_not_met": (confusion.precision_not_met, of_class("precision_score", 0)),
    "recall_not_met": (confusion.recall_not_met, of_class("recall_score", 0)),
    "f1_not_met": (confusion.f1_not_met, of_class("f1_score", 0)),
    "kappa": (confusion.kappa, metrics.cohen_kappa_score),
}


def labels(counts: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """People's and the judge's, one for each item."""
    pairs = [LABELS[each] for each in Cell for _ in range(counts[each])]
    return [people for _, people in pairs], [judge for judge, _ in pairs]


def ours(figure: Figure, counts: tuple[int, ...]) -> float:
    return float(figure(np.array(counts, dtype=float)))


@pytest.mark.parametrize(("figure", "theirs"), FIGURES.values(), ids=FIGURES.keys())
@given(counts=COUNTS)
def test_a_figure_is_what_scikit_learn_says_and_undefined_where_that_is(
    figure: Figure, theirs: Theirs, counts: tuple[int, ...]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = theirs(*labels(counts))
    assert ours(figure, counts) == pytest.approx(expected, nan_ok=True)


@given(COUNTS)
def test_macro_f1_is_scikit_learn_s_where_both_classes_occur_and_else_undefined(counts: tuple[int, ...]) -> None:
    people, judge = labels(counts)
    both = {*people, *judge} == {0, 1}
    expected = metrics.f1_score(people, judge, average="macro") if both else math.nan
    assert ours(confusion.macro_f1, counts) == pytest.approx(expected, nan_ok=True)


@given(COUNTS)
def test_mcc_is_scikit_learn_s_and_undefined_where_one_side_never_varies(counts: tuple[int, ...]) -> None:
    people, judge = labels(counts)
    varied = len(set(people)) == len(set(judge)) == 2
    expected = metrics.matthews_corrcoef(people, judge) if varied else math.nan
    assert ours(confusion.mcc, counts) == pytest.approx(expected, nan_ok=True)


@given(COUNTS)
def test_the_commoner_label_is_the_constant_that_scikit_learn_s_dummy_would_choose(counts: tuple[int, ...]) -> None:
    from sklearn.dummy import DummyClassifier

    people, _ = labels(counts)
    nothing = [[0]] * len(people)
    expected = DummyClassifier(strategy="most_frequent").fit(nothing, people).score(nothing, people)
    assert ours(confusion.commonest, counts) == pytest.approx(expected)
    over = ours(confusion.accuracy, counts) - expected
    assert ours(confusion.over_commonest, counts) == pytest.approx(over)


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_many_confusions_at_once_are_each_of_them(many: list[tuple[int, ...]]) -> None:
    figures = [figure for figure, _ in FIGURES.values()]
    for figure in (*figures, confusion.macro_f1, confusion.mcc, confusion.commonest, confusion.over_commonest):
        at_once = figure(np.array(many, dtype=float))
        np.testing.assert_array_equal(at_once, [ours(figure, counts) for counts in many])


def test_a_confusion_by_hand() -> None:
    """The textbook example of κ, 50 proposals and two readers: 20 both yes, 15 both no, 5 and 10 apart; κ = (0.7 − 0.5) ÷ 0.5."""
    assert ours(confusion.kappa, (20, 5, 10, 15)) == pytest.approx(0.4)
    assert ours(confusion.precision_met, (20, 5, 10, 15)) == pytest.approx(20 / 25)
    assert ours(confusion.recall_met, (20, 5, 10, 15)) == pytest.approx(20 / 30)
    assert ours(confusion.recall_not_met, (20, 5, 10, 15)) == pytest.approx(15 / 20)


def test_no_items_have_no_figures() -> None:
    for figure in (*(each for each, _ in FIGURES.values()), confusion.macro_f1, confusion.mcc, confusion.commonest):
        assert math.isnan(ours(figure, (0, 0, 0, 0)))


@pytest.mark.parametrize("expected", Cell)
def test_an_item_is_in_the_one_cell_of_what_both_sides_say(expected: Cell) -> None:
    judge, people = LABELS[expected]
    found = cell(judge == 1, people == 1)
    assert found is expected
    assert one(found) == tuple(1.0 if at == expected else 0.0 for at in range(4))
