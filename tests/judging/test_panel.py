"""A panel: what its members agree on is decided, what they do not is unscored, and every vote is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import permutations, product

import pytest

from simulator.errors import EndpointRejected
from simulator.judging.asking import PanelRule
from simulator.judging.grader import ENDPOINT_FAILED
from simulator.judging.judge import judge_dialogue
from simulator.judging.panel import Panel, panel_name
from simulator.judging.scoring import Gate
from simulator.judging.task import GradingTask, Question, Spoken
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict
from simulator.text.language import Language
from tests.judging.records import CAREFUL, JUDGED, RUBRIC, SCENARIO

MET, NOT_MET, NOT_APPLICABLE, UNSCORED = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE, Outcome.UNSCORED
FAILED = f"{ENDPOINT_FAILED}: HTTP 500: down"


@dataclass(frozen=True)
class Member:
    """Says one thing of everything."""

    name: str
    outcome: Outcome
    reason: str = "as I see it"
    probability: float | None = None

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        decided = self.outcome is not UNSCORED
        return tuple(
            Verdict(
                criterion_id=question.id,
                outcome=self.outcome,
                decided_by=DecidedBy.JUDGE if decided else DecidedBy.NOBODY,
                judge=self.name,
                reason=self.reason,
                evidence=(Evidence(turn=1, quote=f"heard by {self.name}"),) if self.outcome is MET else (),
                probability=self.probability,
            )
            for question in task.questions
        )


def members(*outcomes: Outcome) -> list[Member]:
    return [Member(f"judge-{at}", outcome, f"reason {at}") for at, outcome in enumerate(outcomes)]


def task(*, critical: bool = False) -> GradingTask:
    said = (Spoken(1, "assistant", "Call 999."),)
    return GradingTask("t", said, (Question("c", "Says so.", critical=critical),), Language.EN)


def graded(panel: list[Member], *, critical: bool = False, rule: PanelRule = PanelRule.UNANIMOUS) -> Verdict:
    (verdict,) = asyncio.run(Panel(panel, rule).grade(task(critical=critical)))
    return verdict


def decided(*outcomes: Outcome, critical: bool = False, rule: PanelRule = PanelRule.UNANIMOUS) -> Outcome:
    return graded(members(*outcomes), critical=critical, rule=rule).outcome


# ---- what is decided


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ((MET, MET), MET),
        ((MET, NOT_MET), UNSCORED),
        ((MET, MET, NOT_MET), MET),
        ((NOT_MET, MET, NOT_MET), NOT_MET),
        ((NOT_APPLICABLE, NOT_APPLICABLE, MET), NOT_APPLICABLE),
        ((MET, NOT_MET, NOT_APPLICABLE), UNSCORED),
        ((MET, MET, NOT_MET, NOT_MET), UNSCORED),
        ((MET, MET, NOT_MET, NOT_APPLICABLE), UNSCORED),
        ((MET, MET, MET, NOT_MET), MET),
        ((MET, MET, NOT_MET, NOT_MET, NOT_APPLICABLE), UNSCORED),
    ],
)
def test_more_than_half_of_the_members_decide_and_a_tie_decides_nothing(
    votes: tuple[Outcome, ...], outcome: Outcome
) -> None:
    for order in permutations(votes):
        assert decided(*order) is outcome


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ((MET, UNSCORED), UNSCORED),
        ((MET, MET, UNSCORED), MET),
        ((MET, UNSCORED, UNSCORED), UNSCORED),
        ((MET, MET, UNSCORED, UNSCORED), UNSCORED),
        ((UNSCORED, UNSCORED, UNSCORED), UNSCORED),
    ],
)
def test_a_member_that_could_not_decide_is_one_of_those_of_whom_more_than_half_are_needed(
    votes: tuple[Outcome, ...], outcome: Outcome
) -> None:
    for order in permutations(votes):
        assert decided(*order) is outcome


def test_a_critical_criterion_needs_all_members_unless_the_rule_is_the_majority() -> None:
    for votes in ((MET, MET, NOT_MET), (MET, MET, UNSCORED), (NOT_MET, NOT_MET, MET)):
        assert decided(*votes, critical=True) is UNSCORED
        assert decided(*votes, critical=True, rule=PanelRule.MAJORITY) is votes[0]
    assert decided(MET, MET, MET, critical=True) is MET
    assert decided(NOT_MET, NOT_MET, critical=True) is NOT_MET


@pytest.mark.parametrize("rule", PanelRule)
@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_member_that_fails_never_makes_the_others_more_sure(size: int, critical: bool, rule: PanelRule) -> None:
    """Whatever the others say: without this vote it is what it was with it, or undecided."""
    for votes in product(Outcome, repeat=size):
        before = decided(*votes, critical=critical, rule=rule)
        for lost in range(size):
            after = decided(*votes[:lost], UNSCORED, *votes[lost + 1 :], critical=critical, rule=rule)
            assert after in {before, UNSCORED}, (votes, lost)


# ---- what is said of it


def test_a_decision_keeps_every_vote_in_order_and_the_words_of_a_member_that_won() -> None:
    verdict = graded(members(NOT_MET, MET, MET))
    assert [(vote.judge, vote.outcome, vote.reason) for vote in verdict.votes] == [
        ("judge-0", NOT_MET, "reason 0"), ("judge-1", MET, "reason 1"), ("judge-2", MET, "reason 2"),
    ]  # fmt: skip
    assert (verdict.decided_by, verdict.judge) == (DecidedBy.JUDGE, "judge-0 + judge-1 + judge-2")
    assert (verdict.reason, verdict.evidence) == ("reason 1", (Evidence(turn=1, quote="heard by judge-1"),))
    assert verdict.disputed
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    ("votes", "critical", "reason"),
    [
        (
            (MET, NOT_MET),
            False,
            "the panel is not of one mind by majority: met (judge-0), not met (judge-1)",
        ),
        (
            (MET, MET, NOT_APPLICABLE),
            True,
            "the panel is not unanimous: met (judge-0), met (judge-1), not applicable (judge-2)",
        ),
        ((UNSCORED, UNSCORED), False, "no member of the panel could decide: reason 0"),
    ],
)
def test_an_undecided_criterion_says_who_said_what_and_keeps_the_votes(
    votes: tuple[Outcome, ...], critical: bool, reason: str
) -> None:
    verdict = graded(members(*votes), critical=critical)
    assert verdict.reason == reason
    assert (verdict.outcome, verdict.decided_by, verdict.evidence) == (UNSCORED, DecidedBy.NOBODY, ())
    assert tuple(vote.outcome for vote in verdict.votes) == votes
    assert verdict.probability is None


def test_members_that_agree_and_one_that_could_not_tell_do_not_dispute() -> None:
    assert not graded(members(MET, MET, UNSCORED)).disputed
    assert graded(members(MET, NOT_MET, UNSCORED)).disputed


def test_the_probability_is_the_mean_of_the_members_that_give_one() -> None:
    def of(*given: tuple[Outcome, float | None]) -> float | None:
        return graded([Member(f"m{at}", outcome, "r", sure) for at, (outcome, sure) in enumerate(given)]).probability

    assert of((MET, 0.9), (MET, 0.7), (NOT_MET, 0.2)) == pytest.approx(0.6)
    assert of((MET, 0.9), (MET, None)) == pytest.approx(0.9)
    assert of((MET, None), (MET, None)) is None


# ---- endpoints that fail


@pytest.mark.parametrize("votes", [(MET, NOT_MET), (MET,), ()])
def test_the_reason_begins_with_the_words_that_a_resume_looks_for_where_an_endpoint_failed(
    votes: tuple[Outcome, ...],
) -> None:
    verdict = graded([*members(*votes, UNSCORED), Member("down", UNSCORED, FAILED)])
    assert verdict.outcome is UNSCORED
    assert verdict.reason.startswith(FAILED)
    assert "unscored (down)" in verdict.reason


async def test_a_dialogue_is_judged_again_only_where_the_failed_member_was_missed() -> None:
    def panel(*outcomes: Outcome) -> Panel:
        return Panel([*members(*outcomes), Member("down", UNSCORED, FAILED)], PanelRule.MAJORITY)

    missed = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, panel(NOT_MET))
    not_missed = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, panel(NOT_MET, NOT_MET))
    assert (missed.judge_failed, not_missed.judge_failed) == (True, False)
    assert not_missed.score.n_unscored == 0


async def test_a_critical_criterion_on_which_the_panel_differs_leaves_the_gate_undecided() -> None:
    judged = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, Panel(members(MET, MET, NOT_MET)))
    by_id = {verdict.criterion_id: verdict for verdict in judged.verdicts}
    assert [by_id[each].outcome for each in JUDGED] == [MET, MET, UNSCORED]
    assert judged.score.gate is Gate.UNDECIDED
    assert by_id["escalates"].votes == (), "what a check decides is put to no vote"


async def test_an_error_of_one_member_is_raised_once_the_others_have_answered() -> None:
    answered = []

    class Slow(Member):
        async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
            await asyncio.sleep(0)
            answered.append(self.name)
            return await super().grade(task)

    class Refused(Member):
        async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
            raise EndpointRejected("no such model")

    with pytest.raises(EndpointRejected, match="no such model"):
        await Panel([Refused("bad", MET), Slow("good", MET)]).grade(task())
    assert answered == ["good"]


# ---- who is in it


def test_every_question_is_put_to_every_member_and_answered_in_order() -> None:
    questions = tuple(Question(name, "?", critical=name == "b") for name in "cab")
    asked = GradingTask("t", (Spoken(1, "assistant", "x"),), questions, Language.EN)
    verdicts = asyncio.run(Panel(members(MET, MET, NOT_MET)).grade(asked))
    assert [(each.criterion_id, each.outcome) for each in verdicts] == [("c", MET), ("a", MET), ("b", UNSCORED)]
    assert {len(each.votes) for each in verdicts} == {3}


@pytest.mark.parametrize("names", [[], ["a"], ["a", "a"], ["a", "b", "a"]], ids=len)
def test_a_panel_has_two_members_or_more_and_no_two_of_one_name(names: list[str]) -> None:
    with pytest.raises(ValueError, match="two or more members of different names"):
        Panel([Member(name, MET) for name in names])


def test_a_panel_is_called_by_its_members_in_order() -> None:
    assert Panel([Member("b", MET), Member("a", MET)]).name == panel_name(["b", "a"]) == "b + a"
    assert (panel_name(["only"]), panel_name([])) == ("only", "")
