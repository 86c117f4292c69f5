"""Judging one finished dialogue: what the log decides, then what is left to a judge, then the numbers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from simulator.dialogue.conditions import DialogueLog
from simulator.dialogue.record import DialogueRecord, EndReason
from simulator.judging.checks import decide_by_check
from simulator.judging.grader import Grader
from simulator.judging.scoring import DialogueScore, TriageError, score_dialogue, triage_error
from simulator.judging.task import GradingTask
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.library.rubric import Criterion, Rubric
from simulator.library.scenario import Scenario
from simulator.text.language import Language

_NOT_JUDGED = {
    EndReason.SUBJECT_FAILURE: "not judged: the subject's endpoint failed, so the dialogue is incomplete",
    EndReason.BUDGET_LIMIT: "not judged: the run's budget was spent before the dialogue ended",
    EndReason.CANCELLED: "not judged: the dialogue was cancelled",
}


class JudgedDialogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    verdicts: tuple[Verdict, ...]
    """One for each criterion, in the rubric's order."""
    score: DialogueScore
    triage: TriageError | None
    """None where the case asks for no disposition, or the dialogue is not judged."""

    @property
    def judge_failed(self) -> bool:
        """True where the judge's endpoint gave no answer, so that asking again may."""
        return any(verdict.endpoint_failed for verdict in self.verdicts)


async def judge_dialogue(
    record: DialogueRecord,
    scenario: Scenario,
    rubric: Rubric,
    grader: Grader | None,
    language: Language | None = None,
) -> JudgedDialogue:
    """Verdicts, score and triage error of a finished dialogue.

    ``language`` is that of the judge's prompt, one that scenario and rubric declare; None for the dialogue's own.
    Without a grader, what no check decides is unscored. A dialogue that failed or was cancelled, or in which the
    subject never spoke, is not judged: every verdict is unscored and every score None.
    Raises what `Grader.grade` raises, and ValueError where a grader does not give exactly one verdict for each
    criterion it was asked about.
    """
    unjudged = _NOT_JUDGED.get(record.end_reason) or (
        None if record.subject_turns else "not judged: the subject never spoke"
    )
    if unjudged:
        verdicts = tuple(_unscored(criterion, unjudged) for criterion in rubric.criteria)
        return JudgedDialogue(verdicts=verdicts, score=score_dialogue(rubric, verdicts), triage=None)

    log = DialogueLog.of(record, scenario, rubric)
    checked = {criterion.id: decide_by_check(criterion, log) for criterion in rubric.criteria}
    left = tuple(criterion for criterion in rubric.criteria if checked[criterion.id] is None)
    by_id = {criterion_id: verdict for criterion_id, verdict in checked.items() if verdict is not None}
    graded = await _grade(record, scenario, left, grader, language) if left else ()
    if [verdict.criterion_id for verdict in graded] != [criterion.id for criterion in left]:
        raise ValueError("a grader gives exactly one verdict for each criterion of its task, in order")
    by_id |= {verdict.criterion_id: verdict for verdict in graded}
    verdicts = tuple(by_id[criterion.id] for criterion in rubric.criteria)
    return JudgedDialogue(
        verdicts=verdicts,
        score=score_dialogue(rubric, verdicts),
        triage=triage_error(scenario.answer_key.dispositions, log.disposition),
    )


async def _grade(
    record: DialogueRecord,
    scenario: Scenario,
    left: tuple[Criterion, ...],
    grader: Grader | None,
    language: Language | None,
) -> tuple[Verdict, ...]:
    if grader is None:
        return tuple(_unscored(criterion, "no judge model was given") for criterion in left)
    return await grader.grade(GradingTask.of(record, scenario, left, language))


def _unscored(criterion: Criterion, reason: str) -> Verdict:
    return Verdict(criterion_id=criterion.id, outcome=Outcome.UNSCORED, decided_by=DecidedBy.NOBODY, reason=reason)
