"""A judge against people: what is counted, what is scored, and against whom."""

from __future__ import annotations

import math

import pytest

from simulator.judging.agreement.figures import JudgeFigures, agreement_report, judge_figures
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.verdict import Verdict
from simulator.statistics import Estimate
from tests.judging.agreement.items import item, items, verdict, verdicts

pytest.importorskip("sklearn")
pytest.importorskip("statsmodels")
pytest.importorskip("krippendorff")

FIGURES = (
    "accuracy", "precision_met", "recall_met", "f1_met", "precision_not_met", "recall_not_met", "f1_not_met",
    "macro_f1", "kappa", "mcc", "majority_accuracy", "accuracy_over_majority",
)  # fmt: skip


def mean(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.mean


def figures(people: str, judge: str) -> JudgeFigures:
    """One annotator and one judge, an item a letter, a conversation each."""
    return judge_figures(items(people), verdicts(judge))


def n_of(found: JudgeFigures) -> tuple[int, int, int, int]:
    return found.n_items, found.n_scored, found.n_unscored, found.n_not_applicable


def probable(*pairs: tuple[str, float | None], says: str = "") -> JudgeFigures:
    """Of (what people say, the judge's probability); the judge says what the probability makes likelier."""
    given: dict[str, Verdict] = {}
    for at, (_, probability) in enumerate(pairs):
        likelier = "m" if probability is None or probability >= 0.5 else "n"
        given[str(at)] = verdict(says[at] if says else likelier, probability)
    return judge_figures(items(people for people, _ in pairs), given)


def report(rated: list[RatedItem], **judges: str) -> dict[str, object]:
    found = agreement_report(
        RatedSet("here", Raters.ANNOTATORS, tuple(rated)), {name: verdicts(said) for name, said in judges.items()}
    )
    return {each.judge: each for each in found.judges}


# ---- settling


@pytest.mark.parametrize(
    ("row", "adjudicated", "settled"),
    [
        ("m", None, "m"),
        ("mmn", None, "m"),
        ("nna", None, "n"),
        ("mn", None, None),
        ("mmnn", None, None),
        ("mna", None, None),
        ("mman", None, None),
        ("m?", None, "m"),
        ("m??", None, "m"),
        ("??", None, None),
        ("", None, None),
        ("mn", "n", "n"),
        ("mm", "n", "n"),
        ("mm", "?", None),
        ("", "a", "a"),
    ],
)
def test_what_counts_is_the_adjudication_and_else_more_than_half_of_those_who_could_tell(
    row: str, adjudicated: str | None, settled: str | None
) -> None:
    found = item("x", row, adjudicated=adjudicated).settled
    assert found == (item("y", settled).settled if settled else None)


# ---- counting


def test_a_confusion_by_hand() -> None:
    """Met by both: 3; the judge alone: 1; people alone: 2; nobody: 4."""
    found = figures("mmmnmmnnnn", "mmmmnnnnnn")
    assert n_of(found) == (10, 10, 0, 0)
    expected = {
        "accuracy": 7 / 10,
        "precision_met": 3 / 4,
        "recall_met": 3 / 5,
        "f1_met": 6 / 9,
        "precision_not_met": 4 / 6,
        "recall_not_met": 4 / 5,
        "f1_not_met": 8 / 11,
        "macro_f1": (6 / 9 + 8 / 11) / 2,
        "kappa": (0.7 - 0.5) / 0.5,
        "mcc": (3 * 4 - 1 * 2) / math.sqrt(4 * 5 * 5 * 6),
        "majority_accuracy": 0.5,
        "accuracy_over_majority": 0.2,
    }
    assert {name: mean(getattr(found, name)) for name in FIGURES} == pytest.approx(expected)


def test_what_the_judge_left_unscored_or_held_not_applicable_is_counted_and_in_no_figure() -> None:
    whole = figures("mnmn", "mnnn")
    found = figures("mnmnmmnnm", "mnnn?a?am")
    assert n_of(found) == (9, 5, 2, 2)
    without = figures("mnmnm", "mnnnm")
    assert n_of(whole) == (4, 4, 0, 0)
    for name in FIGURES:
        assert mean(getattr(found, name)) == mean(getattr(without, name))


def test_an_item_that_people_hold_not_applicable_or_did_not_settle_is_none_to_hold_a_judge_against() -> None:
    rated = [item(0, "m"), item(1, "a"), item(2, "mn"), item(3, "?"), item(4, "mn", adjudicated="n")]
    found = judge_figures(rated, verdicts("mmmmn"))
    assert n_of(found) == (2, 2, 0, 0)
    assert mean(found.accuracy) == 1.0


def test_a_judge_is_measured_on_the_items_it_was_asked_about() -> None:
    (found,) = report(items("mnmnn"), judge="mn?..").values()
    assert n_of(found.overall) == (3, 2, 1, 0)  # type: ignore[attr-defined]


def test_a_judge_that_decides_nothing_has_no_figures_and_no_zeros() -> None:
    found = figures("mn", "??")
    assert n_of(found) == (2, 0, 2, 0)
    assert {getattr(found, name) for name in (*FIGURES, "brier", "calibration_error")} == {None}


def test_a_figure_of_a_class_that_does_not_occur_is_none_while_the_others_stay() -> None:
    found = figures("mmm", "mmm")
    assert (mean(found.accuracy), mean(found.f1_met)) == (1.0, 1.0)
    assert (found.kappa, found.mcc, found.f1_not_met, found.recall_not_met, found.macro_f1) == (None,) * 5
    assert mean(found.accuracy_over_majority) == 0.0, "always saying met would have been as good"


# ---- each rater


def test_against_each_rating_every_annotator_counts_by_themselves() -> None:
    """The judge is right on both items by majority, and against four of the five ratings of people who could tell."""
    (found,) = report([item(0, "mmn"), item(1, "n?n")], judge="mn").values()
    assert n_of(found.overall) == (2, 2, 0, 0)  # type: ignore[attr-defined]
    assert mean(found.overall.accuracy) == 1.0  # type: ignore[attr-defined]
    assert n_of(found.each_rater) == (5, 5, 0, 0)  # type: ignore[attr-defined]
    assert mean(found.each_rater.accuracy) == pytest.approx(4 / 5)  # type: ignore[attr-defined]


def test_against_each_rating_an_unsettled_item_counts_and_an_adjudication_does_not() -> None:
    (found,) = report([item(0, "mn"), item(1, "mm", adjudicated="n")], judge="mm").values()
    assert (found.overall.n_items, mean(found.overall.accuracy)) == (1, 0.0)  # type: ignore[attr-defined]
    assert (found.each_rater.n_items, mean(found.each_rater.accuracy)) == (4, 0.75)  # type: ignore[attr-defined]


# ---- probabilities


def test_the_brier_score_is_the_mean_squared_distance_from_what_people_say() -> None:
    found = probable(("m", 0.9), ("n", 0.8), ("n", 0.0), ("m", 0.4))
    assert mean(found.brier) == pytest.approx((0.01 + 0.64 + 0.0 + 0.36) / 4)
    assert found.n_with_probability == 4


def test_the_calibration_error_weighs_each_bin_by_what_is_in_it() -> None:
    """0.90 and 0.94 share a bin: one of two is met, 0.92 against 0.5. 0.15 is alone: 0.15 against 0."""
    found = probable(("m", 0.90), ("n", 0.94), ("n", 0.15))
    assert mean(found.calibration_error) == pytest.approx((2 / 3) * 0.42 + (1 / 3) * 0.15)


def test_errors_that_cancel_in_a_bin_do_so_and_in_two_bins_do_not() -> None:
    assert mean(probable(("m", 0.5), ("n", 0.5)).calibration_error) == pytest.approx(0.0)
    assert mean(probable(("m", 0.45), ("n", 0.55)).calibration_error) == pytest.approx(0.55)


def test_certainty_is_in_the_last_bin() -> None:
    found = probable(("m", 1.0), ("m", 0.95), ("n", 0.85))
    assert mean(found.calibration_error) == pytest.approx((2 / 3) * 0.025 + (1 / 3) * 0.85)


def test_only_verdicts_that_count_and_have_a_probability_are_calibrated() -> None:
    found = probable(("m", 0.9), ("m", None), ("a", 0.9), ("m", 0.9), ("n", 0.9), says="mmm?a")
    assert (found.n_scored, found.n_with_probability) == (2, 1)
    assert mean(found.brier) == pytest.approx(0.01)
    without = probable(("m", None), ("n", None))
    assert (without.n_with_probability, without.brier, without.calibration_error) == (0, None, None)
    assert without.accuracy is not None


# ---- groups, intervals, several judges


def grouped() -> list[RatedItem]:
    rows = [("mm", "en", "ask"), ("nn", "en", "ask"), ("mn", "zh", "ask"), ("nn", "zh", "ask")]
    return [item(at, row, groups={"language": language, "kind": kind}) for at, (row, language, kind) in enumerate(rows)]


def test_a_group_holds_its_own_items_alone_and_a_dimension_of_one_group_is_not_shown() -> None:
    found = agreement_report(
        RatedSet("here", Raters.PHYSICIANS, tuple(grouped())), {"judge": verdicts("mnmm"), "other": verdicts("nmnn")}
    )
    judge, other = found.judges
    assert set(judge.by_group) == set(found.people_by_group) == {"language"}
    assert list(judge.by_group["language"]) == ["en", "zh"]
    assert [mean(each.accuracy) for each in judge.by_group["language"].values()] == [1.0, 0.0]
    assert [each.n_items for each in judge.by_group["language"].values()] == [2, 1]
    assert mean(other.by_group["language"]["en"].accuracy) == 0.0
    assert [each.n_unsettled for each in found.people_by_group["language"].values()] == [0, 1]
    assert [mean(each.raw) for each in found.people_by_group["language"].values()] == [1.0, 0.5]


def test_without_a_second_annotator_there_are_no_groups_of_people() -> None:
    rated = tuple(item(at, "m", groups={"language": "en" if at else "zh"}) for at in range(2))
    found = agreement_report(RatedSet("here", Raters.PROJECT, rated), {"judge": verdicts("mm")})
    assert found.people_by_group == {}
    assert set(found.judges[0].by_group) == {"language"}


def test_judges_keep_their_order_and_their_own_verdicts() -> None:
    found = report(items("mn"), second="mn", first="nm")
    assert list(found) == ["second", "first"]
    assert [mean(each.overall.accuracy) for each in found.values()] == [1.0, 0.0]  # type: ignore[attr-defined]


def test_an_interval_resamples_conversations_and_not_items() -> None:
    people, judge = "mmnnmmnnmmnn", "mmnnmmnnnnmm"
    by_item = judge_figures(items(people), verdicts(judge))
    by_talk = judge_figures(items(people, per_cluster=4), verdicts(judge))
    for name in ("accuracy", "kappa", "mcc", "f1_met"):
        wide, narrow = getattr(by_talk, name), getattr(by_item, name)
        assert (wide.mean, wide.n_clusters, narrow.n_clusters) == (narrow.mean, 3, 12)
        assert wide.high - wide.low > narrow.high - narrow.low
    assert by_talk.accuracy == Estimate(pytest.approx(2 / 3), 0.0, 1.0, 3, 12)  # type: ignore[arg-type]


def test_accuracy_over_the_commoner_label_is_taken_within_each_resample() -> None:
    """A judge that always says met is never better than that constant, whatever is drawn, and at times worse."""
    found = figures("mmmmmmmn", "mmmmmmmm").accuracy_over_majority
    assert found is not None
    assert (found.mean, found.high) == (0.0, 0.0)
    right = figures("mmmmmmmn", "mmmmmmmn").accuracy_over_majority
    assert right is not None
    assert right.low == 0.0, "without the one not met the constant is as good"


def test_one_conversation_gives_figures_without_an_interval() -> None:
    found = judge_figures(items("mnmn", per_cluster=4), verdicts("mnmm")).accuracy
    assert found == Estimate(0.75, None, None, 1, 4)


def test_a_judge_s_verdict_of_another_item_is_nobody_s() -> None:
    found = judge_figures([item("elsewhere", "m")], {"0": verdict("m")})
    assert n_of(found) == (1, 0, 1, 0)
