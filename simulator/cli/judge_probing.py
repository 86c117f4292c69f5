"""`clinsim judge probe`: what moves verdicts though nothing that counts has changed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    LibraryOption,
    RunArgument,
    RunsOption,
    chosen_run,
    library,
    print_json,
    stdout,
)
from simulator.cli.judge_options import (
    GoldOption,
    JournalOption,
    KeyOption,
    UrlOption,
    WhoJudgesOption,
    judge_settings,
    refuse_missing,
    watching,
)
from simulator.cli.model_options import JudgeCallsOption, PanelOption
from simulator.cli.sessions import ConcurrencyOption, to_end
from simulator.errors import UsageError
from simulator.judging.asking import CallMode, PanelRule

if TYPE_CHECKING:
    from simulator.evaluation.grading import Watch
    from simulator.evaluation.manifest import Settings
    from simulator.judging.probing.probes import Probe
    from simulator.judging.probing.probing import Flips, ProbedDialogue
    from simulator.judging.task import GradingTask
    from simulator.judging.verdict import Verdict
    from simulator.models.journal import Journal


def probe(
    run_name: RunArgument = None,
    gold: GoldOption = None,
    judge: WhoJudgesOption = None,
    judge_base_url: UrlOption = None,
    judge_api_key_env: KeyOption = "OPENAI_API_KEY",
    judge_calls: JudgeCallsOption = CallMode.RUBRIC,
    panel: PanelOption = PanelRule.UNANIMOUS,
    concurrency: ConcurrencyOption = 8,
    dialogues: Annotated[
        int, typer.Option(min=2, help="So many dialogues, drawn over the source; a judge is asked ten times for each.")
    ] = 40,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 1,
    language: LanguageOption = None,
    journal: JournalOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verdict flips under criterion order, padding, politeness, self-praise, injection, a model's name, and language.

    On the dialogues of a run (the newest, or RUN) or of a gold set. Checks are always probed, a judge where one is
    named.
    """
    from simulator.evaluation.agreement import default_journal
    from simulator.evaluation.call_store import CallStore
    from simulator.judging.probing.probes import Probe
    from simulator.judging.probing.probing import probe_checks, probe_rows
    from simulator.reporting.probing import probes_json, probes_table

    if gold and run_name:
        raise UsageError("probes take dialogues from one source", fix="name a run or --gold")
    found = _from_gold(gold, own) if gold else _from_run(chosen_run(runs, run_name, last=False))
    found = [each for each in found if language in {None, each.spec.language}]
    chosen = _drawn(found, dialogues, seed)
    if not chosen:
        raise UsageError("there is no dialogue to probe with")
    probes = tuple(Probe)
    settings = None
    if judge:
        settings = judge_settings(judge, judge_base_url, judge_api_key_env, judge_calls, panel, concurrency)
    checks = asyncio.run(probe_checks(chosen, probes))
    by_judge: Mapping[Probe, Flips] = {}
    failed = 0
    if settings:
        with CallStore(journal or default_journal(runs)) as calls, watching("judging") as watch:
            by_judge, failed = to_end(_ask(chosen, probes, settings, calls, watch))
    rows = probe_rows(probes, by_judge, checks)
    name = settings.judge if settings else None
    if as_json:
        print_json(probes_json(name, len(chosen), rows))
    else:
        stdout().print(probes_table(name, len(chosen), rows))
    refuse_missing(failed)


async def _ask(
    chosen: Sequence[ProbedDialogue], probes: Sequence[Probe], settings: Settings, calls: Journal, watch: Watch
) -> tuple[dict[Probe, Flips], int]:
    from simulator.evaluation.grading import grade_all, opened_judge
    from simulator.judging.probing.probes import Probe
    from simulator.judging.probing.probing import probe_judge

    n_failed, n_series = 0, 0
    of = len(chosen) * len([each for each in probes if each is not Probe.TRANSLATION]) + len(chosen)

    async with opened_judge(settings, calls) as judge:

        async def grade(tasks: Sequence[GradingTask], series: str) -> Mapping[str, tuple[Verdict, ...]]:
            nonlocal n_failed, n_series
            done_before = n_series * len(chosen)
            graded = await grade_all(
                tasks, judge.series(series), settings.concurrency, lambda done, _: watch(done_before + done, of)
            )
            n_series += 1
            n_failed += sum(each.endpoint_failed for verdicts in graded.values() for each in verdicts)
            return graded

        return await probe_judge(chosen, probes, grade), n_failed


def _from_gold(folder: Path, own: Path | None) -> list[ProbedDialogue]:
    from simulator.judging.gold import current_gold
    from simulator.judging.probing.probing import ProbedDialogue

    books = library(own)
    cases = asyncio.run(current_gold(folder, books))
    return [ProbedDialogue.of_gold(case, books.persona(case.gold.persona)) for case in cases]


def _from_run(folder: Path) -> list[ProbedDialogue]:
    from simulator.evaluation.runs import RunReader
    from simulator.judging.probing.probing import ProbedDialogue
    from simulator.judging.task import GradingTask

    with RunReader(folder) as reader:
        scenarios, personas, rubrics = reader.scenarios(), reader.personas(), reader.rubrics()
        specs = {spec.id: spec for spec in reader.plan()}
        records = [record for record in reader.records() if record.subject_turns]
    found = []
    for record in records:
        scenario = scenarios[record.scenario_id]
        rubric = rubrics[scenario.rubric]
        found.append(
            ProbedDialogue(
                id=record.id,
                spec=specs[record.id],
                turns=tuple(turn.text for turn in record.subject_turns),
                task=GradingTask.of(record, scenario, rubric.criteria),
                scenario=scenario,
                persona=personas[record.persona_id],
                rubric=rubric,
                truth={},
            )
        )
    return found


def _drawn(found: Sequence[ProbedDialogue], n: int, seed: int) -> list[ProbedDialogue]:
    """So many dialogues; those that make a pair in two languages are drawn together."""
    groups: dict[str, list[ProbedDialogue]] = {}
    for each in found:
        groups.setdefault(each.pair or each.id, []).append(each)
    drawn: list[ProbedDialogue] = []
    for key in random.Random(seed).sample(sorted(groups), len(groups)):
        if len(drawn) + len(groups[key]) <= n:
            drawn += groups[key]
    return drawn
