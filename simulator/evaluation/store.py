"""The run's one source of truth: an SQLite file with a single writer, in WAL mode while it is written.

    meta         the manifest
    content      every scenario, persona and rubric used, as JSON, with the hash of its file; judging again by newer
                 ones adds those beside the first
    plan         the dialogues to play, in order
    calls        the journal of model calls, each committed before anything uses it
    events       the append-only log of finished dialogues
    dialogues    one row for each finished dialogue
    failures     dialogues that could not be played to an end; a resume plays them again
    verdict_sets, judgements   verdicts; judging again adds a set beside the old ones
    annotations  what people said of criteria; there only once something was imported

A commit survives the death of the process (WAL, synchronous=NORMAL); a power cut may cost the newest commits, never
the file. Readers open the file read-only and never lock the writer out.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.dialogue.playing import DialogueSpec
from simulator.dialogue.record import DialogueRecord
from simulator.errors import DiskFullError, StoreError
from simulator.evaluation.events import events_of
from simulator.evaluation.manifest import Manifest
from simulator.judging.annotation import Annotation
from simulator.judging.judge import JudgedDialogue
from simulator.models.journal import Completion
from simulator.models.subject import ReplyStatus, Usage

FILE_NAME = "run.sqlite"
SCHEMA_VERSION = 1

CALLS = """
CREATE TABLE IF NOT EXISTS calls (key TEXT, request_hash TEXT, completion TEXT NOT NULL, at TEXT NOT NULL,
                                  PRIMARY KEY (key, request_hash));
"""
_SCHEMA = f"""{CALLS}
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE content (kind TEXT, id TEXT, sha256 TEXT NOT NULL, text TEXT NOT NULL,
                      PRIMARY KEY (kind, id, sha256));
CREATE TABLE plan (position INTEGER PRIMARY KEY, dialogue_id TEXT UNIQUE NOT NULL, spec TEXT NOT NULL);
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, dialogue_id TEXT NOT NULL, turn INTEGER NOT NULL,
                     kind TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX events_by_dialogue ON events (dialogue_id, seq);
CREATE TABLE dialogues (dialogue_id TEXT PRIMARY KEY, end_reason TEXT NOT NULL, n_turns INTEGER NOT NULL,
                        at TEXT NOT NULL);
