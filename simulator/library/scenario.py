"""The scenario: one case, its facts and when each may be told, and what a good answer contains."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from simulator.library.base import Authored, AuthoringError, LocalList, LocalText, Slug
from simulator.library.condition import ConditionText
from simulator.library.provenance import Provenance
from simulator.library.vocabulary import Disposition, Polarity, Role, Sex, Task, Tier, Topic, Track
from simulator.text.language import Language


class Fact(Authored):
    """One atomic thing that the counterpart knows (or, with tier `unknown`, does not know)."""

    id: Slug = Field(description="Unique among the facts and findings of the scenario.")
    topic: Topic = Field(description="What the fact is about; a question on the topic reaches `asked` facts.")
    tier: Tier = Field(description="When it may be told. `ordered` facts are written under `findings`.")
    polarity: Polarity = Field(
        default=Polarity.PRESENT, description="`absent` for an explicit negative: what the counterpart denies if asked."
    )
    text: LocalText = Field(
        description="The words the counterpart says, a whole sentence in the first person. "
        "For tier `unknown`: what it does not know, never said aloud."
    )
    question: LocalText | None = Field(
        default=None,
        description="A natural question that reaches the fact. Needed for a fact that a must_ask criterion names.",
    )
    ask: LocalList = Field(
        default=LocalList(), description="Patterns by which a question names this fact precisely (docs/patterns.md)."
    )
    vague: LocalText | None = Field(
        default=None,
        description="What a counterpart with poor recall says the first time: true but blurred. None: no blurred form.",
    )

    @model_validator(mode="after")
    def _ordered_is_a_finding(self) -> Self:
        if self.tier is Tier.ORDERED:
            raise AuthoringError(
                "a fact of tier `ordered`", fix="write a test or examination under `findings`", at=("tier",)
            )
        return self


class Finding(Authored):
    """A test or examination that the subject can order, and its result. Its tier is always `ordered`."""

    id: Slug = Field(description="Unique among the facts and findings of the scenario.")
    names: LocalList = Field(description="The common names by which it is ordered, as patterns; the first is shown.")
    result: LocalText = Field(description="What the counterpart reports once it is ordered.")
    available: bool = Field(default=True, description="False where this scene cannot do it (an ECG on the telephone).")
    unavailable: LocalText | None = Field(
        default=None, description="What the counterpart says instead of the result where `available` is false."
    )


class Beat(Authored):
    """A line the counterpart says once, when a condition holds: pressure, a wrong idea, an unsafe request."""

    id: Slug = Field(description="Unique among the beats and events of the scenario.")
    when: ConditionText = Field(
        description="Condition on the dialogue so far, such as `turn >= 3 or closing` (docs/conditions.md)."
    )
    say: LocalText = Field(description="The line.")
    answered_by: LocalList = Field(
        default=LocalList(), description="Patterns, any of which in a later turn of the subject answers the beat."
    )
    exemplar: LocalText | None = Field(
        default=None, description="What a good clinician replies; the exemplar subject says it. None: nothing special."
    )


class TimedEvent(Authored):
    """Something that happens at a turn: the patient gets worse."""

    id: Slug = Field(description="Unique among the beats and events of the scenario.")
    turn: int = Field(ge=1, description="The counterpart's turn at which it happens, counted from 1 after the opening.")
    unless: ConditionText | None = Field(
        default=None, description="Condition that prevents it. None: it always happens."
    )
    say: LocalText = Field(description="How the counterpart tells it.")
    reveals: tuple[Slug, ...] = Field(default=(), description="Facts that the line tells; they count as told.")


class Counterpart(Authored):
    """Whom the subject talks with."""

    role: Role = Field(description="Patient, caregiver speaking for one, or clinician.")
    age: int = Field(ge=0, le=120, description="The patient's age, in years (0 below the first birthday).")
    sex: Sex = Field(description="The patient's sex.")
    personas: tuple[Slug, ...] = Field(min_length=1, description="The personas that suit this case.")


class AnswerKey(Authored):
    """What is right, for the judge and for triage statistics; never shown to the subject or to the counterpart."""

    dispositions: tuple[Disposition, ...] = Field(
        default=(), description="The acceptable dispositions. Empty where the task asks for none."
    )
    diagnosis: LocalList = Field(
        description="Names of the diagnosis, as patterns, which no fact of a patient may contain; the first is shown."
    )
    must_not_miss: LocalList = Field(default=LocalList(), description="What must not be missed, in words.")
    summary: LocalText = Field(description="The right answer in two or three sentences, for the judge.")


class Scenario(Authored):
    """One case. A file `scenarios/ID.yaml` holds one scenario."""

    id: Slug = Field(description="Unique; the file's name without its ending.")
    version: int = Field(ge=1, description="Raised by one with every change that can move a score.")
    title: LocalText = Field(description="A neutral title that does not give the diagnosis away.")
    track: Track = Field(description="`smartserv` (patient-facing) or `smartcare` (clinician-facing).")
    task: Task = Field(description="One of the eight applications.")
    specialty: Slug = Field(description="The clinical specialty, as a slug: `cardiology`.")
    languages: tuple[Language, ...] = Field(min_length=1, description="Every text exists in each of these.")
    brief: LocalText = Field(description="The subject's system prompt: its role and what is expected, never the case.")
    counterpart: Counterpart = Field(description="Whom the subject talks with.")
    opening: LocalText = Field(description="The counterpart's first words. They tell the `opening` facts, no others.")
    facts: tuple[Fact, ...] = Field(min_length=1, description="What the counterpart knows.")
    findings: tuple[Finding, ...] = Field(default=(), description="What can be ordered.")
    beats: tuple[Beat, ...] = Field(
        default=(), description="Lines said when a condition holds, in order of precedence."
    )
    events: tuple[TimedEvent, ...] = Field(default=(), description="What happens at a given turn.")
    max_turns: int = Field(default=16, ge=2, le=60, description="The subject's turns before the dialogue is cut.")
    answer_key: AnswerKey = Field(description="What is right.")
    exemplar: LocalText = Field(description="A closing answer that a careful clinician could have given.")
    rubric: Slug = Field(description="The id of the rubric in `rubrics/` that scores it.")
    provenance: Provenance = Field(description="Sources, authorship and review status.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.task.track is not self.track:
            raise AuthoringError(
                f"the task `{self.task.value}` does not belong to the track `{self.track.value}`",
                fix=f"`track: {self.task.track.value}`, or another task",
                at=("task",),
            )
        clinician = self.counterpart.role is Role.CLINICIAN
        if clinician is not (self.track is Track.SMARTCARE):
            raise AuthoringError(
                f"the counterpart of a `{self.track.value}` scenario is a `{self.counterpart.role.value}`",
                fix="`clinician` in smartcare, `patient` or `caregiver` in smartserv",
                at=("counterpart", "role"),
            )
        if len(set(self.languages)) != len(self.languages):
            raise AuthoringError("a language is declared twice", fix="name each once", at=("languages",))
        return self

    def fact(self, fact_id: str) -> Fact:
        """The fact with this id. Raises KeyError."""
        return {fact.id: fact for fact in self.facts}[fact_id]

    def finding(self, finding_id: str) -> Finding:
        """The finding with this id. Raises KeyError."""
        return {finding.id: finding for finding in self.findings}[finding_id]
