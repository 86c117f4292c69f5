"""One turn taken apart: which sentences ask, depend on a condition, or stand under a negation."""

from __future__ import annotations

import pytest

from simulator.text.language import Language
from simulator.text.pattern import Pattern
from simulator.text.speech import END_MARKER, mentions, utterances
from tests.dialogue.cases import EN, ZH


def conditions(text: str, language: Language = EN) -> list[bool]:
    return [each.conditional for each in utterances(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (EN, "If it gets worse, do not wait; call 999.", [True, True]),
        (EN, "If it gets worse, call 999; for now, rest today.", [True, False]),
        (EN, "If it gets worse, call 999. Rest.", [True, False]),
        (EN, "Rest; if it gets worse, call 999.", [False, True]),
        (ZH, "如果加重，不要等；立即打120。", [True, True]),
        (ZH, "如果加重就打120；现在先休息。", [True, False]),
        (EN, "Call 999 if:\n- you faint\n- you cannot speak\n\nRest.", [True, True, True, False]),
    ],
)
def test_a_condition_reaches_to_the_end_of_its_sentence_or_list(
    language: Language, text: str, expected: list[bool]
) -> None:
    assert conditions(text, language) == expected


def test_the_items_of_a_question_list_ask() -> None:
    assert [each.asks for each in utterances("Could you tell me about:\n- fever\n- vomiting", EN)] == [True, True, True]


def test_the_items_below_a_heading_do_not_ask() -> None:
    assert not any(each.asks for each in utterances("**Any questions**\n- fever", EN)[1:])


def test_the_items_of_a_forbidding_list_stand_under_its_negation() -> None:
    first, item = utterances("**Do not take:**\n- ibuprofen", EN)
    assert (first.under_negation, item.under_negation) == (False, True)
    patterns = (Pattern.compile("ibuprofen", EN),)
    assert mentions(patterns, item, EN) is None
    assert mentions(patterns, item, EN, negated_ones=True) is not None


@pytest.mark.parametrize("marker", ["[END]", "[end]", "【END】", "[结束]", "<END>", "**[END]**", "`[END]`", "[[END]]"])
def test_the_end_marker_is_known_in_every_dress(marker: str) -> None:
    assert END_MARKER.search(f"Call 999.\n{marker}")


@pytest.mark.parametrize("text", ["the END", "END", "[ENDED]", "[start]", "The [END"])
def test_other_words_are_no_end_marker(text: str) -> None:
    assert not END_MARKER.search(text)
