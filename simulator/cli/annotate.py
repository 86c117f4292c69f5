"""`clinsim annotate export|import`: judging by people, who need no part of this software."""

from __future__ import annotations

import random
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    RunArgument,
    RunsOption,
    VerdictSetOption,
    chosen_run,
    chosen_verdicts,
    print_json,
    stderr,
    stdout,
)
from simulator.errors import StoreError, UsageError

app = typer.Typer(
    name="annotate", no_args_is_help=True, rich_markup_mode=None,
    help="Have people judge a run: sheets out, verdicts in.",
)  # fmt: skip


class Criteria(StrEnum):
    ALL = "all"
    JUDGE = "judge"
    """Those that no check decides."""


def export(
    run_name: RunArgument = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the sheets go.")] = Path("annotation"),
    annotators: Annotated[int, typer.Option(min=1, max=20, help="How many sheets, each in an order of its own.")] = 2,
    dialogues: Annotated[
        int | None, typer.Option(min=1, help="So many dialogues, drawn over all scenarios. None: all.")
    ] = None,
    criteria: Annotated[
        Criteria, typer.Option(help="`all`, or only those that no check decides (`judge`).")
    ] = Criteria.ALL,
    language: LanguageOption = None,
    disagreements: Annotated[
        bool,
        typer.Option("--disagreements", help="A sheet to settle what the annotators of this run differ on."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the draw, the codes and the order.")] = 1,
    verdict_set: VerdictSetOption = None,
    runs: RunsOption = DEFAULT_RUNS,
    as_json: JsonOption = False,
) -> None:
    """Write annotation sheets for a run: one row for each criterion and dialogue, blinded and shuffled."""
    from simulator.evaluation.runs import RunReader
    from simulator.interop.annotation_book import write_book
    from simulator.interop.annotation_export import disputed, make_sheets, write_jsonl
    from simulator.judging.verdict import DecidedBy

    with RunReader(chosen_run(runs, run_name, last=False)) as reader:
        run_id, chosen = reader.manifest().run_id, chosen_verdicts(reader, verdict_set)
        scenarios, rubrics, hashes = reader.scenarios(chosen), reader.rubrics(chosen), reader.content("rubric", chosen)
        records = [each for each in reader.records() if language in {None, each.language} and each.subject_turns]
        judged = reader.judgements(chosen.id) if chosen else {}
        wordings = {item.sha256 for item in hashes.values()}
        annotations = reader.annotations() if disagreements else ()
        earlier = [each for each in annotations if each.rubric_sha256 in wordings]
    wanted = {
        each.id: tuple(criterion.id for criterion in rubrics[scenarios[each.scenario_id].rubric].criteria)
        for each in records
    }
    if disagreements:
        wanted = disputed(earlier)
    elif criteria is Criteria.JUDGE:
        by_check = {
            key: {verdict.criterion_id for verdict in each.verdicts if verdict.decided_by is DecidedBy.CHECK}
            for key, each in judged.items()
        }
        wanted = {key: tuple(each for each in own if each not in by_check.get(key, ())) for key, own in wanted.items()}
    records = [each for each in records if wanted.get(each.id)]
    if dialogues is not None and dialogues < len(records):
        drawn = _drawn([(each.id, each.scenario_id) for each in records], dialogues, seed)
        records = [each for each in records if each.id in drawn]
    if not records:
        what = "the annotators differ on nothing that is unsettled" if disagreements else "there is nothing to annotate"
        raise UsageError(what, where=run_id)
    sheets, key = make_sheets(
        run_id,
        records,
        scenarios,
        rubrics,
        hashes={name: item.sha256 for name, item in hashes.items()},
        wanted=wanted,
        annotators=1 if disagreements else annotators,
        seed=seed,
        earlier=earlier,
    )
    key_path = out / "key.json"
    files = [f"{sheet.name}{suffix}" for suffix in (".xlsx", ".jsonl") for sheet in sheets]
    if any((out / name).exists() for name in (key_path.name, *files)):
        raise UsageError("this folder holds an annotation already", where=str(out), fix="name another with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for sheet in sheets:
            write_book(sheet, out / f"{sheet.name}.xlsx")
            write_jsonl(sheet, out / f"{sheet.name}.jsonl")
        key_path.write_text(key.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the sheets could not be written: {error.strerror}", where=str(out)) from None
    files = files[: len(sheets)]
    if as_json:
        print_json({"folder": str(out), "sheets": files, "n_dialogues": len(records), "n_rows": len(key.rows)})
        return
    stdout().print(
        f"{out}: {len(records)} dialogues, {len(key.rows)} rows, for {len(sheets)} annotators ({', '.join(files)}; "
        "the .jsonl files hold the same).\nGive each annotator one sheet, and keep key.json to yourself. Then:\n"
        f"  clinsim annotate import {out}/{files[0]} --key {key_path} --annotator CODE [--physician]"
    )


def _drawn(dialogues: list[tuple[str, str]], n: int, seed: int) -> set[str]:
    """So many dialogue ids, scenario by scenario in turn, so that none is left out that could be in."""
    draw = random.Random(seed)
    by_scenario: dict[str, list[str]] = {}
    for dialogue_id, scenario_id in draw.sample(dialogues, len(dialogues)):
        by_scenario.setdefault(scenario_id, []).append(dialogue_id)
    drawn: list[str] = []
    while len(drawn) < n and any(by_scenario.values()):
        drawn += [own.pop() for own in by_scenario.values() if own]
    return set(drawn[:n])


def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="SHEET", help="Filled sheets (.xlsx or .jsonl), an annotator each.")
    ],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The key.json of the export.")],
    annotator: Annotated[
        str | None,
        typer.Option(help="The annotator's code, no name. Without it: the name of the sheet's file."),
    ] = None,
    physician: Annotated[
        bool, typer.Option("--physician", help="The annotators of these sheets are licensed physicians.")
    ] = False,
    runs: RunsOption = DEFAULT_RUNS,
    as_json: JsonOption = False,
) -> None:
    """Read filled sheets into their run. A sheet with a fault is refused whole, and every fault named."""
    from simulator.evaluation.runs import find_run
    from simulator.evaluation.store import RunWriter
    from simulator.interop.annotation_export import BlindingKey
    from simulator.interop.annotation_import import read_sheet

    if annotator is not None and len(files) > 1:
        raise UsageError("one code for several sheets", fix="import each annotator's sheet with its own --annotator")
    blinding = BlindingKey.read(key)
    names = [annotator or file.stem for file in files]
    if len(set(names)) != len(names):
        raise UsageError("two sheets have the same annotator", fix="rename one, or import each with --annotator")
    sheets = [read_sheet(file, blinding, name, physician=physician) for file, name in zip(files, names, strict=True)]
    with RunWriter(find_run(runs, blinding.run_id)) as writer:
        n_changed = writer.annotate([each for sheet in sheets for each in sheet.annotations])
    n_rated, n_rows = sum(len(sheet.annotations) for sheet in sheets), sum(sheet.n_rows for sheet in sheets)
    if as_json:
        print_json(
            {"run": blinding.run_id, "annotators": names, "n_rated": n_rated, "n_rows": n_rows, "n_changed": n_changed}
        )
        return
    stdout().print(
        f"{n_rated} of {n_rows} rows are rated, by {', '.join(names)}; {n_changed} replace an earlier verdict."
    )
    stderr().print(f"Next: clinsim judge agree {blinding.run_id}", style="dim")


app.command("export")(export)
app.command("import")(import_)
