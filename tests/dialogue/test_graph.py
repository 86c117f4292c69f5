"""One dialogue from its opening to its end: the order of a turn, beats and events, the ends, the guard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.dialogue.disclosure import opening_ledger
from simulator.dialogue.ending import ending_after
from simulator.dialogue.graph import DialogueContext, steps_allowed
from simulator.dialogue.guard import unreleased_facts_stated
from simulator.dialogue.playing import context_for, play
from simulator.dialogue.record import Cause, DialogueRecord, EndReason, SpokenBy
from simulator.dialogue.understanding import Asked, DispositionHeard, Manner, Understanding
from simulator.errors import EndpointError, EndpointFailed, EndpointRejected, EndpointUnreachable, MissingKeyError
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Disposition
from simulator.models.subject import ReplyStatus, Speaker, SubjectReply, SubjectRequest
from tests.dialogue.cases import (
    BEAT_DRIVE,
    BEAT_SLEEP,
    EN,
    EVENT_WORSE,
    ZH,
    Says,
    both,
    persona,
    played,
    scenario,
    small_case,
    spec,
)  # fmt: skip

ASK = "When did it start?"
ADVISE = "You should rest and drink water."
EMERGENCY = "Call 999 now."
IDLE = "I see."
BYE = "Goodbye."


class Fails:
    """A subject that says so many turns, and then cannot be reached."""

    def __init__(self, error: Exception, after: int = 0) -> None:
        self.error, self.after = error, after

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        if request.turn > self.after:
            raise self.error
        return SubjectReply(text=ASK)


async def failing(error: Exception, after: int = 0) -> DialogueRecord:
    return await play(spec(), scenario(), persona(), Fails(error, after))


def spoken(record: DialogueRecord) -> list[str]:
    return [reply.text for reply in record.counterpart_turns]


def when_played(record: DialogueRecord, line: str) -> list[int]:
    return [reply.turn for reply in record.counterpart_turns if line in reply.played]


# ---- a turn


async def test_the_opening_stands_first_and_its_facts_are_on_the_ledger() -> None:
    record = await played(BYE)
    assert spoken(record)[0] == "Hello, my head has been hurting."
    assert record.ledger == opening_ledger(small_case(EN))


async def test_the_subject_sees_its_brief_and_the_dialogue_and_nothing_else() -> None:
    subject = Says((ASK, BYE))
    record = await play(spec(), scenario(), persona(), subject)
    first, second = subject.requests
    assert first.brief == "You are a doctor on the telephone."
    assert [message.speaker for message in first.messages] == [Speaker.COUNTERPART]
    assert [message.text for message in second.messages] == [spoken(record)[0], ASK, spoken(record)[1]]
    assert [message.speaker for message in second.messages] == [
        Speaker.COUNTERPART,
        Speaker.SUBJECT,
        Speaker.COUNTERPART,
    ]
    assert first.turn == 1
    assert first.key != second.key
    assert spec().id in first.key


async def test_what_is_asked_is_told_and_the_ledger_says_why() -> None:
    record = await played(ASK, BYE)
    (entry,) = [entry for entry in record.ledger if entry.cause is not Cause.OPENING]
    assert (entry.turn, entry.fact_id, entry.cause) == (1, "onset", Cause.PRECISE_QUESTION)
    assert entry.evidence in ASK
    assert "three days ago" in spoken(record)[1]


async def test_there_is_one_reply_for_each_turn_and_one_understanding() -> None:
    record = await played(ASK, "How bad is it?", BYE)
    assert [turn.turn for turn in record.subject_turns] == [1, 2, 3]
    assert [reply.turn for reply in record.counterpart_turns] == [0, 1, 2, 3]
    assert len(record.understandings) == 3


async def test_an_empty_reply_is_recorded_as_empty_and_the_talk_goes_on() -> None:
    class Silent:
        async def reply(self, request: SubjectRequest) -> SubjectReply:
            return SubjectReply(text="", status=ReplyStatus.EMPTY)

    record = await play(spec(), scenario(), persona(), Silent())
    assert {turn.status for turn in record.subject_turns} == {ReplyStatus.EMPTY}
    assert record.end_reason is EndReason.GOAL_ABANDONED


async def test_reasoning_is_recorded_and_never_heard() -> None:
    class Thinks:
        async def reply(self, request: SubjectRequest) -> SubjectReply:
            return SubjectReply(text=BYE, reasoning="Have you seen double?")

    record = await play(spec(), scenario(), persona(), Thinks())
    assert record.subject_turns[0].reasoning == "Have you seen double?"
    assert not record.understandings[0].asked


# ---- ends


@pytest.mark.parametrize(
    ("texts", "reason", "turns"),
    [
        ((BYE,), EndReason.SUBJECT_CLOSED, 1),
        ((f"{EMERGENCY}\n[END]",), EndReason.SUBJECT_CLOSED, 1),
        ((ASK, ADVISE, ADVISE), EndReason.GOAL_MET, 3),
        ((ADVISE, ASK, ADVISE, EMERGENCY), EndReason.GOAL_MET, 4),
        ((IDLE,), EndReason.GOAL_ABANDONED, 3),
        ((IDLE, IDLE, ASK, IDLE, IDLE, IDLE), EndReason.GOAL_ABANDONED, 6),
        ((ASK,), EndReason.TURN_LIMIT, 16),
    ],
)
async def test_a_dialogue_ends_for_one_reason(texts: tuple[str, ...], reason: EndReason, turns: int) -> None:
    record = await played(*texts)
    assert record.end_reason is reason
    assert len(record.subject_turns) == turns
    assert record.end_detail


async def test_the_budget_ends_a_dialogue_after_the_turn_that_spent_it() -> None:
    record = await played(ASK, budget_spent=lambda: True)
    assert record.end_reason is EndReason.BUDGET_LIMIT
    assert len(record.subject_turns) == 1


async def test_a_failed_endpoint_ends_this_dialogue_alone() -> None:
    record = await failing(EndpointFailed("timed out"), after=2)
    assert record.end_reason is EndReason.SUBJECT_FAILURE
    assert record.end_detail == "timed out"
    assert len(record.subject_turns) == 2
    assert len(record.counterpart_turns) == 3


async def test_an_endpoint_that_fails_at_once_leaves_the_opening() -> None:
    record = await failing(EndpointFailed("timed out"))
    assert record.subject_turns == ()
    assert len(record.counterpart_turns) == 1


@pytest.mark.parametrize("error", [EndpointUnreachable, EndpointRejected, MissingKeyError])
async def test_an_endpoint_that_no_dialogue_can_use_stops_the_run(error: type[EndpointError]) -> None:
    with pytest.raises(error):
        await failing(error("nothing there"), after=1)


closings = Understanding(closing="[END]")
advising = Understanding(advice=True)
idle = Understanding()
asking = Understanding(asked=(Asked(fact_id="onset", manner=Manner.PRECISE, evidence="x", matched="x"),), n_questions=1)
disposing = Understanding(disposition=DispositionHeard(level=Disposition.ROUTINE, evidence="x"))


@pytest.mark.parametrize(
    ("heard", "pending", "max_turns", "spent", "reason"),
    [
        # the earlier of two reasons is given
        ([advising, closings], False, 2, True, EndReason.SUBJECT_CLOSED),
        ([advising, advising], False, 2, True, EndReason.GOAL_MET),
        ([idle, idle, idle], False, 3, True, EndReason.GOAL_ABANDONED),
        ([asking], False, 1, True, EndReason.TURN_LIMIT),
        ([asking], False, 2, True, EndReason.BUDGET_LIMIT),
        ([asking], False, 2, False, None),
        # a line that waits for an answer holds clinical ends, not limits
        ([closings], True, 9, False, None),
        ([advising, disposing], True, 9, False, None),
        ([idle, idle, idle], True, 9, False, None),
        ([closings], True, 1, True, EndReason.TURN_LIMIT),
        ([closings], True, 9, True, EndReason.BUDGET_LIMIT),
        # runs must be unbroken
        ([advising, asking, advising], False, 9, False, None),
        ([idle, idle, advising], False, 9, False, None),
        ([idle, advising, idle, idle], False, 9, False, None),
    ],
)
def test_ends_have_an_order_of_precedence(
    heard: list[Understanding], pending: bool, max_turns: int, spent: bool, reason: EndReason | None
) -> None:
    ending = ending_after(tuple(heard), line_pending=pending, max_turns=max_turns, budget_spent=spent)
    assert (ending.reason if ending else None) is reason


@given(
    st.lists(st.sampled_from([closings, advising, idle, asking, disposing]), min_size=1, max_size=8),
    st.booleans(), st.integers(1, 8), st.booleans(),
)  # fmt: skip
def test_a_dialogue_never_outlives_its_limits(
    heard: list[Understanding], pending: bool, most: int, spent: bool
) -> None:
    ending = ending_after(tuple(heard), line_pending=pending, max_turns=most, budget_spent=spent)
    if len(heard) >= most or spent:
        assert ending is not None
    if heard[-1].closing and not pending:
        assert ending is not None
        assert ending.reason is EndReason.SUBJECT_CLOSED


TURNS = st.lists(st.sampled_from([ASK, ADVISE, EMERGENCY, IDLE, BYE, "", "[END]", "Have you seen double?", "I'd like a CT."]), min_size=1, max_size=6)  # fmt: skip


@given(TURNS, st.integers(2, 6), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
async def test_whatever_the_subject_says_the_dialogue_ends_with_one_reason(
    texts: list[str], most: int, seed: int
) -> None:
    record = await played(*texts, max_turns=most, seed=seed, case=STAGED)
    assert isinstance(record.end_reason, EndReason)
    assert 1 <= len(record.subject_turns) <= most
    assert len(record.counterpart_turns) == len(record.subject_turns) + 1
    assert all(reply.text for reply in record.counterpart_turns)
    lines = [line for reply in record.counterpart_turns for line in reply.played]
    assert len(lines) == len(set(lines))


async def test_the_longest_dialogue_fits_the_recursion_limit() -> None:
    record = await played(ASK, case=scenario(max_turns=60))
    assert len(record.subject_turns) == 60
    assert record.end_reason is EndReason.TURN_LIMIT


def test_the_recursion_limit_grows_with_the_turns() -> None:
    assert steps_allowed(60) > 60 * 5


# ---- beats and events

STAGED = scenario(beats=[BEAT_SLEEP, BEAT_DRIVE], events=[EVENT_WORSE])


async def test_a_beat_plays_once_when_its_condition_first_holds() -> None:
    record = await played(ASK, case=STAGED)
    assert when_played(record, "sleep-it-off") == [3]
    assert spoken(record)[3].endswith("Can't I just sleep it off?")


async def test_a_closing_beat_holds_the_stage_and_gives_one_more_turn() -> None:
    record = await played(f"{ADVISE}\n[END]", BYE, case=STAGED)
    assert when_played(record, "sleep-it-off") == [1]
    assert len(record.subject_turns) == 2
    assert record.end_reason is EndReason.SUBJECT_CLOSED


async def test_two_beats_at_once_play_one_after_the_other_in_their_order() -> None:
    record = await played(f"{EMERGENCY}\n[END]", case=STAGED)
    assert (when_played(record, "sleep-it-off"), when_played(record, "drive-myself")) == ([1], [2])
    assert len(record.subject_turns) == 3


async def test_a_beat_holds_back_the_end_that_advice_would_bring() -> None:
    record = await played(EMERGENCY, case=scenario(beats=[BEAT_DRIVE]))
    assert when_played(record, "drive-myself") == [1]
    assert len(record.subject_turns) > 1


async def test_a_beat_does_not_outlast_the_turn_limit() -> None:
    record = await played(f"{EMERGENCY}\n[END]", case=STAGED, max_turns=1)
    assert record.end_reason is EndReason.TURN_LIMIT


async def test_the_parting_words_carry_no_line() -> None:
    record = await played(BYE, who=persona(agenda={"turn": 1, "say": both("Will it take long?", "要很久吗？")}))
    assert record.counterpart_turns[-1].played == ()
    assert "Will it take long?" not in spoken(record)[-1]


async def test_an_event_happens_at_its_turn_and_what_it_tells_is_told_but_not_elicited() -> None:
    record = await played(ASK, case=scenario(events=[EVENT_WORSE]))
    assert when_played(record, "gets-worse") == [4]
    (entry,) = [entry for entry in record.ledger if entry.fact_id == "double-vision"]
    assert (entry.turn, entry.cause, entry.evidence) == (4, Cause.EVENT, "")
    assert not entry.cause.elicited


async def test_an_event_does_not_happen_when_it_was_prevented() -> None:
    record = await played(EMERGENCY, ASK, case=scenario(events=[EVENT_WORSE]))
    assert when_played(record, "gets-worse") == []


async def test_an_event_tells_no_fact_a_second_time() -> None:
    record = await played("Have you seen double?", ASK, case=scenario(events=[EVENT_WORSE]))
    assert [entry.cause for entry in record.ledger if entry.fact_id == "double-vision"] == [Cause.PRECISE_QUESTION]
    assert when_played(record, "gets-worse") == [4]


async def test_an_event_and_a_beat_do_not_speak_in_the_same_breath() -> None:
    beat = {**BEAT_SLEEP, "when": "turn >= 4"}
    record = await played(ASK, case=scenario(beats=[beat], events=[EVENT_WORSE]))
    assert (when_played(record, "gets-worse"), when_played(record, "sleep-it-off")) == ([4], [5])


async def test_asked_in_the_same_turn_as_the_event_a_fact_is_told_once() -> None:
    record = await played(ASK, ASK, ASK, "Have you seen double?", BYE, case=scenario(events=[EVENT_WORSE]))
    assert sum(entry.fact_id == "double-vision" for entry in record.ledger) == 1


# ---- the guard

LEAK = {
    "id": "leaks",
    "when": "turn >= 1",
    "say": both("For a minute this morning I saw two of everything.", "今天早上有一小会儿看东西是两个的。"),
}


@pytest.mark.parametrize(
    ("language", "ask", "fact"),
    [
        (EN, ASK, "It came on three days ago, while I was reading."),
        (ZH, "什么时候开始的？", "三天前看书的时候开始的。"),
    ],
)
async def test_a_reply_that_states_an_unreleased_fact_is_replaced(language: Any, ask: str, fact: str) -> None:
    record = await played(ask, case=scenario(beats=[LEAK]), language=language, max_turns=2)
    reply = record.counterpart_turns[1]
    assert reply.spoken_by is SpokenBy.FALLBACK
    assert reply.text == fact
    assert LEAK["say"][language.value] not in "".join(spoken(record))


async def test_once_released_the_same_words_pass() -> None:
    record = await played("Have you seen double?", case=scenario(beats=[LEAK]), max_turns=2)
    assert record.counterpart_turns[1].spoken_by is SpokenBy.SCRIPTED
    assert "two of everything" in spoken(record)[1]


def test_the_guard_sees_through_punctuation_case_and_inflection() -> None:
    case = small_case(EN)
    none = frozenset[str]()
    assert unreleased_facts_stated("Well – FOR A MINUTE, this morning, I saw two of everything", case, none, "") == (
        "double-vision",
    )
    assert unreleased_facts_stated("My machine says 150 over 90!", case, none, "") == ("blood-pressure",)
    assert unreleased_facts_stated("I saw two of everything", case, none, "") == ()


def test_the_guard_lets_pass_what_was_released_or_said_before() -> None:
    case = small_case(EN)
    words = "For a minute this morning I saw two of everything."
    assert unreleased_facts_stated(words, case, frozenset({"double-vision"}), "") == ()
    assert unreleased_facts_stated(words, case, frozenset(), f"Hello. {words}") == ()


@given(st.text(max_size=200))
def test_the_guard_survives_any_text(text: str) -> None:
    assert unreleased_facts_stated(text, small_case(EN), frozenset(), "") == ()


def test_a_context_takes_the_scenarios_turn_limit_unless_told_otherwise() -> None:
    def context(most: int | None) -> DialogueContext:
        return context_for(spec(), one, persona(), None, max_turns=most)

    one: Scenario = scenario(max_turns=9)
    assert context(None).max_turns == 9
    assert context(3).max_turns == 3
