"""Attacks on the counterpart bring nothing that an open question would not have brought."""

from __future__ import annotations

import itertools
from collections import Counter
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.dialogue.case import Case
from simulator.dialogue.composing import fact_text
from simulator.dialogue.disclosure import History, disclose
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import WithholdReason
from simulator.dialogue.understanding import Manner, Understanding
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.models.reference import reference_source
from simulator.models.reference.extraction import Kind, attempts_in
from simulator.text.language import Language
from tests.dialogue.cases import Says, names, shipped, shipped_scenarios, suitable_personas
from tests.dialogue.lookalikes import LOOKALIKES
from tests.dialogue.trying import (
    Turn,
    after_asking_for_trust,
    mere,
    probe_words,
    questions_for,
    say,
    scenes,
    start,
    then,
    unmet,
)
from tests.dialogue.unseen import UNSEEN_ATTEMPTS, UNSEEN_HONEST

PAIRS = list(shipped_scenarios())
SCENES = list(scenes())
SCENES_OF = {(case.scenario.id, case.language, persona.id): (case, persona) for case, persona in SCENES}
SCENES_BY = {(case.scenario.id, case.language): case for case, _ in SCENES}
GUARDED = {Tier.SPECIFIC, Tier.TRUST, Tier.UNKNOWN}
KIND = {language: {text: kind for kind, text in attempts_in(language)} for language in Language}
ALL = {language: (*KIND[language], *UNSEEN_ATTEMPTS[language]) for language in Language}
each_language = pytest.mark.parametrize("language", Language)


@cache
def heard(text: str, scenario_id: str, language: Language) -> Understanding:
    case = next(case for case, _ in SCENES if case.scenario.id == scenario_id and case.language is language)
    return RuleListener().listen(text, case)


def try_out(text: str, case: Case, persona: Persona, history: History) -> Turn:
    """The same as `say`, with one listening for all personas."""
    understood = heard(text, case.scenario.id, case.language)
    return Turn(understood, disclose(understood, case, persona, history, history.turns_so_far + 1))


def asks(text: str, language: Language) -> bool:
    return KIND[language].get(text) is Kind.DUMP_QUESTIONS


# ---- each attempt by itself, everywhere


def test_no_attempt_releases_a_fact_whose_tier_is_not_met_in_any_scenario_with_any_persona() -> None:
    tried = 0
    released: list[object] = []
    for case, persona in SCENES:
        for text in ALL[case.language]:
            history = start(case)
            turn = try_out(text, case, persona, history)
            tried += 1
            if found := unmet(turn, persona, history, asks=asks(text, case.language)):
                released.append((case.scenario.id, persona.id, text[:80], found))
    print(f"{tried} attempts × scenarios × personas, {len(released)} releases of facts whose tier was not met")
    assert released == []
    assert tried >= 10_000


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
def test_no_attempt_counts_as_a_precise_question_for_a_guarded_fact_nor_earns_a_denial(
    scenario: Scenario, language: Language
) -> None:
    for text in ALL[language]:
        if not asks(text, language):
            understood = heard(text, scenario.id, language)
            precise = {item.fact_id for item in understood.asked if item.manner is Manner.PRECISE}
            assert not [fact for fact in precise if scenario.fact(fact).tier in GUARDED - {Tier.UNKNOWN}], text
            assert not understood.denied, text
            assert not understood.ordered, text
            assert not understood.empathy, text


# ---- over several turns: asking again earns trust, an attempt does not


def test_no_attempt_counts_as_asking_again() -> None:
    tried = held_back = 0
    for case, persona in SCENES:
        history = after_asking_for_trust(case, persona)
        held_back += sum(item.reason is WithholdReason.TRUST_NOT_EARNED for item in history.withheld)
        for text in mere(attempts_in(case.language)):
            turn = try_out(text, case, persona, history)
            tried += 1
            assert unmet(turn, persona, history) == [], (case.scenario.id, persona.id, text)
            reasons = {item.reason for item in turn.now.withheld}
            assert WithholdReason.TRUST_NOT_EARNED not in reasons, (case.scenario.id, text)
    assert tried >= 5_000
    assert held_back >= len(SCENES) // 2, "the trust questions of most scenes are held back at first"


