"""Whether a turn says a phrase of a rubric, or warns against it: the one place where that is decided."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.library.rubric import Phrase
from simulator.text.language import Language
from simulator.text.pattern import Match, Pattern
from simulator.text.speech import mentions, utterances


def mention_of(
    phrase: Phrase, patterns: tuple[Pattern, ...], text: str, language: Language, *, negated_ones: bool
) -> Match | None:
    """The first mention in ``text`` that counts for `said`, or with ``negated_ones`` for `warned`; None for none.

    ``patterns``: those of the phrase, compiled for ``language``.
    """
    found = mentions_of(phrase, patterns, text, language, negated_ones=negated_ones)
    return next((match for _, match in found), None)


def mentions_of(
    phrase: Phrase, patterns: tuple[Pattern, ...], text: str, language: Language, *, negated_ones: bool
) -> Iterator[tuple[int, Match]]:
    """The first such mention of each utterance that has one, with the utterance's place in ``text``, in order."""
    for place, utterance in enumerate(utterances(text, language)):
        if utterance.asks and not phrase.in_questions:
            continue
        match = mentions(
            patterns, utterance, language, negated_ones=negated_ones, conditional_ones=phrase.in_conditionals
        )
        if match is not None:
            yield place, match
