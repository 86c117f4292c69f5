"""What a model's reply leaves out of what it was given to say: a fact that is on the ledger has to be told."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.dialogue.given import Fault, Given, companions, known
from simulator.dialogue.guarding import guarding
from simulator.dialogue.record import GuardKind
from simulator.dialogue.statements import content_words, negative, statements
from simulator.text.language import Language
from simulator.text.sentences import sentences

_TOLD_SHARE = 0.5
"""Of the things that a fact names, so many must be named in the reply."""
_TOLD_WORDS = 1 / 3
"""Where it names nothing that the guard knows: so many of its words."""
_LINE_WORDS = 0.4
"""Of the words of an authored line, so many must be said."""


def left_out(reply: str, given: Given) -> Iterator[Fault]:
    """Facts, lines and denials that the reply does not say."""
    language = given.language
    words = content_words(reply, language)
    understood = known(given.before, (), language).named | known(given.heard, (), language).named
    for text in given.facts:
        if not _told(text, reply, understood, language):
            yield Fault(GuardKind.OMISSION, text)
    for line in given.lines:
        own = content_words(line, language)
        if len(own & words) < _LINE_WORDS * len(own):
            yield Fault(GuardKind.OMISSION, line)
    if given.denials and not negative(reply):
        yield Fault(GuardKind.OMISSION, ", ".join(given.denials))


def _told(text: str, reply: str, understood: frozenset[str], language: Language) -> bool:
    """Whether ``reply`` tells the fact: all its numbers from 3 up and its sides, its medicines and illnesses, and half
    of what else it names; what the question or an earlier reply named is understood.
    """
    parts, said = statements(text, language), statements(reply, language)
    words, own = content_words(reply, language), content_words(text, language)
    ids = {mention.id for mention in said.mentions}
    ids |= companions(ids, language)
    needed = [quantity for quantity, _ in parts.quantities if not quantity.small]
    if not all(any(quantity.same_as(each) for each, _ in said.quantities) for quantity in needed):
        return False
    if not {side.side for side, _ in parts.sides} <= {side.side for side, _ in said.sides}:
        return False
    things = [mention for mention in parts.mentions if mention.polar and mention.id not in understood]
    named = [thing for thing in things if thing.id in ids or content_words(thing.words, language) & words]
    if any(thing.id.startswith(("medicine:", "illness:")) and thing not in named for thing in things):
        return False
    if things:
        return len(named) >= _TOLD_SHARE * len(things)
    cues = guarding(language)
    answered = any(cues.bare_yes.search(each.text) or cues.bare_no.search(each.text) for each in sentences(reply))
    in_words = bool(own) and len(own & words) >= _TOLD_WORDS * len(own)
    return in_words or bool(needed) or answered or any(mention.id in ids for mention in parts.mentions)
