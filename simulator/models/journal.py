"""The seam to the journal of model calls: a call that completed is never paid for twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simulator.models.subject import ReplyStatus, Usage


@dataclass(frozen=True, slots=True)
class Completion:
    """One completed model call."""

    text: str
    status: ReplyStatus
    reasoning: str | None
    usage: Usage | None
    """None where the endpoint reports no usage."""
    model: str
    """The model name that the endpoint reports, which may differ from the one asked for."""


class Journal(Protocol):
    def lookup(self, key: str, request_hash: str) -> Completion | None:
        """The completion stored for this call, or None. A stored call whose request differs is not used."""
        ...

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        """Stores a completed call, durably against the death of the process, before anything uses it."""
        ...


class NoJournal:
    """For single dialogues that nobody will resume."""

    def lookup(self, key: str, request_hash: str) -> Completion | None:  # noqa: ARG002 - the seam's signature
        return None

    def record(self, key: str, request_hash: str, completion: Completion) -> None:  # noqa: ARG002 - as above
        return None
