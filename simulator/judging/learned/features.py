"""What a classifier sees of a criterion and a conversation: how near the assistant's sentences come to the statement.

Nothing here knows a scenario, so that a judge trained on some can judge others. Nearness is counted on words, on parts
of words, and on terms of the clinical lexicon (`lexicon/terms/`), weighted by how rare they are in the training data;
with embeddings, where they are given, by meaning as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.dialogue.matching.words import Words, words
from simulator.judging.task import ASSISTANT, GradingTask, Question
from simulator.judging.verdict import Evidence
from simulator.library.vocabulary import CriterionKind
from simulator.text.language import Language
from simulator.text.negation import negated
from simulator.text.speech import utterances

Array = npt.NDArray[np.float64]
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts to unit vectors, shape (n, d)."""

_MAX_SENTENCES = 400
_KINDS = tuple(CriterionKind)
_ASKING = ("asks", "ask ", "询问", "问")
_TURNING_DOWN = ("refuse", "turns down", "declin", "warns", "not ", "no ", "stops", "never", "instead of", "without",
"拒", "不", "制止", "避免", "未", "没")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sentence:
    turn: int
    text: str
    asks: bool
    conditional: bool
    negated: bool
    place: float
    """Where in the assistant's words it stands, 0…1."""
    words: Words


@dataclass(frozen=True, slots=True)
class _Heard:
    """A conversation taken apart once for all of its criteria."""

    said: tuple[_Sentence, ...]
    replies: Words
    vectors: npt.NDArray[np.float32] | None
    n_turns: int
    n_characters: int


@dataclass(frozen=True, slots=True)
class Seen:
    features: Array
    evidence: Evidence | None
    """The sentence of the assistant that comes nearest."""


def see(task: GradingTask, rarity: Mapping[str, float], embed: Embed | None = None) -> list[Seen]:
    """Each question of the task as a row of features, all of one length."""
    heard = _hear(task, embed)
    asked = embed([question.text for question in task.questions]) if embed and heard.said else None
    return [
        _row(question, task.language, heard, rarity, None if asked is None else asked[at])
        for at, question in enumerate(task.questions)
    ]


def excerpts(task: GradingTask, rarity: Mapping[str, float], size: int) -> list[tuple[str, Evidence | None]]:
    """For each question the assistant's sentences that come nearest to it, in the order spoken, within ``size`` bytes
    of UTF-8 (small models cut Chinese into bytes); and the nearest one.
    """
    heard = _hear(task, None)
    return [_excerpt(words(question.text, task.language), heard, rarity, size) for question in task.questions]


def _excerpt(wanted: Words, heard: _Heard, rarity: Mapping[str, float], size: int) -> tuple[str, Evidence | None]:
    ranked = sorted(
        range(len(heard.said)), key=lambda at: (-_nearness(wanted, heard.said[at].words, rarity), -heard.said[at].place)
    )
    chosen, room = [], size
    for at in ranked:
        length = len(heard.said[at].text.encode("utf-8", "replace"))
        if length <= room:
            chosen.append(at)
            room -= length
    best = heard.said[ranked[0]] if ranked else None
    return (
        "\n".join(heard.said[at].text for at in sorted(chosen)),
        Evidence(turn=best.turn, quote=best.text) if best else None,
    )


def rarity_of(tasks: Sequence[GradingTask]) -> dict[str, float]:
    """Inverse document frequency of words and terms, over the assistants' turns and the statements."""
    counts: dict[str, int] = {}
    n = 0
    for task in tasks:
        texts = [(each.text, _language(each.text)) for each in task.spoken if each.speaker == ASSISTANT]
        texts += [(question.text, task.language) for question in task.questions]
        for text, language in texts:
            n += 1
            for name in words(text, language).own:
                counts[name] = counts.get(name, 0) + 1
    return {name: math.log((1 + n) / (1 + count)) for name, count in counts.items()}


def _language(text: str) -> Language:
    han = sum("一" <= char <= "鿿" for char in text)
    return Language.ZH if 3 * han > len(text) else Language.EN


