"""Rules on text: all of it in every declared language, every pattern readable, every finding ordered by its names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from simulator.library.base import LocalList, LocalText
from simulator.library.breach import Breach, error, warning
from simulator.library.collection import Entry, Library
from simulator.library.problem import Location
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from simulator.text.pattern import Pattern, PatternError

TEXT_MISSING = error("text-missing", "a dialogue in that language would have nothing to say here")
TEXT_UNDECLARED = warning("text-undeclared", "no dialogue is held in a language that the file does not declare")
LIST_MISSING = error("list-missing", "in that language nothing the subject says could meet it")
PATTERN_INVALID = error("pattern-invalid", "the pattern can never be matched")
FEW_NAMES = warning("few-names", "a subject that uses another common name gets no result")


def texts_in_every_language(library: Library) -> Iterator[Breach]:
    """Every text, however deep, exists in each declared language, and in no other."""
    entries: tuple[Mapping[str, Entry[Any]], ...] = (library.scenarios, library.personas, library.rubrics)
    for entry in (entry for kind in entries for entry in kind.values()):
        declared: tuple[Language, ...] = entry.value.languages
        for at, text in local_values(entry.value):
            for language in Language:
                if isinstance(text, LocalText) and language in declared and text.get(language) is None:
                    yield TEXT_MISSING.broken(entry, at, f"no text in `{language.value}`", f"add `{language.value}:`")
                written = text.get(language) if isinstance(text, LocalText) else text.in_(language)
                if language not in declared and written:
                    what = f"text in `{language.value}`, which `languages` does not name"
                    yield TEXT_UNDECLARED.broken(entry, (*at, language.value), what, "declare it, or remove the text")


def lists_in_every_language(library: Library) -> Iterator[Breach]:
    """Lists that are needed have entries in each declared language; others, in all of them or in none."""
    entries: tuple[Mapping[str, Entry[Any]], ...] = (library.scenarios, library.personas, library.rubrics)
    for entry in (entry for kind in entries for entry in kind.values()):
        needed = set(_needed_lists(entry.value))
        for at, texts in local_values(entry.value):
            if not isinstance(texts, LocalList):
                continue
            if at not in needed and not (texts.en or texts.zh):
                continue
            for language in entry.value.languages:
                if not any(text for text in texts.in_(language)):
                    what = f"no entries in `{language.value}`"
                    yield LIST_MISSING.broken(entry, at, what, f"add `{language.value}: […]`")


def _needed_lists(model: BaseModel) -> Iterator[Location]:
    if isinstance(model, Scenario):
        yield ("answer_key", "diagnosis")
        yield from (("facts", index, "ask") for index, fact in enumerate(model.facts) if fact.tier is not Tier.OPENING)
        yield from (("findings", index, "names") for index in range(len(model.findings)))
    if isinstance(model, Rubric):
        yield from (("phrases", name, "patterns") for name in model.phrases)


def patterns_compile(library: Library) -> Iterator[Breach]:
    """Every pattern can be read (docs/patterns.md)."""
    for scenario in library.scenarios.values():
        for at, patterns in _scenario_patterns(scenario.value):
            yield from _unreadable(scenario, at, patterns)
    for rubric in library.rubrics.values():
        for name, phrase in rubric.value.phrases.items():
            yield from _unreadable(rubric, ("phrases", name, "patterns"), phrase.patterns)


def _scenario_patterns(scenario: Scenario) -> Iterator[tuple[Location, LocalList]]:
    yield from ((("facts", index, "ask"), fact.ask) for index, fact in enumerate(scenario.facts))
    yield from ((("findings", index, "names"), finding.names) for index, finding in enumerate(scenario.findings))
    yield from ((("beats", index, "answered_by"), beat.answered_by) for index, beat in enumerate(scenario.beats))
    yield ("answer_key", "diagnosis"), scenario.answer_key.diagnosis


def _unreadable(entry: Entry[Any], at: Location, patterns: LocalList) -> Iterator[Breach]:
    for language in Language:
        for index, source in enumerate(patterns.in_(language)):
            try:
                Pattern.compile(source, language)
            except PatternError as wrong:
                here = (*at, language.value, index)
                fix = "write words, `(a|b)`, `[a]` and `...` (docs/patterns.md)"
                within = (1, min(wrong.column, len(source) + 1))
                yield PATTERN_INVALID.broken(entry, here, f"`{source}`: {wrong.what}", fix, within=within)


def readable(patterns: LocalList, language: Language) -> tuple[Pattern, ...]:
    """The patterns that can be read; `patterns_compile` reports the others."""
    compiled: list[Pattern] = []
    for source in patterns.in_(language):
        try:
            compiled.append(Pattern.compile(source, language))
        except PatternError:
            continue
    return tuple(compiled)


def findings_by_common_names(library: Library) -> Iterator[Breach]:
    """A finding can be ordered by at least two names, alternatives inside one pattern counted."""
    for entry in library.scenarios.values():
        for index, finding in enumerate(entry.value.findings):
            for language in entry.value.languages:
                names = finding.names.in_(language)
                if len(names) == 1 and "|" not in names[0] and "[" not in names[0]:
                    what = f"`{finding.id}` has one name in `{language.value}`: {names[0]}"
                    at = ("findings", index, "names", language.value)
                    yield FEW_NAMES.broken(entry, at, what, "add the other common names and abbreviations")


def local_values(model: BaseModel, at: Location = ()) -> Iterator[tuple[Location, LocalText | LocalList]]:
    """Every text and list of texts in ``model``, however deep, with its location."""
    for name in type(model).model_fields:
        yield from _local_values(getattr(model, name), (*at, name))


def _local_values(value: object, at: Location) -> Iterator[tuple[Location, LocalText | LocalList]]:
    if isinstance(value, LocalText | LocalList):
        yield at, value
    elif isinstance(value, BaseModel):
        yield from local_values(value, at)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _local_values(item, (*at, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _local_values(item, (*at, str(key)))
