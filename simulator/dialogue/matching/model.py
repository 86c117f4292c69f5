"""The matcher's learned part: vectors for words and terms, and two small networks. Plain numpy, no second model.

Trained by `python -m benchmarks.listening.train` on consultations written for this project (docs/fidelity.md); the
weights lie beside this file, one file a language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from simulator.dialogue.matching.cues import N_PROGRESS, N_TURN_FEATURES
from simulator.dialogue.matching.features import N_FEATURES
from simulator.dialogue.matching.index import TOPICS, FactIndex, Floats
from simulator.dialogue.understanding import TurnKind
from simulator.text.language import Language

KINDS = tuple(TurnKind)
N_LEARNED = 13
N_RANKED = 11
N_KIND_INPUTS = N_TURN_FEATURES + N_PROGRESS + len(KINDS) + 3
LEAST_BY_WORDS = -5.0
"""The words of a turn alone make no kind less likely than this (a log-probability)."""
_LEAST_OF_ONE = 0.25
_AHEAD = 3.0
_MOST_FACTS_TOLD = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of each feature (a word, two neighbouring words, a term, a kind of value).

    ``vectors``: one row each. ``weights``: how much it counts in a question, a fact, and the dialogue so far.
    ``topics``: what it says about the topic asked for. ``kinds``: about the kind of the turn, as part of the turn or of
    its question.
    """

    rows: Mapping[str, int]
    vectors: Floats
    turned: Floats
    """Turns the vector of a question towards those of its answers; square."""
    weights: Floats
    topics: Floats
    topics_bias: Floats
    kinds: Floats
    kinds_bias: Floats

    def known(self, features: Mapping[str, float]) -> tuple[NDArray[np.intp], Floats]:
        found = [(self.rows[name], weight) for name, weight in features.items() if name in self.rows]
        return (
            np.array([row for row, _ in found], dtype=np.intp),
            np.array([weight for _, weight in found], dtype=np.float32),
        )

    def vector(self, known: tuple[NDArray[np.intp], Floats], role: int) -> Floats:
        """The unit vector of a bag; ``role`` 0 question, 1 fact, 2 dialogue so far. Zeros for nothing known."""
        rows, weight = known
        summed: Floats = (weight * self.weights[rows, role]) @ self.vectors[rows]
        if role == 0:
            summed = summed @ self.turned
        return summed / (float(np.sqrt(summed @ summed)) + 1e-6)

    @staticmethod
    def evidence(table: Floats, known: tuple[NDArray[np.intp], Floats]) -> Floats:
        """The sum of a table's rows over a bag, damped by the length of the bag."""
        rows, weight = known
        total: Floats = (weight @ table[rows]) / np.sqrt(1.0 + len(rows))
        return total


@dataclass(frozen=True, slots=True)
class Layer:
    weight: Floats
    bias: Floats

    def __call__(self, values: Floats) -> Floats:
        return values @ self.weight + self.bias


@dataclass(frozen=True, slots=True)
class Networks:
    """``first`` and ``last`` weigh each fact by itself, ``among`` and ``final`` each fact among its rivals.

    ``kind`` and ``kinds``: the kind of the turn.
    """

    first: Layer
    last: Layer
    among: Layer
    final: Layer
    kind: Layer
    kinds: Layer
    caution: float
    """Subtracted from every log-odds before the facts are chosen: the higher, the fewer are told."""


@dataclass(frozen=True, slots=True)
class Weights:
    meaning: Meaning
    networks: Networks


def load(arrays: Mapping[str, NDArray[np.generic]]) -> Weights:
    """Weights from the arrays of a weights file. Raises ValueError where they were trained on other features."""

    def floats(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def layer(name: str) -> Layer:
        return Layer(floats(f"{name}_weight"), floats(f"{name}_bias"))

    for name, wide in (("first", N_FEATURES + N_LEARNED + len(TOPICS)), ("kind", N_KIND_INPUTS)):
        if len(arrays[f"{name}_weight"]) != wide:
            raise ValueError(f"the weights of `{name}` do not fit this version's features: train anew (make train)")
    names = bytes(np.asarray(arrays["names"], dtype=np.uint8)).decode().split("\n")
    return Weights(
        meaning=Meaning(
            rows={name: row for row, name in enumerate(names)},
            vectors=floats("vectors"),
            turned=floats("turned"),
            weights=floats("weights"),
            topics=floats("topics"),
            topics_bias=floats("topics_bias"),
            kinds=floats("kinds"),
            kinds_bias=floats("kinds_bias"),
        ),
        networks=Networks(
            first=layer("first"),
            last=layer("last"),
            among=layer("among"),
            final=layer("final"),
            kind=layer("kind"),
            kinds=layer("kind_out"),
            caution=float(floats("caution")[0]),
        ),
    )


@lru_cache(maxsize=4)
def shipped_weights(language: Language) -> Weights:
    """The weights that come with the package."""
    resource = files("simulator.dialogue.matching").joinpath(f"weights-{language.value}.npz")
    with as_file(resource) as path, np.load(path, allow_pickle=False) as arrays:
        return load(arrays)


def log_softmax(values: Floats) -> Floats:
    shifted = values - values.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), dtype=np.float32)


def sigmoid(values: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))), dtype=np.float32)


