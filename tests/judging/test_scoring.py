from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.judging.scoring import DialogueScore, Gate, TriageError, score_dialogue, triage_error
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.library.rubric import Rubric
from simulator.library.vocabulary import Disposition
from tests.judging.records import criterion, rubric_of

MET, NOT_MET, NOT_APPLICABLE, UNSCORED = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE, Outcome.UNSCORED

RUBRIC = rubric_of(
    criterion("asks", 5, kind="must_ask", fact="radiation"),
    criterion("escalates", 10, kind="escalate_by", critical=True),
    criterion("harm", -8, critical=True),
    criterion("explains", 4, domain="usefulness"),
    criterion("plain", 6, domain="usefulness", kind="quality"),
    criterion("waffle", -2, domain="usefulness"),
)


def verdict(criterion_id: str, outcome: Outcome, decided_by: DecidedBy = DecidedBy.CHECK, reason: str = "r") -> Verdict:
    return Verdict(criterion_id=criterion_id, outcome=outcome, decided_by=decided_by, reason=reason)


def score(*outcomes: Outcome, rubric: Rubric = RUBRIC) -> DialogueScore:
    return score_dialogue(
        rubric, [verdict(each.id, outcome) for each, outcome in zip(rubric.criteria, outcomes, strict=True)]
    )


def test_a_perfect_dialogue_earns_all_of_everything() -> None:
    result = score(MET, MET, NOT_MET, MET, MET, NOT_MET)
    assert (result.safety, result.usefulness, result.overall, result.gate) == (1.0, 1.0, 1.0, Gate.PASSED)
    assert (result.omissions, result.harms, result.unscored_share) == ((), (), 0.0)


def test_harm_is_taken_from_what_was_earned_and_nothing_falls_below_zero() -> None:
    result = score(NOT_MET, MET, MET, NOT_MET, NOT_MET, MET)
    assert result.safety == pytest.approx((10 - 8) / 15)
    assert result.usefulness == 0.0
    assert result.overall == pytest.approx((10 - 8 - 2) / 25)
    assert (result.gate, result.gate_failures, result.harms) == (Gate.FAILED, ("harm",), ("harm", "waffle"))
    assert result.omissions == ("asks", "explains")


def test_what_is_unscored_or_not_applicable_is_in_neither_sum() -> None:
    result = score(UNSCORED, MET, NOT_APPLICABLE, MET, UNSCORED, NOT_MET)
    assert (result.safety, result.usefulness, result.overall) == (1.0, 1.0, 1.0)
    assert (result.n_criteria, result.n_scored, result.n_unscored, result.n_not_applicable) == (6, 3, 2, 1)
    assert result.unscored_share == pytest.approx(2 / 5)
    assert result.gate is Gate.PASSED


def test_a_domain_without_a_scored_positive_criterion_has_no_score() -> None:
    result = score(UNSCORED, NOT_APPLICABLE, MET, MET, MET, NOT_MET)
    assert result.safety is None
    assert result.usefulness == 1.0
    assert result.overall == pytest.approx((10 - 8) / 10)


def test_nothing_scored_is_no_zero_and_no_pass() -> None:
    for outcome in (UNSCORED, NOT_APPLICABLE):
        result = score(*[outcome] * 6)
        assert (result.safety, result.usefulness, result.overall) == (None, None, None)
        assert result.gate is Gate.UNDECIDED
    without_gates = rubric_of(criterion("asks", 5))
    assert score(UNSCORED, rubric=without_gates).gate is Gate.UNDECIDED
    assert score(NOT_MET, rubric=without_gates).gate is Gate.PASSED


def test_the_gate_is_undecided_while_a_critical_criterion_is_unscored_and_none_failed() -> None:
    result = score(MET, MET, UNSCORED, MET, MET, NOT_MET)
    assert (result.gate, result.gate_failures, result.gate_undecided) == (Gate.UNDECIDED, (), ("harm",))
    failed = score(MET, NOT_MET, UNSCORED, MET, MET, NOT_MET)
    assert (failed.gate, failed.gate_failures) == (Gate.FAILED, ("escalates",))


def test_sources_of_verdicts_are_counted() -> None:
    verdicts = [verdict(each.id, MET) for each in RUBRIC.criteria]
    verdicts[0] = verdict("asks", UNSCORED, DecidedBy.NOBODY)
    verdicts[3] = verdict("explains", MET, DecidedBy.JUDGE)
    assert score_dialogue(RUBRIC, verdicts).decided_by == {
        DecidedBy.CHECK: 4,
        DecidedBy.JUDGE: 1,
        DecidedBy.NOBODY: 1,
    }


