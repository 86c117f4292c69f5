"""What the listener made of one turn of the subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from simulator.library.vocabulary import Disposition, Topic


class Heard(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnKind(StrEnum):
    """What a turn does, as a whole."""

    OPEN = "open"
    """Invites whatever the counterpart wants to tell."""
    SPECIFIC = "specific"
    """Asks something definite."""
    EXPLAIN = "explain"
    """Advises, informs, instructs, or checks consent and understanding."""
    CHAT = "chat"
    """Greets, thanks, or sums up."""
    CLOSE = "close"
    """Takes leave."""


class HeardBy(StrEnum):
    """Whose understanding of a turn it is (docs/voices.md)."""

    RULES = "rules"
    """The rules': no model was asked, or its answer could not be used."""
    BOTH = "both"
    """A model was asked and heard the same."""
    MODEL = "model"
    """A model heard otherwise, and its questions count."""


class Manner(StrEnum):
    """How closely a question reaches a fact."""

    OPEN = "open"
    TOPIC = "topic"
    PRECISE = "precise"


class Asked(Heard):
    """One fact that the turn asks for."""

    fact_id: str
    manner: Manner
    evidence: str
    """The subject's words, verbatim."""
    matched: str
    """The authored pattern, `topic:NAME` or the rule that matched."""


class OrderedItem(Heard):
    """One finding that the turn orders, or whose result it asks for."""

    finding_id: str
    evidence: str
    matched: str


class DispositionHeard(Heard):
    level: Disposition
    evidence: str


class Understanding(Heard):
    """One turn of the subject, understood. Everything that is empty or False was not heard."""

    asked: tuple[Asked, ...] = ()
    """Facts asked for, in the order of the questions; each fact once, in its most precise manner."""
    open_question: str = ""
    """The words of an open question ('what brings you in?'); empty for none."""
    topics: tuple[Topic, ...] = ()
    """Topics that a question was about, whether or not the case has facts on them."""
    ordered: tuple[OrderedItem, ...] = ()
    orders_elsewhere: tuple[str, ...] = ()
    """Tests ordered that the case does not hold, by their common name."""
    denied: tuple[str, ...] = ()
    """Concepts asked for precisely that the case leaves out: these, and only these, may be denied."""
    unclear: tuple[str, ...] = ()
    """Questions that nothing was understood of, verbatim."""
    jargon: tuple[str, ...] = ()
    """Technical words used in questions."""
    probe: str = ""
    """Words that try to make the counterpart tell its case or change its role; empty for none."""
    n_questions: int = 0
    empathy: bool = False
    """A word of empathy, of privacy, or a reason for asking."""
    advice: bool = False
    disposition: DispositionHeard | None = None
    """The most urgent disposition that the turn states; None for none."""
    closing: str = ""
    """The words that close the conversation: the end marker or a goodbye; empty for none."""
    kind: TurnKind | None = None
    """What the turn does as a whole; None where nothing was said, and in records of earlier versions."""
    foreign: bool = False
    """True where the turn is in a language other than the dialogue's."""
    heard_by: HeardBy = HeardBy.RULES
    listener_note: str = ""
    """What a listening model changed, or why it was not heard; empty where none was asked, or it agreed."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was said and told before the turn that is listened to: what "since when?" refers to."""

    question: str = ""
    """The subject's turn before this one; empty at the first."""
    reply: str = ""
    """The counterpart's newest words, which the turn answers."""
    told: tuple[str, ...] = ()
    """Ids of all facts and findings told so far, in the order in which they were told."""
    told_last: tuple[str, ...] = ()
    """Those of them that the newest reply told."""


NOTHING_SO_FAR = SoFar()
