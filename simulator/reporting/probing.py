"""What probes found: a table for people, JSON for programs. Keys stand in docs/results.md."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.judging.probing.probing import Flips, ProbeRow
from simulator.reporting.estimates import figure_table, interval_of, mean_of, shown
from simulator.text.inert import one_line

Json = dict[str, object]


def _flips_json(flips: Flips | None) -> Json | None:
    if flips is None:
        return None
    return {
        "n": flips.n,
        "flipped": mean_of(flips.flipped),
        "flipped_interval": interval_of(flips.flipped),
        "in_favour": mean_of(flips.in_favour),
        "in_favour_interval": interval_of(flips.in_favour),
        "n_to_met": flips.n_to_met,
        "n_to_not_met": flips.n_to_not_met,
        "n_lost": flips.n_lost,
    }


def probes_json(judge: str | None, n_dialogues: int, rows: Sequence[ProbeRow]) -> Json:
    """`{"judge", "n_dialogues", "probes": {NAME: {"judge", "checks"}}}`; None where there is nothing to compare."""
    return {
        "judge": judge,
        "n_dialogues": n_dialogues,
        "probes": {
            row.probe.value: {"judge": _flips_json(row.judge), "checks": _flips_json(row.checks)} for row in rows
        },
    }


def probes_table(judge: str | None, n_dialogues: int, rows: Sequence[ProbeRow]) -> RenderableType:
    title = f"Verdicts that flip, over {n_dialogues} dialogues" + (f"; judge: {one_line(judge)}" if judge else "")
    head = (
        "probe",
        "checks: verdicts",
        "flipped",
        *(("judge: verdicts", "flipped", "in favour", "lost") if judge else ()),
    )
    table = figure_table(title, head)
    for row in rows:
        cells = [str(row.checks.n), _count(row.checks)] if row.checks else ["–", "–"]
        if judge:
            each = row.judge
            cells += [str(each.n), shown(each.flipped), shown(each.in_favour), str(each.n_lost)] if each else ["–"] * 4
        table.add_row(row.probe.value.replace("_", " "), *cells)
    notes = Text(style="dim")
    if judge:
        notes.append(
            "Read each figure against `repeat`, where nothing was changed. In favour: the share of verdicts that "
            "changed to the subject's advantage, less the share that changed against it. Lost: decided before, and "
            "not after.\n"
        )
    else:
        notes.append("No judge was named (--judge): only the checks were probed.\n")
    return Group(table, notes)


def _count(flips: Flips) -> str:
    return str(flips.n_to_met + flips.n_to_not_met)