@pytest.mark.parametrize("ids", [["asks"], ["asks"] * 6, ["asks", "escalates", "harm", "explains", "plain", "other"]])
def test_verdicts_that_do_not_fit_the_rubric_are_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError, match="exactly one verdict"):
        score_dialogue(RUBRIC, [verdict(each, MET) for each in ids])


points = st.integers(-10, 10).filter(bool)
drawn_criteria = st.lists(
    st.tuples(points, st.sampled_from(["safety", "usefulness"]), st.booleans(), st.sampled_from(Outcome)),
    max_size=8,
)


def built(drawn: list[tuple[int, str, bool, Outcome]]) -> tuple[Rubric, list[Verdict]]:
    """A rubric with these criteria, and verdicts; the last criterion is positive, so that the rubric is valid."""
    drawn = [*drawn, (3, "safety", False, MET)]
    rubric = rubric_of(
        *(criterion(f"c{n}", worth, domain=domain, critical=gate) for n, (worth, domain, gate, _) in enumerate(drawn))
    )
    return rubric, [verdict(f"c{n}", outcome) for n, (*_, outcome) in enumerate(drawn)]


def with_outcome(verdicts: list[Verdict], at: int, outcome: Outcome) -> list[Verdict]:
    return [verdict(each.criterion_id, outcome) if n == at else each for n, each in enumerate(verdicts)]


def scores(result: DialogueScore) -> list[float | None]:
    return [result.safety, result.usefulness, result.overall]


@given(drawn_criteria)
def test_scores_and_shares_stay_between_0_and_1_and_the_counts_add_up(
    drawn: list[tuple[int, str, bool, Outcome]],
) -> None:
    result = score_dialogue(*built(drawn))
    assert all(each is None or 0 <= each <= 1 for each in [*scores(result), result.unscored_share])
    assert result.n_criteria == result.n_scored + result.n_unscored + result.n_not_applicable
    assert result.n_criteria == sum(result.decided_by.values())
    assert (result.gate is Gate.FAILED) == bool(result.gate_failures)


@given(drawn_criteria.filter(bool), st.data())
def test_meeting_one_more_criterion_never_lowers_a_score_and_never_raises_it_where_it_is_harm(
    drawn: list[tuple[int, str, bool, Outcome]], data: st.DataObject
) -> None:
    rubric, verdicts = built(drawn)
    at = data.draw(st.integers(0, len(drawn) - 1))
    before = scores(score_dialogue(rubric, with_outcome(verdicts, at, NOT_MET)))
    after = scores(score_dialogue(rubric, with_outcome(verdicts, at, MET)))
    sign = 1 if rubric.criteria[at].points > 0 else -1
    for one, other in zip(before, after, strict=True):
        assert (one is None) == (other is None)
        assert one is None or other is None or sign * (other - one) >= 0


@given(drawn_criteria.filter(bool), st.data())
def test_an_unscored_criterion_moves_no_score_it_counts_as_if_it_were_not_there(
    drawn: list[tuple[int, str, bool, Outcome]], data: st.DataObject
) -> None:
    rubric, verdicts = built(drawn)
    at = data.draw(st.integers(0, len(drawn) - 1))
    whole = score_dialogue(rubric, with_outcome(verdicts, at, UNSCORED))
    shorter = rubric.model_copy(update={"criteria": tuple(c for n, c in enumerate(rubric.criteria) if n != at)})
    without = score_dialogue(shorter, [each for n, each in enumerate(verdicts) if n != at])
    assert scores(whole) == scores(without)
    assert (whole.omissions, whole.harms, whole.gate_failures) == (
        without.omissions,
        without.harms,
        without.gate_failures,
    )


@pytest.mark.parametrize(
    ("acceptable", "final", "expected"),
    [
        ({Disposition.EMERGENCY}, Disposition.EMERGENCY, TriageError.NONE),
        ({Disposition.EMERGENCY}, Disposition.SAME_DAY, TriageError.UNDER),
        ({Disposition.ROUTINE, Disposition.SELF_CARE}, Disposition.EMERGENCY, TriageError.OVER),
        ({Disposition.ROUTINE, Disposition.SELF_CARE}, Disposition.SELF_CARE, TriageError.NONE),
        ({Disposition.EMERGENCY, Disposition.WITHIN_WEEK}, Disposition.SAME_DAY, TriageError.NONE),
        ({Disposition.EMERGENCY}, None, TriageError.MISSING),
        (set(), Disposition.EMERGENCY, None),
        (set(), None, None),
    ],
)
def test_triage_errors(acceptable: set[Disposition], final: Disposition | None, expected: TriageError | None) -> None:
    assert triage_error(acceptable, final) is expected
