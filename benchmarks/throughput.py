"""`python -m benchmarks.throughput`: dialogues per second and CPU per turn, as ratios taken in one run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.machine import Machine, this_machine
from benchmarks.measuring import Ratio, Spread
from benchmarks.scripted import BARE, RUN, ScriptedResult, measure_scripted
from benchmarks.served import RAW_SDK, SIMULATOR, ServedResult, measure_served
from benchmarks.work import StartUp, opened_library

_DIALOGUES = 40
_ROUNDS = 5
_MAX_TURNS = 8
_PIPE_WIDTH = 120
_TABLE_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Report:
    machine: Machine
    busy: bool
    """As `Machine.busy`, before the first measurement."""
    load_average_after: tuple[float, float, float]
    seconds: float
    """What the benchmark itself took, wall."""
    start_up: StartUp
    scripted: ScriptedResult | None
    served: ServedResult | None


def _measure(options: argparse.Namespace, tell: Callable[[str], None]) -> Report:
    machine = this_machine()
    begun = time.perf_counter()
    tell("reading the library")
    library, start_up = opened_library()
    rounds = options.rounds

    def on_round(part: str) -> Callable[[int], None]:
        return lambda made: tell(f"{part}: round {made} of {rounds}")

    scripted = served = None
    if options.only != "served":
        tell("scripted: warming up")
        scripted = measure_scripted(library, options.dialogues, rounds, on_round("scripted"))
    if options.only != "scripted":
        tell("served: warming up")
        served = measure_served(
            library,
            options.dialogues,
            rounds,
            max_turns=options.max_turns,
            latency_ms=options.latency_ms,
            on_round=on_round("served"),
        )
    return Report(
        machine, machine.busy, this_machine().load_average, time.perf_counter() - begun, start_up, scripted, served
    )


def _shown(spread: Spread, digits: int = 2) -> str:
    return f"{spread.median:.{digits}f} ({spread.lowest:.{digits}f}–{spread.highest:.{digits}f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", min_width=_TABLE_WIDTH)
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at else "left")
    return table


def _words(name: str) -> str:
    return name.replace("_", " ")


def _add_ratios(table: Table, ratios: dict[str, Ratio]) -> Table:
    for name, found in ratios.items():
        table.add_row(_words(name).replace(" to ", " ÷ "), _shown(found.wall), _shown(found.cpu))
    return table


def _print_scripted(console: Console, result: ScriptedResult) -> None:
    title = f"Scripted subject {result.subject}: {result.dialogues} dialogues, {result.turns} turns"
    speeds = _table(title, "variant", "dialogues/s", "turns/s", "CPU ms/turn")
    for name, speed in result.variants.items():
        speeds.add_row(
            _words(name), _shown(speed.dialogues_per_s, 1), _shown(speed.turns_per_s, 0), _shown(speed.cpu_ms_per_turn)
        )
    console.print(speeds)
    ratios = result.ratios | {"checkpointer_to_none": result.checkpointer_to_none}
    console.print(_add_ratios(_table("Ratios of time", "variants", "wall", "CPU"), ratios))
    split = _table("Where the CPU goes", "part", "every turn, ms", "once a run, s")
    for name, spread in result.cpu_ms_per_turn.items():
        split.add_row(name, _shown(spread, 3), "")
    split.add_section()
    for name, spread in result.cpu_s_per_run.items():
        split.add_row(name, "", _shown(spread))
    console.print(split)


def _print_served(console: Console, result: ServedResult) -> None:
    title = (
        f"Loopback endpoint, {result.latency_ms:g} ms: {result.dialogues} dialogues, {result.calls} calls of "
        f"{result.mean_messages_per_call:.1f} messages, {result.concurrency} at a time"
    )
    speeds = _table(title, "variant", "dialogues/s", "calls/s", "client CPU ms/call")
    for name, speed in result.variants.items():
        speeds.add_row(
            _words(name), _shown(speed.dialogues_per_s, 1), _shown(speed.calls_per_s, 0), _shown(speed.cpu_ms_per_call)
        )
    console.print(speeds)
    console.print(_add_ratios(_table("Ratios of time", "variants", "wall", "CPU"), result.ratios))
    console.print(f"The simulator adds {_shown(result.simulator_cpu_ms_per_call)} ms of CPU to the raw SDK's call.")


def _print(console: Console, report: Report) -> None:
    machine = report.machine
    console.print(
        f"{machine.at}   {machine.cpu}, {machine.cpu_count} cores   Python {machine.python}   {machine.revision}\n"
        + "   ".join(f"{name} {version}" for name, version in machine.packages.items())
        + f"\nload average before {_load(machine.load_average)}, after {_load(report.load_average_after)}; "
        + f"all of this took {report.seconds:.0f} s"
        + f"\nstart-up, CPU s once a process: library {report.start_up.read_library_s:.2f}, "
        + f"cases {report.start_up.prepare_cases_s:.2f}\nmedian (lowest–highest) over the rounds\n",
        soft_wrap=True,
    )
    if report.scripted is not None:
        _print_scripted(console, report.scripted)
    if report.served is not None:
        _print_served(console, report.served)
    for line in _headlines(report):
        console.print(line, soft_wrap=True)


def _load(load: tuple[float, float, float]) -> str:
    return " ".join(f"{value:.2f}" for value in load)


def _headlines(report: Report) -> list[str]:
    found = []
    if report.busy:
        found.append(
            "Others were working on this machine: go by CPU, not by wall time, and repeat it when it is quiet."
        )
    if report.scripted is not None:
        cpu = report.scripted.ratios[f"{RUN}_to_{BARE}"].cpu
        found.append(f"A whole run costs {cpu.median:.2f} times the CPU of its bare functions.")
    if report.served is not None:
        both = report.served.ratios[f"{SIMULATOR}_to_{RAW_SDK}"]
        wall = "" if report.busy else f", and {both.wall.median:.2f} times the wall time,"
        found.append(
            f"With {report.served.latency_ms:g} ms of latency, a run costs {both.cpu.median:.2f} times the CPU{wall} "
            "of a bare loop over the same calls with the openai SDK."
        )
    return found


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--dialogues", type=_positive, default=_DIALOGUES, help="of one pass (default: %(default)s)")
    parser.add_argument("--rounds", type=_positive, default=_ROUNDS, help="passes of each variant (%(default)s)")
    parser.add_argument(
        "--max-turns", type=_positive, default=_MAX_TURNS, help="calls of a dialogue with the endpoint (%(default)s)"
    )
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of the endpoint (%(default)s)")
    parser.add_argument("--only", choices=("scripted", "served"), help="one of the two parts")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args(arguments)
    stderr = Console(stderr=True, highlight=False)
    with stderr.status("starting") as status:
        report = _measure(options, status.update)
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _print(Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False), report)


if __name__ == "__main__":
    main()
