"""The run's file: what is stored is stored once, whole, by one writer, and survives it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.dialogue.record import DialogueRecord
from simulator.errors import DiskFullError, StoreError
from simulator.evaluation.runs import RunReader
from simulator.evaluation.store import FILE_NAME, RunWriter
from simulator.library.collection import Library
from simulator.models.journal import Completion
from simulator.models.reference import REFERENCE_NAMES
from simulator.models.subject import ReplyStatus, Usage
from tests.evaluation.small import begun, continued, spec_of

COMPLETION = Completion("好的，哪儿疼？\0", ReplyStatus.OK, "<think>", Usage(10, 5, 0.25), "model")
ALL = tuple(f"ref:{name}" for name in REFERENCE_NAMES)


@pytest.fixture
def folder(runs: Path, books: Library) -> Path:
    """A run of all reference subjects that nobody has played."""
    return begun(runs, books, *ALL)


def stored(folder: Path) -> list[DialogueRecord]:
    with RunReader(folder) as reader:
        return list(reader.records())


# ---- dialogues


def test_every_dialogue_is_read_as_it_was_stored_in_the_order_of_the_plan(
    folder: Path, dialogues: list[DialogueRecord]
) -> None:
    with RunWriter(folder) as writer:
        for record in reversed(dialogues):
            writer.finish(record)
    assert {record.id: record for record in stored(folder)} == {record.id: record for record in dialogues}
    with RunReader(folder) as reader:
        assert [record.id for record in reader.records()] == [spec.id for spec in reader.plan()]


def test_a_dialogue_cannot_be_finished_twice(folder: Path, dialogues: list[DialogueRecord]) -> None:
    with RunWriter(folder) as writer:
        writer.finish(dialogues[0])
        with pytest.raises(StoreError, match="is stored already"):
            writer.finish(dialogues[0])
        writer.finish(dialogues[1])
    assert [record.id for record in stored(folder)] == [dialogues[0].id, dialogues[1].id]
    assert stored(folder)[0] == dialogues[0], "the second attempt added nothing"


def test_a_failed_attempt_is_noted_until_the_dialogue_is_finished(
    folder: Path, dialogues: list[DialogueRecord]
) -> None:
    with RunWriter(folder) as writer, RunReader(folder) as reader:
        writer.fail(dialogues[0].model_copy(update={"end_detail": "first"}))
        writer.fail(dialogues[0].model_copy(update={"end_detail": "second"}))
        assert reader.failures()[dialogues[0].id].endswith(": second")
        assert reader.finished() == frozenset()
        writer.finish(dialogues[0])
        assert reader.failures() == {}


# ---- the journal


def test_a_call_is_found_again_only_with_the_same_request(folder: Path) -> None:
    with RunWriter(folder) as writer:
        writer.record("call", "hash", COMPLETION)
        assert writer.lookup("call", "hash") == COMPLETION
        assert writer.lookup("call", "other") is None
        assert writer.lookup("other", "hash") is None


def test_the_journal_outlives_its_writer(folder: Path) -> None:
    with RunWriter(folder) as writer:
        writer.record("call", "hash", COMPLETION)
    with RunWriter(folder) as writer:
        assert writer.lookup("call", "hash") == COMPLETION


def test_the_first_answer_to_a_request_stays(folder: Path) -> None:
    with RunWriter(folder) as writer:
        writer.record("call", "hash", COMPLETION)
        writer.record("call", "hash", Completion("another", ReplyStatus.OK, None, None, "model"))
        assert writer.lookup("call", "hash") == COMPLETION


COMPLETIONS = st.builds(
    Completion,
    text=st.text(),
    status=st.sampled_from(ReplyStatus),
    reasoning=st.none() | st.text(),
    usage=st.none() | st.builds(Usage, st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1e6)),
    model=st.text(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(key=st.text(), request_hash=st.text(max_size=4), completion=COMPLETIONS)
def test_whatever_is_recorded_is_found_again(folder: Path, key: str, request_hash: str, completion: Completion) -> None:
    with RunWriter(folder) as writer:
        if writer.lookup(key, request_hash) is None:
            writer.record(key, request_hash, completion)
            assert writer.lookup(key, request_hash) == completion


def test_a_call_is_on_disk_before_anyone_uses_it(folder: Path) -> None:
    """The process is gone at once after `record`: no close, no flush."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from simulator.evaluation.store import RunWriter; from simulator.models.journal import Completion\n"
        "from simulator.models.subject import ReplyStatus\n"
        "writer = RunWriter(Path(sys.argv[1]))\n"
        "writer.record('call', 'hash', Completion('kept', ReplyStatus.OK, None, None, 'm')); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(folder)], check=False).returncode == 9
    with RunWriter(folder) as writer:
        found = writer.lookup("call", "hash")
    assert found is not None
    assert found.text == "kept"


