"""`clinsim judge agree|audit`: whether a judge can be believed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LibraryOption,
    RunArgument,
    RunsOption,
    VerdictSetOption,
    chosen_run,
    chosen_verdicts,
    library,
    print_json,
    stderr,
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
from simulator.cli.judge_probing import probe
from simulator.cli.judge_training import export_sft, train
from simulator.cli.model_options import JudgeCallsOption, PanelOption
from simulator.cli.sessions import ConcurrencyOption, to_end, warn_of_family
from simulator.errors import UsageError
from simulator.judging.asking import CallMode, PanelRule

if TYPE_CHECKING:
    from simulator.judging.agreement.ratings import RatedSet
    from simulator.judging.verdict import Verdict

app = typer.Typer(
    name="judge", no_args_is_help=True, help="Whether a judge can be believed, and how to train a better one.",
    rich_markup_mode=None,
)  # fmt: skip


def agree(
    run_name: RunArgument = None,
    verdict_set: VerdictSetOption = None,
    gold: GoldOption = None,
    healthbench: Annotated[
        Path | None,
        typer.Option("--healthbench", metavar="FILE", help="HealthBench meta-evaluation records, JSONL."),
    ] = None,
    craft_md: Annotated[
        Path | None,
        typer.Option("--craft-md", metavar="FOLDER", help="CRAFT-MD's annotations by dermatologists (xlsx)."),
    ] = None,
    judge: WhoJudgesOption = None,
    judge_base_url: UrlOption = None,
    judge_api_key_env: KeyOption = "OPENAI_API_KEY",
    judge_calls: JudgeCallsOption = CallMode.RUBRIC,
    panel: PanelOption = PanelRule.UNANIMOUS,
    concurrency: ConcurrencyOption = 8,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Ask the judge about so many conversations only, the first ones of the source."),
    ] = None,
    journal: JournalOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """How far a judge agrees with people, and people with each other.

    The people: annotations of a run (the newest, or RUN), a gold set, HealthBench's or CRAFT-MD's physicians. A run's
    own verdicts are held against them; --judge asks another judge.
    """
    from simulator.evaluation.agreement import ask_judge, default_journal
    from simulator.evaluation.call_store import CallStore
    from simulator.evaluation.grading import first_conversations
    from simulator.judging.agreement.figures import agreement_report
    from simulator.reporting.agreement import agreement_json, agreement_tables

    sources = [each for each in (gold, healthbench, craft_md) if each is not None]
    if len(sources) + (run_name is not None) > 1:
        raise UsageError("agreement is measured on one source at a time", fix="name a run or one of the options")
    rated, given = _rated(run_name, verdict_set, gold, healthbench, craft_md, runs, own)
    if limit is not None:
        rated = first_conversations(rated, limit)
    failed = 0
    if judge:
        settings = judge_settings(judge, judge_base_url, judge_api_key_env, judge_calls, panel, concurrency)
        with CallStore(journal or default_journal(runs)) as calls, watching("judging") as watch:
            asked = to_end(ask_judge(rated, settings, calls, watch))
        given = {**given, asked.judge: asked.verdicts}
        failed = asked.n_endpoint_failures
    report = agreement_report(rated, given)
    if as_json:
        print_json(agreement_json(report))
    else:
        stdout().print(agreement_tables(report))
    refuse_missing(failed)


def _rated(
    run_name: str | None,
    verdict_set: int | None,
    gold: Path | None,
    healthbench: Path | None,
    craft_md: Path | None,
    runs: Path,
    own: Path | None,
) -> tuple[RatedSet, dict[str, dict[str, Verdict]]]:
    """The rated items of the one source that is named, and what has judged them already."""
    from simulator.evaluation.agreement import CHECKS, annotated
    from simulator.evaluation.runs import RunReader
    from simulator.interop.craft_md import read_craft_md
    from simulator.interop.healthbench import read_healthbench
    from simulator.judging.gold import check_verdicts, current_gold, rated_gold

    if healthbench:
        return read_healthbench(healthbench), {}
    if craft_md:
        return read_craft_md(craft_md), {}
    if gold:
        cases = asyncio.run(current_gold(gold, library(own)))
        return rated_gold(cases), {CHECKS: dict(check_verdicts(cases))}
    with RunReader(chosen_run(runs, run_name, last=False)) as reader:
        rated, said, n_other = annotated(reader, chosen_verdicts(reader, verdict_set))
    if n_other:
        stderr().print(
            f"warning: {n_other} annotations are on other wordings of a rubric, and left out", style="yellow"
        )
    return rated, said


def audit(
    run_name: RunArgument = None,
    gold: GoldOption = None,
    judge: WhoJudgesOption = None,
    judge_base_url: UrlOption = None,
    judge_api_key_env: KeyOption = "OPENAI_API_KEY",
    judge_calls: JudgeCallsOption = CallMode.RUBRIC,
    panel: PanelOption = PanelRule.UNANIMOUS,
    concurrency: ConcurrencyOption = 8,
    journal: JournalOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """How often checks agree with a judge on the same criteria of a run, or with a gold set. No score changes."""
    from simulator.evaluation.agreement import audit_checks, default_journal
    from simulator.evaluation.call_store import CallStore
    from simulator.evaluation.runs import RunReader
    from simulator.judging.gold import checks_against_gold, current_gold
    from simulator.models.sources import subject_name
    from simulator.reporting.agreement import comparison_json, comparison_tables

    failed = 0
    if gold:
        if judge or run_name:
            raise UsageError("a gold set audits the checks alone", fix="clinsim judge agree --gold asks a judge")
        cases = asyncio.run(current_gold(gold, library(own)))
        name, found = "gold", checks_against_gold(cases)
    else:
        if not judge:
            raise UsageError("an audit needs someone to compare with", fix="name a judge (--judge), or --gold FOLDER")
        settings = judge_settings(judge, judge_base_url, judge_api_key_env, judge_calls, panel, concurrency)
        store = CallStore(journal or default_journal(runs))
        with RunReader(chosen_run(runs, run_name, last=False)) as reader, store as calls, watching("judging") as watch:
            warn_of_family(map(subject_name, reader.manifest().settings.subjects), settings.judges)
            name, found, failed = to_end(audit_checks(reader, settings, calls, watch))
    if as_json:
        print_json(comparison_json("checks", name, found))
    else:
        stdout().print(comparison_tables("checks", name, found))
    refuse_missing(failed)


app.command("agree")(agree)
app.command("audit")(audit)
app.command("probe")(probe)
app.command("export-sft")(export_sft)
app.command("train")(train)