def _hear(task: GradingTask, embed: Embed | None) -> _Heard:
    said: list[_Sentence] = []
    turns = [each for each in task.spoken if each.speaker == ASSISTANT]
    for at, spoken in enumerate(turns):
        language = _language(spoken.text)
        for utterance in utterances(spoken.text, language):
            text = utterance.text.strip()
            if not text:
                continue
            said.append(
                _Sentence(
                    turn=spoken.turn,
                    text=text,
                    asks=utterance.asks,
                    conditional=utterance.conditional,
                    negated=negated(text, len(text) // 2, len(text), language) or utterance.under_negation,
                    place=(at + 1) / len(turns),
                    words=words(text, language),
                )
            )
    said = said[:_MAX_SENTENCES]
    replies = " ".join(each.text for each in task.spoken if each.speaker != ASSISTANT)
    return _Heard(
        said=tuple(said),
        replies=words(replies, _language(replies)),
        vectors=embed([each.text for each in said]) if embed and said else None,
        n_turns=len(turns),
        n_characters=sum(len(each.text) for each in turns),
    )


def _row(
    question: Question,
    language: Language,
    heard: _Heard,
    rarity: Mapping[str, float],
    asked: npt.NDArray[np.float32] | None,
) -> Seen:
    wanted = words(question.text, language)
    near = np.array([_nearness(wanted, each.words, rarity) for each in heard.said])
    meant = heard.vectors @ asked if heard.vectors is not None and asked is not None else np.zeros(len(near))
    both = near + meant
    kind = [float(question.kind is each) for each in _KINDS]
    text = question.text.lower()
    asking = float(question.kind is CriterionKind.MUST_ASK or any(word in text for word in _ASKING))
    turning_down = float(any(word in text for word in _TURNING_DOWN))
    best = int(both.argmax()) if len(both) else None
    questions = np.array([each.asks for each in heard.said], dtype=bool)
    of_questions = set[str]().union(*(each.words.own for each in heard.said if each.asks))
    of_statements = set[str]().union(*(each.words.own for each in heard.said if not each.asks))
    coverages = [
        _coverage(wanted, of_questions | of_statements, rarity),
        _coverage(wanted, of_questions, rarity),
        _coverage(wanted, of_statements, rarity),
        _coverage(wanted, set(heard.replies.own), rarity),
    ]
    nearest = _tops(near) + _tops(near[questions]) + _tops(near[~questions])
    meant_nearest = _tops(meant) + _tops(meant[questions]) + _tops(meant[~questions])
    chosen = heard.said[best] if best is not None else None
    about = (
        [float(chosen.asks), float(chosen.conditional), float(chosen.negated), chosen.place,
         float(bool(chosen.words.marks & wanted.marks))]
        if chosen else [0.0] * 5
    )  # fmt: skip
    sizes = [math.log1p(heard.n_turns), math.log1p(heard.n_characters), math.log1p(wanted.n_tokens)]
    plain = [*nearest, *meant_nearest, *coverages, *about, *sizes]
    crossed = [
        value * flag for flag in (*kind, asking, turning_down) for value in (*nearest, *meant_nearest, *coverages)
    ]
    return Seen(
        features=np.array([*plain, *kind, asking, turning_down, *crossed]),
        evidence=Evidence(turn=chosen.turn, quote=chosen.text) if chosen else None,
    )


def _nearness(wanted: Words, said: Words, rarity: Mapping[str, float]) -> float:
    """Cosine of the two, each word and term weighted by its rarity."""
    shared = sum(_weight(name, rarity) ** 2 for name in wanted.own & said.own)
    if not shared:
        return 0.0
    norms = [math.sqrt(sum(_weight(name, rarity) ** 2 for name in each.own)) for each in (wanted, said)]
    return shared / (norms[0] * norms[1])


def _coverage(wanted: Words, said: set[str], rarity: Mapping[str, float]) -> float:
    """Which part of what the statement names is said, by weight."""
    whole = sum(_weight(name, rarity) for name in wanted.own)
    return sum(_weight(name, rarity) for name in wanted.own & said) / whole if whole else 0.0


_UNKNOWN = 5.0


def _weight(name: str, rarity: Mapping[str, float]) -> float:
    return rarity.get(name, _UNKNOWN)


def _tops(values: npt.NDArray[np.floating[Any]]) -> list[float]:
    """The greatest, the third greatest and the mean of the five greatest; zeros where there are none."""
    if not len(values):
        return [0.0, 0.0, 0.0]
    ranked = np.sort(values)[::-1]
    return [float(ranked[0]), float(ranked[min(2, len(ranked) - 1)]), float(ranked[:5].mean())]
