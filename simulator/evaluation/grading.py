"""Many conversations put to a judge outside of a run: for agreement, audits and probes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from simulator.errors import InterruptedRunError
from simulator.evaluation.manifest import Settings
from simulator.evaluation.session_models import Part, open_grader, open_model
from simulator.judging.agreement.ratings import RatedSet
from simulator.judging.grader import Grader
from simulator.judging.task import GradingTask
from simulator.judging.verdict import Verdict
from simulator.models.journal import Journal
from simulator.models.messages import Chat
from simulator.models.tally import Tally

Watch = Callable[[int, int], None]
"""Told how many conversations of how many are judged."""


def unwatched(_done: int, _of: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class OpenJudge:
    """A judge that is ready to be asked, and what its calls have cost so far."""

    series: Callable[[str], Grader]
    """The judge for a series of this name: what is asked in one series is not answered from another."""
    tally: Callable[[], Tally]


@asynccontextmanager
async def opened_judge(settings: Settings, journal: Journal) -> AsyncIterator[OpenJudge]:
    """The judge that ``settings`` name, checked; its connections close with the context.

    Raises ValueError where none is named, and whatever opening and checking a model raises.
    """
    chats: dict[str, Chat] = {}
    async with AsyncExitStack() as stack:

        def opened(part: Part, spec: str) -> Chat:
            if spec not in chats:
                chats[spec] = open_model(settings, part, spec, journal, "judging")
                stack.push_async_callback(chats[spec].aclose)
            return chats[spec]

        def grader(series: str) -> Grader:
            found, _ = open_grader(settings, opened, series)
            if found is None:
                raise ValueError("settings name no judge")
            return found

        grader("")
        for chat in chats.values():
            await chat.preflight()
        yield OpenJudge(grader, lambda: sum((chat.tally for chat in chats.values()), Tally()))


async def grade_all(
    tasks: Sequence[GradingTask], grader: Grader, concurrency: int, watch: Watch = unwatched
) -> dict[str, tuple[Verdict, ...]]:
    """The verdicts by task id. The first error that no task could escape stops the rest and is raised.

    Raises InterruptedRunError on cancellation; with a journal, asking again goes on where it stopped.
    """
    found: dict[str, tuple[Verdict, ...]] = {}
    queue = list(reversed(tasks))

    async def worker() -> None:
        while queue:
            task = queue.pop()
            found[task.id] = await grader.grade(task)
            watch(len(found), len(tasks))

    workers = [asyncio.create_task(worker()) for _ in range(min(concurrency, len(tasks)))]
    try:
        await asyncio.gather(*workers)
    except asyncio.CancelledError:
        raise InterruptedRunError(
            f"stopped with {len(found)} of {len(tasks)} conversations judged",
            fix="the same command goes on where it stopped: what was answered is kept",
        ) from None
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return found


def verdicts_by_item(rated: RatedSet, graded: dict[str, tuple[Verdict, ...]]) -> dict[str, Verdict]:
    """The verdict on each item of a rated set."""
    by_question = {(task, each.criterion_id): each for task, verdicts in graded.items() for each in verdicts}
    found = {item.id: by_question.get((item.cluster, item.question_id)) for item in rated.items}
    return {key: verdict for key, verdict in found.items() if verdict is not None}


def n_endpoint_failures(verdicts: dict[str, Verdict]) -> int:
    """Verdicts that are missing because the judge's endpoint failed."""
    return sum(each.endpoint_failed for each in verdicts.values())


def first_conversations(rated: RatedSet, n: int) -> RatedSet:
    """The rated set with its first ``n`` conversations alone."""
    kept = list(dict.fromkeys(item.cluster for item in rated.items))[:n]
    return replace(
        rated,
        items=tuple(item for item in rated.items if item.cluster in kept),
        tasks=tuple(task for task in rated.tasks if task.id in kept),
    )