def learned_features(
    meaning: Meaning,
    facts: Floats,
    index: FactIndex,
    *,
    question: tuple[NDArray[np.intp], Floats],
    turn: tuple[NDArray[np.intp], Floats],
    so_far: tuple[NDArray[np.intp], Floats],
    clauses: Sequence[tuple[NDArray[np.intp], Floats]],
    kinds: Floats,
) -> Floats:
    """Facts × `N_LEARNED`: how near each fact's vector and topic are to the question, the turn, and what was said.

    ``facts``: unit vectors, one row a fact. ``kinds``: probabilities of the turn's kind by its words alone.
    """
    asked = meaning.vector(question, 0)
    before = meaning.vector(so_far, 2)
    joined = asked + before
    joined = joined / (float(np.sqrt(joined @ joined)) + 1e-6)
    cosines = facts @ np.stack([asked, meaning.vector(turn, 0), before, joined], axis=1)
    topical = log_softmax(meaning.evidence(meaning.topics, question) + meaning.topics_bias)[index.topics]
    alone, with_context = cosines[:, 0], cosines[:, 3]
    lead, nearest, clause_topic = alone - alone.max(), alone, topical / 3
    pieces = [each for each in clauses if len(each[0])]
    if len(pieces) > 1:
        apart = facts @ np.stack([meaning.vector(each, 0) for each in pieces], axis=1)
        lead = (apart - apart.max(axis=0)).max(axis=1)
        nearest = apart.max(axis=1)
        evidence = [log_softmax(meaning.evidence(meaning.topics, each) + meaning.topics_bias) for each in pieces]
        clause_topic = np.stack(evidence)[:, index.topics].max(axis=0) / 3
    matrix = np.empty((len(facts), N_LEARNED), dtype=np.float32)
    matrix[:, :4] = cosines
    matrix[:, 4] = alone - alone.max()
    matrix[:, 5] = with_context - with_context.max()
    matrix[:, 6] = topical / 3
    matrix[:, 7] = (topical - topical.max()) / 3
    matrix[:, 8] = kinds[0]
    matrix[:, 9] = kinds[1]
    matrix[:, 10] = lead
    matrix[:, 11] = nearest
    matrix[:, 12] = clause_topic
    return matrix


def probabilities(networks: Networks, pairs: Floats, learned: Floats, index: FactIndex) -> Floats:
    """For each fact the probability that the turn asks for it."""
    n = len(pairs)
    by_topic = networks.first.weight[N_FEATURES + N_LEARNED :]
    hidden = np.concatenate([pairs, learned], axis=1) @ networks.first.weight[: N_FEATURES + N_LEARNED]
    hidden = np.maximum(hidden + by_topic[index.topics] + networks.first.bias, 0)
    odds = networks.last(hidden)[:, 0]
    likely = sigmoid(odds)
    best = int(odds.argmax())
    order = np.argsort(-odds, kind="stable")
    rank = np.empty(n, dtype=np.float32)
    rank[order] = np.arange(n, dtype=np.float32)
    ahead = np.where(odds[None, :] > odds[:, None], likely[None, :], np.float32(0))
    ranked = np.empty((n, N_RANKED), dtype=np.float32)
    ranked[:, 0] = odds
    ranked[:, 1] = likely
    ranked[:, 2] = odds - odds[best]
    ranked[:, 3] = np.minimum(rank, 8) / 4
    ranked[:, 4] = index.alike[best]
    ranked[:, 5] = index.topics == index.topics[best]
    ranked[:, 6] = index.absent == index.absent[best]
    ranked[:, 7] = likely.sum() / 3
    ranked[:, 8] = (index.alike * ahead).max(axis=1)
    ranked[:, 9] = (index.same_topic * ahead).max(axis=1)
    ranked[:, 10] = likely[best]
    second = np.maximum(networks.among(np.concatenate([hidden, ranked], axis=1)), 0)
    return sigmoid(odds + networks.final(second)[:, 0])


def choose(likely: Floats, caution: float) -> list[int]:
    """The facts that are told: the set with the best expected F1, were the facts independent of each other.

    After Lipton, Elkan & Naryanaswamy (ECML PKDD 2014), with the approximation that the expectation of the ratio is the
    ratio of expectations. The empty set is chosen where nothing is likely enough.
    """
    clipped = np.clip(likely, 1e-6, 1 - 1e-6)
    sure = sigmoid(np.log(clipped / (1 - clipped)) - caution)
    order = np.argsort(-sure, kind="stable")[:_MOST_FACTS_TOLD]
    expected = float(sure.sum())
    best, size, hits = float(np.prod(1 - sure)), 0, 0.0
    for taken, at in enumerate(order, start=1):
        hits += float(sure[at])
        gain = 2 * hits / (taken + expected)
        if gain > best:
            best, size = gain, taken
    return [int(at) for at in order[:size]]


def clearly_first(likely: Floats) -> list[int]:
    """The likeliest fact, where it leaves every other far behind: what a turn that surely asks must mean."""
    best = int(likely.argmax())
    second = float(np.delete(likely, best).max(initial=0.0))
    return [best] if likely[best] >= _LEAST_OF_ONE and likely[best] >= _AHEAD * second else []


def kind_probabilities(networks: Networks, turn: Floats, by_words: Floats, likely: Floats) -> Floats:
    """The kind of the turn: from its cues, its words (log-probabilities), and how likely it asks for any fact."""
    top = np.sort(likely)[::-1][:2]
    two = np.zeros(2, dtype=np.float32)
    two[: len(top)] = top
    row = np.concatenate([turn, np.maximum(by_words, LEAST_BY_WORDS), two, [likely.sum() / 2]]).astype(np.float32)
    return np.asarray(np.exp(log_softmax(networks.kinds(np.maximum(networks.kind(row), 0)))), dtype=np.float32)
