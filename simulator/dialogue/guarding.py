"""What the guard knows beyond the case: named things, everyday words, and cues; data files in `lexicon/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import regex
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from simulator.text.language import Language
from simulator.text.normal import stem
from simulator.text.pattern import Pattern, compile_all

Cue = regex.Pattern[str]

POLAR_KINDS = frozenset({"medicine", "illness", "procedure", "state"})
"""Kinds of names that can be affirmed and denied; people, parts of the body and times can only be named."""


class _Texts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str


class _GuardingFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    function: _Texts
    everyday: _Texts
    unsure: _Texts
    presumes: _Texts
    blurred: _Texts
    bare_yes: _Texts
    bare_no: _Texts
    blanket: _Texts
    out_of_role: _Texts


class _NameEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    en: tuple[str, ...]
    zh: tuple[str, ...]
    concepts: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One named thing: a medicine, an illness, a relative, a time of day."""

    id: str
    """`medicine:warfarin`"""
    kind: str
    patterns: tuple[Pattern, ...]
    allows: frozenset[str]
    """Concepts that may be named where this name was given."""
    allowed_by: frozenset[str]
    """Concepts that, where they were given, allow this name."""


@dataclass(frozen=True, slots=True)
class Guarding:
    """Everything for one language, compiled."""

    names: tuple[Name, ...]
    function: frozenset[str]
    """Words without content: English stems; Chinese characters."""
    everyday: frozenset[str]
    """English stems; Chinese characters."""
    unsure: Cue
    """Leaves open what a clause names."""
    presumes: Cue
    """After such a word, a clause that leaves something open takes it for granted all the same."""
    blurred: Cue
    """Beside such a word nothing is simply affirmed or simply denied."""
    bare_yes: Cue
    bare_no: Cue
    blanket: Cue
    """Denies whatever was not named."""
    out_of_role: Cue


def _read(name: str) -> object:
    return YAML(typ="safe", pure=True).load(files(__package__).joinpath("lexicon", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str, _NameEntry], ...]:
    raw = _read("names.yaml")
    if not isinstance(raw, dict):
        raise TypeError("names.yaml maps kinds to names")
    return tuple(
        (f"{kind}:{name}", kind, _NameEntry.model_validate(words))
        for kind, entries in raw.items()
        for name, words in entries.items()
    )


@lru_cache(maxsize=2)
def guarding(language: Language) -> Guarding:
    """The guard's knowledge. Raises PatternError or pydantic's ValidationError where a data file is wrong."""
    words = _GuardingFile.model_validate(_read("guarding.yaml"))
    english = language is Language.EN

    def cue(texts: _Texts) -> Cue:
        source = texts.en if english else texts.zh
        return regex.compile(source, regex.IGNORECASE)

    def listed(texts: _Texts) -> frozenset[str]:
        return frozenset(map(stem, texts.en.split())) if english else frozenset("".join(texts.zh.split()))

    def word_cue(texts: _Texts) -> Cue:
        return regex.compile(rf"\b(?:{texts.en})\b" if english else texts.zh, regex.IGNORECASE)

    return Guarding(
        names=tuple(
            Name(
                key,
                kind,
                compile_all(entry.en if english else entry.zh, language),
                frozenset(f"concept:{concept}" for concept in entry.concepts + entry.implies),
                frozenset(f"concept:{concept}" for concept in entry.concepts + entry.under),
            )
            for key, kind, entry in _names()
        ),
        function=listed(words.function),
        everyday=listed(words.everyday),
        unsure=cue(words.unsure),
        presumes=cue(words.presumes),
        blurred=word_cue(words.blurred),
        bare_yes=cue(words.bare_yes),
        bare_no=cue(words.bare_no),
        blanket=cue(words.blanket),
        out_of_role=cue(words.out_of_role),
    )
