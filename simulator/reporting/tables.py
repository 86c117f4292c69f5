"""The leaderboard as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.evaluation.counterpart import CounterpartWork
from simulator.evaluation.leaderboard import Leaderboard, Scores, SubjectRow
from simulator.evaluation.manifest import Manifest
from simulator.evaluation.runs import VerdictSet
from simulator.models.sources import subject_name
from simulator.statistics import Estimate
from simulator.text.inert import one_line

Usage = dict[str, tuple[int, int, int]]

_TASKS = {
    "triage": "triage",
    "health_education": "education",
    "report_interpretation": "reports",
    "medication_guidance": "medication",
    "test_recommendation": "tests",
    "assisted_diagnosis": "diagnosis",
    "treatment_planning": "treatment",
    "record_writing": "records",
}


def _number(estimate: Estimate | None) -> str:
    return f"{estimate.mean:.2f}" if estimate else "–"


def _with_interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.mean:.2f}"
    return f"{estimate.mean:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _gate(row: SubjectRow) -> Text:
    if row.n_dialogues == 0:
        return Text("–")
    failed = len(row.gate_failed_scenarios)
    text = Text(f"{failed} of {row.n_scenarios}", style="red" if failed else "green")
    if row.gate_undecided_scenarios:
        text.append(f" ({len(row.gate_undecided_scenarios)} undecided)", style="yellow")
    return text


def _main_table(board: Leaderboard) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="Leaderboard", title_justify="left", title_style="bold")
    table.add_column("subject", overflow="fold")
    for name in ("overall [95 %]", "safety", "useful", "gate failed", "unscored", "turns", "dialogues"):
        table.add_column(name, justify="right")
    for row in board.rows:
        dialogues = str(row.n_dialogues) + (f" (+{row.n_missing} missing)" if row.n_missing else "")
        table.add_row(
            Text(one_line(row.subject)),
            _with_interval(row.scores.overall),
            _number(row.scores.safety),
            _number(row.scores.usefulness),
            _gate(row),
            "–" if row.unscored_share is None else f"{row.unscored_share:.0%}",
            "–" if row.mean_turns is None else f"{row.mean_turns:.1f}",
            dialogues,
        )
    return table


def _group_table(
    board: Leaderboard, title: str, groups: Callable[[SubjectRow], dict[str, Scores]], names: dict[str, str]
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    table.add_column("subject", overflow="fold")
    present = [name for name in names if any(name in groups(row) for row in board.rows)]
    for name in present:
        table.add_column(names[name], justify="right")
    for row in board.rows:
        found = groups(row)
        cells = [_number(found[name].overall) if name in found else "–" for name in present]
        table.add_row(Text(one_line(row.subject)), *cells)
    return table


def _counterpart(manifest: Manifest, usage: Usage, work: CounterpartWork) -> Text:
    """Who voiced and heard, beside the rules: how often, at what cost, and how often the rules had to stand in."""
    notes = Text()

    def spent(role: str) -> str:
        calls, prompt, completion = usage.get(role, (0, 0, 0))
        return f"{calls} calls, {(prompt + completion) / 1000:.1f}k tokens"

    if manifest.settings.voice:
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in work.spoken_by.items())
        name = one_line(subject_name(manifest.settings.voice))
        notes.append(f"Voice: {name} ({spent('voice')}); {work.n_replies} replies: {said}.\n")
    if manifest.settings.listener:
        heard = ", ".join(f"{count} {name}" for name, count in work.heard_by.items())
        name = one_line(subject_name(manifest.settings.listener))
        notes.append(f"Listener: {name} ({spent('listener')}); turns heard by: {heard}.\n")
    failed = [f"the voice's endpoint failed in {work.n_voice_failures} replies"] if work.n_voice_failures else []
    failed += (
        [f"the listener could not be used in {work.n_listener_failures} turns"] if work.n_listener_failures else []
    )
    if failed:
        notes.append(f"Rules and scripted words stood in: {'; '.join(failed)}.\n", style="yellow")
    return notes


def _notes(board: Leaderboard, manifest: Manifest, verdicts: VerdictSet | None) -> Text:
    notes = Text()
    judge = verdicts.judge if verdicts else None
    nobody = sum(row.decided_by.get("nobody", 0) for row in board.rows)
    if judge:
        notes.append(f"Judge: {one_line(judge)} for what no check decides.\n")
    elif nobody:
        notes.append("No judge model: criteria without a check are unscored. Name one with --judge openai:MODEL.\n")
    for line in manifest.adaptations:
        notes.append(f"Not as asked: {one_line(line)}\n", style="yellow")
    unreviewed = sum(review != "reviewed" for review in manifest.review.values())
    if unreviewed:
        notes.append(
            f"{unreviewed} of {len(manifest.review)} scenarios are unreviewed: "
            "no licensed clinician has signed them.\n",
            style="yellow",
        )
    return notes


def board_tables(
    board: Leaderboard, manifest: Manifest, verdicts: VerdictSet | None, usage: Usage, work: CounterpartWork
) -> RenderableType:
    """Main table, overall score by track and language, by task, and what a reader has to know beside them."""
    tracks = {"smartserv": "SmartServ", "smartcare": "SmartCare"}
    languages = {"en": "English", "zh": "中文"}
    return Group(
        _main_table(board),
        _group_table(
            board,
            "Overall by track and language",
            lambda row: {**row.by_track, **row.by_language},
            {**tracks, **languages},
        ),
        _group_table(board, "Overall by task", lambda row: row.by_task, _TASKS),
        Text.assemble(_notes(board, manifest, verdicts), _counterpart(manifest, usage, work)),
    )
