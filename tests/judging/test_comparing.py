"""Two sets of verdicts side by side."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.judging.comparing import Compared, comparison
from simulator.judging.verdict import Outcome
from simulator.statistics import Estimate

MET, NOT_MET, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE


def pair(
    first: Outcome, second: Outcome, cluster: str = "talk", at: int = 0, groups: Mapping[str, str] | None = None
) -> Compared:
    return Compared(f"{cluster}/{at}", cluster, f"c{at}", first, second, groups or {}, "because", "although")


def test_the_agreement_is_the_share_of_items_on_which_both_say_the_same() -> None:
    found = comparison([pair(MET, MET), pair(NOT_MET, NOT_MET), pair(NOT_APPLICABLE, NOT_MET), pair(MET, NOT_MET)], 3)
    assert found.agreement == Estimate(0.5, None, None, 1, 4)
    assert (found.n_compared, found.n_undecided) == (4, 3)


def test_every_item_weighs_alike_and_the_interval_resamples_conversations() -> None:
    """3 of 3 and 0 of 1: ¾, not ½; either conversation may be drawn twice."""
    alike = [pair(MET, MET, "a", at) for at in range(3)]
    assert comparison([*alike, pair(MET, NOT_MET, "b")], 0).agreement == Estimate(0.75, 0.0, 1.0, 2, 4)


def test_disagreements_are_kept_whole_and_in_order() -> None:
    compared = [pair(MET, NOT_MET, at=1), pair(MET, MET, at=2), pair(NOT_MET, NOT_APPLICABLE, at=3)]
    found = comparison(compared, 0)
    assert found.disagreements == (compared[0], compared[2])
    assert (found.disagreements[0].why_first, found.disagreements[0].why_second) == ("because", "although")


def test_a_group_holds_its_own_items_alone() -> None:
    compared = [
        pair(MET, MET, "a", groups={"language": "zh", "kind": "must_ask"}),
        pair(MET, NOT_MET, "a", groups={"language": "en", "kind": "must_ask"}),
        pair(MET, NOT_MET, "b", groups={"language": "en"}),
    ]
    by_group = comparison(compared, 0).by_group
    assert {
        dimension: {name: (each.mean, each.n) for name, each in of.items()} for dimension, of in by_group.items()
    } == {
        "language": {"en": (0.0, 2), "zh": (1.0, 1)},
        "kind": {"must_ask": (0.5, 2)},
    }
    assert list(by_group["language"]) == ["en", "zh"]


def test_nothing_compared_is_no_agreement_and_not_a_zero() -> None:
    found = comparison([], 5)
    assert (found.agreement, found.by_group, found.disagreements) == (None, {}, ())
    assert (found.n_compared, found.n_undecided) == (0, 5)
