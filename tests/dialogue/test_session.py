"""A human in the subject's chair: pausing, stepping back, and the record in the end."""

from __future__ import annotations

import pytest

from simulator.dialogue.record import EndReason
from simulator.dialogue.session import Session
from simulator.models.subject import ReplyStatus
from tests.dialogue.cases import BEAT_SLEEP, EVENT_WORSE, persona, played, scenario, spec

TURNS = (
    "What brings you in?",
    "When did it start?",
    "Have you seen double?",
    "Do you drink alcohol?",
    "Call 999 now. [END]",
    "Goodbye.",
)
CASE = scenario(beats=[BEAT_SLEEP], events=[EVENT_WORSE])


def sitting(max_turns: int | None = None) -> Session:
    return Session(spec(), CASE, persona(), max_turns=max_turns)


async def finish(session: Session, texts: tuple[str, ...]) -> None:
    for text in texts:
        if not session.ended:
            await session.say(text)


async def test_a_session_opens_and_waits() -> None:
    session = sitting()
    assert await session.start() == "Hello, my head has been hurting."
    assert not session.ended
    assert session.counterpart == "patient"
    assert session.state["turn"] == 1
    with pytest.raises(ValueError, match="not ended"):
        session.record()


async def test_each_turn_gets_its_reply() -> None:
    session = sitting()
    await session.start()
    assert "three days ago" in await session.say("When did it start?")
    assert [turn.text for turn in session.state["subject_turns"]] == ["When did it start?"]
    assert session.state["turn"] == 2


async def test_the_record_of_a_session_is_that_of_a_batch_play_with_the_same_replies() -> None:
    session = sitting()
    await session.start()
    await finish(session, TURNS)
    assert session.ended
    assert session.record() == await played(*TURNS, case=CASE)


async def test_after_the_end_nothing_can_be_said() -> None:
    session = sitting()
    await session.start()
    await finish(session, TURNS)
    with pytest.raises(ValueError, match="has ended"):
        await session.say("One more thing.")


async def test_an_empty_turn_is_recorded_as_empty() -> None:
    session = sitting()
    await session.start()
    await session.say("  ")
    assert session.state["subject_turns"][0].status is ReplyStatus.EMPTY


@pytest.mark.parametrize("turn", [1, 2, 3])
async def test_stepping_back_and_saying_something_else_leaves_no_trace(turn: int) -> None:
    session = sitting()
    await session.start()
    for text in TURNS[:3]:
        await session.say(text)
    session.back_to(turn)
    assert session.state["turn"] == turn
    assert len(session.state["subject_turns"]) == turn - 1
    other = (*TURNS[: turn - 1], "How bad is it?", "Any fever?", "Take care. [END]", "Goodbye.")
    await finish(session, other[turn - 1 :])
    assert session.record() == await played(*other, case=CASE)


async def test_one_can_step_back_again_and_again() -> None:
    session = sitting()
    await session.start()
    for text in ("When did it start?", "How bad is it?", "Any fever?"):
        await session.say(text)
    session.back_to(3)
    await session.say("Have you been sick?")
    session.back_to(2)
    await session.say("What medicines do you take?")
    session.back_to(1)
    await finish(session, TURNS)
    assert session.record() == await played(*TURNS, case=CASE)


async def test_a_branch_that_was_left_cannot_be_stepped_to() -> None:
    session = sitting()
    await session.start()
    for text in TURNS[:3]:
        await session.say(text)
    session.back_to(1)
    await session.say("How bad is it?")
    with pytest.raises(ValueError, match="not come to turn"):
        session.back_to(3)
    session.back_to(2)
    assert [turn.text for turn in session.state["subject_turns"]] == ["How bad is it?"]


async def test_after_the_end_one_can_step_back_and_go_on() -> None:
    session = sitting()
    await session.start()
    await finish(session, TURNS)
    session.back_to(2)
    assert not session.ended
    await finish(session, TURNS[1:])
    assert session.record() == await played(*TURNS, case=CASE)


@pytest.mark.parametrize("turn", [0, 3, 99])
async def test_one_cannot_step_to_a_turn_that_has_not_come(turn: int) -> None:
    session = sitting()
    await session.start()
    await session.say("When did it start?")
    with pytest.raises(ValueError, match="not come to turn"):
        session.back_to(turn)


async def test_a_long_session_fits_the_recursion_limit() -> None:
    session = Session(spec(), scenario(max_turns=60), persona())
    await session.start()
    for _ in range(60):
        await session.say("When did it start?")
    assert session.record().end_reason is EndReason.TURN_LIMIT


async def test_sessions_of_the_same_name_do_not_share_anything() -> None:
    one, other = sitting(), sitting()
    await one.start()
    await other.start()
    await one.say("When did it start?")
    assert len(other.state["subject_turns"]) == 0
