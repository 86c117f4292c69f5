"""The verdict on one criterion: met, not met, not applicable, or unscored with a reason. Never a silent zero."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ENDPOINT_FAILED = "the judge's endpoint failed"
"""How the reason of a verdict begins that a later attempt may still give."""


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNSCORED = "unscored"


class DecidedBy(StrEnum):
    CHECK = "check"
    JUDGE = "judge"
    NOBODY = "nobody"


class Evidence(BaseModel):
    """A verbatim quote of the transcript. ``turn`` is the subject's turn, from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turn: int
    quote: str


class Vote(BaseModel):
    """What one member of a panel made of the criterion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: str
    outcome: Outcome
    reason: str


class Verdict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion_id: str
    outcome: Outcome
    decided_by: DecidedBy
    judge: str | None = None
    """The judge's name, such as `openai:gpt-5`; None unless ``decided_by`` is JUDGE, or a named judge failed."""
    reason: str
    """Why, in a line. For UNSCORED: why nothing could be decided."""
    evidence: tuple[Evidence, ...] = ()
    probability: float | None = Field(default=None, ge=0, le=1)
    """That the criterion is met, as the judge sees it, for judges that say so; for a panel the mean of its members."""
    votes: tuple[Vote, ...] = ()
    """Of a panel's members, in its order; empty where one judge or a check decided."""

    @property
    def grounds(self) -> str:
        """The reason, and the words that it rests on."""
        return self.reason + "".join(f" [turn {each.turn}: {each.quote}]" for each in self.evidence)

    @property
    def endpoint_failed(self) -> bool:
        """True where the judge's endpoint gave no answer, so that asking again may."""
        return self.reason.startswith(ENDPOINT_FAILED)

    @property
    def disputed(self) -> bool:
        """True where members of the panel that decided are not of one mind."""
        return len({vote.outcome for vote in self.votes if vote.outcome is not Outcome.UNSCORED}) > 1

    @model_validator(mode="after")
    def _unscored_has_a_reason(self) -> Self:
        if self.outcome is Outcome.UNSCORED and not self.reason:
            raise ValueError("an unscored verdict says why")
        return self
