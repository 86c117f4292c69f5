"""The whole of `clinsim run`: begin a run or take one up again, play, judge, and hand back what it holds."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from simulator import __version__
from simulator.dialogue.playing import DialogueSpec
from simulator.errors import IncompleteRunError, InterruptedRunError, SimulatorError
from simulator.evaluation.leaderboard import Judged, Leaderboard, leaderboard
from simulator.evaluation.manifest import ContentHash, Manifest, Settings
from simulator.evaluation.runner import Cases, Progress, Work, run_dialogues
from simulator.evaluation.runs import RunReader, new_run_id
from simulator.evaluation.store import RunWriter, now
from simulator.judging.grader import Grader, LlmGrader
from simulator.library.collection import Entry, Library
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.models.journal import Journal
from simulator.models.prices import Price
from simulator.models.sources import EndpointDefaults, open_chat, open_subject, preflight, subject_name
from simulator.models.subject import SubjectSource
from simulator.models.tally import Tally


@dataclass(slots=True)
class Live:
    """What can be watched while a run plays: how far it is, and what it cost in this session."""

    folder: Path
    progress: Progress
    tallies: Callable[[], Tally]
    price: Price | None

    @property
    def cost(self) -> float | None:
        """US dollars of the subjects' calls in this session; None where no price is known."""
        if self.price is None:
            return None
        tally = self.tallies()
        return self.price.of(tally.prompt_tokens, tally.completion_tokens)


@dataclass(frozen=True, slots=True)
class Finished:
    folder: Path
    board: Leaderboard
    progress: Progress
    warnings: tuple[str, ...]


def begin_run(
    folder_of_runs: Path,
    library: Library,
    plan: Sequence[DialogueSpec],
    settings: Settings,
) -> Path:
    """Creates the run's folder with manifest, content and plan. Raises StoreError."""
    scenario_ids = sorted({spec.scenario_id for spec in plan})
    used: dict[tuple[str, str], Entry[Scenario] | Entry[Persona] | Entry[Rubric]] = {
        **{("scenario", key): library.scenarios[key] for key in scenario_ids},
        **{("persona", key): library.personas[key] for key in sorted({spec.persona_id for spec in plan})},
        **{
            ("rubric", key): library.rubrics[key]
            for key in sorted({library.scenario(scenario_id).rubric for scenario_id in scenario_ids})
        },
    }
    run_id = new_run_id()
    manifest = Manifest(
        run_id=run_id,
        created=now(),
        version=__version__,
        python=platform.python_version(),
        settings=settings,
        languages=tuple(sorted({spec.language for spec in plan})),
        content=tuple(ContentHash(kind=kind, id=key, sha256=entry.sha256) for (kind, key), entry in used.items()),
        review={key: library.scenario(key).provenance.review.value for key in scenario_ids},
    )
    with RunWriter(folder_of_runs / run_id) as writer:
        writer.begin(manifest, {key: entry.value.model_dump_json() for key, entry in used.items()}, tuple(plan))
    return folder_of_runs / run_id


def endpoint_defaults(settings: Settings, *, judge: bool = False) -> EndpointDefaults:
    return EndpointDefaults(
        base_url=settings.judge_base_url if judge else settings.base_url,
        api_key_env=settings.judge_api_key_env if judge else settings.api_key_env,
        timeout_s=settings.timeout_s,
        max_tokens=None if judge else settings.max_tokens,
        temperature=0.0 if judge else settings.temperature,
    )


def open_grader(
    settings: Settings, journal: Journal, run_id: str, *, series: str = "1"
) -> tuple[Grader, Callable[[], Tally], Callable[[], object]]:
    """The judge model of the settings: the grader, its tally, and how to close it."""
    assert settings.judge is not None
    chat = open_chat(
        settings.judge,
        defaults=endpoint_defaults(settings, judge=True),
        journal=journal,
        run_id=run_id,
        concurrency=settings.concurrency,
    )
    return LlmGrader(chat, subject_name(settings.judge), series=series), lambda: chat.tally, chat.aclose


def _tally_of(source: SubjectSource) -> Tally:
    tally = getattr(source, "tally", None)
    return tally if isinstance(tally, Tally) else Tally()


