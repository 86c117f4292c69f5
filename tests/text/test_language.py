from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.text.language import Language, dominant_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When did it start?", Language.EN),
        ("什么时候开始的？", Language.ZH),
        ("做个CT", Language.ZH),
        ("请查D-dimer和CRP", Language.ZH),
        ("see 张 at the desk", Language.EN),
        ("Où avez-vous mal ?", Language.EN),
        ("ＥＣＧ", None),
        ("120 !!! 39.5", None),
        ("", None),
        ("😀", None),
    ],
)
def test_the_language_is_the_one_with_more_words(text: str, language: Language | None) -> None:
    assert dominant_language(text) is language


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert dominant_language(text) in {Language.EN, Language.ZH, None}
