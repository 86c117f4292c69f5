"""The event log of a dialogue, and the way back: a record is a fold over its events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from simulator.dialogue.playing import DialogueSpec
from simulator.dialogue.record import (
    CounterpartTurn,
    DialogueRecord,
    EndReason,
    LedgerEntry,
    SubjectTurn,
    Withheld,
)
from simulator.dialogue.understanding import Understanding


class EventKind(StrEnum):
    SUBJECT_SPOKE = "subject_spoke"
    UNDERSTOOD = "understood"
    RELEASED = "released"
    WITHHELD = "withheld"
    COUNTERPART_SPOKE = "counterpart_spoke"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``payload`` is JSON of the model that its kind names."""

    turn: int
    kind: EventKind
    payload: str


def events_of(record: DialogueRecord) -> tuple[Event, ...]:
    """The events of a record, turn by turn in the order in which they happened."""
    events: list[Event] = []
    for turn in range(max(len(record.subject_turns) + 1, len(record.counterpart_turns))):
        if 0 < turn <= len(record.subject_turns):
            events.append(Event(turn, EventKind.SUBJECT_SPOKE, record.subject_turns[turn - 1].model_dump_json()))
        if 0 < turn <= len(record.understandings):
            events.append(Event(turn, EventKind.UNDERSTOOD, record.understandings[turn - 1].model_dump_json()))
        events.extend(
            Event(turn, EventKind.RELEASED, entry.model_dump_json()) for entry in record.ledger if entry.turn == turn
        )
        events.extend(
            Event(turn, EventKind.WITHHELD, item.model_dump_json()) for item in record.withheld if item.turn == turn
        )
        if turn < len(record.counterpart_turns):
            spoken = record.counterpart_turns[turn]
            events.append(Event(turn, EventKind.COUNTERPART_SPOKE, spoken.model_dump_json()))
    ended = json.dumps({"reason": record.end_reason.value, "detail": record.end_detail}, ensure_ascii=False)
    events.append(Event(len(record.subject_turns), EventKind.ENDED, ended))
    return tuple(events)


def record_from(spec: DialogueSpec, events: Iterable[Event]) -> DialogueRecord:
    """The record whose events these are. Raises ValueError where the end is missing."""
    by_kind: dict[EventKind, list[str]] = {kind: [] for kind in EventKind}
    for event in events:
        by_kind[event.kind].append(event.payload)
    if not by_kind[EventKind.ENDED]:
        raise ValueError(f"the log of {spec.id} has no end")
    end = json.loads(by_kind[EventKind.ENDED][-1])
    return DialogueRecord(
        id=spec.id,
        scenario_id=spec.scenario_id,
        persona_id=spec.persona_id,
        subject=spec.subject,
        language=spec.language,
        epoch=spec.epoch,
        seed=spec.seed,
        subject_turns=tuple(map(SubjectTurn.model_validate_json, by_kind[EventKind.SUBJECT_SPOKE])),
        understandings=tuple(map(Understanding.model_validate_json, by_kind[EventKind.UNDERSTOOD])),
        counterpart_turns=tuple(map(CounterpartTurn.model_validate_json, by_kind[EventKind.COUNTERPART_SPOKE])),
        ledger=tuple(map(LedgerEntry.model_validate_json, by_kind[EventKind.RELEASED])),
        withheld=tuple(map(Withheld.model_validate_json, by_kind[EventKind.WITHHELD])),
        end_reason=EndReason(end["reason"]),
        end_detail=end["detail"],
    )
