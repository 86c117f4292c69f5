"""The gate: which of the asked facts are told now. Pure functions over values; every yes and no has a reason."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dialogue.case import Case
from simulator.dialogue.record import Cause, LedgerEntry, Withheld, WithholdReason
from simulator.dialogue.understanding import Asked, Manner, Understanding
from simulator.library.persona import Literacy, Persona, Recall, Verbosity
from simulator.library.scenario import Fact
from simulator.library.vocabulary import Tier

_CAUSE = {
    Manner.OPEN: Cause.OPEN_QUESTION,
    Manner.TOPIC: Cause.TOPIC_QUESTION,
    Manner.PRECISE: Cause.PRECISE_QUESTION,
}


@dataclass(frozen=True, slots=True)
class History:
    """What the gate must know of the dialogue before this turn."""

    ledger: tuple[LedgerEntry, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    empathy_shown: bool = False
    turns_so_far: int = 0
    """The subject's turns before this one."""

    def told(self, fact_id: str) -> bool:
        """Told in full."""
        return any(entry.fact_id == fact_id and not entry.vague for entry in self.ledger)

    def told_vaguely(self, fact_id: str) -> bool:
        return any(entry.fact_id == fact_id and entry.vague for entry in self.ledger)

    def times_withheld(self, fact_id: str, reason: WithholdReason) -> int:
        return sum(item.fact_id == fact_id and item.reason is reason for item in self.withheld)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one turn releases and holds back.

    ``repeated``: facts told before and asked for again. ``puzzled_by``: the technical word that the speaker did not
    understand; empty for none.
    """

    released: tuple[LedgerEntry, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    repeated: tuple[str, ...] = ()
    puzzled_by: str = ""


def opening_ledger(case: Case) -> tuple[LedgerEntry, ...]:
    """The facts that the first words tell."""
    return tuple(
        LedgerEntry(turn=0, fact_id=fact.id, tier=fact.tier, cause=Cause.OPENING, evidence="", matched="opening")
        for fact in case.scenario.facts
        if fact.tier is Tier.OPENING
    )


def _refusal(
    fact: Fact, asked: Asked, persona: Persona, heard: Understanding, history: History
) -> WithholdReason | None:
    """Why a fact that was asked for is not told, whatever room the reply has; None where it may be told."""
    if fact.tier is Tier.UNKNOWN:
        return WithholdReason.UNKNOWN_TO_SPEAKER
    if history.told(fact.id):
        return WithholdReason.ALREADY_TOLD
    if heard.closing:
        return WithholdReason.CONVERSATION_OVER
    if fact.tier in {Tier.SPECIFIC, Tier.TRUST} and asked.manner is not Manner.PRECISE:
        return WithholdReason.NEEDS_PRECISE_QUESTION
    if _puzzling(asked.evidence, persona, heard) and not history.times_withheld(fact.id, WithholdReason.JARGON):
        return WithholdReason.JARGON
    if fact.tier is Tier.TRUST:
        asks_so_far = 1 + history.times_withheld(fact.id, WithholdReason.TRUST_NOT_EARNED)
        earned = heard.empathy or history.empathy_shown or asks_so_far >= persona.reticence.asks_before_trust
        if not earned:
            return WithholdReason.TRUST_NOT_EARNED
    return None


def _puzzling(words: str, persona: Persona, heard: Understanding) -> str:
    """The technical word among ``words`` that a persona of low literacy does not know; empty for none."""
    if persona.literacy is not Literacy.LOW:
        return ""
    return next((word for word in heard.jargon if word.lower() in words.lower()), "")


def _wanted(heard: Understanding, case: Case, history: History) -> list[Asked]:
    """The facts that the turn asks for: precise questions first, then topics, then what an open question invites.

    Among precise questions those come first that an earlier reply had no room for. A question that was held back for
    want of trust, and is followed by a reason or a kind word, still stands.
    """
    precise = [asked for asked in heard.asked if asked.manner is Manner.PRECISE]
    precise += _still_standing(heard, history)
    precise.sort(key=lambda asked: -history.times_withheld(asked.fact_id, WithholdReason.ENOUGH_FOR_ONE_REPLY))
    topical = [asked for asked in heard.asked if asked.manner is not Manner.PRECISE]
    named = {asked.fact_id for asked in heard.asked}
    invited: list[Asked] = []
    if heard.open_question:
        invited = [
            Asked(fact_id=fact.id, manner=Manner.OPEN, evidence=heard.open_question, matched="open question")
            for fact in case.scenario.facts
            if fact.tier is Tier.VOLUNTEERED and fact.id not in named and not history.told(fact.id)
        ]
    return [*precise, *topical, *invited]


def _still_standing(heard: Understanding, history: History) -> list[Asked]:
    """What the turn before asked for and was not trusted with, where this turn gives a reason or a kind word."""
    if not heard.empathy:
        return []
    named = {asked.fact_id for asked in heard.asked}
    return [
        Asked(fact_id=item.fact_id, manner=Manner.PRECISE, evidence=item.evidence, matched="asked before, reason given")
        for item in history.withheld
        if item.turn == history.turns_so_far
        and item.reason is WithholdReason.TRUST_NOT_EARNED
        and item.fact_id not in named
    ]


def disclose(
    heard: Understanding, case: Case, persona: Persona, history: History, turn: int, *, room: int | None = None
) -> Disclosure:
    """Gates one turn. Nothing is released that its tier, the persona and the history do not allow.

    ``room``: facts that fit into the reply; None: as many as the persona tells at once.
    """
    if heard.foreign:
        return Disclosure()
    released: list[LedgerEntry] = []
    withheld: list[Withheld] = []
    repeated: list[str] = []
    room = persona.reticence.facts_per_reply if room is None else room
    puzzled_by = next((word for denied in heard.denied if (word := _puzzling(denied, persona, heard))), "")

    for asked in _wanted(heard, case, history):
        fact = case.scenario.fact(asked.fact_id)
        reason = _refusal(fact, asked, persona, heard, history)
        if reason is None and len(released) >= room:
            reason = WithholdReason.ENOUGH_FOR_ONE_REPLY
        if reason is not None:
            withheld.append(Withheld(turn=turn, fact_id=fact.id, reason=reason, evidence=asked.evidence))
            if reason is WithholdReason.JARGON:
                puzzled_by = puzzled_by or _puzzling(asked.evidence, persona, heard)
            if reason is WithholdReason.ALREADY_TOLD and asked.manner is Manner.PRECISE and not heard.closing:
                repeated.append(fact.id)
            continue
        blurred = persona.recall is Recall.VAGUE and fact.vague is not None and not history.told_vaguely(fact.id)
        released.append(
            LedgerEntry(
                turn=turn,
                fact_id=fact.id,
                tier=fact.tier,
                cause=_CAUSE[asked.manner],
                evidence=asked.evidence,
                matched=asked.matched,
                vague=blurred,
            )
        )
    ordered = _ordered(heard, case, history, turn)
    released.extend(ordered.released)
    withheld.extend(ordered.withheld)
    if not released and not withheld and _speaks_unasked(heard, persona):
        released.extend(_volunteer(case, history, turn))
    return Disclosure(tuple(released), tuple(withheld), (*repeated[:room], *ordered.repeated), puzzled_by)


def _ordered(heard: Understanding, case: Case, history: History, turn: int) -> Disclosure:
    """Results of what was ordered; told in full, however many: a result does not tire anyone."""
    released: list[LedgerEntry] = []
    withheld: list[Withheld] = []
    repeated: list[str] = []
    for item in heard.ordered:
        finding = case.scenario.finding(item.finding_id)
        reason = (
            WithholdReason.NOT_AVAILABLE
            if not finding.available
            else WithholdReason.ALREADY_TOLD
            if history.told(finding.id)
            else WithholdReason.CONVERSATION_OVER
            if heard.closing
            else None
        )
        if reason is not None:
            withheld.append(Withheld(turn=turn, fact_id=finding.id, reason=reason, evidence=item.evidence))
            if reason is WithholdReason.ALREADY_TOLD and heard.n_questions and not heard.closing:
                repeated.append(finding.id)  # a plan that names a known result does not ask for it again
            continue
        released.append(
            LedgerEntry(
                turn=turn,
                fact_id=finding.id,
                tier=Tier.ORDERED,
                cause=Cause.ORDER,
                evidence=item.evidence,
                matched=item.matched,
            )
        )
    return Disclosure(tuple(released), tuple(withheld), tuple(repeated))


def _speaks_unasked(heard: Understanding, persona: Persona) -> bool:
    """A talkative persona takes the first chance that a turn without any question, advice or goodbye leaves it."""
    return (
        persona.verbosity is Verbosity.TALKATIVE
        and heard.n_questions == 0
        and not (heard.advice or heard.disposition or heard.closing or heard.ordered or heard.probe)
    )


def _volunteer(case: Case, history: History, turn: int) -> list[LedgerEntry]:
    for fact in case.scenario.facts:
        if fact.tier is Tier.VOLUNTEERED and not history.told(fact.id):
            return [
                LedgerEntry(
                    turn=turn,
                    fact_id=fact.id,
                    tier=fact.tier,
                    cause=Cause.VOLUNTEERED,
                    evidence="",
                    matched="first chance",
                )
            ]
    return []
