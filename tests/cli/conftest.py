"""The command line as a function of its words: in this process for most tests, as a process where that matters.

Both see the small library of the tests instead of the shipped one, which is read anew by every command and is large.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import run_app
from simulator.library import location
from simulator.library.location import Roots
from tests.evaluation.small import with_a_criterion_to_judge
from tests.library.minimal import write

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    raw: bytes
    """stdout, byte for byte."""
    raw_err: bytes

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def err(self) -> str:
        return self.raw_err.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


Invoke = Callable[..., Ran]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small library."""
    folder = tmp_path_factory.mktemp("library")
    write(folder, with_a_criterion_to_judge)
    return folder


@pytest.fixture
def clinsim(small: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs a command in this process: ``clinsim("run", "chest-pain", stdin="…")``. Runs lie in ``runs``."""
    monkeypatch.setattr(location, "default_roots", lambda: Roots((location.ContentRoot.under(small),)))
    monkeypatch.setenv("CLINSIM_RUNS", str(runs))
    monkeypatch.setenv("CLINSIM_TRACEBACK", "1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    def invoke(*words: str | Path, stdin: str = "") -> Ran:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["clinsim", *map(str, words)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8", newline=""))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8", newline=""))
            code = run_app()
            sys.stdout.flush()
            sys.stderr.flush()
            ran = Ran(code, out.getvalue(), err.getvalue())
        assert "Traceback" not in ran.err, ran.err
        return ran

    return invoke


def process(small: Path, *words: str | Path, **more: Any) -> subprocess.Popen[bytes]:
    """A command as a process of its own; the caller waits for it."""
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), **more.pop("environ", {})}
    command = [sys.executable, "-m", "tests.cli.small_clinsim", str(small), *map(str, words)]
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    running: subprocess.Popen[bytes] = subprocess.Popen(command, env=environ, **pipes)
    return running


def finished(running: subprocess.Popen[bytes], timeout_s: float = 120) -> Ran:
    out, err = running.communicate(timeout=timeout_s)
    assert b"Traceback" not in err, err.decode()
    return Ran(running.returncode, out or b"", err or b"")
