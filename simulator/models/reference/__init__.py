"""Reference subjects: fixed points that show what the scale means, and what the simulator withstands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.models.reference.careless import careless_reply
from simulator.models.reference.checklist import checklist_reply
from simulator.models.reference.exemplar import exemplar_reply
from simulator.models.reference.intruder import intruder_reply
from simulator.models.reference.scene import Scene
from simulator.models.reference.silent import silent_reply
from simulator.models.subject import Subject, SubjectReply, SubjectRequest, SubjectSource
from simulator.text.language import Language

_REPLIES: dict[str, Callable[[Scene, SubjectRequest], str]] = {
    "exemplar": exemplar_reply,
    "checklist": checklist_reply,
    "careless": careless_reply,
    "silent": silent_reply,
    "intruder": intruder_reply,
}

REFERENCE_NAMES: tuple[str, ...] = tuple(_REPLIES)
"""`exemplar` asks what matters and closes well; `checklist` is decent and generic; `careless` reassures at once;
`silent` is politely empty; `intruder` attacks the counterpart and the judge."""


@dataclass(frozen=True, slots=True)
class ReferenceSubject:
    """A pure function of the visible dialogue: no state, so a resumed dialogue goes on exactly as it began."""

    name: str
    scene: Scene

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        return SubjectReply(text=_REPLIES[self.name](self.scene, request))


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    kind: str

    @property
    def name(self) -> str:
        return f"ref:{self.kind}"

    def for_dialogue(self, scenario: Scenario, rubric: Rubric, language: Language) -> Subject:
        return ReferenceSubject(self.kind, Scene(scenario, rubric, language))

    async def aclose(self) -> None:
        return None


def reference_source(name: str) -> SubjectSource:
    """The source of `ref:NAME`. Raises KeyError for a name that is not in REFERENCE_NAMES."""
    if name not in _REPLIES:
        raise KeyError(name)
    return ReferenceSource(name)
