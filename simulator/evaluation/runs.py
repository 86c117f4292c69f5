"""Runs on disk: naming them, finding them, reading them without ever disturbing the writer."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.dialogue.playing import DialogueSpec
from simulator.dialogue.record import DialogueRecord
from simulator.errors import RunNotFoundError, StoreError
from simulator.evaluation.events import Event, EventKind, record_from
from simulator.evaluation.manifest import Manifest
from simulator.evaluation.store import FILE_NAME, SCHEMA_VERSION, Judgeable, storage_errors
from simulator.judging.annotation import Annotation
from simulator.judging.judge import JudgedDialogue
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.text.language import Language


def new_run_id(at: datetime | None = None) -> str:
    """Sorts by time, to 16 µs: `20261123-004501-3f9a`, the last part being the fraction of the second in hex."""
    at = at or datetime.now(UTC)
    return f"{at:%Y%m%d-%H%M%S}-{at.microsecond * 0x10000 // 1_000_000:04x}"


def run_folders(runs: Path) -> tuple[Path, ...]:
    """Every folder below ``runs`` that holds a run, the newest first."""
    if not runs.is_dir():
        return ()
    found = [folder for folder in runs.iterdir() if (folder / FILE_NAME).is_file()]
    return tuple(sorted(found, key=lambda folder: (folder.name, folder.stat().st_mtime), reverse=True))


def find_run(runs: Path, name: str | None) -> Path:
    """A run's folder by id, by a unique beginning of it, or by path; None: the newest. Raises RunNotFoundError."""
    for folder in (runs / name, Path(name)) if name else ():
        if (folder / FILE_NAME).is_file():
            return folder
    folders = run_folders(runs)
    if not folders:
        raise RunNotFoundError("there is no run yet", where=str(runs), fix="`clinsim run` makes one")
    if not name:
        return folders[0]
    matching = [folder for folder in folders if folder.name.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    raise RunNotFoundError(
        f"{len(matching)} runs begin with `{name}`" if matching else f"no run is called `{name}`",
        where=str(runs),
        fix="the newest: " + ", ".join(folder.name for folder in folders[:3]),
    )


@dataclass(frozen=True, slots=True)
class VerdictSet:
    id: int
    judge: str | None
    """The judge model; None where only checks decided."""
    created: str
    scenarios: dict[str, str]
    """Scenario id → sha256 of the scenario that was judged on."""
    rubrics: dict[str, str]
    """Rubric id → sha256 of the rubric that was judged by."""
    note: str


class RunReader:
    """Reads a run, also while it is written. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / FILE_NAME
        if not path.is_file():
            raise RunNotFoundError("there is no run here", where=str(folder), fix="name a run: `clinsim list runs`")
        self._path = path
        with storage_errors(path), ExitStack() as opened:
            self._db = opened.enter_context(closing(sqlite3.connect(_read_only(path), uri=True)))
            version = self._meta("schema_version")
            if version != str(SCHEMA_VERSION):
                raise StoreError(
                    f"the run was written with format {version}, this version reads format {SCHEMA_VERSION}",
                    where=str(folder),
                    fix="use the version of clinsim that made it (see the manifest)",
                )
            opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def _rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with storage_errors(self._path):
            return list(self._db.execute(sql, values))

    def _meta(self, key: str) -> str:
        try:
            rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        except StoreError as error:
            if "no such table" not in error.what:
                raise
            rows = []
        if not rows:
            raise StoreError(
                "the run was stopped before it had begun",
                where=str(self.folder),
                fix="start it again, and delete this one",
            )
        return rows[0][0]

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"what is stored does not read as a run: {str(error).splitlines()[0]}",
                where=str(self._path),
                fix="the file was changed or damaged: use a copy, or start a new run",
            ) from None

    def manifest(self) -> Manifest:
        with self._decoding():
            return Manifest.model_validate_json(self._meta("manifest"))

    def plan(self) -> tuple[DialogueSpec, ...]:
        with self._decoding():
            return tuple(spec_from(text) for (text,) in self._rows("SELECT spec FROM plan ORDER BY position"))

    def content(self, kind: str, verdicts: VerdictSet | None = None) -> dict[str, Judgeable]:
        """What ``kind`` of content the run was played with; or, of scenarios and rubrics, what ``verdicts`` rest on."""
        if verdicts is None:
            hashes = {item.id: item.sha256 for item in self.manifest().content if item.kind == kind}
        else:
            hashes = verdicts.scenarios if kind == "scenario" else verdicts.rubrics
        rows = self._rows("SELECT id, sha256, text FROM content WHERE kind = ? ORDER BY id", kind)
        return {key: Judgeable(sha256, text) for key, sha256, text in rows if hashes.get(key) == sha256}

    def scenarios(self, verdicts: VerdictSet | None = None) -> dict[str, Scenario]:
        """The scenarios as they were when the run began, or as ``verdicts`` saw them."""
        with self._decoding():
            found = self.content("scenario", verdicts)
            return {key: Scenario.model_validate_json(item.text) for key, item in found.items()}

    def personas(self) -> dict[str, Persona]:
        with self._decoding():
            return {key: Persona.model_validate_json(item.text) for key, item in self.content("persona").items()}

    def rubrics(self, verdicts: VerdictSet | None = None) -> dict[str, Rubric]:
        """The rubrics as they were when the run began, or as ``verdicts`` saw them."""
        with self._decoding():
            found = self.content("rubric", verdicts)
            return {key: Rubric.model_validate_json(item.text) for key, item in found.items()}

    def finished(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._rows("SELECT dialogue_id FROM dialogues"))

    def failures(self) -> dict[str, str]:
        """Dialogue id → why its newest attempt did not come to an end; finished ones are left out."""
        rows = self._rows(
            "SELECT dialogue_id, end_reason || ': ' || detail FROM failures "
            "WHERE dialogue_id NOT IN (SELECT dialogue_id FROM dialogues) ORDER BY seq"
        )
        return {row[0]: row[1] for row in rows}

    def record(self, spec: DialogueSpec) -> DialogueRecord:
        rows = self._rows("SELECT turn, kind, payload FROM events WHERE dialogue_id = ? ORDER BY seq", spec.id)
        with self._decoding():
            return record_from(spec, [Event(int(turn), EventKind(kind), payload) for turn, kind, payload in rows])

    def records(self) -> Iterator[DialogueRecord]:
        """The finished dialogues, in the order of the plan."""
        finished = self.finished()
        for spec in self.plan():
            if spec.id in finished:
                yield self.record(spec)

    def verdict_sets(self) -> tuple[VerdictSet, ...]:
        rows = self._rows("SELECT id, judge, created, scenarios, rubrics, note FROM verdict_sets ORDER BY id")
        with self._decoding():
            return tuple(
                VerdictSet(int(key), judge, created, json.loads(scenarios), json.loads(rubrics), note)
                for key, judge, created, scenarios, rubrics, note in rows
            )

    def standing_verdict_set(self) -> VerdictSet | None:
        """The newest set that covers every finished dialogue, one in which the judge never failed before any other; the
        fullest where none covers them all; None where there is no set.
        """
        sets = self.verdict_sets()
        rows = self._rows("SELECT set_id, COUNT(*), SUM(judge_failed) FROM judgements GROUP BY set_id")
        counts = {int(set_id): (int(count), int(failed)) for set_id, count, failed in rows}
        n_finished = len(self.finished())
        complete = [item for item in sets if counts.get(item.id, (0, 0))[0] >= n_finished]
        sound = [item for item in complete if counts.get(item.id, (0, 0))[1] == 0]
        if sound or complete:
            return (sound or complete)[-1]
        return max(sets, key=lambda item: counts.get(item.id, (0, 0))[0], default=None)

    def judgements(self, set_id: int) -> dict[str, JudgedDialogue]:
        rows = self._rows("SELECT dialogue_id, judged FROM judgements WHERE set_id = ?", set_id)
        with self._decoding():
            return {key: JudgedDialogue.model_validate_json(text) for key, text in rows}

    def n_judge_failed(self, set_id: int) -> int:
        """Dialogues in whose judgement the judge's endpoint failed."""
        rows = self._rows("SELECT COUNT(*) FROM judgements WHERE set_id = ? AND judge_failed", set_id)
        return int(rows[0][0])

    def annotations(self) -> tuple[Annotation, ...]:
        """What people said of the criteria of this run's dialogues, by dialogue, criterion and annotator."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'annotations'"):
            return ()
        rows = self._rows("SELECT annotation FROM annotations ORDER BY dialogue_id, criterion_id, annotator")
        with self._decoding():
            return tuple(Annotation.model_validate_json(text) for (text,) in rows)

    def n_calls(self) -> int:
        return int(self._rows("SELECT COUNT(*) FROM calls")[0][0])

    def usage(self) -> dict[str, tuple[int, int, int]]:
        """Role of the call (`subject`, `judge`, `voice`, `listener`) → calls, prompt tokens, completion tokens, over
        the run's life; attempts that the guard refused have been paid for, and are counted.
        """
        sums = {"subject": [0, 0, 0], "judge": [0, 0, 0], "voice": [0, 0, 0], "listener": [0, 0, 0]}
        rows = self._rows(
            "SELECT CASE WHEN key LIKE 'judge/%' THEN 'judge' WHEN key GLOB '*#voice-[0-9]*-[0-9]*' THEN 'voice' "
            "WHEN key GLOB '*#listener-[0-9]*' THEN 'listener' ELSE 'subject' END, COUNT(*), "
            "COALESCE(SUM(json_extract(completion, '$.usage.prompt_tokens')), 0), "
            "COALESCE(SUM(json_extract(completion, '$.usage.completion_tokens')), 0) FROM calls GROUP BY 1"
        )
        for role, *values in rows:
            sums[role] = [int(value) for value in values]
        return {role: (values[0], values[1], values[2]) for role, values in sums.items()}


def _read_only(path: Path) -> str:
    """SQLite's address of ``path``. A file whose writer was killed may still be in WAL mode, and SQLite cannot make the
    index of a WAL on a medium that cannot be written; where the WAL holds nothing, the file is whole by itself.
    """
    wal = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.parent, os.W_OK) and not (wal.exists() and wal.stat().st_size)
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


def spec_from(text: str) -> DialogueSpec:
    raw = json.loads(text)
    return DialogueSpec(**{**raw, "language": Language(raw["language"])})
