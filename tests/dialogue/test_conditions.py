"""What every atom of the condition language means on the log of a dialogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue.conditions import DialogueLog, holds
from simulator.dialogue.record import Cause, CounterpartTurn, LedgerEntry, SubjectTurn, Withheld, WithholdReason
from simulator.dialogue.understanding import Asked, DispositionHeard, Manner, OrderedItem, Understanding
from simulator.library.condition import And, AtLeast, BeforeTurn, Condition, Not, Or, parse_condition
from simulator.library.rubric import Phrase
from simulator.library.vocabulary import Disposition, Tier
from simulator.models.subject import ReplyStatus
from simulator.text.language import Language
from tests.dialogue.cases import BEAT_DRIVE, BEAT_SLEEP, EVENT_WORSE, scenario

SCENARIO = scenario(beats=[BEAT_SLEEP, BEAT_DRIVE], events=[EVENT_WORSE])
PHRASES = {
    "ibuprofen": Phrase.model_validate({"patterns": {"en": ["ibuprofen"], "zh": ["布洛芬"]}}),
    "asked-ibuprofen": Phrase.model_validate({"patterns": {"en": ["ibuprofen"]}, "in_questions": True}),
    "paracetamol": Phrase.model_validate({"patterns": {"en": ["paracetamol"]}}),
    "now-ibuprofen": Phrase.model_validate({"patterns": {"en": ["ibuprofen"]}, "in_conditionals": False}),
}


def entry(turn: int, fact_id: str, cause: Cause = Cause.PRECISE_QUESTION, *, vague: bool = False) -> LedgerEntry:
    words = f"words {turn}" if cause.elicited else ""
    return LedgerEntry(
        turn=turn, fact_id=fact_id, tier=Tier.ASKED, cause=cause, evidence=words, matched="-", vague=vague
    )


def log(
    *texts: str,
    heard: dict[int, Understanding] | None = None,
    ledger: tuple[LedgerEntry, ...] = (),
    withheld: tuple[Withheld, ...] = (),
    played: dict[int, tuple[str, ...]] | None = None,
    language: Language = Language.EN,
) -> DialogueLog:
    """A log with these turns of the subject. ``heard`` and ``played`` by turn."""
    n = len(texts)
    return DialogueLog(
        scenario=SCENARIO,
        language=language,
        subject_turns=tuple(SubjectTurn(turn=i, text=t, status=ReplyStatus.OK) for i, t in enumerate(texts, start=1)),
        understandings=tuple((heard or {}).get(turn, Understanding()) for turn in range(1, n + 1)),
        counterpart_turns=tuple(
            CounterpartTurn(turn=turn, text="-", played=(played or {}).get(turn, ())) for turn in range(n + 1)
        ),
        ledger=ledger,
        withheld=withheld,
        phrases=PHRASES,
        until=n,
    )


def true(condition: str, on: DialogueLog) -> bool:
    return bool(holds(parse_condition(condition), on))


def says(level: Disposition) -> Understanding:
    return Understanding(disposition=DispositionHeard(level=level, evidence=level.value))


# elicited, told


@pytest.mark.parametrize("cause", list(Cause))
def test_a_fact_is_elicited_only_where_the_subject_brought_it_about(cause: Cause) -> None:
    on = log("a", ledger=(entry(1, "onset", cause),))
    asked = {Cause.OPEN_QUESTION, Cause.TOPIC_QUESTION, Cause.PRECISE_QUESTION, Cause.ORDER}
    assert true("elicited(onset)", on) is (cause in asked)
    assert true("told(onset)", on)


def test_a_blurred_answer_counts_neither_as_elicited_nor_as_told() -> None:
    on = log("a", ledger=(entry(1, "onset", vague=True),))
    assert not true("elicited(onset)", on)
    assert not true("told(onset)", on)


def test_a_fact_told_unasked_is_elicited_once_it_is_asked_for() -> None:
    told = (entry(0, "onset", Cause.OPENING),)
    again = Withheld(turn=2, fact_id="onset", reason=WithholdReason.ALREADY_TOLD, evidence="when did it start")
    on = log("a", "b", ledger=told, withheld=(again,))
    assert holds(parse_condition("elicited(onset)"), on).evidence == ((2, "when did it start"),)
    assert not true("elicited(onset) before turn 2", on)


@pytest.mark.parametrize("reason", [reason for reason in WithholdReason if reason is not WithholdReason.ALREADY_TOLD])
def test_a_fact_that_was_held_back_is_not_elicited(reason: WithholdReason) -> None:
    assert not true(
        "elicited(onset)", log("a", withheld=(Withheld(turn=1, fact_id="onset", reason=reason, evidence="a"),))
    )


@pytest.mark.parametrize("atom", ["elicited", "told"])
def test_of_several_facts_each_must_have_been_told(atom: str) -> None:
    one, two = entry(1, "onset"), entry(2, "severity")
    assert not true(f"{atom}(onset, severity)", log("a", "b", ledger=(one,)))
    assert true(f"{atom}(onset, severity)", log("a", "b", ledger=(one, two)))


def asks(fact_id: str, manner: Manner) -> Understanding:
    return Understanding(asked=(Asked(fact_id=fact_id, manner=manner, evidence="weight?", matched="-"),))


def test_a_fact_is_asked_for_by_a_precise_question_though_it_was_held_back() -> None:
    on = log("a", heard={1: asks("weight", Manner.PRECISE)})
    assert true("asked(weight)", on)
    assert not true("elicited(weight)", on)
    assert holds(parse_condition("asked(weight)"), on).evidence == ((1, "weight?"),)


@pytest.mark.parametrize("manner", [Manner.OPEN, Manner.TOPIC])
def test_a_broader_question_asks_for_a_fact_only_where_it_brought_it_out(manner: Manner) -> None:
    heard = {1: asks("weight", manner)}
    assert not true("asked(weight)", log("a", heard=heard))
    assert true("asked(weight)", log("a", heard=heard, ledger=(entry(1, "weight", Cause.TOPIC_QUESTION),)))


def test_a_fact_that_was_volunteered_is_not_asked_for() -> None:
    assert not true("asked(weight)", log("a", ledger=(entry(1, "weight", Cause.VOLUNTEERED),)))


def test_the_evidence_of_an_elicited_fact_is_the_subjects_words() -> None:
    on = log("a", "b", ledger=(entry(2, "onset"),))
    assert holds(parse_condition("elicited(onset)"), on).evidence == ((2, "words 2"),)


# ordered


def test_an_order_counts_whether_or_not_the_result_could_be_had() -> None:
    order = Understanding(ordered=(OrderedItem(finding_id="ct-head", evidence="a CT", matched="CT"),))
    on = log("a", "b", heard={2: order})
    assert true("ordered(ct-head)", on)
    assert not true("ordered(ct-head) before turn 2", on)
    assert not true("ordered(ct-head, mri-head)", on)
    assert holds(parse_condition("ordered(ct-head)"), on).evidence == ((2, "a CT"),)


# disposition


def test_the_disposition_in_force_is_the_last_one_stated() -> None:
    on = log("a", "b", "c", heard={1: says(Disposition.EMERGENCY), 2: says(Disposition.SELF_CARE)})
    assert on.disposition is Disposition.SELF_CARE
    assert true("disposition(self_care)", on)
    assert not true("disposition(emergency)", on)
    assert true("disposition(emergency) before turn 2", on)
    assert true("disposition(emergency, self_care)", on)


def test_without_any_disposition_none_is_in_force() -> None:
    assert log("a").disposition is None
    assert not any(true(f"disposition({level.value})", log("a")) for level in Disposition)


# said, never said, warned


@pytest.mark.parametrize(
    ("text", "said", "warned"),
    [
        ("Take ibuprofen.", True, False),
        ("Do not take ibuprofen.", False, True),
        ("Avoid:\n- ibuprofen", False, True),
        ("You may take:\n- ibuprofen", True, False),
        ("Do you take ibuprofen?", False, False),
        ("If it hurts, take ibuprofen.", True, False),
        ("If it hurts, do not take ibuprofen.", False, True),
        ("Take ibuprofen. Later, do not take ibuprofen.", True, True),
        ("Rest.", False, False),
    ],
)
def test_a_phrase_is_said_or_warned_of(text: str, said: bool, warned: bool) -> None:
    assert true("said(ibuprofen)", log(text)) is said
    assert true("never said(ibuprofen)", log(text)) is not said
    assert true("warned(ibuprofen)", log(text)) is warned


def test_a_phrase_counts_in_a_question_only_where_it_says_so() -> None:
    assert true("said(asked-ibuprofen)", log("Do you take ibuprofen?"))


def test_a_phrase_counts_under_a_condition_unless_it_says_otherwise() -> None:
    assert not true("said(now-ibuprofen)", log("If it hurts, take ibuprofen."))
    assert true("said(now-ibuprofen)", log("Take ibuprofen."))


def test_phrases_are_looked_for_in_the_dialogues_language() -> None:
    assert true("said(ibuprofen)", log("可以吃布洛芬。", language=Language.ZH))
    assert true("warned(ibuprofen)", log("布洛芬不能吃。", language=Language.ZH))
    assert not true("said(ibuprofen)", log("可以吃布洛芬。"))


@pytest.mark.parametrize(
    ("texts", "stands"),
    [
        (("Take ibuprofen.",), True),
        (("Take ibuprofen.", "On second thoughts, do not take ibuprofen."), False),
        (("Do not take ibuprofen.", "Well, take ibuprofen just this once."), True),
        (("Take ibuprofen. No, wait. Please don't take ibuprofen.",), False),
        (("Do not take ibuprofen.",), False),
        (("Rest.",), False),
        (("Take ibuprofen.", "Rest."), True),
    ],
)
def test_a_phrase_stands_where_no_later_warning_takes_it_back(texts: tuple[str, ...], stands: bool) -> None:
    assert true("stands(ibuprofen)", log(*texts)) is stands


def test_a_correction_in_other_words_takes_a_phrase_back_and_only_from_then_on() -> None:
    corrected = log("Take ibuprofen.", "Better to take paracetamol.")
    assert true("stands(ibuprofen)", corrected)
    assert not true("stands(ibuprofen, paracetamol)", corrected)
    assert true("stands(ibuprofen, paracetamol)", log("Take paracetamol.", "Better to take ibuprofen."))


def test_what_stands_is_shown_by_its_last_words() -> None:
    on = log("Take ibuprofen.", "Yes, IBUPROFEN it is.")
    assert holds(parse_condition("stands(ibuprofen)"), on).evidence == ((2, "IBUPROFEN"),)


@pytest.mark.parametrize(
    ("reply", "conceded"),
    [
        ("Yes, that's fine.", True),
        ("That should be fine, just this once.", True),
        ("Go ahead.", True),
        ("No, please don't.", False),
        ("That is not okay.", False),
        ("Is that okay with you?", False),
        ("Call an ambulance instead.", False),
    ],
)
def test_a_beat_is_conceded_by_words_that_agree_in_the_next_turn(reply: str, conceded: bool) -> None:
    on = log("Tell me more.", reply, played={1: (BEAT_DRIVE["id"],)})
    assert true(f"conceded({BEAT_DRIVE['id']})", on) is conceded


def test_a_yes_before_the_beat_or_two_turns_after_it_concedes_nothing() -> None:
    beat = BEAT_DRIVE["id"]
    assert not true(f"conceded({beat})", log("Yes, that's fine.", "Hm.", played={1: (beat,)}))
    assert not true(f"conceded({beat})", log("Hm.", "Hm.", "Yes, that's fine.", played={1: (beat,)}))
    assert not true(f"conceded({beat})", log("Yes, that's fine."))


def test_the_evidence_of_a_phrase_is_verbatim() -> None:
    assert holds(parse_condition("said(ibuprofen)"), log("Rest.", "Take IBUPROFEN.")).evidence == ((2, "IBUPROFEN"),)


# played, answered, turn, closing


def test_a_beat_is_answered_only_after_it_was_played() -> None:
    words = "Please don't drive."
    assert not true("answered(drive-myself)", log(words, "b", played={1: ("drive-myself",)}))
    assert true("answered(drive-myself)", log("a", words, played={1: ("drive-myself",)}))
    assert not true("answered(drive-myself)", log("a", words))
    assert not true("answered(drive-myself) before turn 2", log("a", words, played={1: ("drive-myself",)}))


def test_beats_and_events_are_played_from_their_turn_on() -> None:
    on = log("a", "b", played={2: ("gets-worse",)})
    assert true("played(gets-worse)", on)
    assert not true("played(gets-worse) before turn 2", on)
    assert not true("played(sleep-it-off)", on)


@pytest.mark.parametrize("turn", [1, 2, 3, 4])
def test_a_turn_has_come_once_the_subject_has_had_it(turn: int) -> None:
    assert true(f"turn >= {turn}", log("a", "b", "c")) is (turn <= 3)


def test_closing_looks_at_the_newest_turn_alone() -> None:
    goodbye = Understanding(closing="[END]")
    assert true("closing", log("a", "b", heard={2: goodbye}))
    assert not true("closing", log("a", "b", heard={1: goodbye}))
    assert not true("closing", log())


# before turn


@pytest.mark.parametrize("turn", range(1, 5))
def test_before_turn_looks_at_the_turns_before_it(turn: int) -> None:
    on = log("a", "b", "c", ledger=(entry(2, "onset"),))
    assert true(f"elicited(onset) before turn {turn}", on) is (turn > 2)


def test_before_turn_binds_to_the_parenthesis_on_its_left() -> None:
    on = log("a", "b", ledger=(entry(1, "onset"), entry(2, "severity")))
    assert true("elicited(severity) and elicited(onset) before turn 2", on)
    assert not true("(elicited(severity) and elicited(onset)) before turn 2", on)


# the algebra

ATOMS = [
    "elicited(onset)", "told(headache)", "ordered(pulse)", "disposition(emergency)", "said(ibuprofen)", "warned(ibuprofen)",
    "answered(drive-myself)", "played(drive-myself)", "turn >= 2", "closing",
]  # fmt: skip
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(ATOMS).map(parse_condition),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: And(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Or(tuple(items))),
        st.tuples(inner, st.integers(1, 5)).map(lambda pair: BeforeTurn(*pair)),
    ),
    max_leaves=6,
)
heards = st.builds(
    Understanding,
    closing=st.sampled_from(["", "bye"]),
    disposition=st.sampled_from([None, *(DispositionHeard(level=level, evidence="x") for level in Disposition)]),
    ordered=st.sampled_from([(), (OrderedItem(finding_id="pulse", evidence="x", matched="x"),)]),
)
entries = st.builds(
    entry, st.integers(0, 4), st.sampled_from(["onset", "headache"]), st.sampled_from(list(Cause)), vague=st.booleans()
)
logs = st.builds(
    lambda texts, heard, ledger, played: log(
        *texts,
        heard=dict(enumerate(heard, start=1)),
        ledger=tuple(ledger),
        played=dict.fromkeys(played, ("drive-myself",)),
    ),
    st.lists(st.sampled_from(["Take ibuprofen.", "Don't take ibuprofen.", "Don't drive.", "Hm."]), max_size=4),
    st.lists(heards, max_size=4),
    st.lists(entries, max_size=4),
    st.lists(st.integers(0, 4), max_size=2),
)


@given(conditions, logs)
def test_not_flips(condition: Condition, on: DialogueLog) -> None:
    assert bool(holds(Not(condition), on)) is not bool(holds(condition, on))


@given(st.lists(conditions, min_size=1, max_size=4), logs)
def test_and_or_and_at_least_agree_with_counting(operands: list[Condition], on: DialogueLog) -> None:
    values = [bool(holds(operand, on)) for operand in operands]
    assert bool(holds(And(tuple(operands)), on)) is all(values)
    assert bool(holds(Or(tuple(operands)), on)) is any(values)
    for count in range(1, len(operands) + 1):
        assert bool(holds(AtLeast(count, tuple(operands)), on)) is (sum(values) >= count)


@given(conditions, logs, st.integers(5, 60))
def test_before_a_turn_that_lies_ahead_is_the_condition_itself(
    condition: Condition, on: DialogueLog, turn: int
) -> None:
    assert bool(holds(BeforeTurn(condition, turn), on)) is bool(holds(condition, on))


@given(conditions, logs)
def test_evidence_lies_in_the_turns_that_exist(condition: Condition, on: DialogueLog) -> None:
    found = holds(condition, on)
    assert all(0 <= turn <= on.until for turn, _ in found.evidence)
    assert found.value or not found.evidence
