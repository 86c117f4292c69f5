"""Is a quote verbatim in a turn? And which words of the turn are it?

A judge may invent what it quotes, so its quote is looked up, and what is stored as evidence is the *turn's* own words.
Two texts are compared after the same reduction, one character at a time, so that any part of a turn is found in it:

- invisible and control characters are dropped (`legible`), and Markdown marks ``* _ # ` •``;
- Unicode compatibility decomposition (NFKD: what NFKC holds equal is equal), then case folding, since a judge
  lower-cases the first word of a quote from the middle of a sentence, and case carries no clinical meaning;
- every kind of quotation mark, apostrophe and dash is one; ``。`` is a full stop;
- white space counts between two words of letters or digits only, as one space; at the ends of a quote, punctuation is
  ignored.

An ellipsis (``...``, ``…``, ``[…]``) in a quote stands for left-out words, at most `MAX_GAPS` times, so that nothing
can be put together from single words. Each part has to occur in the same turn, in the order of the quote.

A quote, and every part of one, weighs at least `MIN_WEIGHT`: a letter or digit weighs 1, a Han character 2. A turn that
is lighter than that has to be quoted whole.

A verified quote proves that the words were said, not that they mean what the judge says they do: "take aspirin" is
verbatim in "do not take aspirin".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MIN_WEIGHT = 4
MAX_GAPS = 2

_MARKS = frozenset("*_#`•")
_SAME = str.maketrans(
    {
        **dict.fromkeys('‘’‚‛′`´“”„‟″«»‹›「」『』〝〞"', "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "。": ".",
        "⋯": "...",
    }
)
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_ELLIPSIS = re.compile(r"[\[(]?\.{3,}[\])]?")


def legible(text: str) -> str:
    """``text`` without what no reader sees: control, format (zero-width, bidirectional, tag), surrogate and
    private-use characters. Line breaks of every kind become ``\\n``; tabs stay.
    """
    kept = []
    for char in text.replace("\r\n", "\n"):
        if char in "\n\t":
            kept.append(char)
        elif char in "\r\v\f\x85\u2028\u2029":
            kept.append("\n")
        elif unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}:
            kept.append(char)
    return "".join(kept)


def find_quote(quote: str, turn: str) -> tuple[str, ...]:
    """The words of ``turn`` that ``quote`` quotes, one part for each side of an ellipsis. Empty: not verbatim."""
    wanted, said = _reduce(quote), _reduce(turn)
    whole = wanted.text.strip(_ENDS)
    if _weight(said.text) < MIN_WEIGHT:
        only = said.text.strip(_ENDS)
        return (said.original(said.text.find(only), len(only), turn),) if only and whole == only else ()
    if _weight(whole) >= MIN_WEIGHT and (at := said.text.find(whole)) >= 0:
        return (said.original(at, len(whole), turn),)
    parts = [part for part in (piece.strip(_ENDS) for piece in _ELLIPSIS.split(wanted.text)) if part]
    if not 2 <= len(parts) <= MAX_GAPS + 1:
        return ()
    found, start = [], 0
    for part in parts:
        at = said.text.find(part, start)
        if at < 0 or _weight(part) < MIN_WEIGHT:
            return ()
        found.append(said.original(at, len(part), turn))
        start = at + len(part)
    return tuple(found)


_ENDS = " .,;:!?、'-()[]"


@dataclass(frozen=True, slots=True)
class _Reduced:
    """A reduced text; ``origins[i]`` is the index, in its source, of the character that became ``text[i]``."""

    text: str
    origins: tuple[int, ...]

    def original(self, start: int, length: int, source: str) -> str:
        return source[self.origins[start] : self.origins[start + length - 1] + 1]


def _reduce(text: str) -> _Reduced:
    chars: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        if char in _MARKS or not legible(char):
            continue
        for reduced in unicodedata.normalize("NFKD", char.translate(_SAME)).translate(_SAME).casefold():
            if reduced.isspace():
                if chars and _in_word(chars[-1]):
                    chars.append(" ")
                    origins.append(index)
                continue
            if chars and chars[-1] == " " and not _in_word(reduced):
                chars.pop()
                origins.pop()
            chars.append(reduced)
            origins.append(index)
    return _Reduced("".join(chars), tuple(origins))


def _in_word(char: str) -> bool:
    return char.isalnum() and not _HAN.match(char)


def _weight(text: str) -> int:
    return sum(2 if _HAN.match(char) else 1 for char in text if char.isalnum())
