"""What a listening model is told of the facts: nothing that answers a question."""

from __future__ import annotations

import pytest

from simulator.dialogue.case import prepare
from simulator.dialogue.labels import candidates, label
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from simulator.text.quantity import quantities
from tests.dialogue.cases import EN, ZH, names, shipped_scenarios, small_case

CASES = list(shipped_scenarios())


def labels(language: Language) -> dict[str, str]:
    return {each.fact_id: each.label for each in candidates(small_case(language))}


def test_a_yes_or_no_question_is_its_own_label() -> None:
    assert labels(EN)["vomiting"] == "associated: Have you been sick?"
    assert labels(ZH)["no-fever"] == "associated: 有没有发烧？"


def test_a_question_for_a_detail_is_shown_by_topic_and_concept() -> None:
    found = labels(EN)
    assert found["onset"] == "onset"
    assert found["severity"] == "severity"
    assert found["vodka"] == "social: alcohol", "the question names alcohol, and takes for granted that it is drunk"


def test_what_nobody_knows_is_shown_by_its_topic_alone() -> None:
    assert labels(EN)["diagnosis"] == "diagnosis"


def test_every_fact_has_its_number_from_one() -> None:
    listed = candidates(small_case(EN))
    assert [each.number for each in listed] == list(range(1, len(listed) + 1))


@pytest.mark.parametrize(("scenario", "language"), CASES, ids=names(CASES))
def test_no_label_of_a_shipped_case_holds_a_number_or_the_words_of_its_fact(
    scenario: Scenario, language: Language
) -> None:
    case = prepare(scenario, language)
    for fact in scenario.facts:
        shown = label(fact, case)
        assert quantities(shown, language) == ()
        assert fact.text.in_(language) not in shown
        if fact.tier is not Tier.OPENING:
            question = fact.question.in_(language) if fact.question else ""
            assert shown.partition(": ")[2] in {"", question} or all(
                part.isascii() for part in shown.partition(": ")[2].split(", ")
            )
