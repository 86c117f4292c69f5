"""The matcher: a turn and the facts of a case in, the facts asked for and the kind of the turn out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.dialogue.matching.cues import progress_features, turn_features
from simulator.dialogue.matching.features import RuleHints, pair_features
from simulator.dialogue.matching.index import FactIndex, Floats, Matchable, index_facts
from simulator.dialogue.matching.model import (
    KINDS,
    Weights,
    choose,
    clearly_first,
    kind_probabilities,
    learned_features,
    log_softmax,
    probabilities,
    shipped_weights,
)
from simulator.dialogue.matching.parts import parts
from simulator.dialogue.matching.words import words
from simulator.dialogue.understanding import SoFar, TurnKind
from simulator.text.language import Language

MOST_CLAUSES = 6


@dataclass(frozen=True, slots=True)
class MatchIndex:
    """A case's facts with their vectors."""

    index: FactIndex
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Matched:
    """``asked``: ids of the facts asked for, the likeliest first. ``likely``: the probability for every fact."""

    asked: tuple[str, ...]
    likely: dict[str, float]
    shares: frozenset[str]
    """Those of ``asked`` that have a word or a term of their own in common with the question, no mere broader one."""
    kind: TurnKind
    kinds: dict[TurnKind, float]
    focus: str
    """The sentences that ask, or the whole turn where none does."""


class Matcher:
    """Deterministic, without any network or second model. Holds no state between turns."""

    def __init__(self, weights: Weights, language: Language) -> None:
        self._weights, self._language = weights, language

    @staticmethod
    def shipped(language: Language) -> Matcher:
        return Matcher(shipped_weights(language), language)

    def prepare(self, facts: Sequence[Matchable]) -> MatchIndex:
        """What no question changes, made once for a case."""
        index = index_facts(facts, self._language)
        meaning = self._weights.meaning
        vectors = [meaning.vector(meaning.known(index.features(at)), 1) for at in range(len(facts))]
        width = meaning.vectors.shape[1]
        return MatchIndex(index, np.stack(vectors) if vectors else np.zeros((0, width), dtype=np.float32))

    def match(self, text: str, prepared: MatchIndex, so_far: SoFar, hints: RuleHints) -> Matched:
        """What the turn ``text`` asks for, after what was said ``so_far``."""
        meaning, networks = self._weights.meaning, self._weights.networks
        index = prepared.index
        apart = parts(text, self._language)
        turn = words(text, self._language)
        focus = turn if apart.focus == text else words(apart.focus, self._language)
        known = meaning.known(turn.features)
        asked = known if focus is turn else meaning.known(focus.features)
        width = len(KINDS)
        by_words = log_softmax(
            meaning.evidence(meaning.kinds[:, :width], known)
            + meaning.evidence(meaning.kinds[:, width:], asked)
            + meaning.kinds_bias
        )
        cues = np.concatenate([turn_features(text, self._language), progress_features(so_far, len(index.facts))])
        if index.facts:
            context = words(f"{so_far.question} {so_far.reply}", self._language).features if so_far.question else {}
            clauses = [meaning.known(words(each, self._language).features) for each in apart.clauses[-MOST_CLAUSES:]]
            pairs = pair_features(
                index,
                turn=turn,
                focus=focus,
                apart=apart,
                so_far=so_far,
                hints=hints,
            )
            learned = learned_features(
                meaning,
                prepared.vectors,
                index,
                question=asked,
                turn=known,
                so_far=meaning.known(context),
                clauses=clauses,
                kinds=np.exp(by_words),
            )
            likely = probabilities(networks, pairs, learned, index)
            chosen = choose(likely, networks.caution)
        else:
            likely, chosen = np.zeros(0, dtype=np.float32), []
        kinds = kind_probabilities(networks, cues, by_words, likely)
        kind = KINDS[int(kinds.argmax())]
        if kind is TurnKind.SPECIFIC and index.facts and not chosen:
            chosen = clearly_first(likely)
        return Matched(
            asked=tuple(index.facts[at].id for at in chosen),
            likely={fact.id: float(each) for fact, each in zip(index.facts, likely, strict=True)},
            shares=frozenset(index.facts[at].id for at in chosen if not focus.own.isdisjoint(index.said[at].own)),
            kind=kind,
            kinds={kind: float(each) for kind, each in zip(KINDS, kinds, strict=True)},
            focus=apart.focus,
        )
