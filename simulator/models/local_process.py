"""Starting and stopping the child process that serves local weights."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO

from simulator.errors import EndpointFailed

_STOP_S = 5.0
_LINES_KEPT = 8


class LocalProcess:
    """One server for one GGUF file. It ends with ``stop``, or with this process, however that ends."""

    def __init__(self, model: Path, *, alias: str, slots: int, context: int, start_s: float = 300.0) -> None:
        """``context`` is in tokens for each of ``slots`` dialogues side by side; ``start_s`` bounds loading."""
        self._model = model
        self._arguments = ["--model", str(model), "--alias", alias, "--slots", str(slots), "--context", str(context)]
        self._start_s = start_s
        self._child: subprocess.Popen[bytes] | None = None
        self._log: deque[str] = deque(maxlen=_LINES_KEPT)
        self._log_reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is none."""
        return self._child.pid if self._child else None

    async def start(self) -> str:
        """Starts the server, waits until it answers, and gives its base URL. Raises EndpointFailed."""
        self._child = _spawn(self._arguments)
        self._log_reader = threading.Thread(target=_keep, args=(self._child.stderr, self._log), daemon=True)
        self._log_reader.start()
        try:
            async with asyncio.timeout(self._start_s):
                return await self._ready(self._child)
        except TimeoutError:
            said = self.said()
            await self.stop()
            raise EndpointFailed(
                f"the model did not load within {self._start_s:g} s: {said}",
                where=str(self._model),
                fix="choose a smaller model, or free some memory",
            ) from None
        except BaseException:
            await self.stop()
            raise

    async def _ready(self, child: subprocess.Popen[bytes]) -> str:
        assert child.stdout is not None
        line = await asyncio.to_thread(child.stdout.readline)
        try:
            return str(json.loads(line)["base_url"])
        except (ValueError, KeyError, TypeError):
            await self.stop()
            raise EndpointFailed(
                f"llama.cpp could not load the model: {self.said() or 'it gave no reason'}",
                where=str(self._model),
                fix="check that the file is whole, of a kind that this llama.cpp knows, and that memory suffices",
            ) from None

    def said(self) -> str:
        """The end of the child's log, on one line."""
        return " ".join(" ".join(self._log).split())

    async def ended(self, within_s: float = 0.0) -> int | None:
        """The child's exit status, if it ends by itself within this time; else, or where it was stopped, None."""
        if self._child is None:
            return None
        try:
            return await asyncio.to_thread(self._child.wait, within_s)
        except subprocess.TimeoutExpired:
            return None

    async def stop(self) -> None:
        """Ends the child and waits for it. Safe to call twice, and when start failed."""
        child, self._child = self._child, None
        if child is not None:
            await asyncio.shield(asyncio.to_thread(_end, child, self._log_reader))


def _spawn(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 – our own module, and no shell
        [sys.executable, "-m", "simulator.models.local_server", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for this process alone
    )


def _keep(stream: IO[bytes] | None, lines: deque[str]) -> None:
    if stream is not None:
        with stream:
            lines.extend(line.decode("utf-8", "replace") for line in stream)


def _end(child: subprocess.Popen[bytes], log_reader: threading.Thread | None) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if log_reader is not None:
        log_reader.join(_STOP_S)
    if child.stdout is not None:
        child.stdout.close()
