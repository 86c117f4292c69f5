"""Cues of what a whole turn does, from `lexicon/turns.yaml`: evidence for its kind, weighed by the matcher."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from simulator.dialogue.matching.index import Floats
from simulator.dialogue.matching.parts import parts
from simulator.dialogue.matching.words import words
from simulator.dialogue.understanding import SoFar
from simulator.library.base import LocalList
from simulator.text.language import Language
from simulator.text.pattern import compile_all
from simulator.text.pattern_index import PatternIndex
from simulator.text.speech import utterances

CUES = ("invites", "checks", "greets", "sums_up", "explains", "takes_leave", "asks_identity")
_NO_HISTORY = frozenset({"invites", "checks", "greets"})
N_TURN_FEATURES = 4 * len(CUES) + 12
N_PROGRESS = 3
_TAIL_SENTENCES = 2


@lru_cache(maxsize=1)
def _entries() -> dict[str, LocalList]:
    raw = YAML(typ="safe").load(
        files("simulator.dialogue").joinpath("lexicon", "turns.yaml").read_text(encoding="utf-8")
    )
    entries = TypeAdapter(dict[str, LocalList]).validate_python(raw)
    if set(entries) != set(CUES):
        raise ValueError(f"turns.yaml holds {', '.join(entries)}; it should hold {', '.join(CUES)}")
    return entries


@lru_cache(maxsize=4)
def _index(language: Language) -> PatternIndex[str]:
    return PatternIndex((cue, compile_all(entries.in_(language), language)) for cue, entries in _entries().items())


@lru_cache(maxsize=4_096)
def turn_features(text: str, language: Language) -> Floats:
    """One row: which cues stand in the turn, in its last two sentences, and in what it asks, and how it is built."""
    apart = parts(text, language)
    spoken = utterances(text, language)
    index = _index(language)
    heard = [index.first_matches(each.text).keys() for each in spoken]
    whole = {cue for each in heard for cue in each}
    tail = {cue for each in heard[-_TAIL_SENTENCES:] for cue in each}
    asking = [cues for each, cues in zip(spoken, heard, strict=True) if each.text in apart.asking]
    real = [cues for cues in asking if not cues & _NO_HISTORY]
    after = heard[len(heard) - apart.n_after :] if asking else []
    last = set(asking[-1]) if asking else set()
    groups = (whole, tail, {cue for each in asking for cue in each}, last)
    row = [float(cue in group) for group in groups for cue in CUES]
    row += [
        min(len(real), 3) / 2,
        float(bool(real)),
        float(bool(asking) and not real),
        float(bool(asking)),
        min(apart.n_after, 5) / 3,
        min(sum("explains" in cues for cues in after), 3) / 2,
        min(sum("explains" in cues for cues in heard), 5) / 3,
        float(text.rstrip().endswith(("?", "？"))),
        min(len(spoken), 10) / 5,
        min(len(text), 600) / 200,
        min(len(apart.focus), 200) / 100 if asking else 0.0,
        min(len(words(apart.focus, language).terms), 10) / 5 if asking else 0.0,
    ]
    return np.array(row, dtype=np.float32)


def progress_features(so_far: SoFar, n_facts: int) -> Floats:
    """How far the dialogue has come: the share of facts told, whether it begins, and how much was told last."""
    told = len(so_far.told) / max(n_facts, 1)
    return np.array([told, float(not so_far.question), len(so_far.told_last) / 3], dtype=np.float32)
