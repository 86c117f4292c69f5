# ruff: noqa: E501 - a list of wordings reads better unbroken
"""A turn taken apart for the matcher: what asks in it, clause by clause, and what merely stands around that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from simulator.text.language import Language
from simulator.text.mood import asks
from simulator.text.normal import tokens
from simulator.text.sentences import Sentence
from simulator.text.speech import Utterance, utterances

_CLAUSE = regex.compile(r"[,，;；、?？]|\s-\s|\b(?:and|or)\b|还是|或者|或")
_TAG = regex.compile(
    r"(?:^|[\s,.])(?:ok(?:ay)?|k|al+ ?right|yeah|yes|no|sure|hm+|eh|(?:is )?(?:that|it) (?:ok(?:ay)?|al+ ?right|fine|clear)|(?:does )?(?:that|it) make sense)\W*$"
    r"|(?:^|[，。,])(?:好吗|行吗|可以吗|好吧|好不好|明白吗|对吧|嗯|好的)\W*$",
    regex.IGNORECASE,
)
"""What a speaker hangs on to a statement: "it will settle, OK?" asks nothing."""
_MOST_CLAUSES = 8
_LEAST_TOKENS = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """``focus``: the sentences that ask, or the whole turn where none does. ``clauses``: its pieces."""

    focus: str
    clauses: tuple[str, ...]
    asking: tuple[str, ...]
    n_after: int
    """Sentences after the last one that asks."""
    n_sentences: int


@lru_cache(maxsize=4_096)
def parts(text: str, language: Language) -> Parts:
    spoken = utterances(text, language)
    asking = [each.text for each in spoken if each.asks and _asks_something(each, language)]
    after = next((at for at, each in enumerate(reversed(spoken)) if each.text in asking), len(spoken))
    focus = " ".join(asking) if asking else text
    pieces = [piece for sentence in asking or [text] for piece in _CLAUSE.split(sentence)]
    kept = [piece for piece in pieces if len(tokens(piece)) >= _LEAST_TOKENS]
    return Parts(focus, tuple(kept[-_MOST_CLAUSES:]), tuple(asking), after, len(spoken))


def _asks_something(spoken: Utterance, language: Language) -> bool:
    """Whether anything is asked beside the tag that a statement ends in."""
    tag = _TAG.search(spoken.text)
    return tag is None or asks(Sentence(spoken.text[: tag.start()]), language)
