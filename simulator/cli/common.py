"""What every verb shares: where output goes, and the options that recur."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import regex
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from simulator.errors import UsageError
from simulator.text.inert import inert
from simulator.text.language import Language

if TYPE_CHECKING:
    from simulator.evaluation.runs import RunReader, VerdictSet
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
VerdictSetOption = Annotated[
    int | None, typer.Option("--verdict-set", help="The set of verdicts; without it the newest complete one.")
]
RunArgument = Annotated[
    str | None, typer.Argument(metavar="RUN", help="A run: its id, the beginning of it, or its folder.")
]
LanguageOption = Annotated[Language | None, typer.Option("--language", "-l", help="Only this language.")]

DEFAULT_RUNS = Path("runs")
_UNPRINTABLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}--[\n ]]", regex.V1)


class InertConsole(Console):
    """A console on which no text can do anything but be read, wherever it came from; only rich itself sets colours."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(inert(segment.text), segment.style)


def stdout() -> Console:
    """Data for people goes here; wide enough for the tables where nobody is looking."""
    return InertConsole(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False, emoji=False)


def stderr(*, soft_wrap: bool = True) -> Console:
    """Everything that is not data goes here; a line stays a line, since paths and commands are copied from it."""
    return InertConsole(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)


def print_json(value: object) -> None:
    """Prints ``value`` on stdout; what could act on a terminal is escaped, which a reader of JSON does not notice."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(_UNPRINTABLE.sub(_escaped, text))  # noqa: T201 - data goes to stdout


def _escaped(found: regex.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def chosen_run(runs: Path, name: str | None, *, last: bool) -> Path:
    """The folder of the named run, or of the newest. Raises UsageError where both are meant, RunNotFoundError."""
    from simulator.evaluation.runs import find_run

    if last and name is not None:
        raise UsageError("--last and a named run exclude each other", fix="leave one of them out")
    return find_run(runs, name)


def chosen_verdicts(reader: RunReader, set_id: int | None) -> VerdictSet | None:
    """The set of verdicts with this id, or the standing one. Raises UsageError."""
    if set_id is None:
        return reader.standing_verdict_set()
    sets = reader.verdict_sets()
    found = next((item for item in sets if item.id == set_id), None)
    if found is None:
        known = ", ".join(str(item.id) for item in sets)
        raise UsageError(f"the run has no verdict set {set_id}", fix=f"it has: {known or 'none yet'}")
    return found


def roots(own: Path | None) -> Roots:
    from simulator.library.location import default_roots, roots_in

    return roots_in(own) + default_roots() if own else default_roots()


def library(own: Path | None) -> Library:
    from simulator.library.collection import read_library

    return read_library(roots(own))
