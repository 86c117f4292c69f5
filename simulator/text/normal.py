"""The normal form of a text: a line of tokens that patterns are matched on, with the way back to the original.

English words become Snowball stems, numbers stay whole, each Han character is a token of its own, punctuation falls
away. Every token is followed by one space, so that a match can only begin and end at a token.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import regex
import snowballstemmer

_TOKEN = regex.compile(r"[\p{Latin}]+(?:'[\p{Latin}]+)?|\d+(?:\.\d+)?|\p{Han}")
_STEMMERS = local()
"""One stemmer for each thread: a stemmer keeps the word it works on, and dialogues listen in several threads."""
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2019: 0x27, 0x2018: 0x27, 0x3000: 0x20}


def fold(text: str) -> str:
    """Full-width forms and curly apostrophes to their plain twins. The length stays the same."""
    return text.translate(_FOLD)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English stem of one lower-case word; tokens that are not Latin are their own stem."""
    if not (word[0].isascii() and word[0].isalpha()):
        return word
    if not hasattr(_STEMMERS, "english"):
        _STEMMERS.english = snowballstemmer.stemmer("english")
    return str(_STEMMERS.english.stemWord(word))


@dataclass(frozen=True, slots=True)
class Normal:
    """``form``: the tokens, each followed by a space. ``starts``: where each token starts in ``form``.

    ``spans``: where each token lies in the original text.
    """

    form: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    words: frozenset[str]
    """The tokens, each once."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind ``form[start:end]``, which holds at least one token."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        return self.spans[first][0], self.spans[last][1]


@lru_cache(maxsize=4_096)
def normalise(text: str) -> Normal:
    parts: list[str] = []
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for match in _TOKEN.finditer(fold(text)):
        token = stem(match.group().lower()) + " "
        parts.append(token)
        starts.append(at)
        spans.append(match.span())
        at += len(token)
    return Normal("".join(parts), tuple(starts), tuple(spans), frozenset(part[:-1] for part in parts))


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of the normal form, in order."""
    return tuple(normalise(text).form.split())
