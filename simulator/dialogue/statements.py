"""What a text states, taken apart for the guard: concepts and names with their stance, quantities, sides, words.

Each sentence is cut into clauses; a mention is *said* or *denied* in its clause (simulator.text.negation), *blurred*
where a word beside it makes neither certain ("I stopped smoking"), or left *open*: in a question, or beside "I don't
know". A clause that speaks of the speaker, states something before the question ("It was black, is that bad?"), or
gives a reason ("I don't know why I have it"), takes what it names for granted, and counts as said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import regex

from simulator.dialogue.guarding import POLAR_KINDS, guarding
from simulator.dialogue.lexicon import lexicon
from simulator.text.language import Language
from simulator.text.negation import negated
from simulator.text.normal import fold, normalise
from simulator.text.pattern import Match, first_match
from simulator.text.quantity import Quantity, quantities
from simulator.text.sentences import sentences
from simulator.text.side import Side, sides


class Stance(StrEnum):
    SAID = "said"
    DENIED = "denied"
    BLURRED = "blurred"
    OPEN = "open"

    @property
    def asserts(self) -> bool:
        return self is not Stance.OPEN


@dataclass(frozen=True, slots=True)
class Mention:
    """One concept (`concept:fever`) or name (`medicine:warfarin`) in a text."""

    id: str
    words: str
    """Verbatim."""
    stance: Stance
    polar: bool
    """Whether it can be contradicted."""
    start: int
    end: int
    """Where it stands in its sentence."""
    sentence: int
    """The number of its sentence, from 0."""

    @property
    def is_concept(self) -> bool:
        return self.id.startswith("concept:")

    @property
    def specific(self) -> bool:
        """Whether it is one medicine or illness, which a longer mention around it does not cover."""
        return self.id.startswith(("medicine:", "illness:"))

    def inside(self, other: Mention) -> bool:
        """Whether it is part of the longer words of another mention."""
        return (
            self.sentence == other.sentence
            and other.start <= self.start
            and self.end <= other.end
            and (self.end - self.start) < (other.end - other.start)
        )


@dataclass(frozen=True, slots=True)
class Statements:
    """One text, taken apart. ``words``: content words (English stems, pairs of Han characters) of what it asserts;
    ``open_words``: of what it leaves open. ``said_words``, ``denied_words``: those of ``words`` by stance.
    """

    mentions: tuple[Mention, ...]
    quantities: tuple[tuple[Quantity, bool], ...]
    """With whether they are asserted."""
    sides: tuple[tuple[Side, bool], ...]
    words: frozenset[str]
    open_words: frozenset[str]
    said_words: frozenset[str]
    denied_words: frozenset[str]


_CONTRACTED = regex.compile(r"'(?:re?|ve?|ll?|d|m|t|s)$")
_NUMERALS = frozenset("零一二两三四五六七八九十百半几")
_EN_CLAUSE = regex.compile(r"[,;:()—–]|\s-\s|\bbut\b|\balthough\b|\bthough\b", regex.IGNORECASE)
_ZH_CLAUSE = regex.compile(r"[，,；;：:（）()—]|但是?|不过|可是")
_EN_SELF = regex.compile(r"\b(?:i|i've|i'd|my|mine|she|she's|her|he|he's|his|we|our)\b", regex.IGNORECASE)
_ZH_SELF = regex.compile(r"我|她|他|孩子|病人")
_EN_STATES = regex.compile(
    r"\b(?:it|there|that|this|they)(?:'s| is| was| has| have| are| were)\b|\bbeen\b", regex.IGNORECASE
)
_ZH_STATES = regex.compile(r"[了过是有在着]")
_CUE_INSIDE = regex.compile(r"\b(?:no|not|never|without|lack)\b|\w+n't\b|[没不无未]", regex.IGNORECASE)
_CUE_AHEAD = regex.compile(
    r"\b(?:no|not|none|nor|never|without|cannot|neither)\b|\w+n't\b|[没不无未别非]", regex.IGNORECASE
)
_EN_NEW_PREDICATE = regex.compile(
    r"\band (?:still |now |also |just )?(?:has|have|had|is|are|was|were|takes?|took|gets?|got|feels?)\b"
    r"(?!.*\b(?:no|not|never|without)\b)(?!.*n't)",
    regex.IGNORECASE,
)
"""Ends the reach of what was negated before it: "no operation and still has her appendix"."""
_ZH_CUE_NEAR = regex.compile(r"(?:不(?!过|舒服|仅|但)|没有?|无|未)[^，。；]{0,8}$")
_ZH_CUE_AFTER = regex.compile(r"^[^。！？]{0,12}[没不无未]")


@dataclass(frozen=True, slots=True)
class _Clause:
    sentence: str
    start: int
    end: int
    open: bool


def _clauses(text: str, language: Language) -> list[_Clause]:
    known = guarding(language)
    english = language is Language.EN
    cut, own, states = (_EN_CLAUSE, _EN_SELF, _EN_STATES) if english else (_ZH_CLAUSE, _ZH_SELF, _ZH_STATES)
    found: list[_Clause] = []
    for sentence in sentences(text):
        whole = sentence.text
        edges = [0, *(match.end() for match in cut.finditer(fold(whole))), len(whole)]
        spans = [(start, end) for start, end in pairwise(edges) if whole[start:end].strip()]
        for at, (start, end) in enumerate(spans):
            clause = fold(whole[start:end])
            last = at == len(spans) - 1
            tells = own.search(clause) or (not last and states.search(clause))  # "It was black, is that bad?"
            asks = sentence.ends_as_question and not tells
            unsure = known.unsure.search(clause)
            leaves_open = unsure is not None and known.presumes.search(clause[unsure.end() :]) is None
            found.append(_Clause(whole, start, end, asks or leaves_open))
    return found


def _stance(clause: _Clause, start: int, end: int, language: Language) -> Stance:
    if clause.open:
        return Stance.OPEN
    around = fold(clause.sentence[clause.start : clause.end])
    if guarding(language).blurred.search(around) or _CUE_INSIDE.search(clause.sentence[start:end]):
        return Stance.BLURRED
    before = fold(clause.sentence[clause.start : start])
    if _EN_NEW_PREDICATE.search(before):
        return Stance.SAID
    if negated(clause.sentence, start, end, language):
        cue_ahead = _CUE_AHEAD.search(fold(clause.sentence[:start])) is not None
        return Stance.DENIED if cue_ahead else Stance.BLURRED
    after = fold(clause.sentence[end : clause.end])
    if language is Language.ZH and _ZH_CUE_AFTER.search(after) and not _CUE_AHEAD.search(before):
        return Stance.BLURRED  # "头疼没有" or "大便不正常": a cue behind its object is read with care
    if language is Language.ZH and _ZH_CUE_NEAR.search(before):
        return Stance.BLURRED
    return Stance.SAID


def content_words(text: str, language: Language) -> frozenset[str]:
    """English stems without function words; pairs of neighbouring Han characters without function characters."""
    normal, function = normalise(text), guarding(language).function
    if language is Language.EN:
        return frozenset(
            word
            for word in normal.words
            if word[0].isascii() and not word[0].isdigit() and word not in function and not _CONTRACTED.search(word)
        )
    tokens = normal.form.split()
    pairs = {
        first + second
        for (first, here), (second, there) in pairwise(zip(tokens, normal.spans, strict=True))
        if here[1] == there[0] and not (first[0].isascii() or second[0].isascii())
        and first not in function and second not in function and not {first, second} & _NUMERALS
    }  # fmt: skip
    return frozenset(pairs | {token for token in tokens if token[0].isascii() and token[0].isalpha()})


def _matches(text: str, language: Language) -> list[tuple[str, bool, Match]]:
    found = [
        (f"concept:{concept.id}", True, match[1])
        for concept in lexicon(language).concepts
        if (match := first_match(concept.patterns, text))
    ]
    for name in guarding(language).names:
        for pattern in name.patterns:
            found.extend((name.id, name.kind in POLAR_KINDS, match) for match in pattern.finditer(text))
    return found


def negative(text: str) -> bool:
    """Whether any word of negation stands in ``text``."""
    return _CUE_AHEAD.search(fold(text)) is not None


@lru_cache(maxsize=8_192)
def statements(text: str, language: Language) -> Statements:
    """``text``, taken apart."""
    mentions: list[Mention] = []
    amounts: list[tuple[Quantity, bool]] = []
    places: list[tuple[Side, bool]] = []
    words: dict[bool, set[str]] = {True: set(), False: set()}
    by_stance: dict[Stance, set[str]] = {stance: set() for stance in Stance}
    for number, (whole, clauses) in enumerate(_by_sentence(_clauses(text, language))):

        def clause_of(at: int, clauses: list[_Clause] = clauses) -> _Clause:
            return next((clause for clause in clauses if clause.start <= at < clause.end), clauses[-1])

        for key, polar, match in _matches(whole, language):
            clause = clause_of(match.start)
            stance = _stance(clause, match.start, match.end, language)
            mentions.append(Mention(key, match.text, stance, polar, match.start, match.end, number))
        amounts += [(each, not clause_of(each.start).open) for each in quantities(whole, language)]
        places += [(each, not clause_of(each.start).open) for each in sides(whole, language)]
        for clause in clauses:
            part = whole[clause.start : clause.end]
            inside = content_words(part, language)
            words[not clause.open] |= inside
            for word in inside:
                at = _where(word, whole, clause, language)
                if at is not None:
                    by_stance[_stance(clause, *at, language)].add(word)
    return Statements(
        tuple(dict.fromkeys(mentions)),
        tuple(amounts),
        tuple(places),
        frozenset(words[True]),
        frozenset(words[False]),
        frozenset(by_stance[Stance.SAID]),
        frozenset(by_stance[Stance.DENIED]),
    )


def _by_sentence(clauses: list[_Clause]) -> list[tuple[str, list[_Clause]]]:
    grouped: list[tuple[str, list[_Clause]]] = []
    for clause in clauses:
        if grouped and grouped[-1][0] is clause.sentence and grouped[-1][1][-1].end <= clause.start:
            grouped[-1][1].append(clause)
        else:
            grouped.append((clause.sentence, [clause]))
    return grouped


def _where(word: str, whole: str, clause: _Clause, language: Language) -> tuple[int, int] | None:
    """Where a content word stands in its clause."""
    if language is Language.ZH:
        at = fold(whole).lower().find(word, clause.start, clause.end)
        return None if at < 0 else (at, at + len(word))
    part = whole[clause.start : clause.end]
    normal = normalise(part)
    for token, (start, end) in zip(normal.form.split(), normal.spans, strict=True):
        if token == word:
            return clause.start + start, clause.start + end
    return None
