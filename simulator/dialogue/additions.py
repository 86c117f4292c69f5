"""What a model's reply adds to what it was given: the leaks, contradictions and inventions of the guard."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from simulator.dialogue.given import Fault, Given, Sources, companions, known, sources
from simulator.dialogue.guarding import Guarding, guarding
from simulator.dialogue.record import GuardKind
from simulator.dialogue.statements import Mention, Stance, Statements, content_words, statements
from simulator.text.language import Language
from simulator.text.pattern import first_match
from simulator.text.quantity import Quantity
from simulator.text.sentences import sentences
from simulator.text.side import OPPOSITE, Side

_SHARE_OF_WORDS = 0.5
"""Common words of one unreleased fact that make a leak together: this share of its words, two at least."""
_SHARE_OF_RARE = 1 / 3
"""The same where one of them is uncommon."""
_OWN_PAIRS = 2
"""Pairs of Han characters, uncommon in part, that make a sentence one of its own."""
_SAID_OF_ANYTHING = frozenset({"", "times"})
"""One of these is a turn of phrase: "once", "one thing"."""


def added(reply: str, given: Given) -> Iterator[Fault]:
    """Leaks, contradictions and inventions."""
    reply = _without_small_talk(reply, given)
    said, held = statements(reply, given.language), sources(given)
    wrong = {mention: _mention_fault(mention, said, given, held) for mention in said.mentions}
    for mention, kind in wrong.items():
        part = not mention.specific and any(each is None and mention.inside(other) for other, each in wrong.items())
        if kind is not None and not part:
            yield Fault(kind, mention.words)
    for quantity, asserted in said.quantities:
        if (kind := _quantity_fault(quantity, asserted, said, given, held)) is not None:
            yield Fault(kind, quantity.words)
    for side, asserted in said.sides:
        if (kind := _side_fault(side, asserted, held)) is not None:
            yield Fault(kind, side.words)
    yield from _distinctive(said, given, held)
    yield from _of_its_own(reply, given, held)
    yield from _diagnoses(reply, given)


def _diagnoses(reply: str, given: Given) -> Iterator[Fault]:
    """The name of the answer, unless the dialogue holds it; of the subject's words only where it is left open."""
    for sentence in sentences(reply):
        match = first_match(given.diagnosis, sentence.text)
        if match is None or first_match(given.diagnosis, "\n".join(given.sayable)) is not None:
            continue
        words = content_words(match[1].text, given.language)
        echoed = first_match(given.diagnosis, "\n".join(given.heard)) is not None
        if not (echoed and words <= statements(sentence.text, given.language).open_words):
            yield Fault(GuardKind.LEAK, match[1].text)


def _without_small_talk(reply: str, given: Given) -> str:
    """The reply without sentences that the persona's authored small talk holds word for word; those state nothing."""
    authored = "\n".join(given.manner)
    kept = [sentence.text for sentence in sentences(reply) if sentence.text not in authored]
    return (" " if given.language is Language.EN else "").join(kept)


def _mention_fault(mention: Mention, said: Statements, given: Given, held: Sources) -> GuardKind | None:
    language = given.language
    if mention.id in held.sayable.named:
        stances = held.now.stances.get(mention.id) or held.sayable.stances.get(mention.id, set())
        certain = mention.polar and mention.stance in {Stance.SAID, Stance.DENIED} and Stance.BLURRED not in stances
        if certain and stances and mention.stance not in stances:
            return GuardKind.CONTRADICTION
        # "puffed" allows "short of breath", if it was asserted
        allowed = mention.id in companions(set(held.sayable.stances), language)
        if stances or allowed or not mention.stance.asserts or not mention.polar:
            return None
    if _made_of_words_in(mention, said, given.sayable, language):
        return None
    echoed = mention.id in held.heard.named or _made_of_words_in(mention, said, given.heard, language)
    if echoed and (not mention.stance.asserts or (given.acknowledges and mention.id not in held.hidden.named)):
        return None
    return GuardKind.LEAK if mention.id in held.hidden.named else GuardKind.INVENTION


def _made_of_words_in(mention: Mention, said: Statements, texts: tuple[str, ...], language: Language) -> bool:
    """Whether one of the texts holds what the mention is made of: a concept that the lexicon sees in one wording and
    not in another. Its uncommon words (two characters at least in Chinese); or two names at least that are part of it.
    """
    everyday = guarding(language)
    if language is Language.EN:
        own = {word for word in content_words(mention.words, language) if _rare(word, everyday, language)}
        if own and any(own <= content_words(text, language) for text in texts):
            return True
    else:
        chars = {char for char in mention.words if char not in everyday.everyday}
        if len(chars) > 1 and any(chars <= set(text) for text in texts):
            return True
    parts = {each.id for each in said.mentions if each.inside(mention) and not each.is_concept}
    return len(parts) > 1 and any(parts <= {each.id for each in statements(text, language).mentions} for text in texts)


