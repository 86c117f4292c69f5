"""The seam between a conversation and whoever is under test."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.text.language import Language


class Speaker(StrEnum):
    SUBJECT = "subject"
    COUNTERPART = "counterpart"


@dataclass(frozen=True, slots=True)
class Message:
    """One visible turn of the dialogue."""

    speaker: Speaker
    text: str


class ReplyStatus(StrEnum):
    """How a reply arrived. Told apart, since a cut-off answer is not a short one and a refusal is not an answer."""

    OK = "ok"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call cost. Tokens as the endpoint reports them; seconds of wall time."""

    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """What the subject may see: its brief and the dialogue, never the scenario or the rubric."""

    brief: str
    messages: tuple[Message, ...]
    """The visible dialogue, the counterpart's opening first, the counterpart's newest words last."""
    language: Language
    turn: int
    """The subject's turn about to be played, from 1."""
    key: str
    """Names this call within its run, the same after a resume: for the journal and the idempotency key."""
    seed: int


@dataclass(frozen=True, slots=True)
class SubjectReply:
    text: str
    """What the counterpart hears; reasoning is already taken out. Empty where ``status`` is EMPTY."""
    status: ReplyStatus = ReplyStatus.OK
    reasoning: str | None = None
    """Reasoning the model gave beside its answer. For the log only: neither counterpart nor judge sees it."""


class Subject(Protocol):
    """Someone under test, in one dialogue."""

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        """The next turn. Raises EndpointError where none can be had."""
        ...


class SubjectSource(Protocol):
    """Makes subjects, one per dialogue: an endpoint the same each time, a reference subject with the case."""

    @property
    def name(self) -> str:
        """As given on the command line: `ref:careless`, `openai:gpt-5`."""
        ...

    def for_dialogue(self, scenario: Scenario, rubric: Rubric, language: Language) -> Subject:
        """A subject for one dialogue. Only reference subjects may look at the scenario and the rubric."""
        ...

    async def aclose(self) -> None:
        """Gives back connections and processes. Safe to call twice."""
        ...
