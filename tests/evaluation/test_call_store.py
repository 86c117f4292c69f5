"""The journal of judging that belongs to no run: kept across sessions, shared by processes, never silently lost."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from simulator.errors import StoreError
from simulator.evaluation.call_store import CallStore
from simulator.models.journal import Completion
from simulator.models.subject import ReplyStatus, Usage

ANSWER = Completion("胸痛 — “now” 🚑", ReplyStatus.CUT_OFF, "thoughts", Usage(10, 5, 0.25), "m-2026")
BARE = Completion("", ReplyStatus.EMPTY, None, None, "m")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "judging.sqlite"


def test_a_call_is_found_again_whole_in_a_later_session(path: Path) -> None:
    with CallStore(path) as store:
        assert store.lookup("key", "hash") is None
        store.record("key", "hash", ANSWER)
        store.record("bare", "hash", BARE)
        assert store.lookup("key", "hash") == ANSWER
    with CallStore(path) as store:
        assert store.lookup("key", "hash") == ANSWER
        assert store.lookup("bare", "hash") == BARE


def test_a_call_whose_request_or_key_differs_is_another_call(path: Path) -> None:
    with CallStore(path) as store:
        store.record("key", "hash", ANSWER)
        assert store.lookup("key", "other") is None
        assert store.lookup("other", "hash") is None
        store.record("key", "other", BARE)
        assert (store.lookup("key", "hash"), store.lookup("key", "other")) == (ANSWER, BARE)


def test_the_first_answer_to_a_call_stands(path: Path) -> None:
    with CallStore(path) as store:
        store.record("key", "hash", ANSWER)
        store.record("key", "hash", BARE)
        assert store.lookup("key", "hash") == ANSWER


def test_what_one_store_keeps_another_on_the_same_file_finds_at_once(path: Path) -> None:
    with CallStore(path) as one, CallStore(path) as other:
        one.record("key", "hash", ANSWER)
        assert other.lookup("key", "hash") == ANSWER
        other.record("key", "hash", BARE)
        other.record("mine", "hash", BARE)
        assert (one.lookup("key", "hash"), one.lookup("mine", "hash")) == (ANSWER, BARE)


def test_what_was_recorded_survives_a_process_that_never_closes_its_store(path: Path) -> None:
    left_open = CallStore(path)
    left_open.record("key", "hash", ANSWER)
    with CallStore(path) as store:
        assert store.lookup("key", "hash") == ANSWER
    with left_open:
        pass


def open_at_once(path: Path, others: Barrier) -> None:
    others.wait(60)
    with CallStore(path):
        pass


def test_processes_that_make_one_file_at_the_same_moment_wait_for_each_other(tmp_path: Path) -> None:
    fresh = multiprocessing.get_context("fork")
    for attempt in range(20):
        together = fresh.Barrier(8)
        arguments = (tmp_path / f"{attempt}.sqlite", together)
        processes = [fresh.Process(target=open_at_once, args=arguments) for _ in range(8)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(120)
        assert [process.exitcode for process in processes] == [0] * 8


def write_some(path: Path, name: int) -> None:
    for at in range(20):
        with CallStore(path) as store:
            store.record(f"{name}/{at}", "hash", BARE)
            store.record("shared", "hash", Completion(str(name), ReplyStatus.OK, None, None, "m"))


def test_processes_that_open_and_write_one_file_at_the_same_time_lose_nothing(path: Path) -> None:
    fresh = multiprocessing.get_context("spawn")
    processes = [fresh.Process(target=write_some, args=(path, name)) for name in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    with CallStore(path) as store:
        assert all(store.lookup(f"{name}/{at}", "hash") == BARE for name in range(4) for at in range(20))
        shared = store.lookup("shared", "hash")
        assert shared is not None
        assert shared.text in {"0", "1", "2", "3"}


def test_a_file_that_is_no_journal_is_an_error_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database, and somebody's notes\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt"):
        CallStore(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        CallStore(tmp_path / "file" / "judging.sqlite")
