"""What a judge is asked: statements about a finished conversation, and the conversation itself.

A task is made of a dialogue of this simulator, and just as well of a conversation from elsewhere (a HealthBench
example, a CRAFT-MD transcript), so that one judge can be held against people on any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from simulator.dialogue.record import DialogueRecord
from simulator.library.rubric import Criterion
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import CriterionKind
from simulator.text.language import Language

ASSISTANT = "assistant"
"""How the subject is called in the prompt; the counterpart is called by its role."""


class Scope(StrEnum):
    """Whose words a statement is about, and may be proven by."""

    ASSISTANT = "assistant"
    CONVERSATION = "conversation"
    """Everybody's: for questions such as whether the patient used jargon."""


@dataclass(frozen=True, slots=True)
class Spoken:
    turn: int
    """0: the opening. A turn of the assistant and the reply to it share a number."""
    speaker: str
    """`assistant`, or the counterpart's role."""
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion as the judge sees it."""

    id: str
    text: str
    needs_key: bool = False
    """Whether it can only be decided with the answer key beside it."""
    critical: bool = False
    kind: CriterionKind | None = None
    """None: not known, for criteria from elsewhere."""

    @classmethod
    def of(cls, criterion: Criterion, language: Language) -> Self:
        return cls(
            id=criterion.id,
            text=criterion.text.in_(language),
            needs_key=criterion.needs_key,
            critical=criterion.critical,
            kind=criterion.kind,
        )


@dataclass(frozen=True, slots=True)
class GradingTask:
    """The questions about one conversation that are left to a judge; at least one."""

    id: str
    """Of the conversation; never shown to the judge, since it may name the subject."""
    spoken: tuple[Spoken, ...]
    """What was said, in order."""
    questions: tuple[Question, ...]
    language: Language
    """Of the judge's prompt."""
    counterpart: str = "patient"
    """How the other side is called: a role."""
    answer_key: str = ""
    """What a good answer contains; shown with the questions that need it."""
    scope: Scope = Scope.ASSISTANT
    seed: int | None = None

    @classmethod
    def of(
        cls, record: DialogueRecord, scenario: Scenario, criteria: Sequence[Criterion], language: Language | None = None
    ) -> Self:
        """The task of a finished dialogue. ``language`` None: the dialogue's own."""
        language = language or record.language
        role = scenario.counterpart.role.value
        spoken = [(turn.turn, 0, Spoken(turn.turn, ASSISTANT, turn.text)) for turn in record.subject_turns]
        spoken += [(turn.turn, 1, Spoken(turn.turn, role, turn.text)) for turn in record.counterpart_turns]
        return cls(
            id=record.id,
            spoken=tuple(each for _, _, each in sorted(spoken, key=lambda item: item[:2])),
            questions=tuple(Question.of(criterion, language) for criterion in criteria),
            language=language,
            counterpart=role,
            answer_key=scenario.answer_key.summary.in_(language),
            seed=record.seed,
        )

    def quotable(self, turn: int) -> tuple[str, ...]:
        """The texts of a turn that may prove something: the assistant's, or everybody's."""
        return tuple(
            each.text
            for each in self.spoken
            if each.turn == turn and (self.scope is Scope.CONVERSATION or each.speaker == ASSISTANT)
        )
