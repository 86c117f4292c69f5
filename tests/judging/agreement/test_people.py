"""Agreement between people, against published examples and, where these do not fit, against irrCAC.

irrCAC 0.4.4 is Gwet's own method in Python. It is no dependency: its figures stand here as numbers. This module knows
three labels, so that published tables with more are merged to three before irrCAC sees them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from simulator.judging.agreement.people import (
    PeopleAgreement,
    Ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    people_agreement,
)
from simulator.statistics import Estimate
from tests.judging.agreement.items import item, items

pytest.importorskip("sklearn")
pytest.importorskip("statsmodels")
pytest.importorskip("krippendorff")

_ = math.nan
FIGURES = (cohen_kappa, fleiss_kappa, krippendorff_alpha, gwet_ac1)


def codes(*rows: str) -> Ratings:
    return np.array([["mna".index(letter) if letter in "mna" else math.nan for letter in row] for row in rows])


def mean(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.mean


# ---- worked examples


def test_cohen_s_kappa_of_the_textbook_s_two_readers() -> None:
    """50 proposals: 20 both yes, 15 both no, 5 and 10 apart; (0.7 − 0.5) ÷ (1 − 0.5)."""
    rows = ["mm"] * 20 + ["mn"] * 5 + ["nm"] * 10 + ["nn"] * 15
    assert cohen_kappa(codes(*rows)) == pytest.approx(0.4)


FLEISS = [
    (0, 0, 14), (2, 6, 6), (0, 3, 11), (3, 9, 2), (4, 8, 2), (14, 0, 0), (5, 6, 3), (7, 3, 4), (11, 2, 1), (2, 2, 10),
]  # fmt: skip
"""The well-known table of 10 subjects, 14 raters and 5 categories (κ = 0.210), its first two and last two merged."""


def test_fleiss_kappa_and_the_others_of_the_classic_table_merged_to_three_labels() -> None:
    """irrCAC on the merged table; on the whole one it gives the published 0.210."""
    ratings = codes(*("m" * met + "n" * not_met + "a" * neither for met, not_met, neither in FLEISS))
    assert fleiss_kappa(ratings) == pytest.approx(0.330556841)
    assert gwet_ac1(ratings) == pytest.approx(0.338263322)
    assert krippendorff_alpha(ratings) == pytest.approx(0.335338578)


def test_krippendorff_s_alpha_of_his_own_example_with_missing_data() -> None:
    """Computing Krippendorff's Alpha-Reliability, 2011, section C: four observers, five values, nominal α = 0.743."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
    assert krippendorff_alpha(np.array(observers, dtype=float).T) == pytest.approx(0.743, abs=0.0005)


def test_krippendorff_s_alpha_of_his_binary_example() -> None:
    """The same paper, section A: two observers, ten units, no missing data, α = 0.095."""
    observers = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert krippendorff_alpha(np.array(observers, dtype=float).T) == pytest.approx(0.095, abs=0.0005)


def test_ac1_does_not_collapse_where_nearly_every_label_is_the_same() -> None:
    """Gwet's example of 125 items, 118 of them met for both; all figures are irrCAC's, where κ calls it chance."""
    ratings = codes(*["mm"] * 118, *["mn"] * 5, *["nm"] * 2)
    assert gwet_ac1(ratings) == pytest.approx(0.940776338)
    assert fleiss_kappa(ratings) == pytest.approx(-0.028806584)
    assert krippendorff_alpha(ratings) == pytest.approx(-0.024691358)


MISSING = ("mm.", "mnn", "nnn", ".mm", "aaa", "mmn", "n.n", "mam", "mmm", ".an")


def test_missing_ratings_are_left_out_and_nothing_else() -> None:
    """irrCAC on the same table; a rating that could not be given is a missing one."""
    assert gwet_ac1(codes(*MISSING)) == pytest.approx(0.563283461)
    assert krippendorff_alpha(codes(*MISSING)) == pytest.approx(0.530516432)
    for missing in (".", "?"):
        people = people_agreement(items(row.replace(".", missing) for row in MISSING))
        assert mean(people.ac1) == pytest.approx(0.563283461)
        assert mean(people.alpha) == pytest.approx(0.530516432)
        assert (people.n_items, people.n_shared) == (10, 10)


def test_fleiss_kappa_rests_on_what_everybody_rated_and_the_others_on_what_two_did() -> None:
    people = people_agreement(items([*MISSING, "m..", "..n"]))
    full = [row for row in MISSING if "." not in row]
    assert mean(people.fleiss) == pytest.approx(fleiss_kappa(codes(*full)))
    assert people.fleiss is not None
    assert people.fleiss.n == len(full) == 6
    assert mean(people.ac1) == pytest.approx(0.563283461), "single ratings change nothing"
    assert mean(people.alpha) == pytest.approx(0.530516432)
    assert (people.n_items, people.n_shared) == (12, 10)


# ---- by hand


def test_raw_agreement_is_that_of_two_annotators_drawn_at_random() -> None:
    """All three the same: 1. Two of three: one pair of three. Two alone who differ: 0."""
    people = people_agreement(items(["mmm", "mmn", "mn."]))
    assert mean(people.raw) == pytest.approx((1 + 1 / 3 + 0) / 3)


