"""`clinsim play`: take the subject's chair, in a terminal or a turn at a time from a script."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import LibraryOption, library, stderr, stdout
from simulator.cli.model_options import (
    BaseUrlOption,
    KeyEnvOption,
    ListenerKeyEnvOption,
    ListenerOption,
    ListenerUrlOption,
    VoiceKeyEnvOption,
    VoiceOption,
    VoiceUrlOption,
)
from simulator.errors import StoreError, UsageError
from simulator.text.inert import inert
from simulator.text.language import Language

_BACK = "/back"

if TYPE_CHECKING:
    from simulator.dialogue.playing import Models
    from simulator.dialogue.session import Session
    from simulator.evaluation.kept_calls import KeptCalls
    from simulator.evaluation.manifest import Settings
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
    voice: VoiceOption = None,
    listener: ListenerOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: KeyEnvOption = "OPENAI_API_KEY",
    voice_base_url: VoiceUrlOption = None,
    voice_api_key_env: VoiceKeyEnvOption = None,
    listener_base_url: ListenerUrlOption = None,
    listener_api_key_env: ListenerKeyEnvOption = None,
    own: LibraryOption = None,
) -> None:
    """Sit a scenario yourself. Type one turn a line (`/back` takes the last one back); close with [END]."""
    from simulator.dialogue.playing import DialogueSpec
    from simulator.dialogue.session import Session
    from simulator.evaluation.manifest import Settings

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
    if spoken not in scenario.languages:
        raise UsageError(
            f"`{scenario_id}` is not written in `{spoken.value}`",
            fix="choose " + " or ".join(each.value for each in scenario.languages),
        )
    spec = DialogueSpec("human", scenario_id, chosen, spoken, 1, seed)
    settings = Settings(
        subjects=(),
        voice=voice,
        voice_base_url=voice_base_url or base_url,
        voice_api_key_env=voice_api_key_env or api_key_env,
        listener=listener,
        listener_base_url=listener_base_url or base_url,
        listener_api_key_env=listener_api_key_env or api_key_env,
    )
    kept = _kept(session, spec.id)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            models = runner.run(_opened(settings, kept.calls, stack))
            sitting = Session(spec, scenario, books.persona(chosen), models=models)
            if say or (session is not None and not sys.stdin.isatty()):
                _replay(runner, sitting, kept, say or [], session)
            else:
                _sit(runner, sitting, kept, session)
            if sitting.ended:
                runner.run(_score(sitting, scenario, books.rubric(scenario.rubric), with_log=log))
        finally:
            runner.run(stack.aclose())


async def _opened(settings: Settings, calls: KeptCalls, stack: AsyncExitStack) -> Models:
    """The models that help the counterpart, checked; ``stack`` closes them. Raises EndpointError."""
    from simulator.evaluation.session_models import Part, open_counterpart, open_model
    from simulator.models.messages import Chat

    def opened(part: Part, spec: str) -> Chat:
        chat = open_model(settings, part, spec, calls, "sitting")
        stack.push_async_callback(chat.aclose)
        return chat

    models, chats = open_counterpart(settings, opened)
    for chat in chats:
        if warning := await chat.preflight():
            stderr().print(f"warning: {warning}", style="yellow")
    return models


@dataclass(slots=True)
class _Kept:
    """What a session file keeps: the turns said, and the calls of the counterpart's models."""

    dialogue: str
    calls: KeptCalls
    said: list[str] = field(default_factory=list)


def _kept(session: Path | None, dialogue_id: str) -> _Kept:
    from simulator.evaluation.kept_calls import KeptCalls

    if session is None or not session.exists():
        return _Kept(dialogue_id, KeptCalls())
    try:
        kept = json.loads(session.read_text(encoding="utf-8"))
        if kept["dialogue"] != dialogue_id:
            raise UsageError(
                f"the session file belongs to {kept['dialogue']}",
                where=str(session),
                fix="name another file, or delete it",
            )
        return _Kept(dialogue_id, KeptCalls(kept.get("calls")), [str(turn) for turn in kept["said"]])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            "the session file cannot be read", where=str(session), fix="delete it and begin again"
        ) from None


def _keep(session: Path | None, kept: _Kept) -> None:
    if session is None:
        return
    calls = kept.calls.as_json()
    content = {"dialogue": kept.dialogue, "said": kept.said, **({"calls": calls} if calls else {})}
    try:
        session.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the session file cannot be written: {error.strerror}", where=str(session)) from None


def _show(name: str, text: str) -> None:
    from rich.text import Text

    stdout().print(Text.assemble((f"{name}: ", "bold magenta"), inert(text)), soft_wrap=True)


def _replay(runner: asyncio.Runner, sitting: Session, kept: _Kept, more: list[str], session: Path | None) -> None:
    """Says again what was said before, silently, and then ``more``; prints the replies to that. Where nothing is said
    or was said before, prints the opening; where nothing more is said, the newest reply once again.
    """
    newest = runner.run(sitting.start())
    if not kept.said and more:
        _show(sitting.counterpart, newest)
    for turn in kept.said:
        newest = runner.run(sitting.say(turn))
    for turn in more:
        if sitting.ended and turn.strip() != _BACK:
            raise UsageError(
                "the dialogue has ended: nothing more can be said", fix="begin again with another --session"
            )
        newest = _say(runner, sitting, kept.said, turn)
        _keep(session, kept)
        if newest:
            _show(sitting.counterpart, newest)
    if not more:
        _show(sitting.counterpart, newest)
        _keep(session, kept)


def _sit(runner: asyncio.Runner, sitting: Session, kept: _Kept, session: Path | None) -> None:
    _show(sitting.counterpart, runner.run(sitting.start()))
    for turn in kept.said:
        _show("you", turn)
        _show(sitting.counterpart, runner.run(sitting.say(turn)))
    while not sitting.ended:
        line = _line()
        if line is None:
            return
        reply = _say(runner, sitting, kept.said, line)
        _keep(session, kept)
        if reply:
            _show(sitting.counterpart, reply)


def _line() -> str | None:
    """The next line of stdin; None at its end. Between two turns no event loop runs, so that Ctrl-C leaves at once."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401 - gives `input` its editing keys
        try:
            return input("you: ")
        except EOFError:
            return None
    if sys.stdin.isatty():
        stderr().print("you: ", end="", style="bold cyan")
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _say(runner: asyncio.Runner, sitting: Session, said: list[str], turn: str) -> str:
    """The reply to ``turn``, which is kept; or, for `/back`, nothing, and the newest turn is taken back."""
    if turn.strip() != _BACK:
        said.append(turn)
        return runner.run(sitting.say(turn))
    if said:
        sitting.back_to(len(said))
        said.pop()
        stderr().print("(taken back)", style="dim")
    else:
        stderr().print("(nothing to take back)", style="dim")
    return ""


async def _score(sitting: Session, scenario: Scenario, rubric: Rubric, *, with_log: bool) -> None:
    from simulator.judging.judge import judge_dialogue
    from simulator.reporting.transcripts import transcript, verdict_table

    record = sitting.record()
    judged = await judge_dialogue(record, scenario, rubric, None)
    console = stdout()
    if with_log:
        console.print(transcript(record, scenario, with_log=True))
    console.print(verdict_table(judged, record, rubric))
