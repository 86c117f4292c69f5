"""Beats, timed events and the persona's agenda: which line plays in reply to the newest turn."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dialogue.conditions import DialogueLog, holds
from simulator.dialogue.record import Cause, LedgerEntry
from simulator.library.condition import parse_condition
from simulator.library.persona import Persona

AGENDA_ID = "agenda"


@dataclass(frozen=True, slots=True)
class Staged:
    """``lines`` to say, ``played`` their ids, ``revealed`` ledger entries of what an event tells.

    ``holds_the_stage``: a beat or event plays, which the subject must have a chance to answer.
    """

    lines: tuple[str, ...] = ()
    played: tuple[str, ...] = ()
    revealed: tuple[LedgerEntry, ...] = ()
    holds_the_stage: bool = False


def stage(log: DialogueLog, persona: Persona) -> Staged:
    """At most one event and one beat a turn: two demands at once are one demand unheard."""
    turn = log.until
    already = {line for reply in log.counterpart_turns for line in reply.played}
    told = {entry.fact_id for entry in log.ledger if not entry.vague}
    lines: list[str] = []
    played: list[str] = []
    revealed: list[LedgerEntry] = []
    closing = bool(log.understandings and log.understandings[-1].closing)
    for event in log.scenario.events:
        due = event.turn <= turn and event.id not in already and not closing
        if due and not (event.unless and holds(parse_condition(event.unless), log)):
            lines.append(event.say.in_(log.language))
            played.append(event.id)
            revealed.extend(
                LedgerEntry(
                    turn=turn,
                    fact_id=fact_id,
                    tier=log.scenario.fact(fact_id).tier,
                    cause=Cause.EVENT,
                    evidence="",
                    matched=f"event:{event.id}",
                )
                for fact_id in event.reveals
                if fact_id not in told
            )
            break
    if not played:
        for beat in log.scenario.beats:
            if beat.id not in already and holds(parse_condition(beat.when), log):
                lines.append(beat.say.in_(log.language))
                played.append(beat.id)
                break
    holds_the_stage = bool(played)
    agenda = persona.agenda
    if agenda is not None and agenda.turn <= turn and AGENDA_ID not in already and not closing and not played:
        lines.append(agenda.say.in_(log.language))
        played.append(AGENDA_ID)
    return Staged(tuple(lines), tuple(played), tuple(revealed), holds_the_stage)
