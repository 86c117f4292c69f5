"""Judge a run again: a new set of verdicts beside the old ones, which stay as they are."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from simulator.errors import IncompleteRunError, InterruptedRunError, UsageError
from simulator.evaluation.manifest import Settings
from simulator.evaluation.runner import Cases, Progress, Work, run_dialogues
from simulator.evaluation.runs import RunReader
from simulator.evaluation.session_models import Part, open_grader, open_model
from simulator.evaluation.store import Judgeable, RunWriter
from simulator.library.collection import Library
from simulator.models.messages import Chat


async def rejudge(folder: Path, settings: Settings, library: Library | None, concurrency: int) -> int:
    """Judges every finished dialogue with the judge of ``settings``; returns the id of the new verdict set.

    ``library``: take today's rubrics and scenarios from it; None: those that the run was played with. Raises
    UsageError where the library no longer holds one of them, errors of the judge's endpoint, InterruptedRunError when
    it is cancelled, and IncompleteRunError where the judge failed on some dialogues. Until a set covers every dialogue
    without such a failure, reports go by the set before.
    """
    with RunReader(folder) as reader:
        reader.manifest()  # a folder that holds no run is left as it is
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(RunWriter(folder))
        with RunReader(folder) as reader:
            run_id = reader.manifest().run_id
            played = Cases(reader.scenarios(), reader.personas(), reader.rubrics())
            own = reader.content("scenario"), reader.content("rubric")
            records = list(reader.records())
            series = str(len(reader.verdict_sets()) + 1)
        cases = played if library is None else _of_today(played, library)
        scenarios, rubrics = own if library is None else _contents(cases, library)

        def opened(part: Part, spec: str) -> Chat:
            chat = open_model(settings, part, spec, writer, run_id)
            stack.push_async_callback(chat.aclose)
            return chat

        grader, chats = open_grader(settings, opened, series)
        for chat in chats:
            await chat.preflight()
        note = f"judged again with the rubrics of the {'run' if library is None else 'library'}"
        set_id = writer.open_verdict_set(settings.judge, scenarios, rubrics, note)
        progress = Progress(n_planned=len(records))
        try:
            await run_dialogues((), records, Work(cases, {}, grader, set_id, concurrency), writer, progress)
        except asyncio.CancelledError:
            raise InterruptedRunError(
                f"stopped with {progress.n_done} of {progress.n_planned} dialogues judged again",
                where=str(folder),
                fix="judge again from the start; the verdicts from before stand",
            ) from None
    if progress.n_judge_failed:
        raise IncompleteRunError(
            f"{progress.n_judge_failed} of {len(records)} dialogues could not be judged "
            f"({progress.first_judge_failure})",
            where=str(folder),
            fix=f"judge again; the verdicts from before stand (`clinsim report --verdict-set {set_id}` shows these)",
        )
    return set_id


def _of_today(played: Cases, library: Library) -> Cases:
    for scenario_id in played.scenarios:
        if scenario_id not in library.scenarios:
            raise UsageError(
                f"the library no longer holds scenario `{scenario_id}`", fix="judge with the run's own rubrics"
            )
    scenarios = {key: library.scenario(key) for key in played.scenarios}
    rubrics = {scenario.rubric: library.rubric(scenario.rubric) for scenario in scenarios.values()}
    return Cases(scenarios, played.personas, rubrics)


def _contents(cases: Cases, library: Library) -> tuple[dict[str, Judgeable], dict[str, Judgeable]]:
    return (
        {
            key: Judgeable(library.scenarios[key].sha256, case.model_dump_json())
            for key, case in cases.scenarios.items()
        },
        {key: Judgeable(library.rubrics[key].sha256, each.model_dump_json()) for key, each in cases.rubrics.items()},
    )
