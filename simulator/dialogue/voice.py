"""The scripted voice: words released facts in the persona's manner. Same seed, same words, in any process.

The voice is handed what it may say and nothing else: released facts, denials, lines of beats and events, and the
persona. It never sees the rest of the case.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Protocol

from simulator.dialogue.lexicon import common_phrases
from simulator.library.persona import Clarity, Emotion, Persona, PhraseSlot, Verbosity
from simulator.library.vocabulary import Role
from simulator.text.language import Language

_ADDRESS = re.compile(
    r"^(?:(?:is there )?any chance (?:that )?)?(?:(?:are|have|do|did|could|might) you(?: be| been| had| have)?|"
    r"you(?:'re|'ve| are| have| might be| could be))\s+",
    re.IGNORECASE,
)
"""What is said *to* the speaker, who would not say it back: "you're pregnant" becomes "pregnant"."""
_FILLER_CHANCE = {Verbosity.TERSE: 0.0, Verbosity.NORMAL: 0.35, Verbosity.TALKATIVE: 0.75}
_TANGENT_CHANCE = 0.4
_EMOTION_CHANCE = 0.35


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything that one reply may say, in the dialogue's language."""

    facts: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    """Facts told before, said again."""
    denials: tuple[str, ...] = ()
    """The subject's words for what the speaker may deny."""
    results: tuple[str, ...] = ()
    """Results of what was ordered, and honest refusals of what cannot be had."""
    lines: tuple[str, ...] = ()
    """Lines of beats, events and the persona's agenda, said last."""
    slots: tuple[PhraseSlot, ...] = ()
    """Small talk that the situation calls for, in order: not understood, acknowledgement, thanks …"""
    jargon: str = ""
    """The technical word that was not understood."""
    unclear_about: str = ""
    """The words that the speaker is not sure about; empty for a whole question."""
    missing: str = ""
    """A test that cannot be had here, in the subject's words; empty where an authored line says so."""

    @property
    def says_something(self) -> bool:
        return bool(self.facts or self.repeated or self.denials or self.results)


@dataclass(frozen=True, slots=True)
class Moment:
    """Who speaks, to whom, and the seed of the wording."""

    persona: Persona
    role: Role
    language: Language
    turn: int
    seed: str


class Voice(Protocol):
    def speak(self, speech: Speech, moment: Moment) -> str: ...


def wording(persona: Persona, role: Role, slot: PhraseSlot, language: Language) -> tuple[str, ...]:
    """The persona's own wording of a slot, or else the role's common wording."""
    own = persona.phrases.get(slot)
    if own is not None and own.in_(language):
        return own.in_(language)
    return common_phrases()[role][slot].in_(language)


class ScriptedVoice:
    """Builds a reply from authored sentences. No model, no cost."""

    def speak(self, speech: Speech, moment: Moment) -> str:
        rng = random.Random(f"{moment.seed}|{moment.turn}")
        persona = moment.persona

        def pick(slot: PhraseSlot) -> str:
            return rng.choice(wording(persona, moment.role, slot, moment.language))

        parts: list[str] = []
        if speech.says_something:
            if persona.emotion is not Emotion.CALM and rng.random() < _EMOTION_CHANCE:
                parts.append(pick(PhraseSlot.EMOTION))
            if persona.clarity is Clarity.RAMBLING and rng.random() < _TANGENT_CHANCE:
                parts.append(pick(PhraseSlot.TANGENT))
        answer = [*self._repeated(speech, pick), *speech.facts, *self._denials(speech, moment, pick)]
        if answer and rng.random() < _FILLER_CHANCE[persona.verbosity]:
            answer[0] = _after_filler(pick(PhraseSlot.FILLER), answer[0], moment.language)
        parts.extend(answer)
        parts.extend(speech.results)
        for slot in speech.slots:
            line = pick(slot).replace("{word}", speech.jargon)
            if slot is PhraseSlot.NOT_SURE and speech.unclear_about:
                line = _about(speech.unclear_about, line, moment.language)
            if slot is PhraseSlot.NOT_AVAILABLE and speech.missing:
                line = _about(speech.missing, line, moment.language)
            parts.append(line)
        parts.extend(speech.lines)
        return join(parts, moment.language)

    @staticmethod
    def _repeated(speech: Speech, pick: _Pick) -> list[str]:
        if not speech.repeated:
            return []
        return [pick(PhraseSlot.REPEAT), *speech.repeated]

    @staticmethod
    def _denials(speech: Speech, moment: Moment, pick: _Pick) -> list[str]:
        """Names what is denied, so that a "no" beside other answers cannot be taken for something else."""
        if not speech.denials:
            return []
        denial = pick(PhraseSlot.DENY)
        if len(speech.denials) == 1 and not speech.facts and not speech.repeated and not speech.unclear_about:
            return [denial]
        separator = "、" if moment.language is Language.ZH else ", "
        return [_about(separator.join(speech.denials), denial, moment.language)]


class _Pick(Protocol):
    def __call__(self, slot: PhraseSlot) -> str: ...


def _about(words: str, line: str, language: Language) -> str:
    clean = " ".join(words.split()).strip(" ,.?!，。？！、")
    if language is Language.ZH:
        return f"{clean}？{line}"
    clean = _ADDRESS.sub("", clean) or clean
    return f"{clean[:1].upper()}{clean[1:]}? {line}"


def _after_filler(filler: str, sentence: str, language: Language) -> str:
    if language is Language.ZH:
        return f"{filler.strip()}{sentence}"
    head = sentence[:1]
    first_word = sentence.split(" ", maxsplit=1)[0]
    keeps_capital = first_word.split("'", maxsplit=1)[0] in {"I", "Mum", "Dad"} or filler.rstrip()[-1:] in ".!?"
    lowered = head if keeps_capital or first_word.isupper() or not first_word[1:].islower() else head.lower()
    return f"{filler.strip()} {lowered}{sentence[1:]}"


def join(parts: list[str], language: Language) -> str:
    """Sentences side by side: spaces between them in English, none in Chinese."""
    kept = [part.strip() for part in parts if part.strip()]
    return ("" if language is Language.ZH else " ").join(kept)