def _quantity_fault(
    quantity: Quantity, asserted: bool, said: Statements, given: Given, held: Sources
) -> GuardKind | None:
    if any(quantity.same_as(other) for other in held.sayable.quantities):
        return None
    if (not asserted or given.acknowledges) and any(quantity.same_as(other) for other in held.heard.quantities):
        return None
    if quantity.single and quantity.dimension in _SAID_OF_ANYTHING:
        return None
    if any(quantity.same_as(other) and other.dimension == quantity.dimension for other in held.hidden.quantities):
        return GuardKind.LEAK
    if quantity.single:
        return None  # "an hour": more often a turn of phrase
    told = [other for other in held.sayable.quantities if other.dimension == quantity.dimension]
    missing = any(not any(other.same_as(each) for each, _ in said.quantities) for other in told)
    return GuardKind.CONTRADICTION if missing else GuardKind.INVENTION


def _side_fault(side: Side, asserted: bool, held: Sources) -> GuardKind | None:
    given, opposite = held.sayable.sides, OPPOSITE.get(side.side, "")
    if side.side == "both" or (side.side, side.part) in given:
        return None
    if side.part and (opposite, side.part) in given:
        return GuardKind.CONTRADICTION
    if any(each == side.side for each, _ in given):
        return None
    if not asserted and any(each == side.side for each, _ in held.heard.sides):
        return None
    if any(each == opposite for each, _ in given):
        return GuardKind.CONTRADICTION
    return GuardKind.LEAK if any(each == side.side for each, _ in held.hidden.sides) else GuardKind.INVENTION


def _distinctive(said: Statements, given: Given, held: Sources) -> Iterator[Fault]:
    """Words that only an unreleased fact holds: one that is no everyday word, or several of the same fact."""
    spoken = (said.words | (said.open_words - held.heard.words)) - held.sayable.words
    if given.acknowledges:
        spoken -= held.heard.words
    everyday = guarding(given.language)
    for secret in given.secrets:
        own = frozenset().union(*(content_words(text, given.language) for text in secret.texts)) - held.sayable.words
        shared = spoken & own
        rare = {word for word in shared if _rare(word, everyday, given.language)}
        share = len(shared) / len(own) if own else 0.0
        if any(_telling(word, everyday, given.language) for word in rare):
            yield Fault(GuardKind.LEAK, ", ".join(sorted(rare)))
        elif len(shared) >= 2 and share >= (_SHARE_OF_RARE if rare else _SHARE_OF_WORDS):
            yield Fault(GuardKind.LEAK, ", ".join(sorted(shared)))


def _of_its_own(reply: str, given: Given, held: Sources) -> Iterator[Fault]:
    """Sentences that have no word in common with what is to be said now, and one that is no everyday word."""
    language, everyday = given.language, guarding(given.language)
    now = (*given.facts, *given.repeated, *given.lines, *given.denials, given.draft)
    to_say = known(now, (), language).words
    harmless = held.sayable.words | held.heard.words | _words_of(given.manner, language)
    for sentence in sentences(reply):
        words = statements(sentence.text, language).words
        if not words.isdisjoint(to_say) or sentence.text in given.draft:
            continue
        own = {word for word in words - harmless if _rare(word, everyday, language)}
        if any(_telling(word, everyday, language) for word in own) or len(own) >= _OWN_PAIRS:
            yield Fault(GuardKind.INVENTION, ", ".join(sorted(own)))


@lru_cache(maxsize=64)
def _words_of(texts: tuple[str, ...], language: Language) -> frozenset[str]:
    return frozenset().union(*(content_words(text, language) for text in texts))


def _rare(word: str, everyday: Guarding, language: Language) -> bool:
    if language is Language.EN:
        return len(word) > 2 and word not in everyday.everyday
    return any(char not in everyday.everyday for char in word)


def _telling(word: str, everyday: Guarding, language: Language) -> bool:
    """Whether the word alone gives its fact away. Of a pair of Han characters both must be uncommon: 抽屉, not 孩子."""
    if language is Language.EN or word[0].isascii():
        return _rare(word, everyday, language)
    return all(char not in everyday.everyday for char in word)
