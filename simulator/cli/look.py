"""`clinsim report`, `transcript`, `list`, `show`: reading, never writing."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    LastOption,
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
from simulator.errors import UnknownIdError, UsageError
from simulator.library.vocabulary import Task, Track

if TYPE_CHECKING:
    from simulator.evaluation.leaderboard import Judged


_SHOWN_TO_PEOPLE = 3


class Shelf(StrEnum):
    SCENARIOS = "scenarios"
    PERSONAS = "personas"
    RUBRICS = "rubrics"
    SUBJECTS = "subjects"
    RUNS = "runs"


def print_board(folder: Path, *, as_json: bool, set_id: int | None = None) -> None:
    """The leaderboard of a run on stdout."""
    from simulator.evaluation.counterpart import counterpart_work
    from simulator.evaluation.running import board_of
    from simulator.evaluation.runs import RunReader
    from simulator.reporting.board_json import board_json
    from simulator.reporting.tables import board_tables

    with RunReader(folder) as reader:
        manifest, usage, chosen = reader.manifest(), reader.usage(), chosen_verdicts(reader, set_id)
        work = counterpart_work(reader.records())
    board = board_of(folder, chosen)
    if as_json:
        print_json(board_json(board, manifest, chosen, usage, work))
    else:
        stdout().print(board_tables(board, manifest, chosen, usage, work))


def report(
    run_name: RunArgument = None,
    last: LastOption = False,
    verdict_set: VerdictSetOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    as_json: JsonOption = False,
) -> None:
    """Print the leaderboard of a run."""
    print_board(chosen_run(runs, run_name, last=last), as_json=as_json, set_id=verdict_set)


def _matching(
    dialogues: tuple[Judged, ...], dialogue: str | None, subject: str | None, scenario: str | None, persona: str | None
) -> list[Judged]:
    def fits(value: str, pattern: str | None) -> bool:
        return pattern is None or value == pattern or fnmatchcase(value, pattern)

    return [
        item
        for item in dialogues
        if fits(item.record.id, dialogue)
        and fits(item.record.subject, subject)
        and fits(item.record.scenario_id, scenario)
        and fits(item.record.persona_id, persona)
    ]


def transcript(
    run_name: RunArgument = None,
    dialogue: Annotated[
        str | None, typer.Argument(metavar="DIALOGUE", help="A dialogue's id, or a pattern of ids.")
    ] = None,
    last: LastOption = False,
    subject: Annotated[str | None, typer.Option("--subject", "-s", help="Only this subject (or pattern).")] = None,
    scenario: Annotated[str | None, typer.Option(help="Only this scenario (or pattern).")] = None,
    persona: Annotated[str | None, typer.Option("--persona", "-p", help="Only this persona (or pattern).")] = None,
    language: LanguageOption = None,
    log: Annotated[bool, typer.Option("--log", help="Below each reply: what was told or held back, and why.")] = False,
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="Show the subject's reasoning, where it gave any.")
    ] = False,
    verdicts: Annotated[
        bool, typer.Option("--verdicts/--no-verdicts", help="The verdicts below each dialogue.")
    ] = True,
    verdict_set: VerdictSetOption = None,
    most: Annotated[
        int | None, typer.Option("--most", min=1, help="At most so many dialogues. None: 3, and all with --json.")
    ] = None,
    runs: RunsOption = DEFAULT_RUNS,
    as_json: JsonOption = False,
) -> None:
    """Print dialogues of a run, with their verdicts."""
    from rich.text import Text

    from simulator.evaluation.running import judged_dialogues
    from simulator.evaluation.runs import RunReader
    from simulator.reporting.transcripts import transcript as rendered
    from simulator.reporting.transcripts import verdict_table

    if last and dialogue is None:
        run_name, dialogue = None, run_name
    with RunReader(chosen_run(runs, run_name, last=last)) as reader:
        chosen = chosen_verdicts(reader, verdict_set)
        found = _matching(judged_dialogues(reader, chosen), dialogue, subject, scenario, persona)
        rubrics = reader.rubrics(chosen)
    if language is not None:
        found = [item for item in found if item.record.language is language]
    if not found:
        raise UsageError(
            "no dialogue of the run fits", fix="`clinsim report` shows the subjects; ids are SUBJECT/SCENARIO/…"
        )
    if as_json:
        print_json(
            [
                {"record": item.record.model_dump(mode="json"), "judged": item.judged.model_dump(mode="json")}
                for item in found[:most]
            ]
        )
        return
    most = most or _SHOWN_TO_PEOPLE
    console = stdout()
    for item in found[:most]:
        console.print(rendered(item.record, item.scenario, with_log=log, with_reasoning=reasoning))
        if verdicts:
            console.print(verdict_table(item.judged, item.record, rubrics[item.scenario.rubric]))
        console.print(Text())
    if len(found) > most:
        stderr().print(f"{len(found) - most} more dialogues fit; show them with --most {len(found)}", style="dim")


def list_(
    shelf: Annotated[
        Shelf, typer.Argument(metavar="SHELF", help="What to list: scenarios, personas, rubrics, subjects or runs.")
    ] = Shelf.SCENARIOS,
    track: Annotated[Track | None, typer.Option(help="Only scenarios of this track.")] = None,
    task: Annotated[Task | None, typer.Option(metavar="TASK", help="Only scenarios of this task.")] = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List scenarios, personas, rubrics, subjects or runs."""
    from simulator.reporting import shelves

    if shelf is not Shelf.SCENARIOS and (track or task):
        raise UsageError("--track and --task choose scenarios", fix=f"leave them out to list {shelf.value}")
    if shelf is Shelf.RUNS:
        rows = shelves.run_rows(runs)
    elif shelf is Shelf.SUBJECTS:
        rows = shelves.subject_rows()
    else:
        books = library(own)
        if shelf is Shelf.SCENARIOS:
            rows = shelves.scenario_rows(books, track, task)
        elif shelf is Shelf.PERSONAS:
            rows = shelves.persona_rows(books)
        else:
            rows = shelves.rubric_rows(books)
    if as_json:
        print_json({shelf.value: rows})
    else:
        stdout().print(shelves.table(rows, shelf.value))


def show(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="The id of a scenario, a persona or a rubric.")],
    language: LanguageOption = None,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one scenario, persona or rubric."""
    from simulator.library.collection import nearest_ids
    from simulator.reporting import shelves

    books = library(own)
    found = [
        (kind, shelf[wanted].value)
        for kind, shelf in (("scenario", books.scenarios), ("persona", books.personas), ("rubric", books.rubrics))
        if wanted in shelf
    ]
    if not found:
        known = tuple(dict.fromkeys((*books.scenarios, *books.personas, *books.rubrics)))
        raise UnknownIdError(f"nothing in the library is called `{wanted}`", fix=nearest_ids(wanted, known, "id"))
    if as_json:
        print_json({kind: value.model_dump(mode="json") for kind, value in found})
        return
    for _, value in found:
        stdout().print(shelves.sheet(value, language))
