"""`clinsim rejudge`: other verdicts on the dialogues of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.common import DEFAULT_RUNS, JsonOption, LibraryOption, RunArgument, RunsOption, library
from simulator.cli.sessions import ConcurrencyOption, check_models, to_end, warn_of_family
from simulator.judging.asking import CallMode, PanelRule


def rejudge(
    run_name: RunArgument = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            "--judge",
            metavar="MODEL",
            help="Judges what no check decides: openai:MODEL, local:…, learned:FOLDER, or `none`; repeat it for a "
            "panel. Without it: as before.",
        ),
    ] = None,
    judge_calls: Annotated[
        CallMode | None,
        typer.Option("--judge-calls", help="Ask a judge model once for each rubric, or criterion. Else as before."),
    ] = None,
    panel: Annotated[
        PanelRule | None,
        typer.Option("--panel", help="What a critical criterion needs of a panel. Without it: as before."),
    ] = None,
    judge_base_url: Annotated[
        str | None,
        typer.Option("--judge-base-url", metavar="URL", help="The judge's endpoint; without it as the run was judged."),
    ] = None,
    judge_api_key_env: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="The variable with the judge's key; without it as the run was judged."),
    ] = None,
    current: Annotated[
        bool,
        typer.Option(
            "--current-rubrics",
            help="Judge by today's scenarios and rubrics instead of those the run was played with.",
        ),
    ] = False,
    concurrency: ConcurrencyOption = 8,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a run again: a new set of verdicts beside the old ones. No dialogue is played."""
    from simulator.cli.look import print_board
    from simulator.evaluation.rejudging import rejudge as judge_again
    from simulator.evaluation.runs import RunReader, find_run
    from simulator.models.sources import subject_name

    folder = find_run(runs, run_name)
    with RunReader(folder) as reader:
        settings = reader.manifest().settings
    anew = {
        "judges": () if judge == ["none"] else tuple(judge or settings.judges),
        "judge_calls": judge_calls or settings.judge_calls,
        "panel_rule": panel or settings.panel_rule,
        "judge_base_url": judge_base_url or settings.judge_base_url,
        "judge_api_key_env": judge_api_key_env or settings.judge_api_key_env,
        "concurrency": concurrency,
        "subjects": (),
        "voice": None,
        "listener": None,
    }
    subjects = [subject_name(one) for one in settings.subjects]
    settings = settings.model_copy(update=anew)
    warn_of_family(subjects, settings.judges)
    check_models(settings)
    set_id = to_end(judge_again(folder, settings, library(own) if current else None, concurrency))
    print_board(folder, as_json=as_json, set_id=set_id)
