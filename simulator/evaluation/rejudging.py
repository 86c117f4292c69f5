"""Judge a run again: a new set of verdicts beside the old ones, which stay as they are."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import UsageError
from simulator.evaluation.manifest import Settings
from simulator.evaluation.runner import Cases, Progress, Work, run_dialogues
from simulator.evaluation.running import open_grader
from simulator.evaluation.runs import RunReader
from simulator.evaluation.store import RunWriter
from simulator.library.collection import Library


async def rejudge(folder: Path, settings: Settings, library: Library | None, concurrency: int) -> int:
    """Judges every finished dialogue with the judge of ``settings``; returns the id of the new verdict set.

    ``library``: take today's rubrics and scenarios from it; None: those that the run was played with. Raises
    UsageError where the library no longer holds one of them, and errors of the judge's endpoint.
    """
    with RunReader(folder) as reader:
        manifest = reader.manifest()
        scenarios, personas, rubrics = reader.scenarios(), reader.personas(), reader.rubrics()
        hashes = {item.id: item.sha256 for item in manifest.content if item.kind == "rubric"}
        records = list(reader.records())
        series = str(len(reader.verdict_sets()) + 1)
    note = "judged again with the run's rubrics"
    if library is not None:
        for scenario_id in scenarios:
            if scenario_id not in library.scenarios:
                raise UsageError(
                    f"the library no longer holds scenario `{scenario_id}`", fix="judge with the run's own rubrics"
                )
            scenarios[scenario_id] = library.scenario(scenario_id)
        wanted = {scenario.rubric for scenario in scenarios.values()}
        rubrics = {key: library.rubric(key) for key in wanted}
        hashes = {key: library.rubrics[key].sha256 for key in wanted}
        note = "judged again with the rubrics of the library"
    with RunWriter(folder) as writer:
        set_id = writer.open_verdict_set(settings.judge, hashes, note)
        grader, close = None, None
        if settings.judge is not None:
            grader, _, close = open_grader(settings, writer, manifest.run_id, series=series)
        work = Work(Cases(scenarios, personas, rubrics), {}, grader, set_id, concurrency)
        try:
            await run_dialogues((), records, work, writer, Progress(n_planned=len(records), n_done=len(records)))
        finally:
            if close is not None:
                await close()  # type: ignore[misc]
    return set_id
