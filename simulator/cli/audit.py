"""`clinsim audit`: how well the counterpart listens, on labelled consultations or on a whole run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    LastOption,
    RunArgument,
    RunsOption,
    chosen_run,
    print_json,
    stdout,
)
from simulator.errors import UsageError
from simulator.text.language import Language

if TYPE_CHECKING:
    from simulator.dialogue.listening import Listener


def audit(
    name: RunArgument = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option("--labelled", metavar="FILE", help="Labelled consultations, JSONL. May be given again."),
    ] = None,
    last: LastOption = False,
    runs: RunsOption = DEFAULT_RUNS,
    language: LanguageOption = None,
    examples: Annotated[int, typer.Option(min=0, help="The worst turns to show for each language.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Measure the listening: replay labelled consultations (--labelled FILE), or a whole run."""
    from simulator.dialogue.listening import RuleListener

    if labelled and (name is not None or last):
        raise UsageError("labelled consultations and a run are audited apart", fix="name one of the two")
    listener = RuleListener()
    if labelled:
        _labelled(labelled, listener, language, examples, as_json=as_json)
    else:
        _run(chosen_run(runs, name, last=last), listener, language, as_json=as_json)


def _labelled(
    files: list[Path], listener: Listener, language: Language | None, examples: int, *, as_json: bool
) -> None:
    from simulator.evaluation.fidelity.audit import audit_consultation
    from simulator.evaluation.fidelity.figures import fidelity, worst
    from simulator.evaluation.fidelity.labelled import read_consultations
    from simulator.reporting.fidelity import fidelity_json, fidelity_tables

    read = [each for file in files for each in read_consultations(file)]
    turns = [turn for each in read if language in {None, each.lang} for turn in audit_consultation(each, listener)]
    if not turns:
        raise UsageError("no consultation is in that language", fix="leave --language out")
    spoken = {each: [turn for turn in turns if turn.language is each] for each in Language}
    figures = {each: fidelity(own) for each, own in spoken.items() if own}
    if as_json:
        print_json(fidelity_json(figures))
    else:
        stdout().print(fidelity_tables(figures, {each: worst(own, examples) for each, own in spoken.items()}))


def _run(folder: Path, listener: Listener, language: Language | None, *, as_json: bool) -> None:
    from simulator.evaluation.fidelity.run_audit import audit_records, run_fidelity
    from simulator.evaluation.runs import RunReader
    from simulator.reporting.fidelity import run_fidelity_json, run_fidelity_tables

    with RunReader(folder) as reader:
        turns = audit_records(reader.records(), reader.scenarios(), listener)
    spoken = {each: tuple(turn for turn in turns if turn.language is each) for each in Language}
    figures = {each: run_fidelity(own) for each, own in spoken.items() if own and language in {None, each}}
    if as_json:
        print_json(run_fidelity_json(figures))
    else:
        stdout().print(run_fidelity_tables(figures))
