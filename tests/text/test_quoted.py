"""Hostile words in a prompt stay data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.text.one_object import NoObjectError, one_object
from simulator.text.quoted import quoted, visible


@given(st.text())
def test_a_quoted_text_is_one_line_of_json_that_spells_no_control_token(text: str) -> None:
    line = quoted(text)
    assert "\n" not in line
    assert "<" not in line
    assert json.loads(line) == visible(text)


def test_what_no_reader_sees_is_taken_out() -> None:
    assert visible("a\u200b\u202eb\x1b[31m\r\nc\td\u2028e") == "ab[31m\nc d\ne"


def test_one_object_is_found_in_fences_and_prose() -> None:
    assert one_object('Sure:\n```json\n{"a": [1]}\n```\nDone. {"b": 2}', "a") == '{"a": [1]}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("none", "no JSON object with `a`"),
        ('{"b": 1}', "no JSON object with `a`"),
        ('{"a": 1} {"a": 2}', "answers twice"),
        ('{"a": 1, "a": 2}', "one key twice"),
        ('{"a": 1' + " " * 60_000, "longer than"),
        ('{"a":' * 10_000, "no JSON object|nested too deeply"),
    ],
)
def test_anything_else_is_no_answer(text: str, why: str) -> None:
    with pytest.raises(NoObjectError, match=why):
        one_object(text, "a")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        one_object(text, "a")
    except NoObjectError:
        return
