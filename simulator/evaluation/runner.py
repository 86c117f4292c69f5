"""Plays the dialogues of a run that are still to be played, judges them, and stores each as it ends."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.dialogue.case import prepare
from simulator.dialogue.playing import NO_MODELS, DialogueSpec, Models, play
from simulator.dialogue.record import DialogueRecord, EndReason
from simulator.errors import SimulatorError
from simulator.evaluation.store import RunWriter
from simulator.judging.grader import Grader
from simulator.judging.judge import judge_dialogue
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.models.subject import SubjectSource
from simulator.text.language import Language

UNFINISHED = frozenset({EndReason.SUBJECT_FAILURE, EndReason.BUDGET_LIMIT, EndReason.CANCELLED})
"""Ends that are not the subject's doing: noted as a failure, not scored, and played again on resume."""


@dataclass(frozen=True, slots=True)
class Cases:
    """What the dialogues of a run are made of, by id."""

    scenarios: dict[str, Scenario]
    personas: dict[str, Persona]
    rubrics: dict[str, Rubric]

    def rubric_of(self, scenario_id: str) -> Rubric:
        return self.rubrics[self.scenarios[scenario_id].rubric]


@dataclass(slots=True)
class Progress:
    """How far a run is. Mutated by the runner, read by whoever shows it."""

    n_planned: int
    n_done: int = 0
    """Dialogues that are stored and judged."""
    n_failed: int = 0
    """Dialogues of this session that could not be played to an end."""
    first_failure: str = ""
    n_judge_failed: int = 0
    """Dialogues of this session that are stored, and about which the judge's endpoint gave no answer."""
    first_judge_failure: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything `run_dialogues` needs."""

    cases: Cases
    sources: dict[str, SubjectSource]
    """By the name that the dialogues carry."""
    grader: Grader | None
    verdict_set: int
    concurrency: int
    max_turns: int | None = None
    budget_spent: Callable[[], bool] = lambda: False
    counterpart: Models = NO_MODELS


class _Preparing:
    """Prepares each case once, off the event loop: it takes long, and meanwhile answers wait to be stored."""

    def __init__(self) -> None:
        self._under_way: defaultdict[tuple[str, Language], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ready: set[tuple[str, Language]] = set()

    async def prepare(self, scenario: Scenario, language: Language) -> None:
        key = (scenario.id, language)
        if key in self._ready:
            return
        async with self._under_way[key]:
            if key not in self._ready:
                await asyncio.to_thread(lambda: prepare(scenario, language).get_ready())
                self._ready.add(key)


async def _play_one(spec: DialogueSpec, work: Work, preparing: _Preparing) -> DialogueRecord:
    scenario = work.cases.scenarios[spec.scenario_id]
    await preparing.prepare(scenario, spec.language)
    subject = work.sources[spec.subject].for_dialogue(scenario, work.cases.rubric_of(spec.scenario_id), spec.language)
    return await play(
        spec,
        scenario,
        work.cases.personas[spec.persona_id],
        subject,
        models=work.counterpart,
        max_turns=work.max_turns,
        budget_spent=work.budget_spent,
    )


async def _judge_one(record: DialogueRecord, work: Work, writer: RunWriter, progress: Progress) -> None:
    scenario = work.cases.scenarios[record.scenario_id]
    judged = await judge_dialogue(record, scenario, work.cases.rubrics[scenario.rubric], work.grader)
    writer.judged(work.verdict_set, record.id, judged)
    if judged.judge_failed:
        progress.n_judge_failed += 1
        reason = next(each.reason for each in judged.verdicts if each.endpoint_failed)
        progress.first_judge_failure = progress.first_judge_failure or reason


async def run_dialogues(
    to_play: Sequence[DialogueSpec],
    to_judge: Sequence[DialogueRecord],
    work: Work,
    writer: RunWriter,
    progress: Progress,
) -> None:
    """Plays and judges with at most ``work.concurrency`` dialogues at a time.

    The first error that no other dialogue could escape (an endpoint that is gone, a key that is missing, a full disk)
    stops the rest and is raised; what had finished is stored. Cancellation is passed on in the same way.
    """
    queue: asyncio.Queue[DialogueSpec | DialogueRecord] = asyncio.Queue()
    for unjudged in to_judge:
        queue.put_nowait(unjudged)
    for planned in to_play:
        queue.put_nowait(planned)

    preparing = _Preparing()

    async def worker() -> None:
        while not queue.empty():
            item = queue.get_nowait()
            if isinstance(item, DialogueRecord):
                await _judge_one(item, work, writer, progress)
                progress.n_done += 1
                continue
            if work.budget_spent():
                progress.n_failed += 1
                progress.first_failure = progress.first_failure or "the run's budget is spent"
                continue
            record = await _play_one(item, work, preparing)
            if record.end_reason in UNFINISHED:
                writer.fail(record)
                progress.n_failed += 1
                progress.first_failure = progress.first_failure or record.end_detail
                continue
            writer.finish(record)
            await _judge_one(record, work, writer, progress)
            progress.n_done += 1

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(work.concurrency, queue.qsize())):
                group.create_task(worker())
    except BaseExceptionGroup as errors:
        raise _most_telling(errors) from None


def _most_telling(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """A defect, which must not hide behind an error of ours, before such an error; the first of its kind."""
    flat: list[BaseException] = []

    def flatten(group: BaseExceptionGroup[BaseException]) -> None:
        for error in group.exceptions:
            if isinstance(error, BaseExceptionGroup):
                flatten(error)
            else:
                flat.append(error)

    flatten(errors)
    defects = [error for error in flat if not isinstance(error, SimulatorError)]
    return (defects or flat)[0]
