"""Runs on disk: naming them, finding them, reading them without ever disturbing the writer."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
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
from simulator.evaluation.store import FILE_NAME, SCHEMA_VERSION, storage_errors
from simulator.judging.judge import JudgedDialogue
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.text.language import Language


def new_run_id() -> str:
    """Sorts by time: `20261123-004501-3f9a`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def run_folders(runs: Path) -> tuple[Path, ...]:
    """Every folder below ``runs`` that holds a run, the newest first."""
    if not runs.is_dir():
        return ()
    found = [folder for folder in runs.iterdir() if (folder / FILE_NAME).is_file()]
    return tuple(sorted(found, key=lambda folder: (folder.name, folder.stat().st_mtime), reverse=True))


def find_run(runs: Path, name: str | None) -> Path:
    """A run's folder by id, by a unique beginning of it, or by path; None: the newest. Raises RunNotFoundError."""
    if name is not None and (Path(name) / FILE_NAME).is_file():
        return Path(name)
    folders = run_folders(runs)
    if not folders:
        raise RunNotFoundError("there is no run yet", where=str(runs), fix="`clinsim run` makes one")
    if name is None:
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
        with storage_errors(path):
            self._db = sqlite3.connect(f"file:{path.resolve().as_posix().replace('?', '%3f')}?mode=ro", uri=True)
        self._path = path
        version = self._meta("schema_version")
        if version != str(SCHEMA_VERSION):
            raise StoreError(
                f"the run was written with format {version}, this version reads format {SCHEMA_VERSION}",
                where=str(folder),
                fix="use the version of clinsim that made it (see the manifest)",
            )

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

    def manifest(self) -> Manifest:
        return Manifest.model_validate_json(self._meta("manifest"))

    def plan(self) -> tuple[DialogueSpec, ...]:
        return tuple(spec_from(text) for (text,) in self._rows("SELECT spec FROM plan ORDER BY position"))

    def _content(self, kind: str) -> list[tuple[str, ...]]:
        return self._rows("SELECT id, text FROM content WHERE kind = ? ORDER BY id", kind)

    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios as they were when the run began."""
        return {key: Scenario.model_validate_json(text) for key, text in self._content("scenario")}

    def personas(self) -> dict[str, Persona]:
        return {key: Persona.model_validate_json(text) for key, text in self._content("persona")}

    def rubrics(self) -> dict[str, Rubric]:
        return {key: Rubric.model_validate_json(text) for key, text in self._content("rubric")}

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
        return record_from(spec, [Event(int(turn), EventKind(kind), payload) for turn, kind, payload in rows])

    def records(self) -> Iterator[DialogueRecord]:
        """The finished dialogues, in the order of the plan."""
        finished = self.finished()
        for spec in self.plan():
            if spec.id in finished:
                yield self.record(spec)

    def verdict_sets(self) -> tuple[VerdictSet, ...]:
        rows = self._rows("SELECT id, judge, created, rubrics, note FROM verdict_sets ORDER BY id")
        return tuple(VerdictSet(int(a), b, c, json.loads(d), e) for a, b, c, d, e in rows)

    def standing_verdict_set(self) -> VerdictSet | None:
        """The newest set that covers every finished dialogue; the newest of all where none does; None for no set."""
        sets = self.verdict_sets()
        rows = self._rows("SELECT set_id, COUNT(*) FROM judgements GROUP BY set_id")
        counts = {int(set_id): int(count) for set_id, count in rows}
        finished = len(self.finished())
        complete = [item for item in sets if counts.get(item.id, 0) >= finished]
        candidates = complete or list(sets)
        return candidates[-1] if candidates else None

    def judgements(self, set_id: int) -> dict[str, JudgedDialogue]:
        rows = self._rows("SELECT dialogue_id, judged FROM judgements WHERE set_id = ?", set_id)
        return {key: JudgedDialogue.model_validate_json(text) for key, text in rows}

    def n_calls(self) -> int:
        return int(self._rows("SELECT COUNT(*) FROM calls")[0][0])

    def usage(self) -> dict[str, tuple[int, int, int]]:
        """Role of the call (`subject` or `judge`) → calls, prompt tokens, completion tokens, over the run's life."""
        sums = {"subject": [0, 0, 0], "judge": [0, 0, 0]}
        rows = self._rows(
            "SELECT key LIKE 'judge/%', COUNT(*), "
            "COALESCE(SUM(json_extract(completion, '$.usage.prompt_tokens')), 0), "
            "COALESCE(SUM(json_extract(completion, '$.usage.completion_tokens')), 0) FROM calls GROUP BY 1"
        )
        for is_judge, *values in rows:
            sums["judge" if int(is_judge) else "subject"] = [int(value) for value in values]
        return {role: (values[0], values[1], values[2]) for role, values in sums.items()}


def spec_from(text: str) -> DialogueSpec:
    raw = json.loads(text)
    return DialogueSpec(**{**raw, "language": Language(raw["language"])})
