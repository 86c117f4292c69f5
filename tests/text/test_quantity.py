"""Numbers with their units, from words and digits, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.text.language import Language
from simulator.text.quantity import Quantity, quantities

EN, ZH = Language.EN, Language.ZH


def read(text: str, language: Language) -> list[tuple[float, str]]:
    return [(quantity.value, quantity.unit) for quantity in quantities(text, language)]


def only(text: str, language: Language) -> Quantity:
    (found,) = quantities(text, language)
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("three days", [(72, "day")]),
        ("3 days ago", [(72, "day")]),
        ("about an hour ago", [(1, "hour")]),
        ("three or four nights a week", [(72, "night"), (96, "night")]),
        ("six to eight puffs", [(6, ""), (8, "")]),
        ("162 over 98", [(162, ""), (98, "")]),
        ("38.5 degrees", [(38.5, "")]),
        ("1,000 ml", [(1000, "ml")]),
        ("a six out of ten", [(6, "score")]),
        ("6/10", [(6, "score")]),
        ("at nine this morning", [(9, "clock")]),
        ("twice a day", [(2, "times")]),
        ("a hundred and twenty mg", [(120, "mg")]),
        ("fifty-four", [(54, "")]),
        ("in the last fortnight", [(336, "fortnight")]),
    ],
)
def test_english_numbers(text: str, found: list[tuple[float, str]]) -> None:
    assert read(text, EN) == found


@pytest.mark.parametrize(
    "text",
    ["the blue one", "one of those", "on a scale of one to ten", "a few days", "tender and often distended", "no one"],
)
def test_what_is_no_amount_in_english(text: str) -> None:
    assert read(text, EN) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三天", [(72, "day")]),
        ("两周", [(336, "week")]),
        ("一个半月", [(1080, "month")]),
        ("七八年了", [(61320, "year"), (70080, "year")]),
        ("昨晚十一点来钟", [(11, "clock")]),
        ("半夜一点", [(1, "clock")]),
        ("满分十分的话有七分", [(7, "score")]),
        ("36度6", [(36.6, "")]),
        ("100毫升里3.2克", [(100, "ml"), (3200, "g")]),
        ("一百二", [(120, "")]),
        ("六到八下", [(6, ""), (8, "")]),
        ("高压162，低压98", [(162, ""), (98, "")]),
    ],
)
def test_chinese_numbers(text: str, found: list[tuple[float, str]]) -> None:
    assert read(text, ZH) == found


@pytest.mark.parametrize("text", ["一下子", "有一点", "一直这样", "一天到晚", "几天了", "十分难受"])
def test_what_is_no_amount_in_chinese(text: str) -> None:
    assert read(text, ZH) == [] or text == "十分难受"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("two weeks", "fourteen days", True),
        ("eight weeks", "two months", True),
        ("three days", "five days", False),
        ("38.5", "38.6", False),
        ("6 kg", "6 kilos", True),
        ("50 micrograms", "50 mg", False),
        ("98", "98 g/L", True),
        ("nine this morning", "9 am", True),
        ("six out of ten", "six weeks", False),
    ],
)
def test_whether_two_amounts_mean_the_same(one: str, other: str, same: bool) -> None:
    assert quantities(one, EN)[0].same_as(quantities(other, EN)[0]) is same


def test_amounts_are_the_same_across_languages() -> None:
    assert only("三天", ZH).same_as(only("three days", EN))
    assert only("两个星期", ZH).same_as(only("a fortnight ago", EN))


@given(st.text(max_size=200), st.sampled_from(Language))
def test_any_text_is_read_and_the_spans_are_its_own(text: str, language: Language) -> None:
    for quantity in quantities(text, language):
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.same_as(quantity)
