"""Left and right, and of what."""

from __future__ import annotations

import pytest

from simulator.text.language import Language
from simulator.text.side import sides


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my left arm", [("left", "arm")]),
        ("low on the right", [("right", "")]),
        ("on the right side of her chest", [("right", "")]),
        ("her right calf is bigger than the left", [("right", "calf"), ("left", "")]),
        ("clear on both sides", [("both", "")]),
        ("Right, I see. All right, right now, I left early.", []),
    ],
)
def test_english_sides(text: str, found: list[tuple[str, str]]) -> None:
    assert [(side.side, side.part) for side in sides(text, Language.EN)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("左胳膊里侧", [("left", "胳膊")]),
        ("右下腹压痛", [("right", "下腹")]),
        ("右小腿比左边粗", [("right", "小腿"), ("left", "")]),
        ("三天左右", []),
    ],
)
def test_chinese_sides(text: str, found: list[tuple[str, str]]) -> None:
    assert [(side.side, side.part) for side in sides(text, Language.ZH)] == found
