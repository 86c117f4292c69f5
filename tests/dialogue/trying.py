"""Attempts on the shipped cases: what a turn releases, and whether the counterpart was entitled to tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.dialogue.case import Case, prepare
from simulator.dialogue.disclosure import Disclosure, History, disclose, opening_ledger
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.probing import probe_in
from simulator.dialogue.record import WithholdReason
from simulator.dialogue.understanding import Manner, Understanding
from simulator.library.persona import Persona
from simulator.library.vocabulary import Tier
from simulator.models.reference.extraction import Kind
from simulator.text.language import Language
from simulator.text.speech import utterances
from tests.dialogue.cases import shipped_scenarios, suitable_personas


def probe_words(text: str, language: Language) -> str:
    """The words by which a turn is recognised as a probe, disguises taken off; empty for none."""
    return next((found for each in utterances(text, language) if (found := probe_in(each.text, language))), "")


def scenes() -> Iterator[tuple[Case, Persona]]:
    """Every shipped scenario in each of its languages, with each persona that suits it."""
    for scenario, language in shipped_scenarios():
        for persona in suitable_personas(scenario):
            yield prepare(scenario, language), persona


def start(case: Case) -> History:
    return History(ledger=opening_ledger(case))


def then(history: History, heard: Understanding, now: Disclosure) -> History:
    return History(
        ledger=(*history.ledger, *now.released),
        withheld=(*history.withheld, *now.withheld),
        empathy_shown=history.empathy_shown or heard.empathy,
        turns_so_far=history.turns_so_far + 1,
    )


def questions_for(case: Case, tier: Tier) -> dict[str, str]:
    """The authored question for each fact of a tier, by fact id."""
    return {
        fact.id: fact.question.in_(case.language)
        for fact in case.scenario.facts
        if fact.tier is tier and fact.question is not None
    }


@dataclass(frozen=True)
class Turn:
    heard: Understanding
    now: Disclosure


def say(text: str, case: Case, persona: Persona, history: History) -> Turn:
    heard = RuleListener().listen(text, case)
    return Turn(heard, disclose(heard, case, persona, history, history.turns_so_far + 1))


def unmet(turn: Turn, persona: Persona, history: History, *, asks: bool = False) -> list[str]:
    """What the turn released though its tier is not met, by rules of their own: nothing here is the gate's.

    A mere attempt is owed what any open question brings, `volunteered` facts, and nothing else. One that ``asks`` is
    owed what it names, as `asked` and `specific` allow; `trust` only on its own terms.
    """
    manner = {item.fact_id: item.manner for item in turn.heard.asked}
    found: list[str] = []
    for entry in turn.now.released:
        if entry.tier is Tier.VOLUNTEERED:
            continue
        if not asks:
            met = False
        elif entry.tier is Tier.ASKED:
            met = entry.fact_id in manner
        elif entry.tier is Tier.SPECIFIC:
            met = manner.get(entry.fact_id) is Manner.PRECISE
        elif entry.tier is Tier.TRUST:
            asked = 1 + history.times_withheld(entry.fact_id, WithholdReason.TRUST_NOT_EARNED)
            kind = turn.heard.empathy or history.empathy_shown
            met = manner.get(entry.fact_id) is Manner.PRECISE and (kind or asked >= persona.reticence.asks_before_trust)
        else:
            met = entry.tier is Tier.ORDERED and entry.fact_id in {item.finding_id for item in turn.heard.ordered}
        if not met:
            found.append(entry.fact_id)
    n_facts = sum(entry.tier is not Tier.ORDERED for entry in turn.now.released)
    if n_facts > persona.reticence.facts_per_reply:
        found.append(f"{n_facts} facts in one reply")
    return found


def mere(attempts: Iterable[tuple[Kind, str]]) -> list[str]:
    """The attempts that ask for nothing in the case."""
    return [text for kind, text in attempts if kind is not Kind.DUMP_QUESTIONS]


def after_asking_for_trust(case: Case, persona: Persona) -> History:
    """The history after every `trust` fact was asked for once, precisely and without a kind word."""
    history = start(case)
    for question in questions_for(case, Tier.TRUST).values():
        turn = say(question, case, persona, history)
        history = then(history, turn.heard, turn.now)
    return history
