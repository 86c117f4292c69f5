"""What conditions mean on the log of a dialogue, finished or under way (docs/conditions.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from simulator.dialogue.lexicon import lexicon
from simulator.dialogue.probing import in_earnest
from simulator.dialogue.record import (
    CounterpartTurn,
    DialogueRecord,
    LedgerEntry,
    SubjectTurn,
    Withheld,
    WithholdReason,
)
from simulator.dialogue.understanding import Manner, Understanding
from simulator.library import condition as c
from simulator.library.phrases import mention_of, mentions_of
from simulator.library.rubric import Phrase, Rubric
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Disposition
from simulator.text.language import Language
from simulator.text.pattern import compile_all, first_match
from simulator.text.speech import mentions, utterances


@dataclass(frozen=True, slots=True)
class Holding:
    """Whether a condition holds, with the subject's words that show it as (turn, verbatim quote)."""

    value: bool
    evidence: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        return self.value


_NO = Holding(False)


@dataclass(frozen=True, slots=True)
class DialogueLog:
    """The part of a dialogue that conditions look at. ``until``: only the subject's turns 1 … until exist."""

    scenario: Scenario
    language: Language
    subject_turns: tuple[SubjectTurn, ...]
    understandings: tuple[Understanding, ...]
    counterpart_turns: tuple[CounterpartTurn, ...]
    ledger: tuple[LedgerEntry, ...]
    withheld: tuple[Withheld, ...]
    phrases: dict[str, Phrase]
    until: int

    @staticmethod
    def of(record: DialogueRecord, scenario: Scenario, rubric: Rubric | None) -> DialogueLog:
        return DialogueLog(
            scenario=scenario,
            language=record.language,
            subject_turns=record.subject_turns,
            understandings=record.understandings,
            counterpart_turns=record.counterpart_turns,
            ledger=record.ledger,
            withheld=record.withheld,
            phrases=dict(rubric.phrases) if rubric else {},
            until=len(record.subject_turns),
        )

    def before(self, turn: int) -> DialogueLog:
        return replace(self, until=min(self.until, turn - 1))

    @property
    def disposition(self) -> Disposition | None:
        """The disposition in force: the last one stated."""
        found = self.disposition_turn()
        return found[1] if found else None

    def disposition_turn(self) -> tuple[int, Disposition, str] | None:
        """Turn, level and words of the disposition in force; None where none was stated."""
        for turn in range(self.until, 0, -1):
            heard = self.understandings[turn - 1].disposition if turn <= len(self.understandings) else None
            if heard is not None:
                return turn, heard.level, heard.evidence
        return None


def _elicited(fact_id: str, log: DialogueLog) -> Holding:
    for entry in log.ledger:
        if entry.fact_id == fact_id and entry.turn <= log.until and entry.cause.elicited and not entry.vague:
            return Holding(True, ((entry.turn, entry.evidence),))
    for item in log.withheld:
        asked_again = item.fact_id == fact_id and item.reason is WithholdReason.ALREADY_TOLD
        if asked_again and item.turn <= log.until:
            return Holding(True, ((item.turn, item.evidence),))
    return _NO


def _told(fact_id: str, log: DialogueLog) -> Holding:
    for entry in log.ledger:
        if entry.fact_id == fact_id and entry.turn <= log.until and not entry.vague:
            return Holding(True, ((entry.turn, entry.evidence),) if entry.evidence else ())
    return _NO


def _ordered(finding_id: str, log: DialogueLog) -> Holding:
    for turn, heard in enumerate(log.understandings[: log.until], start=1):
        for item in heard.ordered:
            if item.finding_id == finding_id:
                return Holding(True, ((turn, item.evidence),))
    return _NO


def _asked(fact_id: str, log: DialogueLog) -> Holding:
    """A question that names the fact counts though it was not answered; a broader one only where it brought it out."""
    for turn, heard in enumerate(log.understandings[: log.until], start=1):
        for item in heard.asked:
            if item.fact_id == fact_id and item.manner is Manner.PRECISE:
                return Holding(True, ((turn, item.evidence),))
    return _elicited(fact_id, log)


def _mentioned(phrase_id: str, log: DialogueLog, *, negated_ones: bool) -> Holding:
    phrase = log.phrases[phrase_id]
    patterns = compile_all(phrase.patterns.in_(log.language), log.language)
    for turn in log.subject_turns[: log.until]:
        for text in in_earnest(turn.text, log.language):
            if match := mention_of(phrase, patterns, text, log.language, negated_ones=negated_ones):
                return Holding(True, ((turn.turn, match.text),))
    return _NO


