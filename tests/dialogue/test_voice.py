"""The scripted voice: what it may say, in the persona's manner, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue.lexicon import common_phrases
from simulator.dialogue.record import DialogueRecord
from simulator.dialogue.voice import Moment, ScriptedVoice, Speech, join, wording
from simulator.library.persona import Persona, PhraseSlot
from simulator.library.vocabulary import Role
from simulator.text.language import Language
from tests.dialogue.cases import EN, ZH, both, each, persona, played

FACT = {EN: "It came on three days ago.", ZH: "三天前开始的。"}


def moment(who: Persona | None = None, language: Language = EN, turn: int = 1, seed: str = "s") -> Moment:
    return Moment(persona=who or persona(), role=Role.PATIENT, language=language, turn=turn, seed=seed)


def spoken(
    speech: Speech, *, language: Language = EN, who: Persona | None = None, turn: int = 1, seed: str = "s"
) -> str:
    return ScriptedVoice().speak(speech, moment(who, language, turn, seed))


def lines(slot: PhraseSlot, language: Language = EN) -> tuple[str, ...]:
    return wording(persona(), Role.PATIENT, slot, language)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("language", list(Language))
def test_every_role_has_words_for_every_slot_in_every_language(role: Role, language: Language) -> None:
    for slot in PhraseSlot:
        assert len(common_phrases()[role][slot].in_(language)) >= 3


def test_a_personas_own_words_replace_the_common_ones() -> None:
    who = persona(verbosity="terse", phrases={"deny": each(["Never!"], ["从来没有！"])})
    assert spoken(Speech(denials=("cough",)), who=who) == "Never!"
    assert wording(who, Role.PATIENT, PhraseSlot.NUDGE, EN) == common_phrases()[Role.PATIENT][PhraseSlot.NUDGE].en


@pytest.mark.parametrize("language", list(Language))
def test_facts_are_told_word_for_word(language: Language) -> None:
    for seed in map(str, range(20)):
        text = spoken(Speech(facts=(FACT[language],)), language=language, seed=seed)
        assert FACT[language][1:] in text


@pytest.mark.parametrize("language", list(Language))
def test_a_lone_denial_says_no_and_nothing_more(language: Language) -> None:
    assert spoken(Speech(denials=("cough",)), language=language, who=persona(verbosity="terse")) in lines(
        PhraseSlot.DENY, language
    )


@pytest.mark.parametrize(("language", "words", "shown"), [(EN, "any cough", "Any cough? "), (ZH, "咳嗽", "咳嗽？")])
def test_a_denial_beside_facts_names_what_is_denied(language: Language, words: str, shown: str) -> None:
    text = spoken(Speech(facts=(FACT[language],), denials=(words,)), language=language, who=persona(verbosity="terse"))
    fact, _, denial = text.partition(shown)
    assert fact.strip() == FACT[language]
    assert denial in lines(PhraseSlot.DENY, language)


@pytest.mark.parametrize(("language", "shown"), [(EN, "Cough, rash? "), (ZH, "cough、rash？")])
def test_several_denials_are_named_together(language: Language, shown: str) -> None:
    assert spoken(Speech(denials=("cough", "rash")), language=language, who=persona(verbosity="terse")).startswith(
        shown
    )


@pytest.mark.parametrize(
    "slot", [PhraseSlot.NOT_UNDERSTOOD, PhraseSlot.NOT_SURE, PhraseSlot.DONT_KNOW, PhraseSlot.NOTHING_MORE]
)
@pytest.mark.parametrize("role", list(Role))
def test_not_understanding_and_not_knowing_never_read_as_a_no(slot: PhraseSlot, role: Role) -> None:
    for language in Language:
        for line in wording(persona(), role, slot, language):
            assert not line.lower().startswith(("no,", "no.", "no ", "没有", "没，"))
            assert line not in common_phrases()[role][PhraseSlot.DENY].in_(language)


def test_jargon_is_quoted_back() -> None:
    assert "diplopia" in spoken(Speech(slots=(PhraseSlot.JARGON,), jargon="diplopia"))


def test_what_the_speaker_is_not_sure_about_is_named() -> None:
    assert spoken(Speech(slots=(PhraseSlot.NOT_SURE,), unclear_about="night sweats")).startswith("Night sweats? ")


def test_a_told_fact_is_introduced_as_a_repetition() -> None:
    text = spoken(Speech(repeated=(FACT[EN],)), who=persona(verbosity="terse"))
    assert text.endswith(FACT[EN])
    assert text.removesuffix(FACT[EN]).strip() in lines(PhraseSlot.REPEAT)


def test_lines_of_beats_come_last() -> None:
    text = spoken(
        Speech(facts=(FACT[EN],), results=("150 over 90.",), lines=("Can I drive?",), slots=(PhraseSlot.DONT_KNOW,))
    )
    assert text.endswith("Can I drive?")
    assert text.index("three days ago") < text.index("150 over 90.")


def test_a_calm_terse_person_adds_nothing() -> None:
    for seed in map(str, range(30)):
        assert spoken(Speech(facts=(FACT[EN],)), who=persona(verbosity="terse"), seed=seed) == FACT[EN]


def test_a_talkative_rambling_anxious_person_adds_a_lot_and_changes_no_fact() -> None:
    who = persona(verbosity="talkative", clarity="rambling", emotion="anxious")
    texts = {spoken(Speech(facts=(FACT[EN],)), who=who, seed=str(seed)) for seed in range(40)}
    assert len(texts) > 10
    assert all("came on three days ago." in text for text in texts)


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        ("I smoke.", "I smoke."),
        ("I've had it.", "I've had it."),
        ("ECG was done.", "ECG was done."),
        ("It hurts.", "it hurts."),
    ],
)
def test_after_a_filler_only_an_ordinary_word_loses_its_capital(fact: str, kept: str) -> None:
    who = persona(verbosity="talkative", phrases={"filler": each(["Well,"], ["嗯，"])})
    texts = {spoken(Speech(facts=(fact,)), who=who, seed=str(seed)) for seed in range(30)}
    assert texts == {fact, f"Well, {kept}"}


def test_sentences_stand_apart_in_english_and_together_in_chinese() -> None:
    assert join(["A.", " ", "B. "], EN) == "A. B."
    assert join(["甲。", "", "乙。"], ZH) == "甲。乙。"


texts = st.lists(st.sampled_from(["It hurts.", "No fever.", "I smoke."]), max_size=3, unique=True).map(tuple)
speeches = st.builds(
    Speech, facts=texts, repeated=texts, results=texts, lines=texts,
    denials=st.lists(st.sampled_from(["cough", "rash"]), unique=True).map(tuple),
    slots=st.lists(st.sampled_from(list(PhraseSlot)), max_size=2).map(tuple),
    jargon=st.sampled_from(["", "emesis"]), unclear_about=st.sampled_from(["", "night sweats"]),
)  # fmt: skip
who = st.builds(
    persona,
    verbosity=st.sampled_from(["terse", "normal", "talkative"]),
    clarity=st.sampled_from(["clear", "rambling"]),
    emotion=st.sampled_from(["calm", "anxious", "irritable"]),
)


@given(speeches, who, st.sampled_from(list(Language)), st.integers(1, 60), st.text(max_size=5))
def test_the_same_seed_gives_the_same_words_and_every_fact_is_in_them(
    speech: Speech, person: Persona, language: Language, turn: int, seed: str
) -> None:
    now = moment(person, language, turn, seed)
    text = ScriptedVoice().speak(speech, now)
    assert text == ScriptedVoice().speak(speech, now)
    for fact in (*speech.facts, *speech.repeated, *speech.results, *speech.lines):
        assert fact[1:] in text


# ---- in a dialogue

ASKS = (
    "What brings you in?",
    "When did it start? Any cough?",
    "How bad is it? What medicines do you take?",
    "Do you flumph?",
    "Bye.",
)


def told(record: DialogueRecord) -> list[tuple[int, str, str]]:
    return [(entry.turn, entry.fact_id, entry.evidence) for entry in record.ledger]


async def test_different_seeds_vary_the_words_and_not_the_facts() -> None:
    person = persona(verbosity="talkative", clarity="rambling", emotion="anxious")
    records = [await played(*ASKS, who=person, seed=seed) for seed in range(6)]
    assert len({tuple(reply.text for reply in record.counterpart_turns) for record in records}) > 3
    assert len({str(told(record)) for record in records}) == 1
    assert len({str(record.withheld) for record in records}) == 1


async def test_different_subjects_meet_the_same_words() -> None:
    assert await played(*ASKS) == await played(*ASKS)


async def test_not_understanding_is_not_worded_as_a_denial_in_a_dialogue() -> None:
    record = await played("Do you flumph?", "Bye.")
    assert record.counterpart_turns[1].text in lines(PhraseSlot.NOT_UNDERSTOOD)
    assert not record.understandings[0].denied


async def test_in_a_dialogue_a_denial_beside_facts_names_what_is_denied() -> None:
    record = await played("When did it start? Any cough?", "Bye.", who=persona(verbosity="terse"))
    assert "three days ago" in record.counterpart_turns[1].text
    assert "ough? No" in record.counterpart_turns[1].text


async def test_a_foreign_turn_is_met_with_not_understood_and_no_denial() -> None:
    record = await played("请问您有没有咳嗽，有没有皮疹？", "Bye.")
    assert record.counterpart_turns[1].text in lines(PhraseSlot.NOT_UNDERSTOOD)


async def test_what_cannot_be_had_is_refused_in_the_authors_words_or_honestly() -> None:
    record = await played("I'd like a CT head.", "I'd like an MRI.", "Bye.", who=persona(verbosity="terse"))
    assert record.counterpart_turns[1].text == "I can't get a scan from my kitchen."
    assert record.counterpart_turns[2].text in lines(PhraseSlot.NOT_AVAILABLE)


async def test_a_persona_with_an_agenda_says_it_once() -> None:
    person = persona(agenda={"turn": 2, "say": both("Will this take long?", "要很久吗？")})
    record = await played("When did it start?", "How bad is it?", "Any fever?", "Been sick?", "Bye.", who=person)
    assert [("Will this take long?" in reply.text) for reply in record.counterpart_turns].count(True) == 1
    assert record.counterpart_turns[2].played == ("agenda",)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("Any chance you're pregnant", "Pregnant?"), ("are you pregnant", "Pregnant?"), ("night sweats", "Night sweats?")],
)
def test_what_is_denied_is_echoed_without_the_address(asked: str, said: str) -> None:
    assert said in spoken(Speech(facts=(FACT[EN],), denials=(asked,)))
