"""The listener's knowledge: data files in `lexicon/` that a clinician can read, compiled once per language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from simulator.library.base import LocalList
from simulator.library.persona import PhraseSlot
from simulator.library.vocabulary import Disposition, Role, Topic
from simulator.text.language import Language
from simulator.text.pattern import Pattern, compile_all
from simulator.text.pattern_index import PatternIndex


class _SpeechFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    open_question: LocalList
    empathy: LocalList
    goodbye: LocalList
    check_back: LocalList
    order: LocalList
    advice: LocalList
    assent: LocalList
    dispositions: dict[Disposition, LocalList]
    probe: LocalList
    tests: dict[str, LocalList]


class _ConceptEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    topic: Topic
    en: tuple[str, ...]
    zh: tuple[str, ...]
    jargon_en: tuple[str, ...] = ()
    jargon_zh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A clinical concept that a question can name: a symptom, an illness, a habit."""

    id: str
    topic: Topic
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything in `lexicon/` for one language, compiled."""

    language: Language
    open_question: tuple[Pattern, ...]
    empathy: tuple[Pattern, ...]
    goodbye: tuple[Pattern, ...]
    check_back: tuple[Pattern, ...]
    order: tuple[Pattern, ...]
    advice: tuple[Pattern, ...]
    assent: tuple[Pattern, ...]
    """What agrees to a proposal."""
    dispositions: tuple[tuple[Disposition, tuple[Pattern, ...]], ...]
    """From most to least urgent."""
    probe: tuple[Pattern, ...]
    tests: tuple[tuple[str, tuple[Pattern, ...]], ...]
    concepts: tuple[Concept, ...]
    concept_index: PatternIndex[Concept]
    topics: PatternIndex[Topic]
    jargon: tuple[Pattern, ...]


def _read(name: str) -> object:
    return YAML(typ="safe", pure=True).load(files(__package__).joinpath("lexicon", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _speech_file() -> _SpeechFile:
    return _SpeechFile.model_validate(_read("speech.yaml"))


@lru_cache(maxsize=1)
def _concept_entries() -> tuple[_ConceptEntry, ...]:
    entries = _read("concepts.yaml")
    if not isinstance(entries, list):
        raise TypeError("concepts.yaml holds a list of concepts")
    return tuple(_ConceptEntry.model_validate(entry) for entry in entries)


@lru_cache(maxsize=1)
def _topic_entries() -> dict[Topic, LocalList]:
    entries = _read("topics.yaml")
    if not isinstance(entries, dict):
        raise TypeError("topics.yaml maps topics to patterns")
    return {Topic(key): LocalList.model_validate(value) for key, value in entries.items()}


@lru_cache(maxsize=2)
def lexicon(language: Language) -> Lexicon:
    """The compiled lexicon. Raises PatternError or pydantic's ValidationError where a data file is wrong."""
    speech = _speech_file()

    def compiled(entries: LocalList) -> tuple[Pattern, ...]:
        return compile_all(entries.in_(language), language)

    english = language is Language.EN
    entries = _concept_entries()
    concepts = tuple(
        Concept(entry.id, entry.topic, compile_all(entry.en if english else entry.zh, language)) for entry in entries
    )
    return Lexicon(
        language=language,
        open_question=compiled(speech.open_question),
        empathy=compiled(speech.empathy),
        goodbye=compiled(speech.goodbye),
        check_back=compiled(speech.check_back),
        order=compiled(speech.order),
        advice=compiled(speech.advice),
        assent=compiled(speech.assent),
        dispositions=tuple((level, compiled(speech.dispositions[level])) for level in Disposition),
        probe=compiled(speech.probe),
        tests=tuple((name, compiled(entries)) for name, entries in speech.tests.items()),
        concepts=concepts,
        concept_index=PatternIndex((concept, concept.patterns) for concept in concepts),
        topics=PatternIndex((topic, compiled(patterns)) for topic, patterns in _topic_entries().items()),
        jargon=tuple(
            Pattern.compile(word, language)
            for entry in entries
            for word in (entry.jargon_en if english else entry.jargon_zh)
        ),
    )


@lru_cache(maxsize=1)
def common_phrases() -> dict[Role, dict[PhraseSlot, LocalList]]:
    """How anyone in a role words the small talk around facts; personas override slots."""
    raw = _read("phrases.yaml")
    if not isinstance(raw, dict):
        raise TypeError("phrases.yaml maps roles to slots")
    return {
        Role(role): {PhraseSlot(slot): LocalList.model_validate(lines) for slot, lines in slots.items()}
        for role, slots in raw.items()
    }
