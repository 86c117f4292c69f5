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
    """What a turn says apart from probing: the turn itself where no sentence probes, or else the other sentences.

    Each is verbatim, so that words found in it can be quoted.
    """
    said = utterances(text, language)
    kept = tuple(each.text for each in said if not probe_in(each.text, language))
    return (text,) if len(kept) == len(said) else kept
