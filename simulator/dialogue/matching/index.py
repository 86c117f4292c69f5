"""The facts of a case, prepared for matching: one row a fact in a few small matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dialogue.matching.words import Words, words
from simulator.library.vocabulary import Polarity, Topic
from simulator.text.language import Language

TOPICS = tuple(Topic)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matchable:
    """A fact as the matcher needs it."""

    id: str
    topic: Topic
    polarity: Polarity
    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """A bag-of-features matrix: ``matrix[fact, column]``, rows of unit length, weighted by rarity within the case."""

    columns: Mapping[str, int]
    idf: Floats
    matrix: Floats
    """Unit rows: a product with a unit question is a cosine."""
    share: Floats
    """Rows that add up to one: a product with a 0/1 question is the share of the fact that it names."""

    def compare(self, bag: Mapping[str, float]) -> tuple[Floats, Floats]:
        """Cosine, and share named, of every fact with a question's bag of features; zeros where nothing is common."""
        known = [(self.columns[name], weight) for name, weight in bag.items() if name in self.columns]
        if not known:
            zeros = np.zeros(len(self.matrix), dtype=np.float32)
            return zeros, zeros
        columns = [column for column, _ in known]
        weights = np.array([weight for _, weight in known], dtype=np.float32)
        weighted = weights * self.idf[columns]
        length = float(np.sqrt(weighted @ weighted)) or 1.0
        return self.matrix[:, columns] @ (weighted / length), self.share[:, columns] @ np.minimum(weights * 2, 1.0)


def _space(bags: Sequence[Mapping[str, float]]) -> Space:
    names = sorted({name for bag in bags for name in bag})
    columns = {name: at for at, name in enumerate(names)}
    raw = np.zeros((len(bags), max(len(names), 1)), dtype=np.float32)
    for at, bag in enumerate(bags):
        for name, weight in bag.items():
            raw[at, columns[name]] = weight
    document_frequency = (raw > 0).sum(axis=0)
    idf = np.log((len(bags) + 1) / (document_frequency + 0.5)).astype(np.float32)
    weighted = raw * idf
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    sums = weighted.sum(axis=1, keepdims=True)
    return Space(
        columns=columns,
        idf=idf,
        matrix=np.divide(weighted, lengths, out=np.zeros_like(weighted), where=lengths > 0),
        share=np.divide(weighted, sums, out=np.zeros_like(weighted), where=sums > 0),
    )


@dataclass(frozen=True, slots=True)
class FactIndex:
    """Everything about the facts that no question changes."""

    language: Language
    facts: tuple[Matchable, ...]
    place: Mapping[str, int]
    """Fact id → row."""
    said: tuple[Words, ...]
    grams: Space
    terms: Space
    topics: NDArray[np.int64]
    """Row → place of its topic in ``TOPICS``."""
    absent: Floats
    alike: Floats
    """``alike[a, b]``: how much two facts speak of the same thing, 0 to 1."""
    same_topic: Floats
    """1 where two facts are of the same topic."""
    complaint: Floats
    """How much each fact speaks of what the patient came for: the nearest of the complaint's facts."""
    marks: tuple[frozenset[str], ...]
    """The kinds of value that each fact holds."""

    def features(self, at: int) -> dict[str, float]:
        """The features of a fact, its topic and polarity among them."""
        fact = self.facts[at]
        return self.said[at].features | {f"#{fact.topic.value}": 1.0, f"#{fact.polarity.value}": 1.0}


def index_facts(facts: Sequence[Matchable], language: Language) -> FactIndex:
    said = tuple(words(fact.text, language) for fact in facts)
    grams = _space([each.grams for each in said])
    terms = _space([each.terms for each in said])
    alike = np.maximum(terms.matrix @ terms.matrix.T, grams.matrix @ grams.matrix.T)
    topics = np.array([TOPICS.index(fact.topic) for fact in facts], dtype=np.int64)
    complaint = topics == TOPICS.index(Topic.COMPLAINT)
    return FactIndex(
        language=language,
        facts=tuple(facts),
        place={fact.id: at for at, fact in enumerate(facts)},
        said=said,
        grams=grams,
        terms=terms,
        topics=topics,
        absent=np.array([fact.polarity is Polarity.ABSENT for fact in facts], dtype=np.float32),
        alike=alike.astype(np.float32),
        complaint=alike[:, complaint].max(axis=1, initial=0.0).astype(np.float32),
        marks=tuple(each.marks for each in said),
        same_topic=(topics[None, :] == topics[:, None]).astype(np.float32),
    )
