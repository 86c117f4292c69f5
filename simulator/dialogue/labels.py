"""How a listening model is told what a question may be about: by topic, and in words that tell nothing of the answer.

A label must give away neither a polarity nor a value. Therefore it is never made of a fact's id, its `ask` patterns, or
the words of a fact that is not told in the opening:

- a fact with an authored question that can be answered by yes or no, and that holds no number, is shown by that
  question: whoever asks it does not know the answer;
- a fact whose question asks for a detail ("When did the black stools stop?") is shown by its topic and the names of the
  concepts that this *question* mentions, since the question as a whole takes something for granted;
- a fact of the opening, which has been told, by its topic and the concepts that its own words mention;
- any other by its topic alone.

So facts of one topic can look alike, and are then reached by topic only.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from simulator.dialogue.case import Case
from simulator.dialogue.statements import statements
from simulator.library.scenario import Fact
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from simulator.text.quantity import quantities

_EN_YES_NO = regex.compile(
    r"^(?:has|have|had|is|are|was|were|do|does|did|can|could|will|would|any|anyone|anything)\b", regex.IGNORECASE
)
_EN_DETAIL = regex.compile(r"\b(?:when|how|which|what|where|why|who|still|ever since|again)\b", regex.IGNORECASE)
_ZH_YES_NO = regex.compile(r"有没有|是不是|会不会|[吗没]？?$|(?P<verb>\p{Han})不(?P=verb)|没有？?$")
_ZH_DETAIL = regex.compile(r"什么|怎么|哪|几|多少|多久|谁|为何|还|再")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One fact as a listening model sees it. ``number`` from 1."""

    number: int
    fact_id: str
    label: str


def candidates(case: Case) -> tuple[Candidate, ...]:
    """Every fact of the case, in the order of its file, also those that nobody knows and those told before."""
    return tuple(
        Candidate(number, fact.id, label(fact, case)) for number, fact in enumerate(case.scenario.facts, start=1)
    )


def label(fact: Fact, case: Case) -> str:
    """The neutral label of one fact, in the dialogue's language where it is a question."""
    topic = fact.topic.value.replace("_", " ")
    question = fact.question.get(case.language) if fact.question else None
    if question and _neutral(question, case.language):
        return f"{topic}: {question}"
    words = question or (fact.text.get(case.language) if fact.tier is Tier.OPENING else None)
    mentions = statements(words, case.language).mentions if words else ()
    named = dict.fromkeys(each.id.removeprefix("concept:").replace("-", " ") for each in mentions if each.is_concept)
    return f"{topic}: {', '.join(named)}" if named else topic


def _neutral(question: str, language: Language) -> bool:
    """Whether the question can be answered by yes or no, asks for no detail, and holds no number."""
    if quantities(question, language):
        return False
    if language is Language.EN:
        return _EN_YES_NO.search(question) is not None and _EN_DETAIL.search(question) is None
    return _ZH_YES_NO.search(question) is not None and _ZH_DETAIL.search(question) is None
