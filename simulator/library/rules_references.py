"""Rules on what files say about each other: personas, rubrics, and the ids in conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from simulator.library.breach import Breach, error, warning
from simulator.library.collection import Entry, Library
from simulator.library.condition import (
    Answered,
    Asked,
    Conceded,
    Condition,
    Elicited,
    Ordered,
    Played,
    Said,
    Stands,
    Told,
    Warned,
    parse_condition,
    walk,
)
from simulator.library.problem import Location
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier, Track

PERSONA_UNKNOWN = error("persona-unknown", "a dialogue with that persona could not begin")
PERSONA_UNSUITED = error("persona-unsuited", "the counterpart would talk out of its role, or in no language at all")
FEW_PERSONAS = error("few-personas", "one way of talking says little about how a model copes with people")
RUBRIC_UNKNOWN = error("rubric-unknown", "the dialogue could not be scored")
RUBRIC_LANGUAGES = error("rubric-languages", "a dialogue in that language could not be judged")
RUBRIC_UNUSED = warning("rubric-unused", "no scenario is scored by it")
NO_DISPOSITION = error("no-disposition", "over- and under-triage could not be counted")
ID_UNKNOWN = error("condition-id-unknown", "the condition could never become true, or never become false")
NEVER_HOLDS = error("condition-never-holds", "the condition asks for something that no dialogue can bring about")


def personas_suit(library: Library) -> Iterator[Breach]:
    """At least two personas, each of which exists, suits the role and speaks every language."""
    for entry in library.scenarios.values():
        counterpart = entry.value.counterpart
        if len(set(counterpart.personas)) < 2:
            at: Location = ("counterpart", "personas")
            yield FEW_PERSONAS.broken(
                entry, at, "fewer than two different personas", "name another that suits the case"
            )
        for index, name in enumerate(counterpart.personas):
            at = ("counterpart", "personas", index)
            found = library.personas.get(name)
            if found is None:
                yield PERSONA_UNKNOWN.broken(entry, at, f"no persona `{name}`", _instead(name, library.personas))
                continue
            if counterpart.role not in found.value.roles:
                roles = ", ".join(role.value for role in found.value.roles)
                what = f"`{name}` is no persona for a {counterpart.role.value}"
                yield PERSONA_UNSUITED.broken(entry, at, what, f"choose another: this one suits {roles}")
            for language in entry.value.languages:
                if language not in found.value.languages:
                    what = f"`{name}` does not speak `{language.value}`"
                    yield PERSONA_UNSUITED.broken(entry, at, what, "choose another, or add the language to it")


def rubric_fits(library: Library) -> Iterator[Breach]:
    """The rubric exists and has every language of the scenario; no rubric is left over."""
    for entry in library.scenarios.values():
        rubric = library.rubrics.get(entry.value.rubric)
        if rubric is None:
            what = f"no rubric `{entry.value.rubric}`"
            yield RUBRIC_UNKNOWN.broken(entry, ("rubric",), what, _instead(entry.value.rubric, library.rubrics))
            continue
        for language in entry.value.languages:
            if language not in rubric.value.languages:
                what = f"`{language.value}` is missing, a language of scenario `{entry.value.id}`"
                yield RUBRIC_LANGUAGES.broken(rubric, ("languages",), what, f"add `{language.value}` and its texts")
    used = {entry.value.rubric for entry in library.scenarios.values()}
    for rubric in library.rubrics.values():
        if rubric.value.id not in used:
            yield RUBRIC_UNUSED.broken(rubric, ("id",), "no scenario names this rubric", "name it, or remove the file")


def patients_get_a_disposition(library: Library) -> Iterator[Breach]:
    """A patient-facing answer key says where the patient may be sent."""
    for entry in library.scenarios.values():
        if entry.value.track is Track.SMARTSERV and not entry.value.answer_key.dispositions:
            at = ("answer_key", "dispositions")
            yield NO_DISPOSITION.broken(entry, at, "no acceptable disposition", "name at least one")


def ids_in_conditions(library: Library) -> Iterator[Breach]:
    """Every id in a condition names something of the right kind that a dialogue can bring about."""
    for entry in library.scenarios.values():
        scenario = entry.value
        for at, source in scenario_conditions(scenario):
            yield from _ids(entry, at, source, scenario, None)
        rubric = library.rubrics.get(scenario.rubric)
        if rubric is not None:
            for at, source in rubric_conditions(rubric.value):
                yield from _ids(rubric, at, source, scenario, rubric.value)


def scenario_conditions(scenario: Scenario) -> Iterator[tuple[Location, str]]:
    yield from ((("beats", index, "when"), beat.when) for index, beat in enumerate(scenario.beats))
    yield from ((("events", at, "unless"), event.unless) for at, event in enumerate(scenario.events) if event.unless)


def rubric_conditions(rubric: Rubric) -> Iterator[tuple[Location, str]]:
    for index, criterion in enumerate(rubric.criteria):
        if criterion.check is not None:
            yield ("criteria", index, "check"), criterion.check
        if criterion.applies is not None:
            yield ("criteria", index, "applies"), criterion.applies


def _ids(entry: Entry[Any], at: Location, source: str, scenario: Scenario, rubric: Rubric | None) -> Iterator[Breach]:
    for atom in walk(parse_condition(source)):
        if isinstance(atom, Said | Warned | Stands) and rubric is None:
            what = f"`{atom.phrase}` is a phrase of a rubric, which a scenario does not know"
            fix = "use `answered_by` patterns, `disposition(…)` or `elicited(…)`"
            yield ID_UNKNOWN.broken(entry, at, what, fix, within=_place(source, atom.phrase))
            continue
        kind, known, never = _known(atom, scenario, rubric)
        for name in _names(atom):
            where = _place(source, name)
            if name not in known:
                of_rubric = isinstance(atom, Said | Warned | Stands)
                what = f"no {kind} `{name}` in `{entry.value.id if of_rubric else scenario.id}`"
                yield ID_UNKNOWN.broken(entry, at, what, _instead(name, known), within=where)
            elif name in never:
                what = f"`{name}` {never[name]}"
                yield NEVER_HOLDS.broken(entry, at, what, "ask for something else", within=where)


def _known(atom: Condition, scenario: Scenario, rubric: Rubric | None) -> tuple[str, set[str], dict[str, str]]:
    """What kind of thing the atom names, all there are of it, and those for which it never holds, with the reason."""
    facts = {fact.id for fact in scenario.facts}
    findings = {finding.id for finding in scenario.findings}
    untold = {fact.id: "is never told" for fact in scenario.facts if fact.tier is Tier.UNKNOWN}
    untold |= {finding.id: "is not available here" for finding in scenario.findings if not finding.available}
    beats, events = {beat.id for beat in scenario.beats}, {event.id for event in scenario.events}
    unanswerable = dict.fromkeys(events - beats, "is an event, which nothing answers")
    unanswerable |= {
        beat.id: "has no `answered_by`" for beat in scenario.beats if not (beat.answered_by.en or beat.answered_by.zh)
    }
    if isinstance(atom, Elicited | Told):
        return "fact or finding", facts | findings, untold
    if isinstance(atom, Asked):
        return "fact", facts, {}
    if isinstance(atom, Ordered):
        return "finding", findings, {}
    if isinstance(atom, Answered):
        return "beat", beats | events, unanswerable
    if isinstance(atom, Conceded):
        return "beat", beats | events, dict.fromkeys(events - beats, "is an event, which asks for nothing")
    if isinstance(atom, Played):
        return "beat or event", beats | events, {}
    return "phrase", set(rubric.phrases) if rubric else set(), {}


def _names(atom: Condition) -> tuple[str, ...]:
    match atom:
        case Elicited(facts=names) | Asked(facts=names) | Told(facts=names) | Ordered(findings=names):
            return names
        case Stands(phrase=name, corrections=others):
            return (name, *others)
        case Said(phrase=name) | Warned(phrase=name) | Answered(beat=name) | Conceded(beat=name) | Played(beat=name):
            return (name,)
        case _:
            return ()


def _place(source: str, name: str) -> tuple[int, int]:
    """Line and column (from 1) of ``name`` within the condition."""
    found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", source)
    start = found.start() if found else 0
    return source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start)


def _instead(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "one of: " + ", ".join(sorted(known)) if known else "there are none: write one"
