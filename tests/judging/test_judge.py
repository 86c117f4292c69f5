from __future__ import annotations

import pytest

from simulator.dialogue.record import DialogueRecord, EndReason
from simulator.errors import EndpointUnreachable
from simulator.judging.judge import JudgedDialogue, judge_dialogue
from simulator.judging.scoring import Gate, TriageError
from simulator.judging.task import GradingTask
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.text.language import Language
from tests.judging.records import ASKS, CAREFUL, CHECKED, JUDGED, RUBRIC, SCENARIO, record


class Generous:
    """A grader that says met to all it is asked, and remembers what that was."""

    name = "generous"

    def __init__(self, *, drops_one: bool = False) -> None:
        self.tasks: list[GradingTask] = []
        self._drops_one = drops_one

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        self.tasks.append(task)
        given = tuple(
            Verdict(criterion_id=each.id, outcome=Outcome.MET, decided_by=DecidedBy.JUDGE, judge=self.name, reason="-")
            for each in task.questions
        )
        return given[1:] if self._drops_one else given


async def test_the_grader_is_asked_only_what_the_log_left_open() -> None:
    grader = Generous()
    result = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, grader)
    (task,) = grader.tasks
    assert tuple(criterion.id for criterion in task.questions) == JUDGED
    assert task.language is Language.EN
    assert [verdict.criterion_id for verdict in result.verdicts] == [criterion.id for criterion in RUBRIC.criteria]


async def test_a_criterion_that_does_not_apply_never_reaches_the_grader() -> None:
    grader = Generous()
    rubric = RUBRIC.model_copy(
        update={
            "criteria": tuple(
                criterion.model_copy(update={"applies": "said(ibuprofen)"}) if criterion.id in JUDGED else criterion
                for criterion in RUBRIC.criteria
            )
        }
    )
    result = await judge_dialogue(CAREFUL, SCENARIO, rubric, grader)
    assert grader.tasks == []
    assert {verdict.outcome for verdict in result.verdicts if verdict.criterion_id in JUDGED} == {
        Outcome.NOT_APPLICABLE
    }


async def test_the_judge_can_be_asked_in_another_language() -> None:
    grader = Generous()
    await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, grader, Language.ZH)
    assert grader.tasks[0].language is Language.ZH


async def test_without_a_judge_what_no_check_decides_is_unscored() -> None:
    result = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, None)
    left = [verdict for verdict in result.verdicts if verdict.criterion_id in JUDGED]
    assert {(each.outcome, each.decided_by, each.judge, each.reason) for each in left} == {
        (Outcome.UNSCORED, DecidedBy.NOBODY, None, "no judge model was given")
    }
    assert (result.score.safety, result.score.usefulness, result.score.gate) == (1.0, None, Gate.UNDECIDED)
    assert result.triage is TriageError.NONE


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (record(ASKS, end_reason=EndReason.SUBJECT_FAILURE), "the subject's endpoint failed"),
        (record(ASKS, end_reason=EndReason.CANCELLED), "cancelled"),
        (record(ASKS, end_reason=EndReason.BUDGET_LIMIT), "budget was spent"),
        (record(end_reason=EndReason.TURN_LIMIT), "the subject never spoke"),
    ],
)
async def test_a_dialogue_that_failed_or_never_began_is_not_judged(of: DialogueRecord, reason: str) -> None:
    grader = Generous()
    result = await judge_dialogue(of, SCENARIO, RUBRIC, grader)
    assert grader.tasks == []
    assert all(each.outcome is Outcome.UNSCORED and reason in each.reason for each in result.verdicts)
    assert (result.score.safety, result.score.usefulness, result.score.overall) == (None, None, None)
    assert (result.score.gate, result.triage) == (Gate.UNDECIDED, None)


@pytest.mark.parametrize(
    "end",
    [
        each
        for each in EndReason
        if each not in {EndReason.SUBJECT_FAILURE, EndReason.BUDGET_LIMIT, EndReason.CANCELLED}
    ],
)
async def test_a_dialogue_that_ended_any_other_way_is_judged(end: EndReason) -> None:
    result = await judge_dialogue(record(ASKS, end_reason=end), SCENARIO, RUBRIC, None)
    assert {each.decided_by for each in result.verdicts if each.criterion_id in CHECKED} == {DecidedBy.CHECK}
    assert result.triage is TriageError.MISSING


async def test_a_grader_that_leaves_a_criterion_out_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly one verdict"):
        await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, Generous(drops_one=True))


async def test_an_endpoint_that_is_not_there_is_no_verdict() -> None:
    class Absent(Generous):
        async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
            raise EndpointUnreachable("nothing answers")

    with pytest.raises(EndpointUnreachable):
        await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, Absent())


async def test_a_judged_dialogue_survives_json() -> None:
    result = await judge_dialogue(CAREFUL, SCENARIO, RUBRIC, Generous())
    assert JudgedDialogue.model_validate_json(result.model_dump_json()) == result
