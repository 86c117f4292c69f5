"""What a dialogue leaves behind: the event log and the ledger, as values.

A record holds nothing that differs between two runs with the same seed and the same replies of the subject: no clock,
no cost. Those belong to the journal of calls.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from simulator.dialogue.understanding import Understanding
from simulator.library.vocabulary import Tier
from simulator.models.subject import ReplyStatus
from simulator.text.language import Language


class Recorded(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EndReason(StrEnum):
    """Why a dialogue ended, in order of precedence: where two hold at once, the earlier one is given."""

    SUBJECT_CLOSED = "subject_closed"
    """The subject said goodbye, or sent the end marker of its brief."""
    GOAL_MET = "goal_met"
    """The counterpart has what it came for, and the subject asked nothing more."""
    GOAL_ABANDONED = "goal_abandoned"
    """The counterpart gave up on a subject that gave it nothing, three turns running."""
    TURN_LIMIT = "turn_limit"
    BUDGET_LIMIT = "budget_limit"
    SUBJECT_FAILURE = "subject_failure"
    """The endpoint failed after every retry. Such a dialogue is not scored."""
    CANCELLED = "cancelled"


class Cause(StrEnum):
    """Why a fact was told."""

    OPENING = "opening"
    VOLUNTEERED = "volunteered"
    OPEN_QUESTION = "open_question"
    TOPIC_QUESTION = "topic_question"
    PRECISE_QUESTION = "precise_question"
    ORDER = "order"
    EVENT = "event"

    @property
    def elicited(self) -> bool:
        """True where the subject brought it about."""
        return self in {Cause.OPEN_QUESTION, Cause.TOPIC_QUESTION, Cause.PRECISE_QUESTION, Cause.ORDER}


class LedgerEntry(Recorded):
    """One fact, released once."""

    turn: int
    """The subject's turn that was answered; 0 for the opening."""
    fact_id: str
    """A fact or a finding of the scenario."""
    tier: Tier
    cause: Cause
    evidence: str
    """The subject's own words that released it; empty for the opening, events and what is volunteered."""
    matched: str
    """What they matched: the authored pattern, the topic, or the rule."""
    vague: bool = False
    """True where only the blurred form was told; the exact one is a later entry."""


class WithholdReason(StrEnum):
    TRUST_NOT_EARNED = "trust_not_earned"
    NEEDS_PRECISE_QUESTION = "needs_precise_question"
    ENOUGH_FOR_ONE_REPLY = "enough_for_one_reply"
    JARGON = "jargon"
    NOT_AVAILABLE = "not_available"
    UNKNOWN_TO_SPEAKER = "unknown_to_speaker"
    ALREADY_TOLD = "already_told"
    CONVERSATION_OVER = "conversation_over"
    """Ordered in the closing answer: it counts as ordered, and brings no result any more."""


class Withheld(Recorded):
    """A fact that was asked for and not told, with the reason."""

    turn: int
    fact_id: str
    reason: WithholdReason
    evidence: str


class SpokenBy(StrEnum):
    SCRIPTED = "scripted"
    MODEL = "model"
    MODEL_REPAIRED = "model_repaired"
    FALLBACK = "fallback"
    """A model's words did not pass the guard, or there were none; the scripted words stand in their place. Also where
    scripted words did not pass the last barrier, and the released facts alone do."""
    HUMAN = "human"


class GuardKind(StrEnum):
    """What is wrong with words that a model put in the counterpart's mouth (docs/voices.md)."""

    LEAK = "leak"
    """It states, or touches on, a fact of the case that is not released."""
    CONTRADICTION = "contradiction"
    """It says the opposite of something released: another polarity, number or side."""
    INVENTION = "invention"
    """It names something clinical that stands in nothing the voice was given or said before."""
    OMISSION = "omission"
    """It does not tell what the ledger says was told."""
    UNUSABLE = "unusable"
    """Empty, cut off, refused, far too long, in another language, or out of its role."""
    ENDPOINT_FAILED = "endpoint_failed"
    """The voice's endpoint gave no answer."""


class GuardFinding(Recorded):
    """One fault that the guard found in an attempt of the voice."""

    attempt: int
    """From 1."""
    kind: GuardKind
    words: str
    """The words in question, or why there are none."""


class SubjectTurn(Recorded):
    turn: int
    """From 1."""
    text: str
    status: ReplyStatus
    reasoning: str | None = None


class CounterpartTurn(Recorded):
    """The reply to the subject's turn of the same number; turn 0 is the opening."""

    turn: int
    text: str
    spoken_by: SpokenBy = SpokenBy.SCRIPTED
    played: tuple[str, ...] = ()
    """Ids of the beats and events whose lines are part of the reply."""
    guard: tuple[GuardFinding, ...] = ()
    """What the guard found in the attempts of a model's voice; empty where nothing, or where no model spoke."""


class DialogueRecord(Recorded):
    """One finished dialogue, complete: judging and reports need nothing else but the scenario and the rubric."""

    id: str
    scenario_id: str
    persona_id: str
    subject: str
    language: Language
    epoch: int
    seed: int
    subject_turns: tuple[SubjectTurn, ...]
    understandings: tuple[Understanding, ...]
    """One for each subject turn, in order."""
    counterpart_turns: tuple[CounterpartTurn, ...]
    """The opening first. One more than the subject's turns, or as many where the subject had the last word."""
    ledger: tuple[LedgerEntry, ...]
    withheld: tuple[Withheld, ...]
    end_reason: EndReason
    end_detail: str = ""
    """One line on the end: the words that closed it, or the error."""
