"""Telling what a model thinks from what it says.

Servers differ: some hand the reasoning over in a field of its own, others leave it in the text between tags. The forms
known here are those that published models emit: ``<think>`` (DeepSeek-R1, QwQ, Qwen3, Kimi, GLM, MiniMax),
``<thinking>``, ``<thought>`` (EXAONE, Gemini), ``<reasoning>`` (models tuned with GRPO recipes), ``<seed:think>``
(Seed-OSS), ``[THINK]`` (Magistral), ``◁think▷`` (Kimi-VL), and ``## Thinking … ## Final Response`` (HuatuoGPT-o1, a
clinical model).

What counts as reasoning, and nothing else does:

1. Blocks at the very beginning, one or several. One that is never closed was cut off: all of it is reasoning.
2. Everything before a closing tag that nothing opened, because the chat template had opened it. Such a tag must end a
   thought: it ends a line, starts one, or follows a word without a space (``thought</think>Answer``).
3. Further on, a whole block that starts on a line of its own and ends one (interleaved thinking).

A tag in code (backticks, fences) or in the middle of a sentence is a mention and stays in the text, as does one that is
opened later and never closed: words lost from an answer are worse than a thought shown. Nothing is dropped: every
character of the reply that is not a tag or white space is in the text or in the reasoning. Time is linear in the length
of the reply, which is hostile input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = ("think", "thinking", "thought", "reasoning", "seed:think")
_TAGS = (*((f"<{name}>", f"</{name}>") for name in _NAMES), ("◁think▷", "◁/think▷"), ("[THINK]", "[/THINK]"))
_CLOSED_BY = {opening.lower(): re.compile(re.escape(closing), re.I | re.A) for opening, closing in _TAGS}
_ANY_OPENING = "|".join(re.escape(opening) for opening, _ in _TAGS)
_ANY_CLOSING = "|".join(re.escape(closing) for _, closing in _TAGS)

_LEADING_OPENING = re.compile(rf"\s*({_ANY_OPENING})", re.I | re.A)
_LEADING_CLOSING = re.compile(rf"\s*(?:{_ANY_CLOSING})", re.I | re.A)
_OPENING_ON_ITS_LINE = re.compile(rf"^[ \t]*({_ANY_OPENING})", re.I | re.A | re.M)
_TAG = re.compile(rf"({_ANY_OPENING})|(?:{_ANY_CLOSING})", re.I | re.A)
_REST_OF_LINE_IS_BLANK = re.compile(r"[ \t\r]*(?:\n|\Z)")

_CODE = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n.*?^[ \t]*\1|(?<!`)(`+)(?!`)[^`\n]+\2(?!`)", re.M | re.S)
_HEADED = re.compile(r"\s*#{1,3} Thinking[ \t]*\n(.*?)^#{1,3} Final (?:Response|Answer)[ \t]*(?:\n|\Z)", re.M | re.S)
_ANSWER = re.compile(r"\s*<answer>(.*?)(?:</answer>\s*)?\Z", re.I | re.S)
_OPENING_QUOTES = "\"'`“‘「『«("


@dataclass(slots=True)
class _Split:
    """A reply being split; ``at`` is where the text that is not yet known to be reasoning begins."""

    content: str
    shadow: str
    """The content with its code blanked out, character for character, so that tags in code are not seen."""
    at: int
    thoughts: list[str]

    def take(self, start: int, end: int, resume: int) -> None:
        self.thoughts.append(self.content[start:end])
        self.at = resume


def split_reasoning(content: str, reasoning_field: str | None = None) -> tuple[str, str | None]:
    """The reply's text and its reasoning, both stripped; the reasoning is None where there is none.

    ``reasoning_field`` is what the server handed over beside the content. Where it did, rule 2 is off: the server has
    already found the end of the thought, and at most a stray closing tag at the very beginning is dropped.
    """
    given = (reasoning_field or "").strip()
    split = _Split(content, _CODE.sub(lambda code: "\x00" * len(code[0]), content), 0, [given])
    _take_leading(split)
    if given:
        stray = _LEADING_CLOSING.match(content, split.at)
        split.at = stray.end() if stray else split.at
    else:
        _take_opened_by_template(split)
    after_a_thought = bool(given) or split.at > 0
    text = _take_whole_blocks(split).strip()
    if after_a_thought and (answer := _ANSWER.match(text)):
        text = answer[1].strip()
    return text, "\n\n".join(kept for thought in split.thoughts if (kept := thought.strip())) or None


def _take_leading(split: _Split) -> None:
    if headed := _HEADED.match(split.content, split.at):
        split.take(headed.start(1), headed.end(1), headed.end())
    only_in_code: set[str] = set()
    while opening := _LEADING_OPENING.match(split.content, split.at):
        start, tag = opening.end(), opening[1].lower()
        end = None if tag in only_in_code else _CLOSED_BY[tag].search(split.shadow, start)
        if end is None:
            only_in_code.add(tag)
            end = _CLOSED_BY[tag].search(split.content, start)
        if end is None:
            split.take(start, len(split.content), len(split.content))
        else:
            split.take(start, end.start(), end.end())


def _take_opened_by_template(split: _Split) -> None:
    for tag in _TAG.finditer(split.shadow, split.at):
        if tag[1]:
            return
        if _ends_a_thought(split.content, tag.start(), tag.end()):
            split.take(split.at, tag.start(), tag.end())
            _take_leading(split)
            return


def _ends_a_thought(content: str, start: int, end: int) -> bool:
    if _REST_OF_LINE_IS_BLANK.match(content, end):
        return True
    before = content[start - 1 : start]
    return before in {"", "\n"} or not (before.isspace() or before in _OPENING_QUOTES)


def _take_whole_blocks(split: _Split) -> str:
    kept: list[str] = []
    never_closed: set[str] = set()
    at = split.at
    for opening in _OPENING_ON_ITS_LINE.finditer(split.shadow, split.at):
        tag = opening[1].lower()
        if opening.start() < at or tag in never_closed:
            continue
        end = _CLOSED_BY[tag].search(split.shadow, opening.end())
        if end is None:
            never_closed.add(tag)
        elif _REST_OF_LINE_IS_BLANK.match(split.content, end.end()):
            split.thoughts.append(split.content[opening.end() : end.start()])
            kept.append(split.content[at : opening.start()])
            at = end.end()
    return "".join(kept) + split.content[at:]
