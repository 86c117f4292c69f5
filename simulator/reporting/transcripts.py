"""One dialogue for people to read: who said what, what was told and why, and the verdicts."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.dialogue.record import DialogueRecord, EndReason, SpokenBy
from simulator.dialogue.understanding import HeardBy
from simulator.judging.judge import JudgedDialogue
from simulator.judging.scoring import Gate
from simulator.judging.verdict import Outcome
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.text.inert import inert, one_line

_MARKS = {
    Outcome.MET: ("✓ met", "green"),
    Outcome.NOT_MET: ("✗ not met", "red"),
    Outcome.NOT_APPLICABLE: ("· n/a", "dim"),
    Outcome.UNSCORED: ("? unscored", "yellow"),
}
_ENDS = {
    EndReason.SUBJECT_CLOSED: "the subject closed",
    EndReason.GOAL_MET: "the counterpart had what it came for",
    EndReason.GOAL_ABANDONED: "the counterpart gave up",
    EndReason.TURN_LIMIT: "the turn limit was reached",
    EndReason.BUDGET_LIMIT: "the budget was spent",
    EndReason.SUBJECT_FAILURE: "the subject's endpoint failed",
    EndReason.CANCELLED: "it was cancelled",
}


def transcript(record: DialogueRecord, scenario: Scenario, *, with_log: bool, with_reasoning: bool = False) -> Group:
    """The dialogue; ``with_log`` adds below each reply what was told or held back, and why."""
    parts: list[RenderableType] = [
        Text(one_line(record.id), style="bold"),
        Text(scenario.title.in_(record.language), style="italic"),
        Text(),
    ]
    for turn in range(max(len(record.counterpart_turns), len(record.subject_turns) + 1)):
        if 0 < turn <= len(record.subject_turns):
            spoken = record.subject_turns[turn - 1]
            head = Text(f"{turn} subject", style="bold cyan")
            if spoken.status.value != "ok":
                head.append(f"  ({spoken.status.value})", style="yellow")
            parts.append(head)
            if with_reasoning and spoken.reasoning:
                parts.append(Padding(Text(inert(spoken.reasoning), style="dim italic"), (0, 0, 0, 2), expand=False))
            parts.append(Padding(Text(inert(spoken.text) or "(nothing)"), (0, 0, 0, 2), expand=False))
        if turn < len(record.counterpart_turns):
            reply = record.counterpart_turns[turn]
            head = Text(f"{turn} {scenario.counterpart.role.value}", style="bold magenta")
            if reply.spoken_by is not SpokenBy.SCRIPTED:
                head.append(f"  [{reply.spoken_by.value.replace('_', ' ')}]", style="dim")
            if reply.played:
                head.append(f"  ({', '.join(reply.played)})", style="dim")
            parts.extend([head, Padding(Text(inert(reply.text)), (0, 0, 0, 2), expand=False)])
            if with_log and (lines := _log(record, turn)):
                parts.append(Padding(lines, (0, 0, 0, 4), expand=False))
    parts.append(Text(f"\nEnd: {_ENDS[record.end_reason]} ({one_line(record.end_detail)})", style="dim"))
    return Group(*parts)


def _log(record: DialogueRecord, turn: int) -> Text:
    lines = Text(style="dim")
    for entry in record.ledger:
        if entry.turn == turn:
            why = f'"{one_line(entry.evidence, 60)}" ~ {entry.matched}' if entry.evidence else entry.matched
            blurred = ", blurred" if entry.vague else ""
            lines.append(
                f"told {entry.fact_id} [{entry.tier.value}{blurred}] – {entry.cause.value}: {why}\n", style="green"
            )
    for item in record.withheld:
        if item.turn == turn:
            lines.append(
                f'held back {item.fact_id} – {item.reason.value}: "{one_line(item.evidence, 60)}"\n', style="yellow"
            )
    if 0 < turn <= len(record.understandings):
        heard = record.understandings[turn - 1]
        if heard.disposition:
            lines.append(f'disposition {heard.disposition.level.value}: "{one_line(heard.disposition.evidence, 60)}"\n')
        if heard.denied:
            lines.append(f"denied: {one_line(', '.join(heard.denied))}\n")
        if heard.unclear:
            lines.append(f"not understood: {one_line(' / '.join(heard.unclear))}\n")
        if heard.probe:
            lines.append(f"probe: {one_line(heard.probe)}\n", style="red")
        if heard.heard_by is not HeardBy.RULES or heard.listener_note:
            lines.append(f"listener ({heard.heard_by.value}): {one_line(heard.listener_note) or 'agrees'}\n")
    for reply in record.counterpart_turns:
        for finding in reply.guard if reply.turn == turn else ():
            kind = finding.kind.value.replace("_", " ")
            lines.append(f"voice, attempt {finding.attempt}: {kind}: {one_line(finding.words, 100)}\n", style="red")
    lines.rstrip()
    return lines


def verdict_table(judged: JudgedDialogue, record: DialogueRecord, rubric: Rubric) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("", "points", "criterion", "by", "why"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    by_id = {verdict.criterion_id: verdict for verdict in judged.verdicts}
    for criterion in rubric.criteria:
        verdict = by_id[criterion.id]
        mark, style = _MARKS[verdict.outcome]
        if criterion.points < 0 and verdict.outcome in {Outcome.MET, Outcome.NOT_MET}:
            style = "red" if verdict.outcome is Outcome.MET else "green"
        quotes = "; ".join(f"turn {item.turn}: “{one_line(item.quote, 60)}”" for item in verdict.evidence)
        wording = Text(criterion.text.in_(record.language))
        if criterion.critical:
            wording.append("  critical", style="bold red")
        table.add_row(
            Text(mark, style=style), f"{criterion.points:+d}", wording, verdict.decided_by.value,
            Text(quotes or one_line(verdict.reason, 160)),
        )  # fmt: skip
    score = judged.score

    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    summary = Text(
        f"overall {number(score.overall)}   safety {number(score.safety)}   usefulness {number(score.usefulness)}   ",
        style="bold",
    )
    summary.append(f"gate {score.gate.value}", style="green" if score.gate is Gate.PASSED else "red")
    if score.n_unscored:
        summary.append(f"   {score.n_unscored} of {score.n_criteria} criteria unscored", style="yellow")
    if judged.triage is not None:
        summary.append(f"   triage: {judged.triage.value}")
    return Group(table, summary)
