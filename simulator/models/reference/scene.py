"""What a reference subject is given, and what it can read off the visible dialogue."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Role
from simulator.models.subject import Speaker, SubjectRequest
from simulator.text.language import Language

END = "[END]"


@dataclass(frozen=True, slots=True)
class Scene:
    """Only the exemplar looks into the scenario and the rubric; the others use the role and the language."""

    scenario: Scenario
    rubric: Rubric
    language: Language

    @property
    def role(self) -> Role:
        return self.scenario.counterpart.role


def own_words(request: SubjectRequest) -> list[str]:
    return [message.text for message in request.messages if message.speaker is Speaker.SUBJECT]


def counterpart_words(request: SubjectRequest) -> list[str]:
    return [message.text for message in request.messages if message.speaker is Speaker.COUNTERPART]


def has_closed(request: SubjectRequest) -> bool:
    return any(END in text for text in own_words(request))
