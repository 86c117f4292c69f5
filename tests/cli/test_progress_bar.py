"""The bar: for who looks at a terminal, and for nobody else."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import regex

from tests.cli.conftest import finished, process
from tests.evaluation.killing import CountingEndpoint
from tests.models.fake_server import FakeServer


def words(server: FakeServer, runs: Path) -> list[str]:
    server.respond, server.latency_s = CountingEndpoint(), 0.1
    endpoint = ["--subject", "openai:fake-model", "--base-url", server.base_url]
    return ["run", *endpoint, "--price", "1000,2000", "--runs", str(runs), "--json"]


def seen_in_a_terminal(small: Path, command: list[str]) -> str:
    """What a terminal of 160 columns receives from stderr, without its colours and cursor movements."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    plain = {"TERM": "xterm", "COLUMNS": "160"}
    running = process(small, *command, stderr=terminal, stdout=subprocess.DEVNULL, environ=plain)
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(controller, 65536):
            shown += chunk
    except OSError:  # EIO: the last process has closed the terminal
        pass
    assert running.wait(timeout=60) == 0, shown.decode()
    os.close(controller)
    return regex.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def test_a_terminal_shows_dialogues_tokens_and_cost(server: FakeServer, small: Path, runs: Path) -> None:
    shown = seen_in_a_terminal(small, words(server, runs))
    (folder,) = runs.iterdir()
    assert folder.name in shown
    assert regex.search(r"\b[0-4]/4\b", shown)
    figures = regex.findall(r"(\d+) calls, (\d+\.\d)k tokens, \$(\d+\.\d{4})", shown)
    assert figures
    for calls, thousands, dollars in figures:
        assert round(int(calls) * 15 / 1000, 1) == float(thousands)
        assert round(int(calls) * (10 * 1000 + 5 * 2000) / 1e6, 4) == float(dollars)


def test_where_nobody_looks_nothing_is_shown(server: FakeServer, small: Path, runs: Path) -> None:
    ran = finished(process(small, *words(server, runs)))
    assert ran.code == 0
    assert ran.err.startswith("Results: ")
    assert ran.err.count("\n") == 1


def test_a_run_without_models_shows_no_cost(small: Path, runs: Path) -> None:
    shown = seen_in_a_terminal(small, ["run", "--subject", "ref:exemplar", "--epochs", "20", "--runs", str(runs)])
    assert "tokens" not in shown
    assert "cost" not in shown