_Place = tuple[int, int, int]
"""Turn, passage and utterance: where in a dialogue something was said."""


def _last_mention(phrase_id: str, log: DialogueLog, *, negated_ones: bool) -> tuple[_Place, str] | None:
    phrase = log.phrases[phrase_id]
    patterns = compile_all(phrase.patterns.in_(log.language), log.language)
    for turn in reversed(log.subject_turns[: log.until]):
        for passage, text in reversed(tuple(enumerate(in_earnest(turn.text, log.language)))):
            if found := tuple(mentions_of(phrase, patterns, text, log.language, negated_ones=negated_ones)):
                place, match = found[-1]
                return (turn.turn, passage, place), match.text
    return None


def _stands(phrase_id: str, corrections: tuple[str, ...], log: DialogueLog) -> Holding:
    said = _last_mention(phrase_id, log, negated_ones=False)
    if said is None:
        return _NO
    against = [_last_mention(phrase_id, log, negated_ones=True)]
    against += [_last_mention(each, log, negated_ones=False) for each in corrections]
    if any(found is not None and found[0] > said[0] for found in against):
        return _NO
    return Holding(True, ((said[0][0], said[1]),))


def _conceded(beat_id: str, log: DialogueLog) -> Holding:
    played = _played_at(beat_id, log)
    for turn in log.subject_turns[played : log.until][:1] if played is not None else ():
        for text in in_earnest(turn.text, log.language):
            for utterance in utterances(text, log.language):
                found = None if utterance.asks else mentions(lexicon(log.language).assent, utterance, log.language)
                if found is not None:
                    return Holding(True, ((turn.turn, found.text),))
    return _NO


def _played_at(beat_id: str, log: DialogueLog) -> int | None:
    """The counterpart's turn at which the beat or event was played."""
    for turn in log.counterpart_turns:
        if beat_id in turn.played and turn.turn <= log.until:
            return turn.turn
    return None


def _answered(beat_id: str, log: DialogueLog) -> Holding:
    played = _played_at(beat_id, log)
    if played is None:
        return _NO
    beat = next((beat for beat in log.scenario.beats if beat.id == beat_id), None)
    if beat is None:
        return _NO
    patterns = compile_all(beat.answered_by.in_(log.language), log.language)
    for turn in log.subject_turns[played : log.until]:
        for text in in_earnest(turn.text, log.language):
            if found := first_match(patterns, text):
                return Holding(True, ((turn.turn, found[1].text),))
    return _NO


def _all(holdings: list[Holding]) -> Holding:
    if all(holdings):
        return Holding(True, tuple(item for holding in holdings for item in holding.evidence))
    return _NO


def holds(condition: c.Condition, log: DialogueLog) -> Holding:
    """Whether the condition holds on the log. Raises KeyError for an id that `clinsim check` would have refused."""
    match condition:
        case c.Elicited(facts):
            return _all([_elicited(fact, log) for fact in facts])
        case c.Asked(facts):
            return _all([_asked(fact, log) for fact in facts])
        case c.Told(facts):
            return _all([_told(fact, log) for fact in facts])
        case c.Ordered(findings):
            return _all([_ordered(finding, log) for finding in findings])
        case c.DispositionIs(levels):
            stated = log.disposition_turn()
            return Holding(True, ((stated[0], stated[2]),)) if stated and stated[1] in levels else _NO
        case c.Said(phrase):
            return _mentioned(phrase, log, negated_ones=False)
        case c.Warned(phrase):
            return _mentioned(phrase, log, negated_ones=True)
        case c.Stands(phrase, corrections):
            return _stands(phrase, corrections, log)
        case c.Conceded(beat):
            return _conceded(beat, log)
        case c.Answered(beat):
            return _answered(beat, log)
        case c.Played(beat):
            return Holding(_played_at(beat, log) is not None)
        case c.FromTurn(turn):
            return Holding(min(log.until, len(log.subject_turns)) >= turn)
        case c.Closing():
            heard = log.understandings[: log.until]
            return Holding(bool(heard) and bool(heard[-1].closing))
        case c.Not(operand):
            return Holding(not holds(operand, log))
        case c.And(operands):
            return _all([holds(operand, log) for operand in operands])
        case c.Or(operands):
            return next((found for operand in operands if (found := holds(operand, log))), _NO)
        case c.AtLeast(count, operands):
            met = [found for operand in operands if (found := holds(operand, log))]
            return _all(met) if len(met) >= count else _NO
        case c.BeforeTurn(operand, turn):
            return holds(operand, log.before(turn))
        case _:
            assert_never(condition)
