from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.judging.answer import MalformedAnswerError, Ruling, read_answer, sort_answer

ENTRY = {"id": "a", "reasoning": "Because.", "verdict": "not_met", "turn": None, "quote": None}


def answer(*entries: dict[str, object]) -> str:
    return json.dumps({"verdicts": entries or [ENTRY]})


@pytest.mark.parametrize(
    "text",
    [
        answer(),
        f"```json\n{answer()}\n```",
        f"Here is my assessment {{of sorts}}:\n\n{answer()}\nDone.",
        f"{answer()}\n{answer()}",
        'I read {"turn": 1, "speaker": "assistant"} first. ' + answer(),
        answer({**ENTRY, "confidence": 0.9}),
    ],
)
def test_one_answer_is_read_whatever_stands_around_it(text: str) -> None:
    (entry,) = read_answer(text)
    assert (entry.id, entry.verdict, entry.turn, entry.quote) == ("a", Ruling.NOT_MET, None, None)


def test_a_string_inside_the_answer_that_looks_like_an_answer_is_no_second_one() -> None:
    (entry,) = read_answer(answer({**ENTRY, "reasoning": 'It says {"verdicts": []} to me.'}))
    assert entry.verdict is Ruling.NOT_MET


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON object"),
        ("All criteria are met.", "no JSON object"),
        (json.dumps([ENTRY]), "no JSON object"),
        (answer()[:-20], "no JSON object"),
        ('{"criteria": []}', "no JSON object"),
        (answer() + answer({**ENTRY, "verdict": "met"}), "answers twice"),
        ('{"verdicts": [], "verdicts": []}', "one key twice"),
        ('{"verdicts": [{"id": "a", "verdict": "not_met", "verdict": "met"}]}', "one key twice"),
        (answer({**ENTRY, "verdict": "pass"}), "verdicts.0.verdict"),
        (answer({**ENTRY, "turn": "1"}), "verdicts.0.turn"),
        (answer({**ENTRY, "turn": True}), "verdicts.0.turn"),
        (answer({"id": "a", "verdict": "met"}), "verdicts.0.reasoning"),
        ('{"verdicts": {"a": "met"}}', "`verdicts`"),
        ('{"verdicts": [], "note": "\\ud800"}', "no text"),
        pytest.param('{"verdicts": [], "n": ' + "1" * 5_000 + "}", "number that is too long", id="long number"),
        pytest.param('{"a":' * 5_000, "brace|deep", id="unclosed braces"),
        pytest.param('{"a":' * 5_000 + "1" + "}" * 5_000, "brace|deep", id="deep nesting"),
        pytest.param("x" * 300_000, "longer", id="long"),
    ],
)
def test_anything_else_is_malformed_and_the_reason_is_in_our_words(text: str, why: str) -> None:
    with pytest.raises(MalformedAnswerError, match=why):
        read_answer(text)


@given(st.text(st.one_of(st.sampled_from('{}[]":,\\ verdicts'), st.characters()), max_size=200))
def test_no_text_brings_the_reader_down(text: str) -> None:
    try:
        read_answer(text)
    except MalformedAnswerError as error:
        assert str(error)


def test_missing_repeated_and_unknown_ids_leave_their_criteria_unanswered() -> None:
    entries = read_answer(
        answer({**ENTRY, "id": "a"}, {**ENTRY, "id": "b"}, {**ENTRY, "id": "b"}, {**ENTRY, "id": "z"})
    )
    found = sort_answer(entries, ["a", "b", "c"])
    assert list(found.judgements) == ["a"]
    assert found.unanswered == {
        "b": "the judge ruled on this criterion 2 times",
        "c": "the judge left this criterion out (1 of unknown id)",
    }
