"""The run's one source of truth: an SQLite file in WAL mode with a single writer.

    meta         the manifest
    content      every scenario, persona and rubric used, as JSON, with the hash of its file
    plan         the dialogues to play, in order
    calls        the journal of model calls, each committed before anything uses it
    events       the append-only log of finished dialogues
    dialogues    one row for each finished dialogue
    failures     dialogues that could not be played to an end; a resume plays them again
    verdict_sets, judgements   verdicts; judging again adds a set beside the old ones

A commit survives the death of the process (WAL, synchronous=NORMAL); a power cut may cost the newest commits, never
the file. Readers open the file read-only and never lock the writer out.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from simulator.dialogue.playing import DialogueSpec
from simulator.dialogue.record import DialogueRecord
from simulator.errors import DiskFullError, StoreError
from simulator.evaluation.events import events_of
from simulator.evaluation.manifest import Manifest
from simulator.judging.judge import JudgedDialogue
from simulator.models.journal import Completion
from simulator.models.subject import ReplyStatus, Usage

FILE_NAME = "run.sqlite"
SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE content (kind TEXT, id TEXT, sha256 TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE plan (position INTEGER PRIMARY KEY, dialogue_id TEXT UNIQUE NOT NULL, spec TEXT NOT NULL);
CREATE TABLE calls (key TEXT, request_hash TEXT, completion TEXT NOT NULL, at TEXT NOT NULL,
                    PRIMARY KEY (key, request_hash));
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, dialogue_id TEXT NOT NULL, turn INTEGER NOT NULL,
                     kind TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX events_by_dialogue ON events (dialogue_id, seq);
CREATE TABLE dialogues (dialogue_id TEXT PRIMARY KEY, end_reason TEXT NOT NULL, n_turns INTEGER NOT NULL,
                        at TEXT NOT NULL);
CREATE TABLE failures (seq INTEGER PRIMARY KEY AUTOINCREMENT, dialogue_id TEXT NOT NULL, end_reason TEXT NOT NULL,
                       detail TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE verdict_sets (id INTEGER PRIMARY KEY AUTOINCREMENT, judge TEXT, created TEXT NOT NULL,
                           rubrics TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE judgements (set_id INTEGER NOT NULL, dialogue_id TEXT NOT NULL, judged TEXT NOT NULL,
                         PRIMARY KEY (set_id, dialogue_id));
"""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say into one clear error."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        text = str(error)
        full = "full" in text or "disk I/O error" in text or getattr(error, "errno", None) in {27, 28, 122}
        if full:
            raise DiskFullError(
                f"the run could not be written: {text}",
                where=str(path),
                fix="free some room and continue with `clinsim run --resume`; everything stored so far stays readable",
            ) from None
        raise StoreError(
            f"the run could not be read or written: {text}", where=str(path), fix="check the path and its permissions"
        ) from None


def completion_json(completion: Completion) -> str:
    return json.dumps(asdict(completion), ensure_ascii=False)


def completion_from(text: str) -> Completion:
    raw = json.loads(text)
    usage = Usage(**raw["usage"]) if raw["usage"] else None
    return Completion(**{**raw, "status": ReplyStatus(raw["status"]), "usage": usage})


class RunWriter:
    """The single writer of a run. A Journal as well: `lookup` and `record` are what models ask and tell.

    Use as a context manager. Raises StoreError where another process writes to the same run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._lock: IO[str] | None = None
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / ".writer").open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise StoreError(
                    "another process is writing to this run",
                    where=str(folder),
                    fix="wait for it to end, or stop it first",
                ) from None
            self._lock.write(str(os.getpid()))
            self._lock.flush()
            self._db = sqlite3.connect(self.path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with storage_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def begin(self, manifest: Manifest, texts: dict[tuple[str, str], str], plan: tuple[DialogueSpec, ...]) -> None:
        """Writes manifest, content and plan in one transaction; a run without them does not exist."""
        hashes = {(item.kind, item.id): item.sha256 for item in manifest.content}
        with storage_errors(self.path):
            self._db.executescript("BEGIN;" + _SCHEMA + "COMMIT;")
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO content VALUES (?, ?, ?, ?)",
                [(kind, key, hashes[kind, key], text) for (kind, key), text in texts.items()],
            )
            db.executemany(
                "INSERT INTO plan VALUES (?, ?, ?)",
                [(at, spec.id, json.dumps(asdict(spec), ensure_ascii=False)) for at, spec in enumerate(plan)],
            )
            db.execute("INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
            db.execute("INSERT INTO meta VALUES ('manifest', ?)", (manifest.model_dump_json(),))

    def update_manifest(self, manifest: Manifest) -> None:
        with self._transaction() as db:
            db.execute("UPDATE meta SET value = ? WHERE key = 'manifest'", (manifest.model_dump_json(),))

    def lookup(self, key: str, request_hash: str) -> Completion | None:
        with storage_errors(self.path):
            row = self._db.execute(
                "SELECT completion FROM calls WHERE key = ? AND request_hash = ?", (key, request_hash)
            ).fetchone()
        return completion_from(row[0]) if row else None

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?)",
                (key, request_hash, completion_json(completion), now()),
            )

    def finish(self, record: DialogueRecord) -> None:
        """Stores a finished dialogue, all or nothing. A second one of the same id is refused."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO dialogues VALUES (?, ?, ?, ?)",
                (record.id, record.end_reason.value, len(record.subject_turns), now()),
            )
            db.executemany(
                "INSERT INTO events (dialogue_id, turn, kind, payload) VALUES (?, ?, ?, ?)",
                [(record.id, event.turn, event.kind.value, event.payload) for event in events_of(record)],
            )

    def fail(self, record: DialogueRecord) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO failures (dialogue_id, end_reason, detail, at) VALUES (?, ?, ?, ?)",
                (record.id, record.end_reason.value, record.end_detail, now()),
            )

    def open_verdict_set(self, judge: str | None, rubrics: dict[str, str], note: str) -> int:
        """A new set of verdicts. ``rubrics``: rubric id → sha256."""
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO verdict_sets (judge, created, rubrics, note) VALUES (?, ?, ?, ?)",
                (judge, now(), json.dumps(rubrics), note),
            )
            return int(cursor.lastrowid or 0)

    def judged(self, set_id: int, dialogue_id: str, judged: JudgedDialogue) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?)", (set_id, dialogue_id, judged.model_dump_json())
            )
