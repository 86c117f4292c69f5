"""The rubric: atomic, binary criteria, worth points, some decided by the log and some by a judge."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from simulator.library.base import Authored, AuthoringError, LocalList, LocalText, Slug
from simulator.library.condition import ConditionText
from simulator.library.provenance import Provenance
from simulator.library.vocabulary import Axis, CriterionKind, Domain, Severity
from simulator.text.language import Language


class Phrase(Authored):
    """A named thing that can be said, with the patterns that recognise it (docs/patterns.md)."""

    patterns: LocalList = Field(description="Any of these, in a clause that does not negate it, says the phrase.")
    in_questions: bool = Field(
        default=False, description="Whether a question counts. Off, so that asking about a drug is not advising it."
    )
    in_conditionals: bool = Field(
        default=True, description="Whether 'if … then' counts. On, since safety netting is conditional."
    )


class Criterion(Authored):
    """One thing that a transcript meets or does not."""

    id: Slug = Field(description="Unique within the rubric.")
    text: LocalText = Field(description="What is judged, as a statement that is true when the criterion is met.")
    points: int = Field(ge=-10, le=10, description="Positive for good practice; negative for harm done when met.")
    domain: Domain = Field(description="Safety or usefulness.")
    axis: Axis = Field(description="What quality of the answer it is about.")
    kind: CriterionKind = Field(description="How it can be met.")
    severity: Severity = Field(description="What it costs the patient when it goes wrong.")
    critical: bool = Field(default=False, description="True: the dialogue fails the gate when this goes wrong.")
    fact: Slug | None = Field(default=None, description="For must_ask: the fact or finding that has to be reached.")
    check: ConditionText | None = Field(
        default=None, description="A condition over the log that decides it without a model (docs/conditions.md)."
    )
    applies: ConditionText | None = Field(
        default=None, description="Where this is false the verdict is 'not applicable'. None: it always applies."
    )
    needs_key: bool = Field(
        default=False,
        description="Whether a judge can decide it only with the answer key's summary before it; else it is not shown.",
    )
    judge_only: bool = Field(
        default=False, description="Says that a critical criterion has no check on purpose: only a judge can decide it."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.points == 0:
            raise AuthoringError("a criterion worth 0 points changes nothing", fix="give it points", at=("points",))
        if (self.kind is CriterionKind.MUST_NOT) is not (self.points < 0):
            raise AuthoringError(
                f"a `{self.kind.value}` criterion with {self.points} points",
                fix="`must_not` has negative points, every other kind positive ones",
                at=("points",),
            )
        if self.kind is CriterionKind.MUST_ASK and self.fact is None:
            raise AuthoringError(
                "a `must_ask` criterion without `fact`", fix="add `fact`: the fact or finding that has to be reached"
            )
        if self.judge_only and self.check is not None:
            raise AuthoringError(
                "`judge_only` on a criterion that has a `check`", fix="remove one of the two", at=("judge_only",)
            )
        return self


class Rubric(Authored):
    """The criteria of one scenario. A file `rubrics/ID.yaml` holds one rubric."""

    id: Slug = Field(description="Unique; the file's name without its ending.")
    version: int = Field(ge=1, description="Raised by one with every change that can move a score.")
    languages: tuple[Language, ...] = Field(min_length=1, description="Every text exists in each of these.")
    phrases: dict[Slug, Phrase] = Field(default={}, description="What checks may look for, by name: `said(NAME)`.")
    criteria: tuple[Criterion, ...] = Field(min_length=1, description="What is judged.")
    provenance: Provenance = Field(description="Sources, authorship and review status.")

    @model_validator(mode="after")
    def _unique(self) -> Self:
        seen: set[str] = set()
        for index, criterion in enumerate(self.criteria):
            if criterion.id in seen:
                raise AuthoringError(
                    f"the criterion id `{criterion.id}` is used twice",
                    fix="give each criterion an id of its own",
                    at=("criteria", index, "id"),
                )
            seen.add(criterion.id)
        if not any(criterion.points > 0 for criterion in self.criteria):
            raise AuthoringError(
                "no criterion has positive points, so no score could be formed",
                fix="add what a good answer contains",
                at=("criteria",),
            )
        return self
