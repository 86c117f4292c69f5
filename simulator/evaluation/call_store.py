"""The journal of judging that belongs to no run: a file of model calls, so that what was paid for is never asked twice.

Agreement and probes ask a judge thousands of times; an interrupted one goes on where it stopped, and the same question
put again is answered from here. Several processes may share the file.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.evaluation.store import CALLS, storage_errors, store_call, stored_call
from simulator.models.journal import Completion

_TIMEOUT_S = 30.0


class CallStore:
    """A Journal in an SQLite file, which is made where there is none. Use as a context manager. Raises StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def lookup(self, key: str, request_hash: str) -> Completion | None:
        with storage_errors(self._path):
            return stored_call(self._db, key, request_hash)

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        with storage_errors(self._path):
            store_call(self._db, key, request_hash, completion)


def _opened(path: Path) -> sqlite3.Connection:
    """Ready to be used. SQLite does not wait by itself where two processes turn the log on at once, so this does."""
    give_up_at = time.monotonic() + _TIMEOUT_S
    while True:
        db = sqlite3.connect(path, isolation_level=None, timeout=_TIMEOUT_S)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.executescript(CALLS)
        except sqlite3.Error as error:
            db.close()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return db
