"""`clinsim demo`, `clinsim run`, `clinsim rejudge`: what plays, and what judges again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    LibraryOption,
    RunArgument,
    RunsOption,
    library,
    stderr,
)
from simulator.cli.progress import shown
from simulator.errors import UsageError
from simulator.library.vocabulary import Task, Track
from simulator.text.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.evaluation.manifest import Settings

T = TypeVar("T")
_DEMO_PERSONAS = 2

SubjectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--subject", "-s",
        help="Who is tested: openai:MODEL (any OpenAI-compatible endpoint), local:smollm2, local:FILE.gguf or ref:NAME. "
        "Repeat it for several. Without it: the five reference subjects.",
    ),
]  # fmt: skip
JudgeOption = Annotated[
    str | None,
    typer.Option(
        "--judge", help="Judges what no check decides: openai:MODEL. None: unscored."
    ),
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="The endpoint of openai: subjects, such as http://127.0.0.1:8000/v1.")
]
JudgeUrlOption = Annotated[
    str | None, typer.Option("--judge-base-url", help="The judge's endpoint; without it that of the subjects.")
]
KeyEnvOption = Annotated[
    str, typer.Option("--api-key-env", help="The environment variable that holds the subjects' key.")
]
JudgeKeyEnvOption = Annotated[
    str | None,
    typer.Option("--judge-api-key-env", help="The variable with the judge's key; else that of the subjects."),
]
ConcurrencyOption = Annotated[int, typer.Option("--concurrency", "-c", min=1, max=512, help="Dialogues at a time.")]


def _to_end(work: Coroutine[object, object, T]) -> T:
    """Runs to the end; SIGTERM stops it as Ctrl-C does, with everything finished stored."""

    async def guarded() -> T:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    return asyncio.run(guarded())


def _play(folder: Path, *, as_json: bool) -> None:
    from simulator.cli.look import print_board
    from simulator.evaluation.running import continue_run

    async def work() -> tuple[str, ...]:
        with shown(folder) as watch:
            finished = await continue_run(folder, watch)
        return finished.warnings

    for warning in _to_end(work()):
        stderr().print(f"warning: {warning}", style="yellow")
    print_board(folder, as_json=as_json)
    if not as_json:
        stderr().print(f"Results: {folder}   (clinsim report {folder.name}, clinsim transcript {folder.name})")


def _warn_of_family(subjects: Sequence[str], judge: str | None) -> None:
    from simulator.judging.family import same_family

    for subject in subjects:
        if judge is not None and same_family(subject, judge):
            stderr().print(
                f"warning: {judge} judges {subject}, a model of its own family: expect self-preference", style="yellow"
            )


def demo(
    subject: SubjectOption = None,
    base_url: BaseUrlOption = None,
    judge: JudgeOption = None,
    seed: Annotated[int, typer.Option(help="Seeds the wording of the counterparts.")] = 1,
    runs: RunsOption = DEFAULT_RUNS,
    as_json: JsonOption = False,
) -> None:
    """Play every shipped scenario with two personas, in both languages, with the five reference subjects.

    Add --subject openai:MODEL (and --base-url) to see your own model beside them.
    """
    from simulator.evaluation.manifest import Settings
    from simulator.evaluation.plan import make_plan
    from simulator.evaluation.running import begin_run
    from simulator.models.reference import REFERENCE_NAMES
    from simulator.models.sources import subject_name

    shelf = library(None)
    subjects = [*(f"ref:{name}" for name in REFERENCE_NAMES), *(subject or [])]
    _check_subjects(subjects, judge)
    plan = make_plan(
        [entry.value for entry in shelf.scenarios.values()],
        [entry.value for entry in shelf.personas.values()],
        [subject_name(one) for one in subjects],
        personas_per_scenario=_DEMO_PERSONAS,
        seed=seed,
    )
    settings = Settings(subjects=tuple(subjects), judge=judge, base_url=base_url, judge_base_url=base_url, seed=seed)
    _warn_of_family(subjects, judge)
    _play(begin_run(runs, shelf, plan, settings), as_json=as_json)


def _check_subjects(subjects: Sequence[str], judge: str | None) -> None:
    """Refuses, before anything is written, what could never play, and addresses that hold secrets."""
    from simulator.models.sources import open_subject, subject_name

    names = [subject_name(one) for one in subjects]
    for one, name in zip([*subjects, judge or ""], [*names, subject_name(judge or "")], strict=True):
        bare, _, _ = one.partition("#")
        if bare.rstrip("/") != name.rstrip("/"):
            raise UsageError(
                "an address with a password or a query in it would be stored with the run",
                fix="give the plain address, and the key in an environment variable (--api-key-env)",
            )
    if len(set(names)) != len(names):
        raise UsageError("a subject is named twice", fix="name each once; use --epochs to repeat dialogues")
    for one in subjects:
        if one.startswith("ref:"):
            open_subject(one)


def run(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Scenario ids or patterns (`chest-*`). None: all of them.")
    ] = None,
    subject: SubjectOption = None,
    persona: Annotated[
        list[str] | None, typer.Option("--persona", "-p", help="Persona ids or patterns. None: all that suit a case.")
    ] = None,
    personas_per_scenario: Annotated[
        int | None, typer.Option(min=1, help="At most so many personas for each scenario, in the order of its file.")
    ] = None,
    language: LanguageOption = None,
    track: Annotated[Track | None, typer.Option(help="Only this track.")] = None,
    task: Annotated[Task | None, typer.Option(help="Only this task.")] = None,
    epochs: Annotated[int, typer.Option("--epochs", "-n", min=1, help="How often each dialogue is played.")] = 1,
    seed: Annotated[int, typer.Option(help="Seeds the wording of the counterparts, and is passed to endpoints.")] = 1,
    concurrency: ConcurrencyOption = 8,
    judge: JudgeOption = None,
    base_url: BaseUrlOption = None,
    judge_base_url: JudgeUrlOption = None,
    api_key_env: KeyEnvOption = "OPENAI_API_KEY",
    judge_api_key_env: JudgeKeyEnvOption = None,
    temperature: Annotated[float | None, typer.Option(help="Of the subjects. None: the endpoint's own.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Bound on one reply of a subject, in tokens.")] = None,
    max_turns: Annotated[
        int | None, typer.Option(min=1, help="Cut dialogues after so many turns of the subject.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one call.")] = 120.0,
    price: Annotated[
        str | None, typer.Option(help="US dollars per million prompt and completion tokens, such as 0.15,0.60.")
    ] = None,
    token_budget: Annotated[int | None, typer.Option(min=1, help="Stop when the run has used so many tokens.")] = None,
    resume: Annotated[str | None, typer.Option("--resume", help="Continue this run instead of starting one.")] = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play dialogues, judge them, store everything in a run folder, and print the leaderboard."""
    from simulator.evaluation.manifest import Settings
    from simulator.evaluation.plan import make_plan
    from simulator.evaluation.running import begin_run
    from simulator.evaluation.runs import find_run
    from simulator.library.selection import select
    from simulator.models.prices import parse_price
    from simulator.models.reference import REFERENCE_NAMES
    from simulator.models.sources import subject_name

    if resume is not None:
        if scenarios or subject:
            raise UsageError("a resumed run keeps its plan", fix="leave out scenarios and subjects, or start a new run")
        _play(find_run(runs, None if resume == "last" else resume), as_json=as_json)
        return
    shelf = library(own)
    chosen = select(shelf, scenarios or (), track=track, task=task, language=language)
    subjects = subject or [f"ref:{name}" for name in REFERENCE_NAMES]
    _check_subjects(subjects, judge)
    tokens_price = parse_price(price) if price else None
    settings = Settings(
        subjects=tuple(subjects),
        judge=judge,
        base_url=base_url,
        judge_base_url=judge_base_url or base_url,
        api_key_env=api_key_env,
        judge_api_key_env=judge_api_key_env or api_key_env,
        seed=seed,
        epochs=epochs,
        concurrency=concurrency,
        max_turns=max_turns,
        temperature=temperature,
        max_tokens=max_tokens,
        timeout_s=timeout,
        price=(tokens_price.prompt_per_million, tokens_price.completion_per_million) if tokens_price else None,
        max_total_tokens=token_budget,
    )
    _check_endpoints(settings)
    plan = make_plan(
        chosen,
        [entry.value for entry in shelf.personas.values()],
        [subject_name(one) for one in subjects],
        wanted_personas=persona or (),
        personas_per_scenario=personas_per_scenario,
        languages=(language,) if language else tuple(Language),
        epochs=epochs,
        seed=seed,
    )
    _warn_of_family(subjects, judge)
    _play(begin_run(runs, shelf, plan, settings), as_json=as_json)


