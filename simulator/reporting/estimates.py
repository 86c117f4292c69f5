"""An estimate in a table and in JSON: its value and interval, and nothing where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table

from simulator.statistics import Estimate


def mean_of(estimate: Estimate | None) -> float | None:
    """The mean, 0…1, with four digits; None where nothing was estimated."""
    return round(estimate.mean, 4) if estimate else None


def interval_of(estimate: Estimate | None) -> list[float] | None:
    """``[low, high]``; None with fewer than two clusters."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return None
    return [round(estimate.low, 4), round(estimate.high, 4)]


def shown(estimate: Estimate | None) -> str:
    """`0.812 [0.75, 0.87]`; a dash where nothing was estimated."""
    if estimate is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.mean:.3f}"
    return f"{estimate.mean:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def figure_table(title: str, head: Sequence[str]) -> Table:
    """A table whose first column is words and whose others are figures."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for at, name in enumerate(head):
        table.add_column(name, justify="left" if at == 0 else "right", overflow="fold")
    return table
