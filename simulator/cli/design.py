"""`clinsim check` and `clinsim schema`: for people who write scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.common import JsonOption, LibraryOption, print_json, roots, stderr, stdout


def check(own: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Read every scenario, persona and rubric, and apply the design rules. Exit code 3 where an error is found."""
    from rich.text import Text

    from simulator.dialogue.reachability import unheard
    from simulator.library.breach import BreachSeverity
    from simulator.library.checking import check_library
    from simulator.library.collection import position_of, read_library_leniently
    from simulator.library.problem import render_path, shown_file
    from simulator.text.inert import inert

    library, problems = read_library_leniently(roots(own))
    errors = [problem.render() for problem in problems]
    warnings: list[str] = []
    breaches = () if problems else check_library(library)
    for breach in breaches:
        (errors if breach.severity is BreachSeverity.ERROR else warnings).append(breach.render())
    if not errors:
        for entry in library.scenarios.values():
            for item in unheard(entry.value):
                place = position_of(entry.file, item.path)
                where = f"{shown_file(entry.file)}:{place.line}:{place.column} {render_path(item.path)}"
                errors.append(f"{where} – {item.what} – {item.fix}")
    counts = {
        "n_scenarios": len(library.scenarios), "n_personas": len(library.personas), "n_rubrics": len(library.rubrics),
        "n_errors": len(errors), "n_warnings": len(warnings),
    }  # fmt: skip
    if as_json:
        print_json({**counts, "errors": errors, "warnings": warnings})
    else:
        console = stdout()
        for line in errors:
            console.print(Text(f"error: {inert(line)}", style="red"), soft_wrap=True)
        for line in warnings:
            console.print(Text(f"warning: {inert(line)}", style="yellow"), soft_wrap=True)
        stderr().print(
            f"{counts['n_scenarios']} scenarios, {counts['n_personas']} personas, {counts['n_rubrics']} rubrics: "
            f"{len(errors)} errors, {len(warnings)} warnings"
        )
    if errors:
        raise typer.Exit(3)


def schema(
    folder: Annotated[Path, typer.Argument(help="Where the three JSON Schemas are written.")] = Path("docs/schema"),
) -> None:
    """Write the JSON Schemas of scenarios, personas and rubrics, for completion in an editor."""
    from simulator.errors import StoreError
    from simulator.library.schema import write_schemas

    try:
        paths = write_schemas(folder)
    except OSError as error:
        raise StoreError(
            f"the schemas could not be written: {error.strerror}",
            where=str(folder),
            fix="name a folder you may write to",
        ) from None
    for path in paths:
        stdout().print(str(path), soft_wrap=True)
