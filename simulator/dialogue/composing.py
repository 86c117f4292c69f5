"""From what was heard and released to what the reply may say: a pure function, before any wording."""

from __future__ import annotations

from dataclasses import replace

from simulator.dialogue.case import Case
from simulator.dialogue.disclosure import Disclosure
from simulator.dialogue.record import LedgerEntry, WithholdReason
from simulator.dialogue.understanding import Manner, Understanding
from simulator.dialogue.voice import Speech
from simulator.library.persona import PhraseSlot
from simulator.library.vocabulary import Tier
from simulator.text.language import Language


def fact_text(entry: LedgerEntry, case: Case) -> str:
    """The words for one released fact or finding."""
    if entry.tier is Tier.ORDERED:
        return case.scenario.finding(entry.fact_id).result.in_(case.language)
    fact = case.scenario.fact(entry.fact_id)
    if entry.vague and fact.vague is not None:
        return fact.vague.in_(case.language)
    return fact.text.in_(case.language)


def _repeated_texts(disclosure: Disclosure, case: Case) -> tuple[str, ...]:
    findings = {finding.id: finding for finding in case.scenario.findings}
    return tuple(
        (findings[fact_id].result if fact_id in findings else case.scenario.fact(fact_id).text).in_(case.language)
        for fact_id in disclosure.repeated
    )


def _unavailable(disclosure: Disclosure, case: Case) -> tuple[str, ...]:
    """Authored lines for findings that this scene cannot give."""
    lines: list[str] = []
    for item in disclosure.withheld:
        if item.reason is WithholdReason.NOT_AVAILABLE:
            line = case.scenario.finding(item.fact_id).unavailable
            if line is not None:
                lines.append(line.in_(case.language))
    return tuple(lines)


def compose(
    heard: Understanding, disclosure: Disclosure, case: Case, *, lines: tuple[str, ...], subject_said_nothing: bool
) -> Speech:
    """What the reply to one turn may say. ``lines``: beats, events and agenda that play now."""
    results = tuple(fact_text(entry, case) for entry in disclosure.released if entry.tier is Tier.ORDERED)
    speech = Speech(
        facts=tuple(fact_text(entry, case) for entry in disclosure.released if entry.tier is not Tier.ORDERED),
        repeated=_repeated_texts(disclosure, case),
        denials=() if heard.foreign or disclosure.puzzled_by else heard.denied,
        results=results + _unavailable(disclosure, case),
        lines=lines,
    )
    slots, jargon, about = _small_talk(heard, disclosure, case, speech, subject_said_nothing=subject_said_nothing)
    missing = heard.orders_elsewhere[0] if heard.orders_elsewhere else ""
    return replace(speech, slots=slots, jargon=jargon, unclear_about=about, missing=missing)


def _small_talk(
    heard: Understanding, disclosure: Disclosure, case: Case, speech: Speech, *, subject_said_nothing: bool
) -> tuple[tuple[PhraseSlot, ...], str, str]:
    """The slots to word, the jargon that puzzles, and what the speaker is not sure about."""
    reasons = {item.reason for item in disclosure.withheld}
    slots: list[PhraseSlot] = []
    about = ""
    if heard.foreign:
        return (PhraseSlot.NOT_UNDERSTOOD,), "", ""
    if disclosure.puzzled_by:
        return (PhraseSlot.JARGON,), disclosure.puzzled_by, ""
    if WithholdReason.TRUST_NOT_EARNED in reasons:
        slots.append(PhraseSlot.HOLD_BACK)
    if WithholdReason.UNKNOWN_TO_SPEAKER in reasons:
        slots.append(PhraseSlot.DONT_KNOW)
    precise = {asked.fact_id for asked in heard.asked if asked.manner is Manner.PRECISE}
    if any(
        item.reason is WithholdReason.ENOUGH_FOR_ONE_REPLY and item.fact_id in precise for item in disclosure.withheld
    ):
        slots.append(PhraseSlot.ONE_AT_A_TIME)
    missing_line = any(
        item.reason is WithholdReason.NOT_AVAILABLE and case.scenario.finding(item.fact_id).unavailable is None
        for item in disclosure.withheld
    )
    if missing_line or heard.orders_elsewhere:
        slots.append(PhraseSlot.NOT_AVAILABLE)
    if heard.probe and not speech.says_something:
        slots.append(PhraseSlot.NO_INSTRUCTIONS)
    if heard.unclear and not speech.facts and not slots:
        short = min(heard.unclear, key=len)
        limit = 12 if case.language is Language.ZH else 30
        if len(short) <= limit and not short.rstrip().endswith(("?", "？")):
            about = short
            slots.append(PhraseSlot.NOT_SURE)
        else:
            slots.append(PhraseSlot.NOT_UNDERSTOOD)
    if speech.says_something or slots:
        return tuple(slots), "", about
    if heard.open_question or heard.topics or heard.asked:
        return (PhraseSlot.NOTHING_MORE,), "", ""
    if speech.lines:
        return (), "", ""
    if subject_said_nothing or not (heard.advice or heard.disposition or heard.n_questions):
        return (PhraseSlot.NUDGE,), "", ""
    return (PhraseSlot.ACKNOWLEDGE,), "", ""
