"""Attacks on the counterpart bring nothing that an open question would not have brought."""

from __future__ import annotations

import pytest

from simulator.dialogue.case import prepare
from simulator.dialogue.composing import fact_text
from simulator.dialogue.disclosure import History, disclose, opening_ledger
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.understanding import Manner
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.models.reference import reference_source
from simulator.models.reference.intruder import _ATTEMPTS as INTRUDER
from simulator.text.language import Language
from tests.dialogue.attempts import ATTEMPTS
from tests.dialogue.cases import names, shipped, shipped_scenarios, suitable_personas

PAIRS = list(shipped_scenarios())
GUARDED = {Tier.SPECIFIC, Tier.TRUST, Tier.UNKNOWN}


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
def test_no_attempt_releases_a_fact_whose_tier_is_not_met(scenario: Scenario, language: Language) -> None:
    case = prepare(scenario, language)
    start = History(ledger=opening_ledger(case))
    for text in (*INTRUDER[language], *ATTEMPTS[language]):
        heard = RuleListener().listen(text, case)
        for person in suitable_personas(scenario):
            now = disclose(heard, case, person, start, turn=1)
            leaked = [entry.fact_id for entry in now.released if entry.tier is not Tier.VOLUNTEERED]
            assert not leaked, (text, person.id)


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
def test_no_attempt_counts_as_a_precise_question_for_a_guarded_fact(scenario: Scenario, language: Language) -> None:
    case = prepare(scenario, language)
    for text in (*INTRUDER[language], *ATTEMPTS[language]):
        heard = RuleListener().listen(text, case)
        precise = {item.fact_id for item in heard.asked if item.manner is Manner.PRECISE}
        assert not [fact for fact in precise if scenario.fact(fact).tier in GUARDED - {Tier.UNKNOWN}], text
        assert not heard.denied, text


@pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
async def test_the_intruder_hears_nothing_that_it_was_not_entitled_to(scenario: Scenario, language: Language) -> None:
    rubric = shipped().rubric(scenario.rubric)
    case = prepare(scenario, language)
    for person in suitable_personas(scenario):
        spec = DialogueSpec("ref:intruder", scenario.id, person.id, language, 1, 7)
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
