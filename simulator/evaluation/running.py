"""The whole of `clinsim run`: begin a run or take one up again, play, judge, and hand back what it holds."""

from __future__ import annotations

import asyncio
import platform
import shlex
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from simulator import __version__
from simulator.dialogue.playing import DialogueSpec
from simulator.dialogue.record import DialogueRecord
from simulator.errors import IncompleteRunError, InterruptedRunError, SimulatorError, StoreError
from simulator.evaluation.leaderboard import Judged, Leaderboard, leaderboard
from simulator.evaluation.manifest import ContentHash, Manifest, Settings
from simulator.evaluation.runner import Cases, Progress, Work, run_dialogues
from simulator.evaluation.runs import RunReader, VerdictSet, new_run_id
from simulator.evaluation.session_models import SessionModels
from simulator.evaluation.store import RunWriter, now
from simulator.library.collection import Entry, Library
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.models.prices import Price, cost
from simulator.models.tally import Tally


@dataclass(slots=True)
class Live:
    """What can be watched while a run plays: how far it is, and what it cost in this session."""

    folder: Path
    progress: Progress
    tallies: Callable[[], Tally]
    """The subjects' calls."""
    price: Price | None
    counterpart: Callable[[], Tally] = Tally
    """The calls of the counterpart's voice and listener."""

    @property
    def cost(self) -> float | None:
        """US dollars of the subjects' calls in this session; None where the price or some call's tokens are unknown."""
        return cost(self.tallies(), self.price)


@dataclass(frozen=True, slots=True)
class Finished:
    folder: Path
    board: Leaderboard
    progress: Progress
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a resumed run does otherwise than before; None: the same. What is played and judged never changes."""

    concurrency: int | None = None
    timeout_s: float | None = None
    max_retries: int | None = None
    price: tuple[float, float] | None = None
    max_total_tokens: int | None = None

    def applied(self, manifest: Manifest) -> Manifest:
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return manifest.model_copy(update={"settings": manifest.settings.model_copy(update=given)})


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


@dataclass(frozen=True, slots=True)
class _Left:
    """What a run still lacks."""

    cases: Cases
    plan: tuple[DialogueSpec, ...]
    to_play: tuple[DialogueSpec, ...]
    to_judge: tuple[DialogueRecord, ...]
    """Stored, and not judged, or not by a judge whose endpoint answered."""
    verdicts: VerdictSet | None
    """The set that is judged with the run; None before the first session."""
    tokens_spent: int


def _left(reader: RunReader) -> _Left:
    plan, finished, sets = reader.plan(), reader.finished(), reader.verdict_sets()
    judgements = reader.judgements(sets[0].id) if sets else {}
    judged = {key for key, item in judgements.items() if not item.judge_failed}
    return _Left(
        cases=Cases(reader.scenarios(), reader.personas(), reader.rubrics()),
        plan=plan,
        to_play=tuple(spec for spec in plan if spec.id not in finished),
        to_judge=tuple(reader.record(spec) for spec in plan if spec.id in finished and spec.id not in judged),
        verdicts=sets[0] if sets else None,
        tokens_spent=sum(tokens for _, *both in reader.usage().values() for tokens in both),
    )


async def continue_run(
    folder: Path, watch: Callable[[Live], None] = lambda _: None, changes: Changes | None = None
) -> Finished:
    """Plays and judges whatever the run in ``folder`` still lacks.

    Raises InterruptedRunError when it is cancelled, IncompleteRunError when dialogues could not be played or judged,
    and any error of an endpoint or of the disk; each names the command that continues.
    """
    with RunReader(folder) as reader:
        reader.manifest()  # a folder that holds no run is left as it is
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(RunWriter(folder))  # before reading, so that what is read stays true
        with RunReader(folder) as reader:
            manifest, left = reader.manifest(), _left(reader)
        if changes is not None:
            manifest = changes.applied(manifest)
            writer.update_manifest(manifest)
        settings = manifest.settings
        models = SessionModels(
            manifest,
            writer,
            stack,
            plays=bool(left.to_play),
            judges=bool(left.to_play or left.to_judge),
            tokens_spent=left.tokens_spent,
        )
        n_left = len(left.to_play) + len(left.to_judge)
        progress = Progress(n_planned=len(left.plan), n_done=len(left.plan) - n_left)
        price = Price(*settings.price) if settings.price else None
        watch(Live(folder, progress, models.tallies, price, models.counterpart_tally))
        try:
            warnings = await models.preflight()
            verdict_set = left.verdicts.id if left.verdicts else _first_verdict_set(folder, writer, settings.judge)
            work = Work(
                left.cases,
                models.sources,
                models.grader,
                verdict_set,
                settings.concurrency,
                settings.max_turns,
                models.budget_spent,
                models.counterpart,
            )
            await run_dialogues(left.to_play, left.to_judge, work, writer, progress)
        except asyncio.CancelledError:
            raise InterruptedRunError(
                f"stopped with {progress.n_done} of {progress.n_planned} dialogues done",
                where=str(folder),
                fix=_resume(folder),
            ) from None
        except SimulatorError as error:
            error.fix = f"{error.fix}; then {_resume(folder)}" if error.fix else _resume(folder)
            error.args = (error.render(),)
            raise
        finally:
            new = [line for line in dict.fromkeys(models.adaptations()) if line not in manifest.adaptations]
            if new:
                with suppress(StoreError):
                    writer.update_manifest(manifest.model_copy(update={"adaptations": (*manifest.adaptations, *new)}))
    _refuse_incomplete(folder, progress, out_of_budget=models.budget_spent())
    return Finished(folder, board_of(folder), progress, warnings)


def _resume(folder: Path) -> str:
    return f"continue with: clinsim run --resume {shlex.quote(str(folder))}"


def _refuse_incomplete(folder: Path, progress: Progress, *, out_of_budget: bool) -> None:
    wrong = []
    if progress.n_failed:
        wrong.append(
            f"{progress.n_failed} of {progress.n_planned} dialogues could not be played ({progress.first_failure})"
        )
    if progress.n_judge_failed:
        wrong.append(f"{progress.n_judge_failed} could not be judged ({progress.first_judge_failure})")
    if wrong:
        more = " --token-budget MORE" if progress.n_failed and out_of_budget else ""
        raise IncompleteRunError(
            "; ".join(wrong),
            where=str(folder),
            fix=f"{_resume(folder)}{more}  (`clinsim report` shows what is there)",
        )


def _first_verdict_set(folder: Path, writer: RunWriter, judge: str | None) -> int:
    with RunReader(folder) as reader:
        scenarios, rubrics = reader.content("scenario"), reader.content("rubric")
    return writer.open_verdict_set(judge, scenarios, rubrics, "judged with the run")


def judged_dialogues(reader: RunReader, verdicts: VerdictSet | None = None) -> tuple[Judged, ...]:
    """The finished dialogues with a set of verdicts: this one, or the standing one."""
    chosen = verdicts or reader.standing_verdict_set()
    if chosen is None:
        return ()
    judgements, scenarios = reader.judgements(chosen.id), reader.scenarios(chosen)
    return tuple(
        Judged(record, judgements[record.id], scenarios[record.scenario_id])
        for record in reader.records()
        if record.id in judgements
    )


def board_of(folder: Path, verdicts: VerdictSet | None = None) -> Leaderboard:
    """The leaderboard of a run, as far as it has been played; by this set of verdicts, or the standing one."""
    with RunReader(folder) as reader:
        return leaderboard(judged_dialogues(reader, verdicts), [spec.subject for spec in reader.plan()])