def _check_endpoints(settings: Settings) -> None:
    """Refuses a missing key or an impossible address before a run folder is made."""
    from simulator.evaluation.running import endpoint_defaults
    from simulator.models.sources import open_chat, open_subject

    async def check() -> None:
        for subject in settings.subjects:
            await open_subject(subject, defaults=endpoint_defaults(settings)).aclose()
        if settings.judge is not None:
            await open_chat(settings.judge, defaults=endpoint_defaults(settings, judge=True)).aclose()

    asyncio.run(check())


def rejudge(
    run_name: RunArgument = None,
    judge: JudgeOption = None,
    judge_base_url: JudgeUrlOption = None,
    judge_api_key_env: Annotated[str, typer.Option(help="The variable with the judge's key.")] = "OPENAI_API_KEY",
    current: Annotated[
        bool,
        typer.Option("--current-rubrics", help="Judge by today's rubrics instead of those the run was played with."),
    ] = False,
    concurrency: ConcurrencyOption = 8,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a finished run again: a new set of verdicts beside the old ones. No dialogue is played."""
    from simulator.cli.look import print_board
    from simulator.evaluation.manifest import Settings
    from simulator.evaluation.rejudging import rejudge as judge_again
    from simulator.evaluation.runs import find_run

    folder = find_run(runs, run_name)
    settings = Settings(
        subjects=(),
        judge=judge,
        judge_base_url=judge_base_url,
        judge_api_key_env=judge_api_key_env,
        concurrency=concurrency,
    )
    _check_subjects((), judge)
    set_id = _to_end(judge_again(folder, settings, library(own) if current else None, concurrency))
    print_board(folder, as_json=as_json, set_id=set_id)
