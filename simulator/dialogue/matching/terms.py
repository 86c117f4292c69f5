"""The term lexicon: units of meaning that questions and facts share, read from `lexicon/terms/*.yaml`.

"How are the waterworks?" and "I pee fine" share no word; both name the term `urine`. A term may be part of, or narrower
than, others (`is`): a headache is a pain in the head, penicillin is a medicine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from simulator.text.language import Language
from simulator.text.normal import tokens

_DECAY = 0.5
"""What a broader term weighs beside the narrower one that named it, for each step."""


class TermEntry(BaseModel):
    """One unit of meaning with its wordings in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    broader: tuple[str, ...] = Field(default=(), alias="is")
    """Ids of broader terms, or of the parts that it is made of."""
    en: tuple[str, ...]
    zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermLexicon:
    """The wordings of one language, ready to be looked up."""

    wordings: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """First token → (all tokens, term id), the longest first."""
    meaning: Mapping[str, Mapping[str, float]]
    """Term id → itself and its broader terms, with weights of 1, 0.5, 0.25 …"""

    def named(self, sequence: tuple[str, ...]) -> tuple[str, ...]:
        """The terms that a sequence of normal tokens names, in order; of overlapping ones the longest."""
        found: list[str] = []
        at = 0
        while at < len(sequence):
            step = 1
            for wording, term in self.wordings.get(sequence[at], ()):
                if len(wording) < step:
                    break
                if sequence[at : at + len(wording)] == wording:
                    found.append(term)
                    step = len(wording)
            at += step
        return tuple(found)

    def expand(self, named: tuple[str, ...]) -> dict[str, float]:
        """The terms with all that they imply, each with its greatest weight."""
        weights: dict[str, float] = {}
        for term in named:
            for implied, weight in self.meaning[term].items():
                if weight > weights.get(implied, 0.0):
                    weights[implied] = weight
        return weights


@lru_cache(maxsize=1)
def term_entries() -> tuple[TermEntry, ...]:
    """All entries of all files. Raises ValueError for an id used twice, or a broader term that does not exist."""
    folder = files("simulator.dialogue").joinpath("lexicon", "terms")
    found: dict[str, TermEntry] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        for raw in YAML(typ="safe").load(file.read_text(encoding="utf-8")) or ():
            entry = TermEntry.model_validate(raw)
            if entry.id in found:
                raise ValueError(f"{file.name}: the term `{entry.id}` is there twice")
            found[entry.id] = entry
    for entry in found.values():
        for broader in entry.broader:
            if broader not in found:
                raise ValueError(f"the term `{entry.id}` is a `{broader}`, which does not exist")
    return tuple(found.values())


@lru_cache(maxsize=4)
def term_lexicon(language: Language) -> TermLexicon:
    entries = {entry.id: entry for entry in term_entries()}
    wordings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for entry in entries.values():
        for wording in entry.en if language is Language.EN else entry.zh:
            if sequence := tokens(wording):
                wordings.setdefault(sequence[0], []).append((sequence, entry.id))
    return TermLexicon(
        wordings={
            first: tuple(dict.fromkeys(sorted(each, key=lambda item: -len(item[0]))))
            for first, each in wordings.items()
        },
        meaning={term: _meaning(term, entries) for term in entries},
    )


def _meaning(term: str, entries: Mapping[str, TermEntry]) -> Mapping[str, float]:
    weights = {term: 1.0}
    layer, weight = [term], 1.0
    while layer:
        weight *= _DECAY
        layer = [broader for each in layer for broader in entries[each].broader if broader not in weights]
        weights.update(dict.fromkeys(layer, weight))
    return weights
