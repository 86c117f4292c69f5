"""What the matcher weighs for each pair of question and fact, beside what it has learned of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dialogue.matching.index import TOPICS, FactIndex, Floats, Space
from simulator.dialogue.matching.parts import Parts
from simulator.dialogue.matching.words import Words, words
from simulator.dialogue.understanding import SoFar
from simulator.library.vocabulary import Topic

NAMES = (
    "grams_cosine", "grams_share", "grams_best", "grams_clause", "grams_whole",
    "terms_cosine", "terms_share", "terms_best", "terms_clause", "terms_whole",
    "reply_grams", "reply_terms", "question_terms", "like_told_last", "topic_told_last",
    "told", "told_last", "absent", "concept", "topic", "topic_open",
    "joined_grams", "joined_grams_share", "joined_terms", "joined_terms_share",
    "complaint", "like_told_lately", "marks", "marks_share", "n_marks", "n_grams",
    "n_tokens", "n_terms", "n_asking", "n_clauses", "n_other_sentences", "first_turn",
    "grams_top", "terms_top", "n_concepts",
)  # fmt: skip
N_FEATURES = len(NAMES)
_LATELY = 6
"""Facts that count as told lately."""
_CARRIED = 0.6
"""What a word that was told weighs beside one of the question."""


@dataclass(frozen=True, slots=True)
class RuleHints:
    """What the rules heard in the asking part of a turn: evidence for the matcher, no decision."""

    linked: frozenset[str] = frozenset()
    """Facts whose words mention a concept that was named."""
    topics: frozenset[Topic] = frozenset()
    n_concepts: int = 0


def _best(scores: Floats) -> Floats:
    top = float(scores.max(initial=0.0))
    return scores / top if top > 1e-6 else scores


def _clauses(space: Space, bags: Sequence[dict[str, float]]) -> Floats:
    """For each fact how near it comes to being the best of some clause."""
    found = np.zeros(len(space.matrix), dtype=np.float32)
    for bag in bags:
        cosine, _ = space.compare(bag)
        top = float(cosine.max(initial=0.0))
        if top > 0.15:
            np.maximum(found, cosine / top * min(1.0, top * 2), out=found)
    return found


def _joined(question: Mapping[str, float], told: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The question as it is meant after what was told last: "what colour?" after "I bring up phlegm"."""
    bag = {name: weight * _CARRIED for each in told for name, weight in each.items()}
    bag.update(question)
    return bag


def pair_features(
    index: FactIndex,
    *,
    turn: Words,
    focus: Words,
    apart: Parts,
    so_far: SoFar,
    hints: RuleHints,
) -> Floats:
    """A matrix of facts × `NAMES`."""
    n = len(index.facts)
    columns: list[Floats | NDArray[np.float64] | float] = []
    bags = [words(clause, index.language) for clause in apart.clauses]
    single = len(bags) < 2
    tops: list[float] = []
    for space, of in ((index.grams, "grams"), (index.terms, "terms")):
        bag = focus.grams if of == "grams" else focus.terms
        cosine, share = space.compare(bag)
        best = _best(cosine)
        clause = best if single else _clauses(space, [each.grams if of == "grams" else each.terms for each in bags])
        whole = cosine if focus is turn else space.compare(turn.grams if of == "grams" else turn.terms)[0]
        columns += [cosine, share, best, clause, whole]
        tops.append(float(cosine.max(initial=0.0)))
    reply = words(so_far.reply, index.language)
    asked = words(so_far.question, index.language)
    last = [index.place[each] for each in so_far.told_last if each in index.place]
    told = np.zeros(n, dtype=np.float32)
    told[[index.place[each] for each in so_far.told if each in index.place]] = 1.0
    told_last = np.zeros(n, dtype=np.float32)
    told_last[last] = 1.0
    topic_last = np.isin(index.topics, index.topics[last]).astype(np.float32) if last else np.zeros(n, np.float32)
    heard = np.zeros(n, dtype=np.float32)
    if hints.topics:
        heard = np.isin(index.topics, [TOPICS.index(topic) for topic in hints.topics]).astype(np.float32)
    lately = [index.place[each] for each in so_far.told[-_LATELY:] if each in index.place]
    shared = np.array([len(focus.marks & marks) for marks in index.marks], dtype=np.float32)
    before = [index.said[at] for at in last]
    joined = [
        *index.grams.compare(_joined(focus.grams, [each.grams for each in before])),
        *index.terms.compare(_joined(focus.terms, [each.terms for each in before])),
    ]
    columns += [
        index.grams.compare(reply.grams)[0],
        index.terms.compare(reply.terms)[0],
        index.terms.compare(asked.terms)[0],
        index.alike[:, last].max(axis=1) if last else np.zeros(n, dtype=np.float32),
        topic_last,
        told,
        told_last,
        index.absent,
        np.array([fact.id in hints.linked for fact in index.facts], dtype=np.float32),
        heard,
        float(bool(hints.topics)),
        *joined,
        index.complaint,
        index.alike[:, lately].max(axis=1) if lately else np.zeros(n, dtype=np.float32),
        (shared > 0).astype(np.float32),
        shared / max(len(focus.marks), 1),
        min(len(focus.marks), 4) / 2,
        min(len(focus.grams), 30) / 15,
        min(focus.n_tokens, 40) / 20,
        min(len(focus.terms), 12) / 6,
        min(len(apart.asking), 4) / 2,
        min(len(apart.clauses), 8) / 4,
        min(apart.n_sentences - len(apart.asking), 6) / 3,
        float(not so_far.question),
        *tops,
        min(hints.n_concepts, 4) / 2,
    ]
    matrix = np.empty((n, N_FEATURES), dtype=np.float32)
    for at, column in enumerate(columns):
        matrix[:, at] = column
    return matrix
