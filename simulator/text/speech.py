"""One turn of the subject, taken apart: its sentences, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from simulator.text.language import Language
from simulator.text.mood import asks, conditional, conditional_at
from simulator.text.negation import negated, negates_list
from simulator.text.pattern import Match, Pattern
from simulator.text.sentences import Sentence, sentences

END_MARKER = regex.compile(
    r"[\[【<*_]{0,4}\s{0,4}(?:\[END\]|【END】|\[结束\]|【结束】|<END>)\s{0,4}[\]】>*_]{0,4}", regex.IGNORECASE
)
_LEADS_ON = regex.compile(r"[:：?？][\s*_]*$")
"""A lead that asks hands its question on to its items; a mere heading does not."""
_NOW = regex.compile(
    r"\b(?:now|today|tonight|meanwhile|in the meantime|until then)\b|现在|目前|今天|平时|这几天", regex.IGNORECASE
)
"""Takes back the condition that a semicolon carries on: "if it gets worse, do not wait; call 999"."""
_MAX_HEARD = 20_000


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence with its mood.

    ``conditional``: something in it holds only under a condition. ``under_condition``, ``under_negation``: all of it
    does, or is negated, by what stands before it: its list's lead line, or a condition that a semicolon carries on.
    """

    sentence: Sentence
    asks: bool
    conditional: bool
    under_condition: bool
    under_negation: bool

    @property
    def text(self) -> str:
        return self.sentence.text


@lru_cache(maxsize=1_024)
def utterances(text: str, language: Language) -> tuple[Utterance, ...]:
    """The utterances of a turn. Of a turn longer than 20,000 characters only the beginning is heard."""
    found: list[Utterance] = []
    carries_on = False
    for sentence in sentences(END_MARKER.sub(" ", text[:_MAX_HEARD])):
        lead = sentence.lead
        carried = carries_on and _NOW.search(sentence.text) is None
        depends = conditional(sentence.text, language) or carried
        carries_on = depends and sentence.text.endswith((";", "；"))
        under_condition = carried or (bool(lead) and conditional(lead, language))
        found.append(
            Utterance(
                sentence=sentence,
                asks=asks(sentence, language) or (bool(_LEADS_ON.search(lead)) and asks(Sentence(lead), language)),
                conditional=depends or under_condition,
                under_condition=under_condition,
                under_negation=bool(lead) and negates_list(lead, language),
            )
        )
    return tuple(found)


def mentions(
    patterns: tuple[Pattern, ...],
    utterance: Utterance,
    language: Language,
    *,
    negated_ones: bool = False,
    conditional_ones: bool = True,
) -> Match | None:
    """The first mention of any pattern that is not negated; with ``negated_ones`` the first that is.

    Without ``conditional_ones`` a mention that holds only under a condition is passed over.
    """
    if utterance.under_condition and not conditional_ones:
        return None
    for pattern in patterns:
        for match in pattern.finditer(utterance.text):
            is_negated = negated(utterance.text, match.start, match.end, language) or utterance.under_negation
            if is_negated is negated_ones and (
                conditional_ones or not conditional_at(utterance.text, match.start, match.end, language)
            ):
                return match
    return None