def test_trust_is_still_earned_by_asking_kindly_after_twenty_attempts() -> None:
    kind = {Language.EN: "I'm sorry to ask, it stays confidential. ", Language.ZH: "我会替您保密的，"}
    earned = 0
    for case, persona in SCENES:
        history = after_asking_for_trust(case, persona)
        for text in Random(case.scenario.id).sample(mere(attempts_in(case.language)), 20):
            turn = try_out(text, case, persona, history)
            history = then(history, turn.heard, turn.now)
        told = {entry.fact_id for entry in history.ledger}
        for fact_id, question in questions_for(case, Tier.TRUST).items():
            if fact_id not in told:
                turn = say(kind[case.language] + question, case, persona, history)
                earned += fact_id in {entry.fact_id for entry in turn.now.released}
    assert earned >= len(SCENES) // 2


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
async def test_a_whole_dialogue_of_attempts_around_one_question_for_a_trust_fact_never_brings_it(
    scenario: Scenario, language: Language
) -> None:
    """Through the graph, so that the listener knows what was said before."""
    opening = {Language.EN: "Can you tell me more about it?", Language.ZH: "还有别的不舒服吗？"}[language]
    for persona in suitable_personas(scenario):
        question = next(iter(questions_for(SCENES_BY[scenario.id, language], Tier.TRUST).values()))
        chosen = iter(Random(f"{scenario.id}|{persona.id}").sample(mere(attempts_in(language)), 40))
        texts = [question]
        while len(texts) < scenario.max_turns - 1:
            texts += [next(chosen), next(chosen), opening]  # three idle turns would end the dialogue
        spec = DialogueSpec("says", scenario.id, persona.id, language, 1, 7)
        record = await play(spec, scenario, persona, Says(tuple(texts)))
        assert len(record.subject_turns) >= 10
        revealed = {fact for event in scenario.events for fact in event.reveals}
        asked_for = {item.fact_id for item in record.understandings[0].asked}
        told = {entry.fact_id: entry for entry in record.ledger if entry.fact_id not in revealed}
        for fact_id, entry in told.items():
            if entry.turn > 1 and texts[entry.turn - 1] != opening:
                assert entry.tier is Tier.VOLUNTEERED, (persona.id, fact_id, texts[entry.turn - 1])
        for fact in scenario.facts:
            if fact.tier in GUARDED and fact.id in told:
                assert fact.id in asked_for and told[fact.id].turn == 1, (persona.id, fact.id)


# ---- attempts put together


FILLERS = {
    Language.EN: (
        "Thank you. ",
        "Okay! ",
        "I see, ",
        "please, ",
        "Well… ",
        "\n\n",
        "– ",
        "(",
        "1. ",
        "> ",
        "and then ",
    ),
    Language.ZH: ("谢谢。", "好的！", "嗯，", "请", "那么……", "\n\n", "——", "（", "1. ", "> ", "然后"),
}
OPEN = {
    Language.EN: ("What brings you in today?", "Tell me more.", "How are you feeling?", "Anything else?"),
    Language.ZH: ("您哪里不舒服？", "能详细说说吗？", "怎么了？", "您这是什么情况？"),
}
JOINTS = (" ", "\n", ", ", ". ", "; ", "? ", "，", "。", "\n- ", " and ", "")


@st.composite
def composed(draw: st.DrawFn, language: Language) -> str:
    attempts = st.sampled_from([text for text in mere(attempts_in(language)) if len(text) < 600])
    piece = st.one_of(attempts, attempts, st.sampled_from(OPEN[language]), st.sampled_from(FILLERS[language]))
    pieces = draw(st.lists(piece, min_size=1, max_size=6))
    pieces.insert(draw(st.integers(0, len(pieces))), draw(attempts))
    text = ""
    for each in pieces:
        text += draw(st.sampled_from(JOINTS)) + draw(st.sampled_from([str, str, str.upper, str.lower, str.title]))(each)
    filler = draw(st.sampled_from(FILLERS[language]))
    return filler * draw(st.integers(0, 30)) + text + filler * draw(st.sampled_from([0, 0, 1, 30, 2_500]))


@each_language
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_attempts_joined_padded_shouted_and_mixed_with_open_questions_release_nothing_else(
    language: Language, data: st.DataObject
) -> None:
    text = data.draw(composed(language))
    case, persona = SCENES_OF[data.draw(st.sampled_from([name for name in SCENES_OF if name[1] is language]))]
    history = after_asking_for_trust(case, persona) if data.draw(st.booleans()) else start(case)
    turn = say(text, case, persona, history)
    assert unmet(turn, persona, history) == []
    assert not [item for item in turn.now.withheld if item.reason is WithholdReason.TRUST_NOT_EARNED]


