"""Sentences of one turn, with what a list item inherits from the line that introduces it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

_END = regex.compile(r"(?:[.!?…]+(?=[\s\"'”’)*_]|$)|[。！？；;…]+)[\"'”’」)*_]*")
_ABBREVIATION = regex.compile(r"(?:\b(?:e\.g|i\.e|vs|dr|mr|mrs|ms|approx|no|etc)|(?:^|\s)\d{1,2})\.$", regex.IGNORECASE)
_NO = regex.compile(r"\bno\.$", regex.IGNORECASE)
_BULLET = regex.compile(
    r"^\s*(?:[-•·–]|\*(?=\s)|\(?\d{1,2}[.)、）](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)\s*(?=\S)"
)
_COLON = regex.compile(r"[:：](?!\d)")
_LEAD = regex.compile(
    r"[:：][\s*_]*$|^\s*#{1,6}\s+\S.*[^.!?。！？\s]\s*$|^\s*(?P<bold>\*\*|__)(?:(?!(?P=bold)).)*[^.!?。！？\s](?P=bold)\s*$"
)
"""A line that ends in a colon, a heading, or a line that is bold from end to end."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` is verbatim. ``lead``: the line (a heading, or one ending in a colon) that a list item stands under."""

    text: str
    lead: str = ""

    @property
    def ends_as_question(self) -> bool:
        return self.text.rstrip(" \"'”’」)*_").endswith(("?", "？"))


def _split_line(line: str) -> list[str]:
    parts: list[str] = []
    begun = 0
    for match in _END.finditer(line):
        piece = line[begun : match.end()]
        stands_for_number = line[match.end() :].lstrip()[:1].isdigit()  # "no. 5", not "No. It hurts."
        short = match.group() == "." and _ABBREVIATION.search(piece) is not None
        if short and (_NO.search(piece) is None or stands_for_number):
            continue
        parts.append(piece)
        begun = match.end()
    parts.append(line[begun:])
    return [part.strip() for part in parts if part.strip()]


def _with_leads(parts: list[str], lead: str) -> list[Sentence]:
    """The sentences of one line. What semicolons list after a colon stands under the words before that colon."""
    made: list[Sentence] = []
    inner = ""
    for part in parts:
        made.append(Sentence(part, inner or lead))
        colon = _COLON.search(part)
        if not part.endswith((";", "；")):
            inner = ""
        elif colon is not None:
            inner = part[: colon.end()]
    return made


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of ``text``, in order. Line breaks always end one."""
    found: list[Sentence] = []
    lead = ""
    inner: tuple[int, bool, str] | None = None  # indent, numbered, words of an item that leads the items further in
    blank_since_item = False
    for line in text.splitlines():
        if not line.strip():
            blank_since_item = True
            continue
        bullet = _BULLET.match(line)
        if bullet is None and blank_since_item and not _LEAD.search(line):
            lead = ""
        blank_since_item = False
        body = line[bullet.end() :] if bullet else line
        if bullet is None and not _LEAD.search(body):
            lead = ""
        indent = len(line) - len(line.lstrip())
        numbered = bullet is not None and bullet.group().strip()[0] not in "-*•·–"
        if bullet is None or (inner is not None and (indent, numbered != inner[1]) <= (inner[0], False)):
            inner = None
        nearest = inner[2] if inner else lead
        found.extend(_with_leads(_split_line(body), nearest if bullet else ""))
        if bullet is not None and _LEAD.search(body):
            inner = (indent, numbered, body.strip())
        if _LEAD.search(body) and bullet is None:
            lead = body.strip()
    return tuple(found)
