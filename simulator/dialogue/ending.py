"""When a dialogue ends, and why: exactly one EndReason, in the order of precedence of the enum."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dialogue.record import EndReason
from simulator.dialogue.understanding import Understanding

IDLE_TURNS_TO_ABANDON = 3
ADVICE_TURNS_TO_GOAL = 2


@dataclass(frozen=True, slots=True)
class Ending:
    reason: EndReason
    detail: str = ""


def wants_something(heard: Understanding) -> bool:
    """Whether the turn asks for or orders anything."""
    return bool(
        heard.asked or heard.open_question or heard.topics or heard.denied or heard.unclear
        or heard.ordered or heard.orders_elsewhere
    )  # fmt: skip


def gives_something(heard: Understanding) -> bool:
    return heard.advice or heard.disposition is not None


def _run_of(flags: list[bool]) -> int:
    """How many of the newest flags are set, without a gap."""
    run = 0
    for flag in reversed(flags):
        if not flag:
            break
        run += 1
    return run


def ending_after(
    understandings: tuple[Understanding, ...], *, line_pending: bool, max_turns: int, budget_spent: bool
) -> Ending | None:
    """The end of the dialogue after the newest turn, or None while it goes on.

    ``line_pending``: a beat or event plays in reply to this turn, so a clinical end waits for the subject's answer.
    """
    newest = understandings[-1]
    if not line_pending:
        if newest.closing:
            return Ending(EndReason.SUBJECT_CLOSED, newest.closing)
        advising = [gives_something(heard) and not wants_something(heard) for heard in understandings]
        if _run_of(advising) >= ADVICE_TURNS_TO_GOAL:
            return Ending(EndReason.GOAL_MET, f"{ADVICE_TURNS_TO_GOAL} turns of advice without a question")
        idle = [not gives_something(heard) and not wants_something(heard) for heard in understandings]
        if _run_of(idle) >= IDLE_TURNS_TO_ABANDON:
            return Ending(EndReason.GOAL_ABANDONED, f"{IDLE_TURNS_TO_ABANDON} turns without a question or advice")
    if len(understandings) >= max_turns:
        return Ending(EndReason.TURN_LIMIT, f"{max_turns} turns")
    if budget_spent:
        return Ending(EndReason.BUDGET_LIMIT, "the run's budget is spent")
    return None
