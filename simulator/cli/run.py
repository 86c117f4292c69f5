"""`clinsim demo`, `clinsim run`: what plays."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LanguageOption,
    LibraryOption,
    RunsOption,
    library,
    stderr,
)
from simulator.cli.model_options import (
    BaseUrlOption,
    JudgeCallsOption,
    JudgeKeyEnvOption,
    JudgeOption,
    JudgeUrlOption,
    KeyEnvOption,
    ListenerKeyEnvOption,
    ListenerOption,
    ListenerUrlOption,
    PanelOption,
    SubjectOption,
    VoiceKeyEnvOption,
    VoiceOption,
    VoiceUrlOption,
)
from simulator.cli.sessions import ConcurrencyOption, check_models, to_end, warn_of_family
from simulator.errors import UsageError
from simulator.judging.asking import CallMode, PanelRule
from simulator.library.vocabulary import Task, Track
from simulator.models.endpoint import DEFAULT_RETRIES, DEFAULT_TIMEOUT_S
from simulator.text.language import Language

if TYPE_CHECKING:
    from simulator.evaluation.running import Changes

_DEMO_PERSONAS = 2


def _play(folder: Path, *, as_json: bool, changes: Changes | None = None) -> None:
    from simulator.cli.look import print_board
    from simulator.cli.progress import shown
    from simulator.evaluation.running import continue_run

    async def work() -> tuple[str, ...]:
        with shown(folder) as watch:
            finished = await continue_run(folder, watch, changes)
        return finished.warnings

    for warning in to_end(work()):
        stderr().print(f"warning: {warning}", style="yellow")
    print_board(folder, as_json=as_json)
    named = shlex.quote(str(folder))
    stderr().print(f"Results: {folder}   (clinsim report {named}, clinsim transcript {named})")


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

    subjects = list(dict.fromkeys([*(f"ref:{name}" for name in REFERENCE_NAMES), *(subject or [])]))
    settings = Settings(
        subjects=tuple(subjects), judges=tuple(judge or ()), base_url=base_url, judge_base_url=base_url, seed=seed
    )
    check_models(settings)
    shelf = library(None)
    plan = make_plan(
        [entry.value for entry in shelf.scenarios.values()],
        [entry.value for entry in shelf.personas.values()],
        [subject_name(one) for one in subjects],
        personas_per_scenario=_DEMO_PERSONAS,
        seed=seed,
    )
    warn_of_family(subjects, judge or ())
    _play(begin_run(runs, shelf, plan, settings), as_json=as_json)


_CHANGEABLE = {"resume", "runs", "as_json", "concurrency", "timeout", "retries", "price", "token_budget"}
"""The options that `run --resume` heeds. Any other would change what is played or judged."""


def run(
    context: typer.Context,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(metavar="SCENARIO", help="Scenario ids or patterns (`chest-*`). None: all of them."),
    ] = None,
    subject: SubjectOption = None,
    persona: Annotated[
        list[str] | None,
        typer.Option("--persona", "-p", metavar="ID", help="Persona ids or patterns. None: all that suit a case."),
    ] = None,
    personas_per_scenario: Annotated[
        int | None, typer.Option(min=1, help="At most so many personas for each scenario, in the order of its file.")
    ] = None,
    language: LanguageOption = None,
    track: Annotated[Track | None, typer.Option(help="Only this track.")] = None,
    task: Annotated[Task | None, typer.Option(metavar="TASK", help="Only this task.")] = None,
    epochs: Annotated[int, typer.Option("--epochs", "-n", min=1, help="How often each dialogue is played.")] = 1,
    seed: Annotated[int, typer.Option(help="Seeds the wording of the counterparts, and is passed to endpoints.")] = 1,
    concurrency: ConcurrencyOption = 8,
    judge: JudgeOption = None,
    judge_calls: JudgeCallsOption = CallMode.RUBRIC,
    panel: PanelOption = PanelRule.UNANIMOUS,
    base_url: BaseUrlOption = None,
    judge_base_url: JudgeUrlOption = None,
    api_key_env: KeyEnvOption = "OPENAI_API_KEY",
    judge_api_key_env: JudgeKeyEnvOption = None,
    voice: VoiceOption = None,
    voice_base_url: VoiceUrlOption = None,
    voice_api_key_env: VoiceKeyEnvOption = None,
    listener: ListenerOption = None,
    listener_base_url: ListenerUrlOption = None,
    listener_api_key_env: ListenerKeyEnvOption = None,
    temperature: Annotated[float | None, typer.Option(help="Of the subjects. None: the endpoint's own.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Bound on one reply of a subject, in tokens.")] = None,
    max_turns: Annotated[
        int | None, typer.Option(min=1, help="Cut dialogues after so many turns of the subject.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one attempt at a call.")] = DEFAULT_TIMEOUT_S,
    retries: Annotated[
        int, typer.Option(min=0, help="Further attempts at a call that fails in a way that may pass.")
    ] = DEFAULT_RETRIES,
    price: Annotated[
        str | None,
        typer.Option(metavar="IN,OUT", help="US dollars per million prompt and completion tokens, such as 0.15,0.60."),
    ] = None,
    token_budget: Annotated[int | None, typer.Option(min=1, help="Stop when the run has used so many tokens.")] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Continue this run (`last` for the newest) instead of starting one. It keeps its plan and its models; "
            "--concurrency, --timeout, --retries, --price and --token-budget may be given anew.",
        ),
    ] = None,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play dialogues, judge them, store everything in a run folder, and print the leaderboard."""
    from simulator.evaluation.manifest import Settings
    from simulator.evaluation.plan import make_plan
    from simulator.evaluation.running import Changes, begin_run
    from simulator.evaluation.runs import find_run
    from simulator.library.selection import select
    from simulator.models.prices import parse_price
    from simulator.models.reference import REFERENCE_NAMES
    from simulator.models.sources import subject_name

    tokens_price = parse_price(price) if price else None
    rates = (tokens_price.prompt_per_million, tokens_price.completion_per_million) if tokens_price else None
    if resume is not None:
        given = _given(context)
        _refuse_changes(given)
        changes = Changes(
            concurrency=concurrency if "concurrency" in given else None,
            timeout_s=timeout if "timeout" in given else None,
            max_retries=retries if "retries" in given else None,
            price=rates,
            max_total_tokens=token_budget,
        )
        _play(find_run(runs, None if resume == "last" else resume), as_json=as_json, changes=changes)
        return
    subjects = subject or [f"ref:{name}" for name in REFERENCE_NAMES]
    settings = Settings(
        subjects=tuple(subjects),
        judges=tuple(judge or ()),
        judge_calls=judge_calls,
        panel_rule=panel,
        base_url=base_url,
        judge_base_url=judge_base_url or base_url,
        api_key_env=api_key_env,
        judge_api_key_env=judge_api_key_env or api_key_env,
        voice=voice,
        voice_base_url=voice_base_url or base_url,
        voice_api_key_env=voice_api_key_env or api_key_env,
        listener=listener,
        listener_base_url=listener_base_url or base_url,
        listener_api_key_env=listener_api_key_env or api_key_env,
        seed=seed,
        epochs=epochs,
        concurrency=concurrency,
        max_turns=max_turns,
        temperature=temperature,
        max_tokens=max_tokens,
        timeout_s=timeout,
        max_retries=retries,
        price=rates,
        max_total_tokens=token_budget,
    )
    check_models(settings)
    shelf = library(own)
    chosen = select(shelf, scenarios or (), track=track, task=task, language=language)
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
    warn_of_family(subjects, judge or ())
    _play(begin_run(runs, shelf, plan, settings), as_json=as_json)


def _given(context: typer.Context) -> frozenset[str]:
    """The parameters that stand on the command line, by name."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return frozenset(name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE")


def _refuse_changes(given: frozenset[str]) -> None:
    fixed = sorted(given - _CHANGEABLE)
    if fixed:
        names = ", ".join(name if name == "scenarios" else f"--{name.replace('_', '-')}" for name in fixed)
        raise UsageError(
            f"a resumed run keeps its plan and its models: {names} cannot be given anew",
            fix="leave that out, or start a new run",
        )
