"""What every verb keeps: where output goes, which code it ends with, and that nobody ever sees a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import __version__, errors
from simulator.reporting import shelves
from tests.cli.conftest import REPOSITORY, Invoke, finished, process

VERBS = ("demo", "run", "report", "transcript", "rejudge", "list", "show", "play", "check", "schema")


def test_the_version_is_printed(clinsim: Invoke) -> None:
    assert clinsim("--version").out == f"clinsim {__version__}\n"


def test_help_names_every_verb(clinsim: Invoke) -> None:
    shown = clinsim("--help")
    assert shown.code == 0
    assert all(f"\n  {verb} " in shown.out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(clinsim: Invoke, verb: str) -> None:
    shown = clinsim(verb, "--help")
    assert shown.code == 0
    assert shown.out.startswith("Usage: clinsim ")


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run", "--epochs", "0"],
        ["run", "--epochs", "many"],
        ["run", "--no-such-option"],
        ["run", "--language", "fr"],
        ["run", "--subject", "gpt-5"],
        ["run", "--subject", "ref:nobody"],
        ["run", "--subject", "ref:silent", "--subject", "ref:silent"],
        ["run", "--subject", "openai:"],
        ["run", "--subject", "openai:m", "--base-url", "nonsense"],
        ["run", "--subject", "openai:m", "--base-url", "http://127.0.0.1:1", "--timeout", "nan"],
        ["run", "--judge", "ref:exemplar"],
        ["run", "--price", "cheap"],
        ["run", "--persona", "nobody"],
        ["run", "--track", "smartcare"],
        ["run", "--resume", "last", "--epochs", "2"],
        ["run", "--resume", "last", "--judge", "openai:m"],
        ["run", "--resume", "last", "chest-pain"],
        ["report", "--verdict-set", "x"],
        ["transcript", "--most", "0"],
        ["list", "planets"],
        ["show"],
        ["play", "chest-pain", "--persona", "nobody"],
        ["play", "chest-pain", "--say", "Hello"],
        ["play", "chest-pain", "--language", "de"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_ends_with_two_and_leaves_nothing(clinsim: Invoke, runs: Path, words: list[str]) -> None:
    ran = clinsim(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()
    assert not runs.exists()


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["run", "chest-pian"], "chest-pain"),
        (["play", "chest-pian"], "chest-pain"),
        (["show", "gaurded"], "guarded"),
    ],
)
def test_an_unknown_id_ends_with_three_and_a_suggestion(clinsim: Invoke, words: list[str], near: str) -> None:
    ran = clinsim(*words)
    assert (ran.code, ran.out) == (3, "")
    assert f"did you mean `{near}`?" in ran.err


@pytest.mark.parametrize(
    "words", [["report"], ["transcript"], ["rejudge"], ["run", "--resume", "last"], ["report", "x"]]
)
def test_without_a_run_there_is_nothing_to_read(clinsim: Invoke, words: list[str]) -> None:
    ran = clinsim(*words)
    assert (ran.code, ran.out) == (5, "")
    assert "there is no run yet" in ran.err


def test_an_error_says_what_happened_where_and_what_to_do(clinsim: Invoke, runs: Path) -> None:
    assert clinsim("report").err == f"error: {runs} – there is no run yet\n  → `clinsim run` makes one\n"


def test_a_defect_is_a_line_and_its_traceback_is_for_who_asks(clinsim: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: object) -> None:
        raise ValueError("\x1b[31mbroken")

    monkeypatch.setattr(shelves, "scenario_rows", defect)
    with pytest.raises(ValueError, match="broken"):
        clinsim("list")
    monkeypatch.delenv("CLINSIM_TRACEBACK")
    ran = clinsim("list")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ValueError: \\x1b[31mbroken\n  → this is a defect")


def test_codes_are_those_of_the_error_tree() -> None:
    assert {kind.__name__: kind.exit_code for kind in (errors.UsageError, errors.LibraryError, errors.StoreError)} == {
        "UsageError": 2, "LibraryError": 3, "StoreError": 5,
    }  # fmt: skip


def test_results_are_on_stdout_and_all_else_on_stderr(clinsim: Invoke, runs: Path) -> None:
    ran = clinsim("run", "--subject", "ref:silent", "--json")
    assert set(ran.json["subjects"]) == {"ref:silent"}
    (folder,) = runs.iterdir()
    assert ran.err == f"Results: {folder}   (clinsim report {folder}, clinsim transcript {folder})\n"


def test_a_line_for_people_is_not_broken_in_the_middle_of_a_path(clinsim: Invoke, tmp_path: Path) -> None:
    far = tmp_path / ("far " * 40).strip() / "away"
    ran = clinsim("run", "--subject", "ref:silent", "--runs", far, "--json")
    (folder,) = far.iterdir()
    assert ran.err.count("\n") == 1
    assert f"clinsim report '{folder}'" in ran.err


def test_lines_of_tables_for_people_have_no_trailing_blanks_to_copy(clinsim: Invoke) -> None:
    clinsim("run", "--subject", "ref:exemplar")
    spoken = [line for line in clinsim("transcript", "--no-verdicts").out.splitlines() if "chest feels" in line]
    assert spoken
    assert all(line == line.rstrip() for line in spoken)


@pytest.mark.parametrize(
    "words", [["list"], ["list", "--json"], ["show", "chest-pain"], ["transcript", "--log"], ["--help"]]
)
def test_a_reader_that_leaves_early_hears_nothing_more(
    clinsim: Invoke, small: Path, runs: Path, words: list[str]
) -> None:
    """`… | head -1`: the pipe is closed before anything is written."""
    clinsim("run", "--subject", "ref:silent")
    running = process(small, *words, environ={"CLINSIM_RUNS": str(runs)})
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate(timeout=60)
    assert err == b"" or b"more dialogues fit" in err
    assert running.returncode in {0, 1}


def test_a_terminal_without_chinese_shows_the_rest(small: Path, runs: Path) -> None:
    ascii_only = {"CLINSIM_RUNS": str(runs), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    for words in (["list"], ["show", "chest-pain", "--language", "zh"], ["show", "chest-pain", "--json"]):
        ran = finished(process(small, *words, environ=ascii_only))
        assert ran.code == 0, ran.err
        assert b"chest-pain" in ran.raw
        assert ran.raw.isascii()


IMPORTED = """
import sys
from pathlib import Path
from simulator.library import location
root = location.ContentRoot.under(Path(sys.argv[1]))
location.default_roots = lambda: location.Roots((root,))
from simulator.cli.main import run_app
for words in {commands!r}:
    sys.argv[1:] = words
    code = run_app()
    assert code == 0, (words, code)
