"""The practice consultations as training examples: the same features that the matcher computes when it listens.

Augmentation is for English above all: spoken turns carry comment before and after their question, which the practice
consultations hold too little of. A copy of a turn gets sentences of other consultations' explanations, an echo of a
fact that was told, or fillers around it; its label stays.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from simulator.dialogue.case import matchables, prepare
from simulator.dialogue.hearing_by_meaning import rule_hints
from simulator.dialogue.matching.cues import progress_features, turn_features
from simulator.dialogue.matching.features import pair_features
from simulator.dialogue.matching.index import FactIndex, index_facts
from simulator.dialogue.matching.matcher import MOST_CLAUSES
from simulator.dialogue.matching.model import KINDS
from simulator.dialogue.matching.parts import parts
from simulator.dialogue.matching.terms import term_lexicon
from simulator.dialogue.matching.words import words
from simulator.dialogue.understanding import SoFar, TurnKind
from simulator.evaluation.fidelity.imported import as_scenario
from simulator.evaluation.fidelity.labelled import Consultation, LabelledTurn, read_consultations
from simulator.text.language import Language
from simulator.text.sentences import sentences

FOLDER = Path(__file__).parent
SHARE_AUGMENTED = {Language.EN: 0.8, Language.ZH: 0.3}
RARE = 5
"""Neighbouring words that were seen less often get no vector of their own."""

_FILLERS = {
    Language.EN: ("OK.", "Right, OK.", "OK, all right.", "Sure.", "Yeah.", "Fine.", "Alright.", "No, OK.", "Very good.",
                  "Okay, okay.", "I see.", "Mm-hm.", "Great.", "Right."),
    Language.ZH: ("好的。", "嗯，好。", "行。", "您别着急。", "嗯。", "我知道了。", "明白了。", "好，我了解了。"),
}  # fmt: skip
_ECHOES = {
    Language.EN: ("So you mentioned", "And you said", "You were saying", "So,", "OK so"),
    Language.ZH: ("您刚才说", "您说", "刚才您提到", ""),
}
_TAGS = {
    Language.EN: ("OK?", "All right?", "Yeah?", "Is that OK?", "K?"),
    Language.ZH: ("好吗？", "可以吧？", "明白吗？"),
}
_COMMON = {TurnKind.OPEN: 4, TurnKind.CHAT: 2, TurnKind.EXPLAIN: 2, TurnKind.CLOSE: 1, TurnKind.SPECIFIC: 2}
"""How many of the common turns each consultation gets, by kind."""
_ADDRESSED = {
    "i": "you",
    "i'm": "you're",
    "i've": "you've",
    "my": "your",
    "me": "you",
    "am": "are",
    "myself": "yourself",
}

Bag = Mapping[str, float]
Rows = tuple[np.ndarray, np.ndarray]


@dataclass
class Example:
    """One turn: bags of features, later rows of the tables."""

    bags: dict[str, Bag]
    clause_bags: list[Bag]
    rows: dict[str, Rows] = field(default_factory=dict)
    clauses: list[Rows] = field(default_factory=list)


@dataclass
class Played:
    """All turns of a consultation. ``pairs``: turns × facts × features; ``counts``: 0 where a fact is neutral."""

    id: str
    index: FactIndex
    fact_bags: list[Bag]
    examples: list[Example]
    pairs: torch.Tensor
    asked: torch.Tensor
    counts: torch.Tensor
    kind: torch.Tensor
    cues: torch.Tensor
    topics: torch.Tensor
    alike: torch.Tensor
    same_topic: torch.Tensor
    absent: torch.Tensor
    fact_rows: list[Rows] = field(default_factory=list)
    learned: torch.Tensor | None = None
    by_words: torch.Tensor | None = None


def read(language: Language) -> tuple[Consultation, ...]:
    return read_consultations(FOLDER / f"practice-{language.value}.jsonl")


def _addressed(text: str, language: Language) -> str:
    if language is Language.ZH:
        return text.replace("我", "您")
    return " ".join(_ADDRESSED.get(word.lower(), word) for word in text.split())


def augmented(
    turn: LabelledTurn, so_far: SoFar, texts: Mapping[str, str], pool: list[str], rng: random.Random, language: Language
) -> LabelledTurn:
    """The turn with comment around it that does not change what it asks."""
    fillers = _FILLERS[language]
    before: list[str] = []
    after: list[str] = []
    if turn.kind in {TurnKind.SPECIFIC, TurnKind.OPEN}:
        before += rng.sample(pool, rng.choices((0, 1, 2), (0.35, 0.45, 0.2))[0])
        if rng.random() < 0.5:
            before = [rng.choice(fillers), *before]
        if so_far.told and rng.random() < 0.35:
            echo = _addressed(texts[rng.choice(so_far.told)], language).rstrip(".。")
            before.append(f"{rng.choice(_ECHOES[language])} {echo}{'.' if language is Language.EN else '。'}")
        elif so_far.told_last and rng.random() < 0.3:
            echo = _addressed(texts[so_far.told_last[0]], language).rstrip(".。")
            before.append(f"{echo}, OK." if language is Language.EN else f"{echo}，好。")
        if rng.random() < 0.4:
            after += rng.sample(fillers, rng.choice((1, 2)))
    elif turn.kind is TurnKind.EXPLAIN:
        if rng.random() < 0.5:
            before += rng.sample(pool, 1)
        if rng.random() < 0.3:
            after.append(rng.choice(_TAGS[language]))
        if rng.random() < 0.3:
            before = [rng.choice(fillers), *before]
    elif rng.random() < 0.6:
        before = rng.sample(fillers, rng.choice((1, 2)))
    joined = (" " if language is Language.EN else "").join([*before, turn.question, *after])
    return turn.model_copy(update={"question": joined})


@lru_cache(maxsize=1)
def _common() -> dict[str, dict[str, list[str]]]:
    raw = YAML(typ="safe").load((FOLDER / "common-turns.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, dict[str, list[str]]]).validate_python(raw)


def common_turns(
    consultation: Consultation, turns: list[tuple[LabelledTurn, SoFar]], rng: random.Random
) -> list[tuple[LabelledTurn, SoFar]]:
    """A few of the turns that every consultation holds, each at some place of this one. No fact counts in them."""
    everything = tuple(fact.id for fact in consultation.facts)
    found: list[tuple[LabelledTurn, SoFar]] = []
    for kind, wordings in _common()[consultation.lang.value].items():
        for wording in rng.sample(wordings, _COMMON[TurnKind(kind)]):
            _, so_far = rng.choice(turns)
            turn = LabelledTurn(n=0, question=wording, kind=TurnKind(kind), acceptable=everything)
            if consultation.lang is Language.EN and rng.random() < 0.5:
                turn = turn.model_copy(update={"question": f"{rng.choice(_FILLERS[Language.EN])} {wording}"})
            found.append((turn, so_far))
    return found


def explanations(consultations: tuple[Consultation, ...]) -> list[str]:
    """Sentences that ask nothing, out of the turns that explain."""
    return [
        sentence.text
        for consultation in consultations
        for turn in consultation.turns
        if turn.kind is TurnKind.EXPLAIN
        for sentence in sentences(turn.question)
        if not sentence.ends_as_question and len(sentence.text) > 8
    ]


def play(consultation: Consultation, pool: list[str], share: float, rng: random.Random) -> Played:
    language = consultation.lang
    scenario = as_scenario(consultation)
    case = prepare(scenario, language)
    facts = matchables(scenario, language)
    index = index_facts(facts, language)
    ids = [fact.id for fact in consultation.facts]
    to_case = dict(zip(ids, (fact.id for fact in facts), strict=True))
    turns = list(consultation.played())
    texts = {fact.id: fact.text for fact in consultation.facts}
    if share:
        extra = [(augmented(t, s, texts, pool, rng, language), s) for t, s in turns if rng.random() < share]
        turns += extra
        turns += common_turns(consultation, turns, rng)
    examples: list[Example] = []
    pairs: list[np.ndarray] = []
    cues: list[np.ndarray] = []
    for turn, told in turns:
        so_far = SoFar(
            question=told.question,
            reply=told.reply,
            told=tuple(to_case[each] for each in told.told),
            told_last=tuple(to_case[each] for each in told.told_last),
        )
        apart = parts(turn.question, language)
        whole = words(turn.question, language)
        focus = whole if apart.focus == turn.question else words(apart.focus, language)
        hints = rule_hints(apart.focus, case)
        pairs.append(
            pair_features(
                index,
                turn=whole,
                focus=focus,
                apart=apart,
                so_far=so_far,
                hints=hints,
            )
        )
        context = words(f"{so_far.question} {so_far.reply}", language).features if so_far.question else {}
        examples.append(
            Example(
                bags={"focus": focus.features, "whole": whole.features, "context": context},
                clause_bags=[words(clause, language).features for clause in apart.clauses[-MOST_CLAUSES:]],
            )
        )
        cues.append(np.concatenate([turn_features(turn.question, language), progress_features(so_far, len(ids))]))
    return Played(
        id=consultation.id,
        index=index,
        fact_bags=[index.features(at) for at in range(len(facts))],
        examples=examples,
        pairs=torch.as_tensor(np.stack(pairs)),
        asked=torch.tensor([[float(each in turn.asks) for each in ids] for turn, _ in turns]),
        counts=torch.tensor([[float(each not in turn.neutral) for each in ids] for turn, _ in turns]),
        kind=torch.tensor([KINDS.index(turn.kind) for turn, _ in turns]),
        cues=torch.as_tensor(np.stack(cues)).float(),
        topics=torch.as_tensor(index.topics),
        alike=torch.as_tensor(index.alike),
        same_topic=torch.as_tensor(index.same_topic),
        absent=torch.as_tensor(index.absent),
    )


def vocabulary(played: list[Played], language: Language) -> tuple[list[str], Counter[str]]:
    """The features that get a vector, and how often each was seen."""
    seen: Counter[str] = Counter()
    for each in played:
        for bag in each.fact_bags:
            seen.update(bag.keys())
        for example in each.examples:
            seen.update(example.bags["whole"].keys())
    kept = {name for name, times in seen.items() if " " not in name or times >= RARE}
    lexicon = term_lexicon(language)
    for group in lexicon.wordings.values():
        for wording, _ in group:
            kept.update(wording)
            kept.update(" ".join(pair) for pair in pairwise(wording))
    kept.update(f"@{term}" for term in lexicon.meaning)
    return sorted(kept), seen


def vectorise(played: list[Played], names: list[str]) -> None:
    """Turns the bags into rows of the tables, in place."""
    place = {name: row for row, name in enumerate(names)}

    def rows(bag: Bag) -> Rows:
        found = [(place[name], weight) for name, weight in bag.items() if name in place]
        return np.array([row for row, _ in found], dtype=np.int64), np.array([w for _, w in found], dtype=np.float32)

    for each in played:
        each.fact_rows = [rows(bag) for bag in each.fact_bags]
        for example in each.examples:
            example.rows = {name: rows(bag) for name, bag in example.bags.items()}
            example.clauses = [found for found in map(rows, example.clause_bags) if len(found[0])]
