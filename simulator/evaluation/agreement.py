"""Agreement and audits: who is held against whom, from which source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.dialogue.conditions import DialogueLog
from simulator.errors import UsageError
from simulator.evaluation.grading import (
    Watch,
    grade_all,
    n_endpoint_failures,
    opened_judge,
    unwatched,
    verdicts_by_item,
)
from simulator.evaluation.manifest import Settings
from simulator.evaluation.runs import RunReader, VerdictSet
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.annotation import rated_annotations
from simulator.judging.checks import decide_by_check
from simulator.judging.comparing import Compared, Comparison, comparison
from simulator.judging.gold import groups_of
from simulator.judging.task import GradingTask
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.models.journal import Journal

CHECKS = "checks"
"""What the checks are called among judges."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A judge's verdicts on the items of a rated set."""

    judge: str
    verdicts: dict[str, Verdict]
    """By item id."""
    n_endpoint_failures: int


async def ask_judge(rated: RatedSet, settings: Settings, journal: Journal, watch: Watch = unwatched) -> Asked:
    """Raises UsageError where the source holds no conversation to judge, and whatever the judge's endpoint raises."""
    if not rated.tasks:
        raise UsageError(f"{rated.source} holds no conversation that could be judged")
    async with opened_judge(settings, journal) as judge:
        grader = judge.series("agree")
        verdicts = verdicts_by_item(rated, await grade_all(rated.tasks, grader, settings.concurrency, watch))
        return Asked(grader.name, verdicts, n_endpoint_failures(verdicts))


def annotated(reader: RunReader, verdicts: VerdictSet | None) -> tuple[RatedSet, dict[str, dict[str, Verdict]], int]:
    """The annotations of a run; what checks and judge of ``verdicts`` said of the same criteria; and how many
    annotations are on other wordings of a rubric than that, and are left out. Raises UsageError without annotations.
    """
    every = reader.annotations()
    if not every:
        raise UsageError(
            "nobody has annotated this run yet",
            where=str(reader.folder),
            fix="clinsim annotate export writes the sheets, clinsim annotate import reads them",
        )
    hashes = {item.sha256 for item in reader.content("rubric", verdicts).values()}
    fitting = [each for each in every if each.rubric_sha256 in hashes]
    rated = rated_annotations(fitting, reader.records(), reader.scenarios(verdicts), reader.rubrics(verdicts))
    judged = reader.judgements(verdicts.id) if verdicts else {}
    by_item = {
        f"{dialogue_id}/{verdict.criterion_id}": verdict
        for dialogue_id, each in judged.items()
        for verdict in each.verdicts
    }
    said: dict[str, dict[str, Verdict]] = {}
    for item in rated.items:
        verdict = by_item.get(item.id)
        if verdict is not None and verdict.decided_by is DecidedBy.CHECK:
            said.setdefault(CHECKS, {})[item.id] = verdict
        elif verdict is not None and verdict.judge:
            said.setdefault(verdict.judge, {})[item.id] = verdict
    return rated, said, len(every) - len(fitting)


async def audit_checks(
    reader: RunReader, settings: Settings, journal: Journal, watch: Watch = unwatched
) -> tuple[str, Comparison, int]:
    """How often checks and a judge agree on criteria that have a check and apply: the judge's name, the comparison with
    the checks first, and how many verdicts are missing since the endpoint failed. No score of the run changes.
    """
    scenarios, rubrics = reader.scenarios(), reader.rubrics()
    by_check: dict[str, Verdict] = {}
    groups: dict[str, Mapping[str, str]] = {}
    tasks: list[GradingTask] = []
    for record in reader.records():
        scenario = scenarios[record.scenario_id]
        rubric = rubrics[scenario.rubric]
        log = DialogueLog.of(record, scenario, rubric)
        found = [(each, decide_by_check(each, log)) for each in rubric.criteria if each.check is not None]
        applying = []
        for criterion, verdict in found:
            if verdict is not None and verdict.outcome is not Outcome.NOT_APPLICABLE:
                applying.append(criterion)
                by_check[f"{record.id}/{criterion.id}"] = verdict
                groups[f"{record.id}/{criterion.id}"] = groups_of(criterion, scenario, record.language)
        if applying and record.subject_turns:
            tasks.append(GradingTask.of(record, scenario, applying))
    rated = _unlabelled(tasks)
    asked = await ask_judge(rated, settings, journal, watch)
    compared, n_undecided = [], 0
    for item in rated.items:
        check, judge = by_check[item.id], asked.verdicts[item.id]
        if judge.outcome is Outcome.UNSCORED:
            n_undecided += 1
            continue
        compared.append(
            Compared(
                item_id=item.id,
                cluster=item.cluster,
                criterion_id=item.question_id,
                first=check.outcome,
                second=judge.outcome,
                groups=groups[item.id],
                why_first=check.grounds,
                why_second=judge.grounds,
            )
        )
    return asked.judge, comparison(compared, n_undecided), asked.n_endpoint_failures


def _unlabelled(tasks: Sequence[GradingTask]) -> RatedSet:
    items = tuple(
        RatedItem(id=f"{task.id}/{question.id}", cluster=task.id, labels={}, question_id=question.id)
        for task in tasks
        for question in task.questions
    )
    return RatedSet("the run", Raters.PROJECT, items, tuple(tasks))


def default_journal(runs: Path) -> Path:
    """Where the calls of judging outside of a run are kept."""
    return runs / "judging.sqlite"