def test_every_pair_is_held_together_on_what_both_rated() -> None:
    people = people_agreement(items(["mmm", "nn.", "mnm", "n.n"]))
    assert [(pair.first, pair.second, pair.n_items) for pair in people.pairs] == [
        ("A", "B", 3), ("A", "C", 3), ("B", "C", 2),
    ]  # fmt: skip
    by_names = {pair.first + pair.second: pair for pair in people.pairs}
    assert mean(by_names["AB"].raw) == pytest.approx(2 / 3)
    assert mean(by_names["AB"].kappa) == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert (mean(by_names["AC"].raw), mean(by_names["AC"].kappa)) == (1.0, 1.0)
    assert mean(by_names["BC"].raw) == 0.5


def test_what_people_could_not_settle_is_counted_and_what_was_adjudicated_is_not() -> None:
    rated = [
        item("tie", "mn"),
        item("settled", "mn", adjudicated="m"),
        item("given up", "mn", adjudicated="?"),
        item("agreed", "mm"),
        item("single", "m"),
        item("three ways", "mna"),
    ]
    assert people_agreement(rated).n_unsettled == 3


def test_annotators_are_taken_by_name_and_not_by_their_place() -> None:
    straight = people_agreement([item(at, row) for at, row in enumerate(["mn", "nn", "mm", "nm"])])
    turned = people_agreement([item(at, row[::-1], names="BA") for at, row in enumerate(["mn", "nn", "mm", "nm"])])
    assert straight == turned


# ---- where a figure is not defined


def undefined(people: PeopleAgreement) -> set[str]:
    return {name for name in ("raw", "fleiss", "alpha", "ac1") if getattr(people, name) is None}


EVERY = {"raw", "fleiss", "alpha", "ac1"}


@pytest.mark.parametrize(
    ("rows", "none", "n_shared", "n_pairs"),
    [
        ([], EVERY, 0, 0),
        (["", ""], EVERY, 0, 0),
        (["m", "n", "m"], EVERY, 0, 0),
        (["m.", ".n", "m."], EVERY, 0, 1),
        (["m?", "?n"], EVERY, 0, 1),
        (["mm", "mm", "mm"], EVERY - {"raw"}, 3, 1),
        (["aa", "aa."], EVERY - {"raw"}, 2, 1),
        (["mm.", ".nn", "n.n"], {"fleiss"}, 3, 3),
    ],
    ids=[
        "nothing",
        "nobody",
        "one annotator",
        "nothing shared",
        "nobody could tell",
        "one label",
        "only a",
        "in turns",
    ],
)
def test_a_figure_that_is_not_defined_is_none_and_never_a_number(
    rows: Sequence[str], none: set[str], n_shared: int, n_pairs: int
) -> None:
    people = people_agreement(items(rows))
    assert undefined(people) == none
    assert (people.n_shared, len(people.pairs)) == (n_shared, n_pairs)
    if n_shared == 0 or "alpha" in none:
        assert all(pair.kappa is None for pair in people.pairs)


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_rated_and_one_label_alone_are_no_number(figure: Callable[[Ratings], float]) -> None:
    assert math.isnan(figure(np.empty((0, 2))))
    assert math.isnan(figure(codes("mm", "mm")))


@pytest.mark.parametrize("figure", FIGURES)
def test_perfect_agreement_on_two_labels_is_one_and_the_reverse_is_below_chance(
    figure: Callable[[Ratings], float],
) -> None:
    assert figure(codes("mm", "nn", "mm", "nn")) == pytest.approx(1.0)
    assert figure(codes("mn", "nm", "mn", "nm")) < 0


# ---- intervals


def test_an_interval_resamples_conversations_and_not_items() -> None:
    """Items of one conversation are alike here, so that the interval by conversation is the wider one."""
    rows = (["mm"] * 5 + ["nn"] * 5) * 3 + ["mn"] * 10
    by_talk = people_agreement(items(rows, per_cluster=10))
    by_item = people_agreement(items(rows))
    for name in EVERY:
        wide, narrow = getattr(by_talk, name), getattr(by_item, name)
        assert wide.mean == pytest.approx(narrow.mean)
        assert (wide.n_clusters, narrow.n_clusters) == (4, 40)
        assert wide.high - wide.low > narrow.high - narrow.low
        assert wide.low <= wide.mean <= wide.high


def test_one_conversation_has_no_interval() -> None:
    people = people_agreement(items(["mm", "mn", "nn"], per_cluster=3))
    for name in EVERY:
        estimate = getattr(people, name)
        assert (estimate.low, estimate.high, estimate.n_clusters) == (None, None, 1)


def test_a_resample_without_the_rare_label_counts_as_full_agreement_for_ac1() -> None:
    """39 of 40 both met: a third of all resamples hold nothing else, and their AC1 is 1, not undefined."""
    people = people_agreement(items(["mm"] * 39 + ["mn"]))
    assert people.ac1 is not None
    assert people.ac1.high == 1.0
    assert gwet_ac1(codes("mm", "mm"), n_categories=2) == 1.0
