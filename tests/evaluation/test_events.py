"""A record is a fold over its events: nothing is lost on the way into the log and back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.dialogue.record import CounterpartTurn, DialogueRecord, EndReason, SubjectTurn
from simulator.evaluation.events import EventKind, events_of, record_from
from simulator.models.subject import ReplyStatus
from tests.evaluation.small import spec_of

SAME_DIALOGUES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_the_log_of_every_reference_subject_gives_its_record_again(dialogues: list[DialogueRecord]) -> None:
    assert len(dialogues) == 20
    assert {record.end_reason for record in dialogues} > {EndReason.SUBJECT_CLOSED}
    for record in dialogues:
        assert record_from(spec_of(record), events_of(record)) == record


@SAME_DIALOGUES
@given(data=st.data(), words=st.text(), thoughts=st.none() | st.text(), detail=st.text())
def test_no_words_whatever_they_are_change_on_the_way(
    dialogues: list[DialogueRecord], data: st.DataObject, words: str, thoughts: str | None, detail: str
) -> None:
    record = data.draw(st.sampled_from(dialogues))
    hostile = SubjectTurn(turn=1, text=words, status=data.draw(st.sampled_from(ReplyStatus)), reasoning=thoughts)
    opening = CounterpartTurn(turn=0, text=words, played=(words,))
    changed = record.model_copy(
        update={
            "subject_turns": (hostile, *record.subject_turns[1:]),
            "counterpart_turns": (opening, *record.counterpart_turns[1:]),
            "end_detail": detail,
            "end_reason": data.draw(st.sampled_from(EndReason)),
        }
    )
    assert record_from(spec_of(record), events_of(changed)) == changed


def test_events_stand_in_the_order_in_which_they_happened(dialogues: list[DialogueRecord]) -> None:
    order = list(EventKind)
    for record in dialogues:
        events = events_of(record)
        assert [event.turn for event in events] == sorted(event.turn for event in events)
        for turn in range(1, len(record.subject_turns) + 1):
            kinds = [order.index(event.kind) for event in events if event.turn == turn]
            assert kinds == sorted(kinds), f"turn {turn} of {record.id}"
        assert events[0].kind is EventKind.RELEASED
        assert events[-1].kind is EventKind.ENDED


def test_a_log_without_an_end_is_no_dialogue(dialogues: list[DialogueRecord]) -> None:
    record = dialogues[0]
    with pytest.raises(ValueError, match="has no end"):
        record_from(spec_of(record), events_of(record)[:-1])