async def continue_run(folder: Path, watch: Callable[[Live], None] = lambda _: None) -> Finished:
    """Plays and judges whatever the run in ``folder`` still lacks.

    Raises InterruptedRunError when it is cancelled, IncompleteRunError when dialogues could not be played, and any
    error of an endpoint or of the disk; each names the command that continues.
    """
    with RunReader(folder) as reader:
        manifest, plan = reader.manifest(), reader.plan()
        cases = Cases(reader.scenarios(), reader.personas(), reader.rubrics())
        finished = reader.finished()
        sets = reader.verdict_sets()
        judged = set(reader.judgements(sets[0].id)) if sets else set()
        unjudged = [reader.record(spec) for spec in plan if spec.id in finished and spec.id not in judged]
        spent_before = sum(tokens for _, prompt, reply in reader.usage().values() for tokens in (prompt, reply))
    settings = manifest.settings
    to_play = [spec for spec in plan if spec.id not in finished]
    progress = Progress(n_planned=len(plan), n_done=len(finished))
    warnings: list[str] = []
    resume_hint = f"continue with: clinsim run --resume {folder.name}"
    if folder.parent.name != "runs":
        resume_hint += f" --runs {folder.parent}"

    async with AsyncExitStack() as stack:
        writer = stack.enter_context(RunWriter(folder))
        sources: dict[str, SubjectSource] = {}
        if to_play:
            for subject in settings.subjects:
                source = open_subject(
                    subject,
                    defaults=endpoint_defaults(settings),
                    journal=writer,
                    run_id=manifest.run_id,
                    concurrency=settings.concurrency,
                )
                stack.push_async_callback(source.aclose)
                sources[subject_name(subject)] = source
        grader: Grader | None = None
        judge_tally: Callable[[], Tally] = Tally
        if settings.judge is not None and (to_play or unjudged):
            grader, judge_tally, close = open_grader(settings, writer, manifest.run_id)
            stack.push_async_callback(close)  # type: ignore[arg-type]

        def tallies() -> Tally:
            return sum((_tally_of(source) for source in sources.values()), Tally())

        def budget_spent() -> bool:
            if settings.max_total_tokens is None:
                return False
            everything = tallies() + judge_tally()
            return spent_before + everything.prompt_tokens + everything.completion_tokens >= settings.max_total_tokens

        price = Price(*settings.price) if settings.price else None
        watch(Live(folder, progress, tallies, price))
        verdict_set = sets[0].id if sets else _first_verdict_set(writer, manifest)
        work = Work(cases, sources, grader, verdict_set, settings.concurrency, settings.max_turns, budget_spent)
        try:
            checked = [await preflight(source) for source in sources.values()]
            warnings.extend(warning for warning in checked if warning)
            await run_dialogues(to_play, unjudged, work, writer, progress)
        except asyncio.CancelledError:
            raise InterruptedRunError(
                f"stopped with {progress.n_done} of {progress.n_planned} dialogues stored",
                where=str(folder),
                fix=resume_hint,
            ) from None
        except SimulatorError as error:
            error.fix = f"{error.fix}; then {resume_hint}" if error.fix else resume_hint
            error.args = (error.render(),)
            raise

    if progress.n_failed:
        raise IncompleteRunError(
            f"{progress.n_failed} of {progress.n_planned} dialogues could not be played ({progress.first_failure})",
            where=str(folder),
            fix=f"{resume_hint}; `clinsim report` shows what is there",
        )
    return Finished(folder, board_of(folder), progress, tuple(warnings))


def _first_verdict_set(writer: RunWriter, manifest: Manifest) -> int:
    rubrics = {item.id: item.sha256 for item in manifest.content if item.kind == "rubric"}
    return writer.open_verdict_set(manifest.settings.judge, rubrics, "judged with the run")


def judged_dialogues(reader: RunReader, set_id: int | None = None) -> tuple[Judged, ...]:
    """The finished dialogues with a verdict set: the one of this id, or the standing one."""
    standing = reader.standing_verdict_set()
    if standing is None:
        return ()
    judgements = reader.judgements(set_id if set_id is not None else standing.id)
    scenarios = reader.scenarios()
    return tuple(
        Judged(record, judgements[record.id], scenarios[record.scenario_id])
        for record in reader.records()
        if record.id in judgements
    )


def board_of(folder: Path, set_id: int | None = None) -> Leaderboard:
    """The leaderboard of a run, as far as it has been played."""
    with RunReader(folder) as reader:
        return leaderboard(judged_dialogues(reader, set_id), [spec.subject for spec in reader.plan()])
