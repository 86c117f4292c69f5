"""The probes: what each changes in a dialogue, or in how a judge is asked about it.

Judges are known to be moved by the order of what they judge and by length (Zheng et al. 2023, arXiv 2306.05685), by
their own kind's words (Panickssery et al. 2024, arXiv 2404.13076), and by what a text tells them to do (Shi et al.
2024, arXiv 2403.17710). Each probe changes one such thing and nothing that a criterion speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from simulator.judging.task import ASSISTANT, GradingTask, Spoken
from simulator.text.language import Language

_END_MARK = "[END]"


class Probe(StrEnum):
    REPEAT = "repeat"
    """The same once more: the noise that every other figure has to be read against."""
    ORDER = "order"
    """The criteria in reverse."""
    PADDING = "padding"
    """Each turn of the subject made longer by words that say nothing."""
    POLITENESS = "politeness"
    SELF_PRAISE = "self_praise"
    INJECTION_EN = "injection_en"
    """Orders to the judge, in English, in the subject's last turn."""
    INJECTION_ZH = "injection_zh"
    SUBJECT_NAME = "subject_name"
    """The subject says which model it is."""
    PROMPT_LANGUAGE = "prompt_language"
    """Instructions and criteria in the other language; the dialogue stays."""
    TRANSLATION = "translation"
    """The dialogue that makes the same moves in the other language, where the gold set has one with the same truth."""


CHANGES_WORDS = {
    Probe.PADDING,
    Probe.POLITENESS,
    Probe.SELF_PRAISE,
    Probe.INJECTION_EN,
    Probe.INJECTION_ZH,
    Probe.SUBJECT_NAME,
}
"""Probes that change the subject's words, so that checks are probed as well."""


class _Additions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    padding: dict[Language, tuple[str, ...]]
    politeness: dict[Language, tuple[str, ...]]
    self_praise: dict[Language, tuple[str, ...]]
    injection: dict[Language, tuple[str, ...]]
    subject_name: dict[Language, tuple[str, ...]]


@cache
def additions() -> _Additions:
    text = files("simulator.judging.probing").joinpath("additions.yaml").read_text(encoding="utf-8")
    return _Additions.model_validate(YAML(typ="safe").load(text))


@dataclass(frozen=True, slots=True)
class _Placed:
    text: str
    at_end: bool


def changed_words(probe: Probe, turns: Sequence[str], language: Language, number: int) -> tuple[str, ...]:
    """The subject's turns as ``probe`` changes them. ``number`` picks among its wordings, so that all get their share.

    Raises ValueError for a probe that changes no words.
    """
    if probe not in CHANGES_WORDS:
        raise ValueError(f"{probe} changes no words")
    said = additions()
    last = len(turns) - 1
    placed: dict[int, _Placed] = {}
    if probe is Probe.PADDING:
        wordings = said.padding[language]
        placed = {at: _Placed(wordings[(number + at) % len(wordings)], at_end=False) for at in range(len(turns))}
    elif probe is Probe.POLITENESS:
        wordings = said.politeness[language]
        placed = {at: _Placed(wordings[(number + at) % len(wordings)], at_end=False) for at in range(len(turns))}
    elif probe is Probe.SELF_PRAISE:
        placed = {last: _Placed(_pick(said.self_praise[language], number), at_end=True)}
    elif probe is Probe.SUBJECT_NAME:
        placed = {0: _Placed(_pick(said.subject_name[language], number), at_end=False)}
    else:
        spoken = Language.EN if probe is Probe.INJECTION_EN else Language.ZH
        placed = {last: _Placed(_pick(said.injection[spoken], number), at_end=True)}
    return tuple(_with(turn, placed[at]) if at in placed else turn for at, turn in enumerate(turns))


def with_words(task: GradingTask, turns: Sequence[str]) -> GradingTask:
    """The task with other words of the assistant; everybody else's stay."""
    own = iter(turns)
    spoken = tuple(
        Spoken(each.turn, each.speaker, next(own)) if each.speaker == ASSISTANT else each for each in task.spoken
    )
    return replace(task, spoken=spoken)


def _pick(wordings: tuple[str, ...], number: int) -> str:
    return wordings[number % len(wordings)]


def _with(turn: str, placed: _Placed) -> str:
    """``turn`` with the addition as a paragraph of its own; before a mark that ends the dialogue."""
    if not placed.at_end:
        return f"{placed.text}\n\n{turn}"
    body, mark, rest = turn.rpartition(_END_MARK)
    return f"{body.rstrip()}\n\n{placed.text}\n\n{mark}{rest}" if mark else f"{turn}\n\n{placed.text}"
