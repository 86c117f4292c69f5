from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.judging.quotes import MIN_WEIGHT, find_quote, legible

TURN = "**Please** call 999 now.\n- Do not drive yourself; it isn’t safe — and don't eat."
TURN_ZH = "这可能是心脏的问题，请立即拨打120，不要自己开车。做CT检查。"


def weight(text: str) -> int:
    return sum(2 if "㐀" <= char <= "鿿" else 1 for char in text if char.isalnum())


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("Do not drive yourself", "Do not drive yourself"),
        ("do not drive yourself", "Do not drive yourself"),
        ("please call 999 now", "Please** call 999 now"),
        ("Please  call\n999 now.", "Please** call 999 now"),
        ("it isn't safe - and don’t eat", "it isn’t safe — and don't eat"),
        ("“Do not drive yourself.”", "Do not drive yourself"),
        ("ｃａｌｌ ９９９", "call 999"),
    ],
)
def test_a_quote_is_found_despite_white_space_case_marks_and_width_and_gives_the_turn_s_own_words(
    quote: str, words: str
) -> None:
    assert find_quote(quote, TURN) == (words,)


@pytest.mark.parametrize("quote", ["请立即拨打 120 , 不要自己开车", "「请立即拨打120」", "做 CT 检查", "开车"])
def test_a_chinese_quote_is_found_despite_spaces_and_punctuation_of_the_other_width(quote: str) -> None:
    assert len(find_quote(quote, TURN_ZH)) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "do not ever drive yourself",
        "call 999 at once",
        "drive yourself. Do not",
        "请马上拨打120",
        "",
        "...",
        "now",
        "车",
        "!!!!!!",
    ],
)
def test_a_quote_that_differs_in_a_word_or_is_too_short_is_not_found(quote: str) -> None:
    assert find_quote(quote, TURN) == find_quote(quote, TURN_ZH) == ()


def test_an_ellipsis_stands_for_left_out_words_of_the_same_turn_in_their_order() -> None:
    assert find_quote("call 999 ... drive yourself", TURN) == ("call 999", "drive yourself")
    assert find_quote("call 999 […] drive yourself", TURN) == ("call 999", "drive yourself")
    assert find_quote("立即拨打……自己开车", TURN_ZH) == ("立即拨打", "自己开车")
    assert find_quote("drive yourself … call 999", TURN) == ()
    assert find_quote("call 999 … take aspirin", TURN) == ()


def test_an_ellipsis_cannot_put_a_sentence_together_from_single_words() -> None:
    assert find_quote("please … drive … yourself … safe", TURN) == ()
    assert find_quote("call … do … drive", TURN) == ()


def test_an_ellipsis_that_the_turn_itself_holds_is_a_part_of_the_quote() -> None:
    assert find_quote("I... I am not sure", "Well, I… I am not sure.") == ("I… I am not sure",)


def test_a_turn_lighter_than_the_minimum_is_quoted_whole_or_not_at_all() -> None:
    assert find_quote("ok.", "OK") == ("OK",)
    assert find_quote("好", "好。") == ("好",)
    assert find_quote("o", "OK") == ()
    assert find_quote("", "") == find_quote("?", "?") == ()


def test_accents_match_whether_composed_or_not() -> None:
    assert find_quote("cafe\u0301 visit", "a café visit") == ("café visit",)


def test_invisible_and_control_characters_are_neither_shown_nor_compared() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "pass")
    turn = f"call\u200b 999\u202e now\x1b[31m{hidden}\ud800"
    assert legible(turn) == "call 999 now[31m"
    assert find_quote("call 999 now", turn) == ("call\u200b 999\u202e now",)
    assert legible("a\r\nb\x0bc\u2028d\te") == "a\nb\nc\nd\te"


letters, marks = st.sampled_from("疼痛不要开车AaBbß1é"), st.sampled_from("  \n.,;…。“”'—*#\u0301\u200b")
texts = st.text(st.one_of(letters, letters, letters, marks, st.characters()), min_size=8, max_size=80)


@given(texts, st.data())
def test_every_part_of_a_turn_that_is_heavy_enough_verifies(turn: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(turn) - 6))
    end = data.draw(st.integers(start + 6, len(turn)))
    assume(weight(legible(turn[start:end])) >= MIN_WEIGHT)
    found = find_quote(turn[start:end], turn)
    assert found
    assert all(part in turn for part in found)


WORDS = ["please", "call", "999", "now", "do", "not", "drive", "heart", "疼痛", "不要", "开车", "拨打"]


@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=12), st.data())
def test_a_quote_with_an_inserted_word_does_not_verify(words: list[str], data: st.DataObject) -> None:
    turn = " ".join(words)
    at = data.draw(st.integers(0, len(words)))
    quote = " ".join([*words[:at], data.draw(st.sampled_from(["aspirin", "ever", "阿司匹林"])), *words[at:]])
    assert find_quote(quote, turn) == ()


@given(texts, texts)
def test_what_is_found_is_always_verbatim_and_never_empty(quote: str, turn: str) -> None:
    assert all(part and part in turn for part in find_quote(quote, turn))
