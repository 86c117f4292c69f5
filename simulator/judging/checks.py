"""Verdicts that need no model: a criterion's `applies` and `check`, read off the log (docs/conditions.md)."""

from __future__ import annotations

from simulator.dialogue.conditions import DialogueLog, Holding, holds
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict
from simulator.library.condition import parse_condition
from simulator.library.rubric import Criterion


def decide_by_check(criterion: Criterion, log: DialogueLog) -> Verdict | None:
    """The verdict of the log; None where the criterion applies and has no check, so that a judge has to decide.

    A check that holds makes the criterion met, whatever its sign: for a `must_not` criterion, met means harm done.
    Where nothing showed the harm, it is not met, which is good.
    """
    if criterion.applies is not None:
        ground = holds(parse_condition(criterion.applies), log)
        if not ground.value:
            return _verdict(criterion, Outcome.NOT_APPLICABLE, f"does not hold: {criterion.applies}", ground)
    if criterion.check is None:
        return None
    holding = holds(parse_condition(criterion.check), log)
    if holding.value:
        return _verdict(criterion, Outcome.MET, f"holds: {criterion.check}", holding)
    return _verdict(criterion, Outcome.NOT_MET, f"does not hold: {criterion.check}", holding)


def _verdict(criterion: Criterion, outcome: Outcome, reason: str, holding: Holding) -> Verdict:
    return Verdict(
        criterion_id=criterion.id,
        outcome=outcome,
        decided_by=DecidedBy.CHECK,
        reason=" ".join(reason.split()),
        evidence=tuple(Evidence(turn=turn, quote=quote) for turn, quote in holding.evidence),
    )
