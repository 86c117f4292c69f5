"""What the verbs under `clinsim judge` share: who judges, where answers are kept, and what is missing at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import stderr
from simulator.cli.sessions import check_models
from simulator.errors import IncompleteRunError
from simulator.judging.asking import CallMode, PanelRule

if TYPE_CHECKING:
    from simulator.evaluation.grading import Watch
    from simulator.evaluation.manifest import Settings

WhoJudgesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--judge", metavar="MODEL",
        help="The judge that is asked: openai:MODEL, local:… or learned:FOLDER. Repeat it for a panel.",
    ),
]  # fmt: skip
UrlOption = Annotated[
    str | None,
    typer.Option("--judge-base-url", metavar="URL", help="The judge's endpoint; without it the environment's."),
]
KeyOption = Annotated[
    str, typer.Option("--judge-api-key-env", metavar="VARIABLE", help="The variable that holds the judge's key.")
]
GoldOption = Annotated[
    Path | None,
    typer.Option("--gold", metavar="FOLDER", help="A gold set: benchmarks/judging/gold in a checkout."),
]
JournalOption = Annotated[
    Path | None,
    typer.Option(
        "--journal", metavar="FILE",
        help="Where the judge's answers are kept, so that none is paid for twice. Without it: RUNS/judging.sqlite.",
    ),
]  # fmt: skip


def judge_settings(
    judges: list[str] | None, url: str | None, key_env: str, calls: CallMode, panel: PanelRule, concurrency: int
) -> Settings:
    """What opens the judge that the options name, checked."""
    from simulator.evaluation.manifest import Settings

    settings = Settings(
        subjects=(),
        judges=tuple(judges or ()),
        judge_base_url=url,
        judge_api_key_env=key_env,
        judge_calls=calls,
        panel_rule=panel,
        concurrency=concurrency,
    )
    check_models(settings)
    return settings


@contextmanager
def watching(what: str) -> Iterator[Watch]:
    """A line on stderr that counts conversations, where a person is looking."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = stderr(soft_wrap=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        line = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(line, completed=done, total=of)


def refuse_missing(n_failed: int) -> None:
    if n_failed:
        raise IncompleteRunError(
            f"{n_failed} verdicts are missing, since the judge's endpoint failed",
            fix="the same command asks for these again; what was answered is kept",
        )
