"""Rules on what is told too early: facts in the opening or in a beat, and the diagnosis anywhere.

Whether a line tells a fact is judged by words, since nothing here understands them: of the units of the fact that no
opening fact has as well (the scene, the patient, the complaint), the line has the share `TOLD_SHARE` or more. A unit
is an English stem that carries meaning, a number, or two neighbouring Chinese characters; a fact of fewer than
`FEWEST_UNITS` is not judged. The shares were set on the first shipped scenarios: see `TOLD_SHARE`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from simulator.library.base import LocalText
from simulator.library.breach import Breach, Rule, error, warning
from simulator.library.collection import Entry, Library
from simulator.library.persona import Persona
from simulator.library.problem import Location, excerpt
from simulator.library.rules_texts import local_values, readable
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Role, Tier
from simulator.text.language import Language
from simulator.text.normal import tokens

OPENING_TELLS = error("opening-tells", "a fact that has to be asked for is given away, and asking for it earns points")
LINE_TELLS = warning("line-tells", "a fact that has to be asked for is told unasked, and the ledger does not know")
DIAGNOSIS_TOLD = error("diagnosis-told", "the counterpart gives the answer away")
DIAGNOSIS_HINTED = warning("diagnosis-hinted", "the subject may read the answer before it has asked anything")

TOLD_SHARE = {Language.EN: 0.55, Language.ZH: 0.4}
"""Innocent lines of the first seven scenarios reach 0.50 and 0.26. A withheld fact put into an opening word for word is
found (392 of 406; 14 are too short to tell); a free retelling may lie below, so silence proves nothing."""
FEWEST_UNITS = 2
_WITHHELD = (Tier.ASKED, Tier.SPECIFIC, Tier.TRUST, Tier.UNKNOWN)
_HAN = regex.compile(r"\p{Han}")
_EMPTY_WORDS = frozenset(
    token
    for token in tokens(
        "a an the and or but so if as of at by for from in into on onto to up down out off over with without about "
        "i me my mine i'm i've i'd i'll he him his he's she her hers she's it its it's they them their we us our you "
        "your this that these those there here what which who when where how is are was were be been being am have "
        "has had do does did done doing don't doesn't didn't haven't hasn't hadn't isn't aren't wasn't weren't can't "
        "couldn't won't wouldn't can could will would should may might must not no nor any some all just only also "
        "too very really quite then than now still yet again ever never always get gets got getting go goes went "
        "going take takes taking took taken one much many more most last after before since while because "
        "think know like well thing things something anything nothing else"
    )
)


def openings_tell_no_withheld_fact(library: Library) -> Iterator[Breach]:
    """The opening tells no fact of tier asked, specific, trust or unknown, and no result of a finding."""
    for entry in library.scenarios.values():
        withheld = _withheld(entry.value, but=())
        yield from _tells(entry, ("opening",), entry.value.opening, withheld, OPENING_TELLS)


def lines_tell_no_withheld_fact(library: Library) -> Iterator[Breach]:
    """Beats tell no such fact, and events only those that they declare in `reveals`."""
    for entry in library.scenarios.values():
        for index, beat in enumerate(entry.value.beats):
            yield from _tells(entry, ("beats", index, "say"), beat.say, _withheld(entry.value, but=()), LINE_TELLS)
        for index, event in enumerate(entry.value.events):
            withheld = _withheld(entry.value, but=event.reveals)
            yield from _tells(entry, ("events", index, "say"), event.say, withheld, LINE_TELLS)


def _withheld(scenario: Scenario, *, but: tuple[str, ...]) -> list[tuple[str, LocalText]]:
    facts = [(fact.id, fact.text) for fact in scenario.facts if fact.tier in _WITHHELD and fact.id not in but]
    return facts + [(finding.id, finding.result) for finding in scenario.findings if finding.id not in but]


def _tells(
    entry: Entry[Scenario], at: Location, line: LocalText, withheld: list[tuple[str, LocalText]], rule: Rule
) -> Iterator[Breach]:
    for language in entry.value.languages:
        said = line.get(language)
        if said is None:
            continue
        units, known = meaning_units(said), opening_units(entry.value, language)
        for fact_id, text in withheld:
            share = told_share(meaning_units(text.get(language) or "") - known, units)
            if share >= TOLD_SHARE[language]:
                what = f"this tells `{fact_id}`, by {share:.0%} of its words: {excerpt(text.get(language) or '', 60)}"
                fix = "leave it out" if rule is OPENING_TELLS else "leave it out, or (events) name it in `reveals`"
                yield rule.broken(entry, (*at, language.value), what, fix)


def told_share(fact_units: frozenset[str], line_units: frozenset[str]) -> float:
    """The share (0…1) of a fact's units that a line has; 0 where the fact has too few to tell by."""
    if len(fact_units) < FEWEST_UNITS:
        return 0.0
    return len(fact_units & line_units) / len(fact_units)


