"""The progress bar of a run: dialogues, tokens, cost. On stderr, and only where a person is looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from simulator.cli.common import stderr

if TYPE_CHECKING:
    from simulator.evaluation.running import Live

_REFRESH_S = 0.2


def _figures(live: Live) -> str:
    tally = live.tallies()
    parts = []
    if live.progress.n_failed:
        parts.append(f"{live.progress.n_failed} failed")
    if tally.calls or tally.replayed:
        parts.append(f"{tally.calls} calls")
        if tally.replayed:
            parts.append(f"{tally.replayed} replayed")
        parts.append(f"{(tally.prompt_tokens + tally.completion_tokens) / 1000:.1f}k tokens")
        parts.append("cost unknown" if live.cost is None else f"${live.cost:.4f}")
    beside = live.counterpart()
    if beside.calls or beside.replayed:
        tokens = beside.prompt_tokens + beside.completion_tokens
        parts.append(f"counterpart {beside.calls + beside.replayed} calls {tokens / 1000:.1f}k tokens")
    return ", ".join(parts)


@contextmanager
def shown(folder: Path) -> Iterator[Callable[[Live], None]]:
    """Shows a run while the block lasts; the value is the ``watch`` that `continue_run` takes."""
    console = stderr(soft_wrap=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}", markup=False),
    )
    stop = Event()
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(folder.name, total=None, figures="")

        def follow(live: Live) -> None:
            while not stop.wait(_REFRESH_S):
                bar.update(task, total=live.progress.n_planned, completed=live.progress.n_done, figures=_figures(live))
                bar.refresh()

        threads: list[Thread] = []

        def watch(live: Live) -> None:
            thread = Thread(target=follow, args=(live,), daemon=True)
            threads.append(thread)
            thread.start()

        try:
            yield watch
        finally:
            stop.set()
            for thread in threads:
                thread.join()
