"""Does the listener understand what a scenario's author wrote for it? Questions, orders and closings are tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.dialogue.case import prepare
from simulator.dialogue.listening import Listener, RuleListener
from simulator.dialogue.understanding import Manner
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier, Track
from simulator.text.language import Language
from simulator.text.pattern import plain

_ORDER = {Language.EN: "I'd like to order {name}.", Language.ZH: "请做{name}检查。"}
_NEEDS_PRECISION = frozenset({Tier.SPECIFIC, Tier.TRUST})


@dataclass(frozen=True, slots=True)
class Unheard:
    """Something an author wrote that the listener does not take as meant."""

    scenario_id: str
    path: tuple[str | int, ...]
    """Where it stands in the scenario's file."""
    what: str
    fix: str


def unheard(scenario: Scenario, listener: Listener | None = None) -> tuple[Unheard, ...]:
    """Every question that does not reach its fact, order that does not reach its finding, and closing not heard."""
    listener = listener or RuleListener()
    found: list[Unheard] = []
    for language in scenario.languages:
        found.extend(_questions(scenario, language, listener))
        found.extend(_orders(scenario, language, listener))
        found.extend(_closing(scenario, language, listener))
    return tuple(found)


def _questions(scenario: Scenario, language: Language, listener: Listener) -> Iterator[Unheard]:
    case = prepare(scenario, language)
    guarded = {fact.id for fact in scenario.facts if fact.tier in _NEEDS_PRECISION}
    for index, fact in enumerate(scenario.facts):
        question = fact.question.get(language) if fact.question else None
        if question is None:
            continue
        heard = {asked.fact_id: asked for asked in listener.listen(question, case).asked}
        path = ("facts", index, "question", language.value)
        if fact.id not in heard:
            yield Unheard(
                scenario.id, path, f"the question “{question}” does not reach `{fact.id}`", "widen `ask` or reword it"
            )
        elif fact.tier in _NEEDS_PRECISION and heard[fact.id].manner is not Manner.PRECISE:
            yield Unheard(
                scenario.id, path, f"the question “{question}” does not name `{fact.id}` precisely", "widen its `ask`"
            )
        others = sorted(
            other for other, asked in heard.items()
            if other in guarded and other != fact.id and asked.manner is Manner.PRECISE
        )  # fmt: skip
        if others:
            yield Unheard(
                scenario.id,
                path,
                f"the question “{question}” reaches {', '.join(f'`{other}`' for other in others)} as well",
                "narrow the `ask` of the other fact, so that it needs a question of its own",
            )


def _orders(scenario: Scenario, language: Language, listener: Listener) -> Iterator[Unheard]:
    case = prepare(scenario, language)
    for index, finding in enumerate(scenario.findings):
        for number, name in enumerate(finding.names.in_(language)):
            order = _ORDER[language].format(name=plain(name))
            ordered = {item.finding_id for item in listener.listen(order, case).ordered}
            if finding.id not in ordered:
                yield Unheard(
                    scenario.id,
                    ("findings", index, "names", language.value, number),
                    f"“{order}” does not order `{finding.id}`",
                    "write the name as a doctor would say it",
                )


def _closing(scenario: Scenario, language: Language, listener: Listener) -> Iterator[Unheard]:
    case = prepare(scenario, language)
    heard = listener.listen(scenario.exemplar.in_(language), case)
    path = ("exemplar", language.value)
    if not heard.closing:
        yield Unheard(
            scenario.id, path, "the exemplar does not close the dialogue", "end it with a line [END], ask nothing"
        )
    acceptable = scenario.answer_key.dispositions
    level = heard.disposition.level if heard.disposition else None
    if scenario.track is Track.SMARTSERV and acceptable and level not in acceptable:
        said = f"states `{level.value}`" if level else "states no disposition"
        wanted = ", ".join(item.value for item in acceptable)
        yield Unheard(
            scenario.id,
            path,
            f"the exemplar {said}, acceptable: {wanted}",
            "say where to go and how soon in plain words",
        )
