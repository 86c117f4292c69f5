"""Sentences that probe: they ask for nothing, answer nothing, and earn nothing."""

from __future__ import annotations

from functools import lru_cache

from simulator.dialogue.lexicon import lexicon
from simulator.text.disguise import found_behind
from simulator.text.language import Language
from simulator.text.speech import utterances


def probe_in(sentence: str, language: Language) -> str:
    """The words by which a sentence tries to get at the case, disguises taken off; empty where it does not."""
    return found_behind(lexicon(language).probe, sentence)


@lru_cache(maxsize=4_096)
def in_earnest(text: str, language: Language) -> tuple[str, ...]:
    """What a turn says apart from probing: the turn itself where no sentence probes, or else the passages between those
    that do, so that what holds from one sentence to the next still holds.

    Each is verbatim, so that words found in it can be quoted.
    """
    passages: list[str] = []
    begun: int | None = None
    at, probes = 0, False
    for each in utterances(text, language):
        start = text.find(each.text, at)
        if start < 0:  # changed on the way, as an end marker in its middle is: it stands alone
            start = at
        if probe_in(each.text, language):
            probes = True
            if begun is not None:
                passages.append(text[begun:start])
            begun = None
        elif begun is None:
            begun = start
        at = max(at, start + len(each.text))
    if not probes:
        return (text,)
    if begun is not None:
        passages.append(text[begun:])
    return tuple(passage for each in passages if (passage := each.strip()))
