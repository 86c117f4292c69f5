"""What the guard holds a model's reply against, put together from the dialogue: what may be said, and what may not.

This is the guard's side of the barrier: it knows the whole case. The voice is never handed any of it but the `Speech`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from simulator.dialogue.case import Case
from simulator.dialogue.given import Given, Secret
from simulator.dialogue.record import LedgerEntry
from simulator.dialogue.voice import Speech, wording
from simulator.library.persona import Persona, PhraseSlot
from simulator.library.vocabulary import Role, Tier
from simulator.text.language import Language
from simulator.text.pattern import compile_all


def given_for(
    speech: Speech,
    draft: str,
    case: Case,
    persona: Persona,
    ledger: Iterable[LedgerEntry],
    *,
    before: tuple[str, ...],
    heard: tuple[str, ...],
) -> Given:
    """For one reply. ``ledger``: everything told, this reply included; ``before``: the counterpart's earlier turns;
    ``heard``: the subject's turns.
    """
    return Given(
        language=case.language,
        facts=speech.facts + speech.results,
        repeated=speech.repeated,
        lines=speech.lines,
        denials=speech.denials,
        draft=draft,
        before=before,
        heard=heard,
        secrets=secrets(case, ledger),
        diagnosis=compile_all(case.scenario.answer_key.diagnosis.in_(case.language), case.language),
        acknowledges=PhraseSlot.ACKNOWLEDGE in speech.slots or PhraseSlot.THANKS in speech.slots,
        manner=_manner(persona.model_dump_json(), case.scenario.counterpart.role, case.language),
    )


def secrets(case: Case, ledger: Iterable[LedgerEntry]) -> tuple[Secret, ...]:
    """Every fact and finding that is not told in full. One told vaguely keeps its exact words secret.

    What nobody knows (tier `unknown`) and results that do not exist have nothing to keep.
    """
    told = {entry.fact_id: entry.vague for entry in ledger}
    exact = {entry.fact_id for entry in ledger if not entry.vague}
    found: list[Secret] = []
    for fact in case.scenario.facts:
        if fact.tier is Tier.UNKNOWN or fact.id in exact:
            continue
        texts = [fact.text.get(case.language), fact.vague.get(case.language) if fact.vague else None]
        kept = texts[:1] if fact.id in told else texts
        found.append(Secret(fact.id, tuple(text for text in kept if text)))
    found += [
        Secret(finding.id, (finding.result.in_(case.language),))
        for finding in case.scenario.findings
        if finding.available and finding.id not in exact
    ]
    return tuple(found)


@lru_cache(maxsize=64)
def _manner(persona_json: str, role: Role, language: Language) -> tuple[str, ...]:
    """The persona's description, and every wording of small talk that it may use."""
    persona = Persona.model_validate_json(persona_json)
    lines = [line for slot in PhraseSlot for line in wording(persona, role, slot, language)]
    agenda = (persona.agenda.say.get(language) if persona.agenda else None) or ""
    return (persona.description.get(language) or "", agenda, *lines)
