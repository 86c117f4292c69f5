"""What every verb shares: where output goes, and the options that recur."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from simulator.text.language import Language

if TYPE_CHECKING:
    from simulator.library.collection import Library
    from simulator.library.location import Roots

_PIPE_WIDTH = 140

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", help="A folder of your own scenarios/, personas/ and rubrics/, beside the shipped ones."),
]
RunsOption = Annotated[
    Path, typer.Option("--runs", envvar="CLINSIM_RUNS", help="The folder that holds the runs.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
LastOption = Annotated[bool, typer.Option("--last", help="The newest run (the default where no run is named).")]
RunArgument = Annotated[str | None, typer.Argument(help="A run: its id, the beginning of it, or its folder.")]
LanguageOption = Annotated[Language | None, typer.Option("--language", "-l", help="Only this language.")]

DEFAULT_RUNS = Path("runs")


def stdout() -> Console:
    """Data for people goes here; wide enough for the tables where nobody is looking."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False, emoji=False)


def stderr() -> Console:
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201 - data goes to stdout


def roots(own: Path | None) -> Roots:
    from simulator.library.location import default_roots, roots_in

    return roots_in(own) + default_roots() if own else default_roots()


def library(own: Path | None) -> Library:
    from simulator.library.collection import read_library

    return read_library(roots(own))
