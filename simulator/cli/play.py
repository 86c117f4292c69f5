"""`clinsim play`: take the subject's chair, in a terminal or a turn at a time from a script."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import LibraryOption, library, stderr, stdout
from simulator.errors import StoreError, UsageError
from simulator.text.inert import inert
from simulator.text.language import Language

if TYPE_CHECKING:
    from simulator.dialogue.session import Session
    from simulator.library.rubric import Rubric
    from simulator.library.scenario import Scenario


def play(
    scenario_id: Annotated[str, typer.Argument(metavar="SCENARIO", help="The scenario to sit.")],
    persona: Annotated[
        str | None, typer.Option("--persona", "-p", help="The persona. None: the scenario's first.")
    ] = None,
    language: Annotated[Language | None, typer.Option("--language", "-l", help="None: the scenario's first.")] = None,
    seed: Annotated[int, typer.Option(help="Seeds the counterpart's wording.")] = 1,
    say: Annotated[
        list[str] | None, typer.Option("--say", help="Say this next and print the reply only; needs --session.")
    ] = None,
    session: Annotated[
        Path | None, typer.Option("--session", help="A file that keeps what you said, to go on turn by turn.")
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="At the end: what was told or held back, and why.")] = False,
    own: LibraryOption = None,
) -> None:
    """Sit a scenario yourself. Type one turn a line (`/back` takes the last one back); close with [END]."""
    from simulator.dialogue.playing import DialogueSpec
    from simulator.dialogue.session import Session

    books = library(own)
    scenario = books.scenario(scenario_id)
    chosen = persona or scenario.counterpart.personas[0]
    if chosen not in scenario.counterpart.personas:
        raise UsageError(
            f"persona `{chosen}` does not suit `{scenario_id}`", fix=", ".join(scenario.counterpart.personas)
        )
    spoken = language or scenario.languages[0]
    if say and session is None:
        raise UsageError("--say needs --session FILE, which keeps the turns before", fix="add --session FILE")
    spec = DialogueSpec("human", scenario_id, chosen, spoken, 1, seed)
    sitting = Session(spec, scenario, books.persona(chosen))
    said = _kept(session, spec.id)
    if say or (session is not None and not sys.stdin.isatty()):
        asyncio.run(_replay(sitting, [*said, *(say or ())], quiet_until=len(said)))
        _keep(session, spec.id, [*said, *(say or ())])
    else:
        asyncio.run(_sit(sitting, said, session))
    if sitting.ended:
        asyncio.run(_score(sitting, scenario, books.rubric(scenario.rubric), with_log=log))


def _kept(session: Path | None, dialogue_id: str) -> list[str]:
    if session is None or not session.exists():
        return []
    try:
        kept = json.loads(session.read_text(encoding="utf-8"))
        if kept["dialogue"] != dialogue_id:
            raise UsageError(
                f"the session file belongs to {kept['dialogue']}",
                where=str(session),
                fix="name another file, or delete it",
            )
        return [str(turn) for turn in kept["said"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(
            "the session file cannot be read", where=str(session), fix="delete it and begin again"
        ) from None


def _keep(session: Path | None, dialogue_id: str, said: list[str]) -> None:
    if session is None:
        return
    try:
        session.write_text(json.dumps({"dialogue": dialogue_id, "said": said}, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the session file cannot be written: {error.strerror}", where=str(session)) from None


def _show(name: str, text: str) -> None:
    from rich.text import Text

    stdout().print(Text.assemble((f"{name}: ", "bold magenta"), inert(text)), soft_wrap=True)


async def _replay(sitting: Session, turns: list[str], *, quiet_until: int) -> None:
    """Plays given turns; prints the replies to those after ``quiet_until``, and the opening where nothing was said."""
    name = sitting.counterpart
    opening = await sitting.start()
    if quiet_until == 0:
        _show(name, opening)
    for index, turn in enumerate(turns):
        if sitting.ended:
            stderr().print("the dialogue has ended; what comes after is not said", style="yellow")
            return
        reply = await sitting.say(turn)
        if index >= quiet_until:
            _show(name, reply)


async def _sit(sitting: Session, said: list[str], session: Path | None) -> None:
    name = sitting.counterpart
    _show(name, await sitting.start())
    turns = list(said)
    for turn in said:
        _show("you", turn)
        _show(name, await sitting.say(turn))
    while not sitting.ended:
        try:
            line = await asyncio.to_thread(input, "you: ")
        except EOFError:
            return
        if line.strip() == "/back":
            if turns:
                sitting.back_to(len(turns))
                turns.pop()
                stderr().print("(taken back)", style="dim")
            continue
        turns.append(line)
        _show(name, await sitting.say(line))
        _keep(session, sitting.spec.id, turns)


async def _score(sitting: Session, scenario: Scenario, rubric: Rubric, *, with_log: bool) -> None:
    from simulator.judging.judge import judge_dialogue
    from simulator.reporting.transcripts import transcript, verdict_table

    record = sitting.record()
    judged = await judge_dialogue(record, scenario, rubric, None)
    console = stdout()
    if with_log:
        console.print(transcript(record, scenario, with_log=True))
    console.print(verdict_table(judged, record, rubric))
