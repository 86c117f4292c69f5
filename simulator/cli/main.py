"""`clinsim`: the verbs, and the one place where an error becomes lines on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from simulator import __version__
from simulator.cli import annotate, audit, design, judge, look, play, rejudge, run
from simulator.cli.common import stderr
from simulator.errors import InterruptedRunError, SimulatorError

_TRACEBACK = "CLINSIM_TRACEBACK"
"""The environment variable with which a defect shows where in the program it happened."""

app = typer.Typer(
    name="clinsim",
    help="A multi-turn clinical scenario simulator: scripted patients and clinicians talk with a language model, "
    "and a rubric scores safety and usefulness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(run.demo)
app.command("run")(run.run)
app.command("report")(look.report)
app.command("transcript")(look.transcript)
app.command("rejudge")(rejudge.rejudge)
app.command("list")(look.list_)
app.command("show")(look.show)
app.command("play")(play.play)
app.command("audit")(audit.audit)
app.add_typer(judge.app)
app.add_typer(annotate.app)
app.command("check")(design.check)
app.command("schema")(design.schema)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clinsim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[  # noqa: ARG001 - the callback of the option does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    return None


def run_app() -> int:
    """Runs the command line; returns the exit code of docs/cli.md."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no Chinese still shows the rest
    try:
        try:
            app(prog_name="clinsim")
        except SystemExit as leaving:
            sys.stdout.flush()
            return leaving.code if isinstance(leaving.code, int) else 1
    except SimulatorError as error:
        stderr().print(f"error: {error.render()}", style="red")
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left has no reader
        return 1
    except KeyboardInterrupt:
        return InterruptedRunError.exit_code
    except Exception as defect:
        if os.environ.get(_TRACEBACK):
            raise
        lines = f"{type(defect).__name__}: {defect}\n  → this is a defect: report what {_TRACEBACK}=1 shows"
        stderr().print(f"error: {lines}", style="red")
        return SimulatorError.exit_code
    return 0


def main() -> None:
    sys.exit(run_app())