CREATE TABLE failures (seq INTEGER PRIMARY KEY AUTOINCREMENT, dialogue_id TEXT NOT NULL, end_reason TEXT NOT NULL,
                       detail TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE verdict_sets (id INTEGER PRIMARY KEY AUTOINCREMENT, judge TEXT, created TEXT NOT NULL,
                           scenarios TEXT NOT NULL, rubrics TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE judgements (set_id INTEGER NOT NULL, dialogue_id TEXT NOT NULL, judged TEXT NOT NULL,
                         judge_failed INTEGER NOT NULL, PRIMARY KEY (set_id, dialogue_id));
"""

_ANNOTATIONS = """
CREATE TABLE IF NOT EXISTS annotations (
    dialogue_id TEXT NOT NULL, criterion_id TEXT NOT NULL, annotator TEXT NOT NULL, rubric_sha256 TEXT NOT NULL,
    adjudicates INTEGER NOT NULL, annotation TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (dialogue_id, criterion_id, annotator, rubric_sha256, adjudicates))
"""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CANNOT_GROW = frozenset({
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # what SQLite makes of a spent quota, and of a limit on the size of files
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
})  # fmt: skip
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say into one clear error."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _CANNOT_GROW or getattr(error, "errno", None) in _NO_ROOM:
            raise DiskFullError(
                f"the run could not be written: {error}",
                where=str(path),
                fix="free some room (everything stored so far stays readable)",
            ) from None
        raise StoreError(
            f"the run could not be read or written: {error}",
            where=str(path),
            fix="the file is damaged, or no run: use a copy, or start a new run"
            if code & 0xFF in _DAMAGED
            else "check the path and its permissions",
        ) from None


@dataclass(frozen=True, slots=True)
class Judgeable:
    """A scenario or rubric that a set of verdicts rests on: its JSON and the hash of its file."""

    sha256: str
    text: str


def completion_json(completion: Completion) -> str:
    return json.dumps(asdict(completion), ensure_ascii=False)


def completion_from(text: str) -> Completion:
    raw = json.loads(text)
    usage = Usage(**raw["usage"]) if raw["usage"] else None
    return Completion(**{**raw, "status": ReplyStatus(raw["status"]), "usage": usage})


def stored_call(db: sqlite3.Connection, key: str, request_hash: str) -> Completion | None:
    row = db.execute("SELECT completion FROM calls WHERE key = ? AND request_hash = ?", (key, request_hash)).fetchone()
    return completion_from(row[0]) if row else None


def store_call(db: sqlite3.Connection, key: str, request_hash: str, completion: Completion) -> None:
    """The first completion of a call stays."""
    db.execute(
        "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?)", (key, request_hash, completion_json(completion), now())
    )


class RunWriter:
    """The single writer of a run. A Journal as well: `lookup` and `record` are what models ask and tell.

    Use as a context manager. Raises StoreError where another process writes to the same run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        with storage_errors(folder), ExitStack() as opened:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = opened.enter_context((folder / ".writer").open("a"))
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(
                    "another process is writing to this run",
                    where=str(folder),
                    fix="wait for it to end, or stop it first",
                ) from None
            self._lock.truncate(0)
            self._lock.write(str(os.getpid()))
            self._lock.flush()
            self._db = opened.enter_context(closing(sqlite3.connect(self.path, isolation_level=None)))
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leaves one plain file, which can be copied and read anywhere; the WAL stays where a reader still needs it."""
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA busy_timeout = 0")
            self._db.execute("PRAGMA journal_mode = DELETE")
        self._opened.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with storage_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def begin(self, manifest: Manifest, texts: dict[tuple[str, str], str], plan: tuple[DialogueSpec, ...]) -> None:
        """Writes manifest, content and plan in one transaction; a run without them does not exist."""
        hashes = {(item.kind, item.id): item.sha256 for item in manifest.content}
        with self._transaction() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
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
            return stored_call(self._db, key, request_hash)

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        with self._transaction() as db:
            store_call(db, key, request_hash, completion)

    def finish(self, record: DialogueRecord) -> None:
        """Stores a finished dialogue, all or nothing. Raises StoreError where one of the same id is stored already."""
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM dialogues WHERE dialogue_id = ?", (record.id,)).fetchone():
                raise StoreError(f"dialogue {record.id} is stored already", where=str(self.folder))
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

    def open_verdict_set(
        self,
        judge: str | None,
        scenarios: Mapping[str, Judgeable],
        rubrics: Mapping[str, Judgeable],
        note: str,
    ) -> int:
        """A new set of verdicts on these scenarios by these rubrics, which are stored if they are not yet."""
        with self._transaction() as db:
            for kind, items in (("scenario", scenarios), ("rubric", rubrics)):
                db.executemany(
                    "INSERT OR IGNORE INTO content VALUES (?, ?, ?, ?)",
                    [(kind, key, item.sha256, item.text) for key, item in items.items()],
                )
            hashes = [json.dumps({key: item.sha256 for key, item in each.items()}) for each in (scenarios, rubrics)]
            cursor = db.execute(
                "INSERT INTO verdict_sets (judge, created, scenarios, rubrics, note) VALUES (?, ?, ?, ?, ?)",
                (judge, now(), *hashes, note),
            )
            return int(cursor.lastrowid or 0)

    def judged(self, set_id: int, dialogue_id: str, judged: JudgedDialogue) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?)",
                (set_id, dialogue_id, judged.model_dump_json(), judged.judge_failed),
            )

    def annotate(self, annotations: Iterable[Annotation]) -> int:
        """Stores what people said, all or nothing, in place of what the same annotator said before of the same
        criterion; who settles what they annotated keeps both. Returns how many of those there were, and differ.
        """
        with self._transaction() as db:
            db.execute(_ANNOTATIONS)
            changed = 0
            for each in annotations:
                key = (each.dialogue_id, each.criterion_id, each.annotator, each.rubric_sha256, each.adjudicates)
                row = db.execute(
                    "SELECT annotation FROM annotations WHERE dialogue_id = ? AND criterion_id = ? "
                    "AND annotator = ? AND rubric_sha256 = ? AND adjudicates = ?",
                    key,
                ).fetchone()
                text = each.model_dump_json()
                changed += row is not None and row[0] != text
                db.execute("INSERT OR REPLACE INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, text, now()))
        return changed
