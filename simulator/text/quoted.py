"""Hostile words as data in a model's prompt: JSON strings that cannot close themselves or spell a control token."""

from __future__ import annotations

import json
import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def visible(text: str) -> str:
    """``text`` without what no reader sees: control, format (zero-width, bidirectional, tag), surrogate and private-use
    characters. Line breaks of every kind become ``\\n``; tabs become spaces.
    """
    flat = text.replace("\r\n", "\n").replace("\t", " ")
    kept = ("\n" if char in "\n\r\v\f\x85\u2028\u2029" else char for char in flat)
    return "".join(char for char in kept if char == "\n" or unicodedata.category(char) not in _HIDDEN)


def quoted(value: object) -> str:
    """``value`` as JSON on one line; ``<`` is escaped, so that no text can spell ``<|im_end|>``. Strings in it must be
    `visible` already, or are made so where ``value`` is a string.
    """
    plain = visible(value) if isinstance(value, str) else value
    return json.dumps(plain, ensure_ascii=False).replace("<", "\\u003c")
