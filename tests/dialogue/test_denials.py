"""The worst error of a simulated patient: saying no to what the case does not deny."""

from __future__ import annotations

import pytest

from simulator.dialogue.case import prepare
from simulator.dialogue.composing import compose
from simulator.dialogue.disclosure import History, disclose, opening_ledger
from simulator.dialogue.lexicon import lexicon
from simulator.dialogue.listening import RuleListener
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from simulator.text.pattern import Pattern, plain
from tests.dialogue.cases import names, persona, shipped_scenarios

PAIRS = list(shipped_scenarios())
ASK = {
    Language.EN: ("Do you have {}?", "Any {}?", "Have you had {} recently?"),
    Language.ZH: ("有{}吗？", "有没有{}？", "最近{}过吗？"),
}
each_case = pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))


@each_case
def test_no_authored_question_is_answered_with_a_denial_of_what_it_asks(scenario: Scenario, language: Language) -> None:
    case = prepare(scenario, language)
    for fact in scenario.facts:
        if fact.question is None or fact.tier is Tier.UNKNOWN:
            continue
        question = fact.question.in_(language)
        heard = RuleListener().listen(question, case)
        patterns = [Pattern.compile(source, language) for source in fact.ask.in_(language)]
        for words in heard.denied:
            assert not any(pattern.search(words) for pattern in patterns), (fact.id, words)
            assert words not in fact.text.in_(language), (fact.id, words)
        assert not heard.denied, (fact.id, question, heard.denied)


@each_case
def test_no_pattern_of_a_fact_put_as_a_question_is_denied(scenario: Scenario, language: Language) -> None:
    case = prepare(scenario, language)
    wrong = []
    for fact in scenario.facts:
        for source in fact.ask.in_(language):
            for frame in ASK[language]:
                heard = RuleListener().listen(frame.format(plain(source)), case)
                wrong.extend((fact.id, words) for words in heard.denied)
    assert not wrong


@each_case
def test_a_concept_that_a_fact_mentions_is_never_denied(scenario: Scenario, language: Language) -> None:
    case = prepare(scenario, language)
    spoken = [fact.text.in_(language) for fact in scenario.facts if fact.tier is not Tier.UNKNOWN]
    wrong = []
    for concept in lexicon(language).concepts:
        if not any(pattern.search(text) for pattern in concept.patterns for text in spoken):
            continue
        for pattern in concept.patterns:
            words = plain(pattern.source)
            heard = RuleListener().listen(ASK[language][0].format(words), case)
            mine = [denied for denied in heard.denied if any(each.search(denied) for each in concept.patterns)]
            wrong.extend((concept.id, words, denied) for denied in mine)
    assert not wrong


@each_case
def test_no_word_of_the_case_itself_is_ever_denied(scenario: Scenario, language: Language) -> None:
    """A question in the very words of a fact, "Is it true: …?", is never answered with a no."""
    case = prepare(scenario, language)
    frame = {Language.EN: "Is it true: {}?", Language.ZH: "是不是{}？"}[language]
    for fact in scenario.facts:
        if fact.tier is not Tier.UNKNOWN:
            words = fact.text.in_(language).rstrip("。.").replace(". ", ", ").replace("。", "，")
            assert not RuleListener().listen(frame.format(words), case).denied, fact.id


@each_case
def test_a_denial_is_spoken_only_with_the_words_that_are_denied(scenario: Scenario, language: Language) -> None:
    """Whatever is asked, `compose` denies what was heard as denied and nothing else."""
    case = prepare(scenario, language)
    for fact in scenario.facts:
        if fact.question is None:
            continue
        heard = RuleListener().listen(fact.question.in_(language), case)
        now = disclose(heard, case, persona(), History(ledger=opening_ledger(case)), 1)
        speech = compose(heard, now, case, lines=(), subject_said_nothing=False)
        assert set(speech.denials) <= set(heard.denied)


@pytest.mark.parametrize("language", list(Language))
def test_nonsense_is_never_denied(language: Language) -> None:
    frames = {
        Language.EN: ["Any zorblax?", "Do you flumph?", "Is the grelb blue?"],
        Language.ZH: ["有嘎呜吗？", "您嘟噜过没有？"],
    }
    for scenario, spoken in PAIRS:
        if spoken is language:
            for text in frames[language]:
                heard = RuleListener().listen(text, prepare(scenario, language))
                assert not heard.denied
                assert heard.unclear
