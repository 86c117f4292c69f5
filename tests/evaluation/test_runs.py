"""Finding runs and reading them, the broken ones too."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import RunNotFoundError, StoreError
from simulator.evaluation.running import continue_run
from simulator.evaluation.runs import RunReader, find_run, new_run_id, run_folders
from simulator.evaluation.store import FILE_NAME, RunWriter
from simulator.library.collection import Library
from tests.evaluation.small import begun, continued, played


def changed(folder: Path, sql: str) -> None:
    db = sqlite3.connect(folder / FILE_NAME)
    with db:
        db.execute(sql)
    db.close()


# ---- finding


def test_the_newest_run_is_the_one_without_a_name(runs: Path, books: Library) -> None:
    made = [begun(runs, books) for _ in range(3)]
    assert find_run(runs, None) == made[-1]
    assert run_folders(runs) == tuple(reversed(made))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(16, 10**9))
def test_run_ids_sort_by_time(at: datetime, later_us: int) -> None:
    at = at.replace(tzinfo=UTC)
    assert new_run_id(at) < new_run_id(at + timedelta(microseconds=later_us))


def test_a_run_is_found_by_id_by_its_beginning_and_by_its_folder(runs: Path, books: Library) -> None:
    first, second = begun(runs, books).rename(runs / "one"), begun(runs, books).rename(runs / "one-more")
    assert find_run(runs, "one") == first, "a whole name comes before the beginning of another"
    assert find_run(runs, "one-") == second
    assert find_run(runs, str(second)) == second
    assert find_run(Path("elsewhere"), str(first)) == first


def test_a_beginning_that_fits_several_runs_is_refused_with_their_names(runs: Path, books: Library) -> None:
    for name in ("aa", "ab"):
        begun(runs, books).rename(runs / name)
    with pytest.raises(RunNotFoundError, match="2 runs begin with `a`") as refused:
        find_run(runs, "a")
    assert refused.value.fix == "the newest: ab, aa"


def test_an_unknown_run_is_refused_with_those_there_are(runs: Path, books: Library) -> None:
    folder = begun(runs, books)
    with pytest.raises(RunNotFoundError, match="no run is called `x`") as refused:
        find_run(runs, "x")
    assert folder.name in str(refused.value.fix)


def test_without_any_run_the_way_to_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="there is no run yet") as refused:
        find_run(tmp_path / "nowhere", None)
    assert "clinsim run" in str(refused.value.fix)


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "空 格"])
def test_the_name_of_a_folder_may_hold_what_an_address_may_not(tmp_path: Path, books: Library, name: str) -> None:
    folder = begun(tmp_path / name, books)
    continued(folder)
    with RunReader(folder) as reader:
        assert len(reader.finished()) == 4


# ---- broken


def test_a_run_killed_before_it_had_begun_says_so(runs: Path) -> None:
    with RunWriter(runs / "early"):
        pass
    for broken in (lambda: RunReader(runs / "early"), lambda: continued(runs / "early")):
        with pytest.raises(StoreError, match="stopped before it had begun") as refused:
            broken()
        assert "start it again" in str(refused.value.fix)


def test_an_empty_file_is_a_run_that_had_not_begun(runs: Path) -> None:
    (runs / "empty").mkdir(parents=True)
    (runs / "empty" / FILE_NAME).touch()
    with pytest.raises(StoreError, match="stopped before it had begun"):
        RunReader(runs / "empty")


def test_a_folder_without_a_run_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="there is no run here"):
        continued(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_format_of_another_version_is_refused(runs: Path, books: Library) -> None:
    folder = begun(runs, books)
    changed(folder, "UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match="format 99, this version reads format 1"):
        RunReader(folder)


def test_a_file_that_is_no_database_is_refused(runs: Path) -> None:
    (runs / "text").mkdir(parents=True)
    (runs / "text" / FILE_NAME).write_text("not a database" * 1000)
    with pytest.raises(StoreError, match="not a database") as refused:
        RunReader(runs / "text")
    assert "damaged" in str(refused.value.fix)


def test_a_damaged_file_is_a_store_error_wherever_it_is_read(runs: Path, books: Library) -> None:
    folder = played(runs, books)
    file = folder / FILE_NAME
    whole = file.read_bytes()
    for start in range(4096, len(whole), 4096 * 3):
        file.write_bytes(whole[:start] + os.urandom(4096) + whole[start + 4096 :])
        try:
            with RunReader(folder) as reader:
                reader.manifest(), reader.plan(), reader.scenarios(), reader.personas(), reader.rubrics()
                list(reader.records()), reader.verdict_sets(), reader.judgements(1), reader.usage()
        except StoreError:
            continue


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE meta SET value = '{}' WHERE key = 'manifest'",
        "UPDATE plan SET spec = 'no json'",
        'UPDATE plan SET spec = \'{"language": "xx"}\'',
        "UPDATE content SET text = '{\"id\": 1}' WHERE kind = 'scenario'",
        "UPDATE events SET payload = '[]' WHERE kind = 'ended'",
        "UPDATE events SET kind = 'sung'",
        "DELETE FROM events WHERE kind = 'ended'",
        "UPDATE judgements SET judged = '{}'",
        "UPDATE verdict_sets SET rubrics = ''",
    ],
)
def test_contents_that_make_no_sense_are_a_store_error(runs: Path, books: Library, change: str) -> None:
    folder = played(runs, books)
    changed(folder, change)
    with pytest.raises(StoreError, match="does not read as a run"), RunReader(folder) as reader:
        reader.manifest(), reader.plan(), reader.scenarios(), list(reader.records())
        reader.verdict_sets(), reader.judgements(1)


# ---- media that cannot be written


def test_a_finished_run_is_read_from_a_medium_that_cannot_be_written(
    tmp_path: Path, runs: Path, books: Library
) -> None:
    folder = played(runs, books)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root mounts")
    if subprocess.run(
        ["mount", "--bind", "-o", "ro", str(runs), str(mounted)], capture_output=True, check=False
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with RunReader(mounted / folder.name) as reader:
            assert len(reader.finished()) == 4
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


def test_a_run_copied_without_its_lock_file_is_whole(tmp_path: Path, runs: Path, books: Library) -> None:
    folder = played(runs, books)
    (tmp_path / "copy").mkdir()
    shutil.copy(folder / FILE_NAME, tmp_path / "copy")
    with RunReader(tmp_path / "copy") as reader:
        assert len(list(reader.records())) == 4
        assert len(reader.judgements(1)) == 4


async def test_resuming_a_finished_run_changes_nothing(runs: Path, books: Library) -> None:
    folder = begun(runs, books)
    first = await continue_run(folder)
    again = await continue_run(folder)
    assert again.board == first.board
    with RunReader(folder) as reader:
        assert len(reader.verdict_sets()) == 1