@each_language
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_attempts_beside_many_real_questions_release_no_more_than_the_questions_name(
    language: Language, data: st.DataObject
) -> None:
    questions = data.draw(st.sampled_from([text for text in KIND[language] if asks(text, language)]))
    case, persona = SCENES_OF[data.draw(st.sampled_from([name for name in SCENES_OF if name[1] is language]))]
    history = start(case)
    turn = say(f"{data.draw(composed(language))}\n{questions}", case, persona, history)
    assert unmet(turn, persona, history, asks=True) == []


@each_language
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_whole_history_of_composed_attempts_releases_nothing_that_is_not_volunteered(
    language: Language, data: st.DataObject
) -> None:
    case, persona = SCENES_OF[data.draw(st.sampled_from([name for name in SCENES_OF if name[1] is language]))]
    history = after_asking_for_trust(case, persona)
    for text in data.draw(st.lists(composed(language), min_size=2, max_size=6)):
        turn = say(text, case, persona, history)
        assert unmet(turn, persona, history) == []
        history = then(history, turn.heard, turn.now)


# ---- what is recognised, and what must not be


@each_language
def test_most_attempts_of_every_kind_are_recognised_as_probes(language: Language) -> None:
    seen: Counter[Kind] = Counter()
    for text, kind in KIND[language].items():
        seen[kind] += bool(probe_words(text, language))
    totals = Counter(KIND[language].values())
    shares = {kind: seen[kind] / totals[kind] for kind in Kind}
    assert {kind: share for kind, share in shares.items() if share < 0.75} == {Kind.DUMP_QUESTIONS: 0.0}


@each_language
def test_no_honest_look_alike_is_heard_as_a_probe(language: Language) -> None:
    assert len(set(LOOKALIKES[language])) == len(LOOKALIKES[language]) >= 80
    assert {text: words for text in LOOKALIKES[language] if (words := probe_words(text, language))} == {}
    assert {text: words for text in UNSEEN_HONEST[language] if (words := probe_words(text, language))} == {}


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
def test_no_line_that_an_author_wrote_for_a_doctor_is_heard_as_a_probe(scenario: Scenario, language: Language) -> None:
    lines = [fact.question.in_(language) for fact in scenario.facts if fact.question is not None]
    lines += [
        scenario.exemplar.in_(language),
        *(beat.exemplar.in_(language) for beat in scenario.beats if beat.exemplar),
    ]
    assert {line: words for line in lines if (words := probe_words(line, language))} == {}


@each_language
async def test_no_line_of_an_honest_reference_subject_is_heard_as_a_probe(language: Language) -> None:
    for scenario, _ in PAIRS:
        rubric = shipped().rubric(scenario.rubric)
        persona = suitable_personas(scenario)[0]
        for name in ("checklist", "careless", "silent"):
            subject = reference_source(name).for_dialogue(scenario, rubric, language)
            spec = DialogueSpec(f"ref:{name}", scenario.id, persona.id, language, 1, 7)
            record = await play(spec, scenario, persona, subject)
            assert not [turn.text for turn in record.subject_turns if probe_words(turn.text, language)]


# ---- the intruder


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
async def test_the_intruder_hears_nothing_that_it_was_not_entitled_to(scenario: Scenario, language: Language) -> None:
    rubric = shipped().rubric(scenario.rubric)
    case = SCENES_BY[scenario.id, language]
    for person, seed in itertools.product(suitable_personas(scenario), (1, 7, 42)):
        spec = DialogueSpec("ref:intruder", scenario.id, person.id, language, 1, seed)
        subject = reference_source("intruder").for_dialogue(scenario, rubric, language)
        record = await play(spec, scenario, person, subject)
        revealed = {fact for event in scenario.events for fact in event.reveals}
        told = {entry.fact_id for entry in record.ledger}
        for fact in scenario.facts:
            if fact.tier in GUARDED and fact.id not in revealed:
                assert fact.id not in told, person.id
        said = "\n".join(reply.text for reply in record.counterpart_turns)
        told_words = "\n".join([*(fact_text(entry, case) for entry in record.ledger), scenario.opening.in_(language),
                                *(event.say.in_(language) for event in scenario.events)])  # fmt: skip
        for fact in scenario.facts:
            if fact.id not in told and fact.text.in_(language) not in told_words:
                assert fact.text.in_(language) not in said, person.id
