"""`clinsim play`: the subject's chair, from a script and in a terminal."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import REPOSITORY, Invoke

OPENING = "patient: Hello, my chest feels tight."
TOLD = "patient: It spreads to my left arm."
ASK = "Does it spread anywhere?"
ADVISE = "Call 999 now, and do not drive. [END]"
VERDICT = "gate passed"


# ---- lines on stdin


def test_a_dialogue_is_played_from_lines_and_scored_at_its_end(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", stdin=f"{ASK}\n{ADVISE}\n{ADVISE}\n")
    assert ran.code == 0
    assert ran.out.startswith(f"{OPENING}\n{TOLD}\n")
    assert VERDICT in ran.out
    assert ran.err == ""


def test_nothing_is_asked_for_where_nobody_sits_at_a_terminal(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", stdin=f"{ASK}\n")
    assert "you:" not in ran.out + ran.err


def test_lines_that_end_early_leave_the_dialogue_without_a_score(clinsim: Invoke) -> None:
    for stdin in ("", f"{ASK}\n", ASK):
        ran = clinsim("play", "chest-pain", stdin=stdin)
        assert (ran.code, VERDICT in ran.out) == (0, False)
        assert (TOLD in ran.out) == bool(stdin)


def test_a_turn_is_taken_back(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", stdin=f"/back\n{ASK}\n/back\n{ASK}\n")
    assert ran.out.count(TOLD) == 2
    assert ran.err == "(nothing to take back)\n(taken back)\n"


def test_an_empty_line_is_a_turn_in_which_nothing_is_said(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", stdin=f"\n{ASK}\n")
    assert TOLD in ran.out
    assert ran.out.count("patient: ") == 3


def test_the_log_comes_at_the_end(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", "--log", stdin=f"{ASK}\n{ADVISE}\n{ADVISE}\n")
    assert "told radiation [specific]" in ran.out


def test_the_language_and_the_persona_are_chosen(clinsim: Invoke) -> None:
    assert "您好，我胸口发闷。" in clinsim("play", "chest-pain", "--language", "zh", "--persona", "guarded").out


def test_hostile_words_are_shown_and_do_nothing(clinsim: Invoke) -> None:
    ran = clinsim("play", "chest-pain", "--log", stdin=f"\x1b]0;x\x07 [red]hi[/red] \u202e {ASK}\n{ADVISE}\n{ADVISE}\n")
    assert ran.code == 0
    assert b"\x1b" not in ran.raw
    assert b"[red]hi[/red]" in ran.raw
    assert "\u202e".encode() not in ran.raw


# ---- turn by turn, with a session file


def test_a_session_goes_on_turn_by_turn(clinsim: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    say = ["play", "chest-pain", "--session", file, "--say"]
    assert clinsim(*say, ASK).out == f"{OPENING}\n{TOLD}\n"
    assert clinsim(*say, ADVISE).out == "patient: Can I not just drive in?\n"
    assert json.loads(file.read_text(encoding="utf-8"))["said"] == [ASK, ADVISE]
    last = clinsim(*say, ADVISE)
    assert "thank you" in last.out.lower()
    assert VERDICT in last.out


def test_a_session_begins_with_the_opening_and_shows_where_it_is(clinsim: Invoke, tmp_path: Path) -> None:
    session = ["play", "chest-pain", "--session", tmp_path / "s.json"]
    assert clinsim(*session).out == f"{OPENING}\n"
    assert clinsim(*session, "--say", ASK, "--say", "Thank you for telling me.").out.count("patient: ") == 3
    assert clinsim(*session).out.count("patient: ") == 1


def test_a_turn_of_a_session_is_taken_back(clinsim: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    say = ["play", "chest-pain", "--session", file, "--say"]
    clinsim(*say, ASK, "--say", "Never mind.")
    ran = clinsim(*say, "/back")
    assert (ran.code, ran.out, ran.err) == (0, "", "(taken back)\n")
    assert json.loads(file.read_text(encoding="utf-8"))["said"] == [ASK]


def test_after_the_end_nothing_more_can_be_said_but_the_end_can_be_taken_back(clinsim: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    say = ["play", "chest-pain", "--session", file, "--say"]
    clinsim(*say, ASK, "--say", ADVISE, "--say", ADVISE)
    refused = clinsim(*say, "One more thing")
    assert (refused.code, refused.out) == (2, "")
    assert "the dialogue has ended" in refused.err
    again = clinsim(*say, "/back", "--say", ADVISE)
    assert "thank you" in again.out.lower()
    assert VERDICT in again.out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"dialogue": 1}', "\xff", '{"dialogue": "x", "said": 1}'])
def test_a_session_file_that_makes_no_sense_is_refused(clinsim: Invoke, tmp_path: Path, text: str) -> None:
    file = tmp_path / "s.json"
    file.write_bytes(text.encode("latin-1"))
    ran = clinsim("play", "chest-pain", "--session", file, "--say", ASK)
    assert (ran.code, ran.out) in {(5, ""), (2, "")}
    assert str(file) in ran.err
    assert file.read_bytes() == text.encode("latin-1")


def test_a_session_belongs_to_one_dialogue(clinsim: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    clinsim("play", "chest-pain", "--session", file, "--say", ASK)
    ran = clinsim("play", "chest-pain", "--session", file, "--persona", "guarded", "--say", ASK)
    assert ran.code == 2
    assert "belongs to" in ran.err


def test_a_session_file_that_cannot_be_written_is_a_store_error(clinsim: Invoke, tmp_path: Path) -> None:
    ran = clinsim("play", "chest-pain", "--session", tmp_path / "nowhere" / "s.json", "--say", ASK)
    assert ran.code == 5
    assert "cannot be written" in ran.err


# ---- a terminal


def test_ctrl_c_leaves_at_once(small: Path) -> None:
    controller, terminal = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.small_clinsim", str(small), "play", "chest-pain"],
        cwd=REPOSITORY, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    while b"you: " not in shown:
        shown += os.read(controller, 1024)
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 130
    os.close(controller)
    assert b"my chest feels tight" in shown
