"""The languages a dialogue can be held in, and telling which one a text is in."""

from __future__ import annotations

import re
from enum import StrEnum

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


def dominant_language(text: str) -> Language | None:
    """The language most of ``text`` is in; None where there are no letters to tell by.

    One Han character weighs as much as one Latin word: "做个CT" is Chinese, "see 张 at the desk" is English.
    """
    han = len(_HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    if han == 0 and latin == 0:
        return None
    return Language.ZH if han >= latin else Language.EN
