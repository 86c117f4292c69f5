"""Text from a subject cannot move a cursor, hide, or reorder anything on a screen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.text.inert import inert, one_line

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\rb", "a\\x0db"),
        ("a\x08b", "a\\x08b"),
        ("\u202eevil", "\\x202eevil"),
        ("zero\u200bwidth", "zero\\x200bwidth"),
        ("\u2028", "\\x2028"),
        ("\x9b2J", "\\x9b2J"),
        ("\ue000", "\\xe000"),
        ("\ud800", "\\xd800"),
    ],
)
def test_what_could_steer_a_terminal_is_made_visible(hostile: str, shown: str) -> None:
    assert inert(hostile) == shown


def test_ordinary_text_stays_as_it_is() -> None:
    text = "Call 999 now!\n请立即拨打120。 👩‍⚕️ café"
    assert inert(text) == text


def test_line_ends_become_line_feeds_and_tabs_become_spaces() -> None:
    assert inert("a\r\nb\tc") == "a\nb    c"


@given(st.text())
def test_nothing_harmful_is_left_of_any_text(text: str) -> None:
    left = {char for char in inert(text) if unicodedata.category(char) in _HARMFUL}
    assert left <= {"\n", "\u200d"}


@given(st.text())
def test_making_inert_twice_changes_nothing_more(text: str) -> None:
    assert inert(inert(text)) == inert(text)


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_one_line_is_one_line_and_no_longer_than_asked(text: str, most: int) -> None:
    line = one_line(text, most)
    assert "\n" not in line
    assert len(line) <= most
