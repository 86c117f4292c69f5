"""Making hostile text inert before a person sees it in a terminal."""

from __future__ import annotations

import regex

_CONTROL = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}--\n]", regex.V1)
_KEPT = frozenset("\u200d")
"""The zero-width joiner: emoji and some scripts need it, and it moves no cursor."""


def inert(text: str) -> str:
    """``text`` with every control, format (right-to-left overrides included) and private character made visible.

    Line feeds stay; carriage returns before them go; tabs become spaces. What is left cannot move the cursor, change
    colours, set a window title, hide or reorder anything.
    """
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return _CONTROL.sub(lambda found: found[0] if found[0] in _KEPT else f"\\x{ord(found[0]):02x}", text)


def one_line(text: str, most: int = 120) -> str:
    """Inert, on one line, at most ``most`` characters."""
    flat = " ".join(inert(text).split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