def test_usage_is_summed_by_who_was_asked(folder: Path) -> None:
    with RunWriter(folder) as writer, RunReader(folder) as reader:
        writer.record("judge/1/openai:m/x/1", "h", COMPLETION)
        writer.record("openai:m/case#subject-1", "h", COMPLETION)
        writer.record("openai:m/case#subject-2", "h", Completion("", ReplyStatus.EMPTY, None, None, "m"))
        writer.record("openai:m/case#voice-2-1", "h", COMPLETION)
        writer.record("openai:m/case#voice-2-2", "h", COMPLETION)
        writer.record("openai:m/case#listener-2", "h", COMPLETION)
        assert reader.usage() == {
            "subject": (2, 10, 5), "judge": (1, 10, 5), "voice": (2, 20, 10), "listener": (1, 10, 5),
        }  # fmt: skip


# ---- one writer, many readers


def test_a_second_writer_is_refused_in_clear_words(folder: Path) -> None:
    with RunWriter(folder):
        with pytest.raises(StoreError, match="another process is writing to this run") as refused:
            RunWriter(folder)
        assert refused.value.where == str(folder)
        assert "wait" in str(refused.value.fix)
    with RunWriter(folder):
        pass


def test_a_refused_writer_leaves_the_mark_of_the_first_one(folder: Path) -> None:
    with RunWriter(folder):
        with pytest.raises(StoreError):
            RunWriter(folder)
        assert (folder / ".writer").read_text() == str(os.getpid())


def test_a_killed_writer_locks_nobody_out(folder: Path) -> None:
    script = "import os, sys; from pathlib import Path; from simulator.evaluation.store import RunWriter\n"
    script += "writer = RunWriter(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    with RunWriter(folder):
        pass


def test_a_reader_sees_each_dialogue_as_soon_as_it_is_stored(folder: Path, dialogues: list[DialogueRecord]) -> None:
    with RunWriter(folder) as writer, RunReader(folder) as reader:
        for number, record in enumerate(dialogues, start=1):
            writer.finish(record)
            assert len(reader.finished()) == number
            assert reader.record(spec_of(record)) == record


def test_a_reader_in_the_middle_of_reading_does_not_hold_up_the_writer(
    folder: Path, dialogues: list[DialogueRecord]
) -> None:
    with RunWriter(folder) as writer, RunReader(folder) as reader:
        writer.finish(dialogues[0])
        records = reader.records()
        next(records)
        for record in dialogues[1:]:
            writer.finish(record)
        assert list(records) == [], "it goes on with what was there when it began"


# ---- a full disk


def full_after(writer: RunWriter, pages: int) -> None:
    used = writer._db.execute("PRAGMA page_count").fetchone()[0]
    writer._db.execute(f"PRAGMA max_page_count = {used + pages}")


def fill(writer: RunWriter, dialogues: list[DialogueRecord]) -> list[str]:
    kept = []
    for record in dialogues:
        writer.finish(record)
        kept.append(record.id)
    return kept


def test_a_full_disk_keeps_what_was_stored_and_half_a_dialogue_of_nothing(
    folder: Path, dialogues: list[DialogueRecord]
) -> None:
    with RunWriter(folder) as writer:
        full_after(writer, 12)
        with pytest.raises(DiskFullError, match="full") as failed:
            fill(writer, dialogues)
        assert "free some room" in str(failed.value.fix)
        with pytest.raises(DiskFullError):
            writer.record("call", "hash", Completion("x" * 100_000, ReplyStatus.OK, None, None, "m"))
        assert writer.lookup("call", "hash") is None
    kept = stored(folder)
    assert 0 < len(kept) < len(dialogues)
    assert all(record in dialogues for record in kept)


def test_after_room_is_made_the_same_writer_goes_on(folder: Path, dialogues: list[DialogueRecord]) -> None:
    with RunWriter(folder) as writer:
        full_after(writer, 12)
        with pytest.raises(DiskFullError):
            fill(writer, dialogues)
        writer._db.execute("PRAGMA max_page_count = 1000000")
        fill(writer, [record for record in dialogues if record.id not in {kept.id for kept in stored(folder)}])
    assert len(stored(folder)) == len(dialogues)


def test_a_run_that_met_a_full_disk_is_resumed_to_its_end(folder: Path, dialogues: list[DialogueRecord]) -> None:
    with RunWriter(folder) as writer:
        full_after(writer, 12)
        with pytest.raises(DiskFullError):
            fill(writer, dialogues)
    assert continued(folder).progress.n_done == len(dialogues)
    assert {record.id: record for record in stored(folder)} == {record.id: record for record in dialogues}


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path, books: Library) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StoreError) as failed:
        begun(tmp_path / "runs", books)
    assert not isinstance(failed.value, DiskFullError)


def test_the_file_is_a_plain_sqlite_file_that_anyone_can_query(folder: Path) -> None:
    db = sqlite3.connect(folder / FILE_NAME)
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    assert tables == {
        "meta", "content", "plan", "calls", "events", "dialogues", "failures", "verdict_sets", "judgements",
        "sqlite_sequence",
    }  # fmt: skip