def opening_units(scenario: Scenario, language: Language) -> frozenset[str]:
    """What may be said from the start: the units of every opening fact."""
    texts = (fact.text.get(language) or "" for fact in scenario.facts if fact.tier is Tier.OPENING)
    return frozenset(unit for text in texts for unit in meaning_units(text))


def meaning_units(text: str) -> frozenset[str]:
    """English stems that carry meaning, numbers, and pairs of neighbouring Chinese characters."""
    found = tokens(text)
    words = {token for token in found if not _HAN.match(token) and token not in _EMPTY_WORDS}
    pairs = {first + second for first, second in pairwise(found) if _HAN.match(first) and _HAN.match(second)}
    return frozenset(words | pairs)


def nobody_names_the_diagnosis(library: Library) -> Iterator[Breach]:
    """No line of a patient or caregiver has a pattern of the diagnosis in it, negated or not.

    A fact of tier `unknown` may: it is never told. For a clinician it is a warning, since colleagues do speak of
    suspicions; so it is for the title and for the subject's brief.
    """
    for entry in library.scenarios.values():
        clinician = entry.value.counterpart.role is Role.CLINICIAN
        rule = DIAGNOSIS_HINTED if clinician else DIAGNOSIS_TOLD
        for at, text in _spoken(entry.value):
            yield from _names(entry.value, entry, at, text, rule)
        for name in ("title", "brief"):
            yield from _names(entry.value, entry, (name,), getattr(entry.value, name), DIAGNOSIS_HINTED)
        for persona_id in dict.fromkeys(entry.value.counterpart.personas):
            persona = library.personas.get(persona_id)
            if persona is not None:
                yield from _persona_names(entry.value, persona, rule)


def _spoken(scenario: Scenario) -> Iterator[tuple[Location, LocalText]]:
    yield ("opening",), scenario.opening
    for index, fact in enumerate(scenario.facts):
        if fact.tier is not Tier.UNKNOWN:
            yield ("facts", index, "text"), fact.text
            if fact.vague is not None:
                yield ("facts", index, "vague"), fact.vague
    yield from ((("beats", index, "say"), beat.say) for index, beat in enumerate(scenario.beats))
    yield from ((("events", index, "say"), event.say) for index, event in enumerate(scenario.events))


def _names(
    scenario: Scenario, entry: Entry[Scenario] | Entry[Persona], at: Location, text: LocalText, rule: Rule
) -> Iterator[Breach]:
    for language in scenario.languages:
        for pattern in readable(scenario.answer_key.diagnosis, language):
            if match := pattern.search(text.get(language) or ""):
                what = f"`{match.text}` names the diagnosis of scenario `{scenario.id}`"
                yield rule.broken(entry, (*at, language.value), what, "say what is felt or seen instead")
                break


def _persona_names(scenario: Scenario, persona: Entry[Persona], rule: Rule) -> Iterator[Breach]:
    for at, value in local_values(persona.value):
        if isinstance(value, LocalText):
            yield from _names(scenario, persona, at, value, rule)
            continue
        for language in scenario.languages:
            for index, line in enumerate(value.in_(language)):
                text = LocalText.model_validate({language.value: line or None})
                for breach in _names(scenario, persona, at, text, rule):
                    yield Breach(breach.rule, breach.file, (*breach.at, index), breach.what, breach.fix)
