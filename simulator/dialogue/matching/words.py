# ruff: noqa: E501 - a list of wordings reads better unbroken
"""A text as the matcher sees it: its grams, the terms it names, and its features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from simulator.dialogue.matching.terms import term_lexicon
from simulator.dialogue.matching.values import value_marks
from simulator.text.language import Language
from simulator.text.normal import tokens

_MOST_TOKENS = 400
_STOP = frozenset(
    [
        "a", "an", "the", "i", "i'm", "i've", "me", "my", "you", "your", "it", "it's", "he", "she", "his", "her", "we", "they",
        "of", "in", "on", "at", "to", "for", "and", "or", "with", "have", "had", "has", "is", "are", "was", "were", "be",
        "been", "do", "did", "doe", "don't", "that", "this", "there", "as", "so", "um", "uh", "ok", "okay", "right", "just",
        "can", "could", "would", "ani", "some", "about", "what", "if", "yeah", "alright", "then", "well", "but", "by", "from",
    ]
)  # fmt: skip
_STOP_HAN = frozenset("我您你他她它的了吗呢么啊呀吧嘛是在有没不也都就还这那个一和与及或把被给到很会能要")


@dataclass(frozen=True, slots=True)
class Words:
    """``grams``, ``terms`` and ``features`` with their weights; the features are what the matcher has vectors for."""

    n_tokens: int
    grams: dict[str, float]
    terms: dict[str, float]
    features: dict[str, float]
    marks: frozenset[str]
    """The kinds of value that the text holds or asks for."""

    @property
    def own(self) -> frozenset[str]:
        """Its whole words and the terms that it names itself, without parts of words and broader terms."""
        return frozenset(
            [name for name, weight in self.grams.items() if weight == 1.0]
            + [f"@{name}" for name, weight in self.terms.items() if weight == 1.0]
        )


@lru_cache(maxsize=20_000)
def words(text: str, language: Language) -> Words:
    """Of a text of more than 400 tokens only the last 400 count: a question stands at the end."""
    sequence = tokens(text)[-_MOST_TOKENS:]
    lexicon = term_lexicon(language)
    terms = lexicon.expand(lexicon.named(sequence))
    grams = _grams_en(sequence) if language is Language.EN else _grams_zh(sequence)
    features = dict.fromkeys(sequence, 1.0)
    features.update(dict.fromkeys((f"{first} {second}" for first, second in pairwise(sequence)), 1.0))
    if language is Language.ZH:
        features.update((" ".join(sequence[at : at + 3]), 1.0) for at in range(len(sequence) - 2))
    features.update((f"@{term}", weight) for term, weight in terms.items())
    marks = value_marks(text, language)
    features.update(dict.fromkeys(marks, 1.0))
    return Words(n_tokens=len(sequence), grams=grams, terms=terms, features=features, marks=marks)


def _grams_en(sequence: tuple[str, ...]) -> dict[str, float]:
    grams: dict[str, float] = {}
    for token in sequence:
        if token in _STOP:
            continue
        grams[token] = 1.0
        if len(token) >= 5 and token[0].isalpha():
            for at in range(len(token) - 3):
                grams.setdefault(f"~{token[at : at + 4]}", 0.3)
    return grams


def _grams_zh(sequence: tuple[str, ...]) -> dict[str, float]:
    grams: dict[str, float] = {}
    for token in sequence:
        if token not in _STOP_HAN:
            grams[token] = 0.5
    for first, second in pairwise(sequence):
        if first not in _STOP_HAN and second not in _STOP_HAN:
            grams[first + second] = 1.0
    return grams
