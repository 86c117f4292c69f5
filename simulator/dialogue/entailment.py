"""Does a reply say what it was given, and nothing else? The guard of a model's voice, at the level of concepts.

The reply, and everything that the voice was given, are taken apart into mentions (concepts and names, with their
stance), quantities, sides and words (`statements`). What the reply asserts has to stand in what was given, in the same
polarity; what was given now has to stand in the reply. Words that the subject used may be echoed, not asserted. The
unreleased facts are looked at last, for two ends: to call a fault a leak, and to find words that only they hold.

It sees words, not meanings: docs/voices.md says which paraphrases pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.dialogue.additions import added
from simulator.dialogue.given import Fault, Given
from simulator.dialogue.guarding import guarding
from simulator.dialogue.omissions import left_out
from simulator.dialogue.record import GuardKind
from simulator.text.sentences import sentences


def faults(reply: str, given: Given) -> tuple[Fault, ...]:
    """Everything that is wrong with ``reply``, leaks first; empty where it may be said."""
    found = [*added(reply, given), *_answered(reply, given), *left_out(reply, given)]
    order = list(GuardKind)
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: order.index(fault.kind)))


def _answered(reply: str, given: Given) -> Iterator[Fault]:
    """A bare yes or no where nothing was given to answer with, a denial of all else, and words out of its role."""
    cues = guarding(given.language)
    sayable = "\n".join(given.sayable)
    for sentence in sentences(reply):
        if given.answers or given.acknowledges or sentence.text in given.draft:
            continue
        if found := cues.bare_yes.search(sentence.text) or cues.bare_no.search(sentence.text):
            yield Fault(GuardKind.INVENTION, found.group().strip())
    for cue, kind in ((cues.blanket, GuardKind.INVENTION), (cues.out_of_role, GuardKind.UNUSABLE)):
        if (found := cue.search(reply)) and not cue.search(sayable):
            yield Fault(kind, found.group())
