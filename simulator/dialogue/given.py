"""What a model's reply is held against: what it may say, what it must, what it only heard, and what is secret."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from simulator.dialogue.guarding import guarding
from simulator.dialogue.record import GuardKind
from simulator.dialogue.statements import Stance, content_words, statements
from simulator.text.language import Language
from simulator.text.pattern import Pattern
from simulator.text.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Fault:
    """``words``: the reply's own, or the given text that it leaves out."""

    kind: GuardKind
    words: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A fact or finding that is not released: its words, less those of it that are."""

    fact_id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What one reply may say, and what the case keeps to itself."""

    language: Language
    facts: tuple[str, ...] = ()
    """Facts and results of this reply, which must be told."""
    repeated: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Lines of beats, events and the agenda, which must be said."""
    denials: tuple[str, ...] = ()
    """What is answered with no."""
    draft: str = ""
    """The scripted wording."""
    before: tuple[str, ...] = ()
    """The counterpart's earlier turns."""
    heard: tuple[str, ...] = ()
    """The subject's turns."""
    secrets: tuple[Secret, ...] = ()
    diagnosis: tuple[Pattern, ...] = ()
    """The names of the answer."""
    acknowledges: bool = False
    """True where the reply takes note of advice, and may repeat its words."""
    manner: tuple[str, ...] = ()
    """The persona's description, and the wording of its small talk."""

    @property
    def sayable(self) -> tuple[str, ...]:
        return (*self.facts, *self.repeated, *self.lines, self.draft, *self.before)

    @property
    def answers(self) -> bool:
        return bool(self.facts or self.repeated or self.denials or self.lines)


@dataclass(frozen=True, slots=True)
class Known:
    """What was given, taken apart."""

    stances: dict[str, set[Stance]]
    """By mention: how it was asserted."""
    named: frozenset[str]
    quantities: tuple[Quantity, ...]
    sides: frozenset[tuple[str, str]]
    words: frozenset[str]


@lru_cache(maxsize=1_024)
def known(texts: tuple[str, ...], denials: tuple[str, ...], language: Language) -> Known:
    stances: dict[str, set[Stance]] = {}
    named: set[str] = set()
    amounts: list[Quantity] = []
    places: set[tuple[str, str]] = set()
    words: set[str] = set()
    for text in texts:
        parts = statements(text, language)
        for mention in parts.mentions:
            named.add(mention.id)
            if mention.stance.asserts:
                stances.setdefault(mention.id, set()).add(mention.stance)
        amounts += [quantity for quantity, _ in parts.quantities]
        places |= {(side.side, side.part) for side, _ in parts.sides}
        words |= content_words(text, language)
    for text in denials:
        words |= content_words(text, language)
        for mention in statements(text, language).mentions:
            named.add(mention.id)
            stances.setdefault(mention.id, set()).add(Stance.DENIED)
    named |= companions(named, language)
    return Known(stances, frozenset(named), tuple(amounts), frozenset(places), frozenset(words))


def companions(named: set[str], language: Language) -> set[str]:
    """What else may be named where these were given: "puffed" allows breathlessness, chest pain allows "pain"."""
    found: set[str] = set()
    for name in guarding(language).names:
        if name.id in named:
            found |= name.allows
        elif not name.allowed_by.isdisjoint(named):
            found.add(name.id)
    return found


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a reply can have its words from, taken apart."""

    now: Known
    """What it is given to say now, without the draft's small talk."""
    sayable: Known
    """That, the draft, and what was said before."""
    heard: Known
    """The subject's words."""
    hidden: Known
    """What is not released."""


def sources(given: Given) -> Sources:
    language = given.language
    return Sources(
        now=known((*given.facts, *given.repeated, *given.lines), given.denials, language),
        sayable=known(given.sayable, given.denials, language),
        heard=known(given.heard, (), language),
        hidden=known(tuple(text for secret in given.secrets for text in secret.texts), (), language),
    )
