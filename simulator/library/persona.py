"""The persona: truth-preserving noise. How someone talks, never what is true."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from simulator.library.base import Authored, LocalList, LocalText, Slug
from simulator.library.provenance import Provenance
from simulator.library.vocabulary import Role
from simulator.text.language import Language


class Reticence(StrEnum):
    """How much is told at once. Facts held back stay reachable: asking again brings the next ones."""

    OPEN = "open"
    GUARDED = "guarded"
    CLOSED = "closed"

    @property
    def facts_per_reply(self) -> int:
        """At most this many facts in one reply: even a forthcoming person loses track of a long list of questions."""
        return {Reticence.OPEN: 6, Reticence.GUARDED: 2, Reticence.CLOSED: 1}[self]

    @property
    def asks_before_trust(self) -> int:
        """How often a `trust` fact is asked for without any empathy before it is told all the same."""
        return {Reticence.OPEN: 2, Reticence.GUARDED: 2, Reticence.CLOSED: 3}[self]


class Recall(StrEnum):
    GOOD = "good"
    VAGUE = "vague"


class Clarity(StrEnum):
    CLEAR = "clear"
    RAMBLING = "rambling"


class Literacy(StrEnum):
    HIGH = "high"
    LOW = "low"


class Verbosity(StrEnum):
    TERSE = "terse"
    NORMAL = "normal"
    TALKATIVE = "talkative"


class Emotion(StrEnum):
    CALM = "calm"
    ANXIOUS = "anxious"
    IRRITABLE = "irritable"


class PhraseSlot(StrEnum):
    """The places where a persona's own wording shows. None of these lines may state a clinical fact."""

    FILLER = "filler"
    TANGENT = "tangent"
    EMOTION = "emotion"
    DONT_KNOW = "dont_know"
    NOT_UNDERSTOOD = "not_understood"
    JARGON = "jargon"
    NOTHING_MORE = "nothing_more"
    DENY = "deny"
    NOT_SURE = "not_sure"
    HOLD_BACK = "hold_back"
    NUDGE = "nudge"
    ACKNOWLEDGE = "acknowledge"
    REPEAT = "repeat"
    THANKS = "thanks"
    GIVE_UP = "give_up"
    NOT_AVAILABLE = "not_available"
    NO_INSTRUCTIONS = "no_instructions"
    ONE_AT_A_TIME = "one_at_a_time"


class Agenda(Authored):
    """Something the persona wants, said once, whatever the case."""

    turn: int = Field(ge=1, description="The counterpart's turn at which it is said, counted from 1 after the opening.")
    say: LocalText = Field(description="The line. It states no clinical fact.")


class Persona(Authored):
    """One way of talking. A file `personas/ID.yaml` holds one persona."""

    id: Slug = Field(description="Unique; the file's name without its ending.")
    version: int = Field(ge=1, description="Raised by one with every change that can move a score.")
    roles: tuple[Role, ...] = Field(min_length=1, description="The roles that can have this persona.")
    languages: tuple[Language, ...] = Field(min_length=1, description="Every text exists in each of these.")
    title: LocalText = Field(description="A few words that name it.")
    description: LocalText = Field(description="How this person talks; a model that voices the persona is given this.")
    reticence: Reticence = Field(default=Reticence.OPEN, description="How much is told at once.")
    recall: Recall = Field(
        default=Recall.GOOD, description="`vague`: the blurred form first, the exact one when asked again."
    )
    clarity: Clarity = Field(default=Clarity.CLEAR, description="`rambling`: wanders before answering.")
    literacy: Literacy = Field(default=Literacy.HIGH, description="`low`: asks what jargon means before answering.")
    verbosity: Verbosity = Field(default=Verbosity.NORMAL, description="How many words around the facts.")
    emotion: Emotion = Field(default=Emotion.CALM, description="Colours some replies.")
    agenda: Agenda | None = Field(default=None, description="A wish of its own. None: no agenda.")
    phrases: dict[PhraseSlot, LocalList] = Field(
        default={}, description="Own wording by slot; a slot that is absent uses the role's common wording."
    )
    provenance: Provenance = Field(description="Sources, authorship and review status.")

    @property
    def hard_to_interview(self) -> bool:
        """True where at least two axes slow the interview down."""
        slowing = (
            self.reticence is not Reticence.OPEN,
            self.recall is Recall.VAGUE,
            self.clarity is Clarity.RAMBLING,
            self.literacy is Literacy.LOW,
        )
        return sum(slowing) >= 2