print("IMPORTED", *[name for name in {names!r} if name in sys.modules])
"""


def imported_by(commands: list[list[str]], names: list[str], small: Path, runs: Path) -> list[str]:
    """Which of the packages these commands import, in a process that ran nothing else."""
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(commands=commands, names=names), str(small)],
        cwd=REPOSITORY, capture_output=True, text=True, check=True, env={**os.environ, "CLINSIM_RUNS": str(runs)},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return ran.stdout.rsplit("IMPORTED", 1)[1].split()


def test_help_starts_fast_since_it_loads_neither_graph_nor_client_nor_screen(small: Path, runs: Path) -> None:
    heavy = ["langgraph", "langchain_core", "openai", "httpx2", "textual", "numpy", "lark", "ruamel.yaml"]
    assert imported_by([["--help"]], heavy, small, runs) == []


def test_no_verb_loads_the_terminal_interface(small: Path, runs: Path, tmp_path: Path) -> None:
    commands = [
        ["run", "--subject", "ref:silent"], ["demo"], ["report"], ["transcript"], ["rejudge"], ["list"], ["check"],
        ["show", "chest-pain"], ["play", "chest-pain"], ["schema", str(tmp_path / "schema")],
    ]  # fmt: skip
    assert {words[0] for words in commands} == set(VERBS)
    assert imported_by(commands, ["textual"], small, runs) == []
