"""The seam to a chat model: what is said to it, and what a caller may ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from simulator.models.journal import Completion
from simulator.models.tally import Tally


class ChatRole(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: ChatRole
    content: str


class Chat(Protocol):
    """A model that completes chats: behind an endpoint, or served from local weights."""

    @property
    def tally(self) -> Tally: ...

    @property
    def adaptations(self) -> tuple[str, ...]:
        """What was asked for and not sent, since the endpoint does not take it: a line each, for the manifest."""
        ...

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        key: str,
        seed: int | None = None,
        response_schema: Mapping[str, object] | None = None,
        schema_name: str = "reply",
    ) -> Completion:
        """The model's next message.

        ``key`` names the call within its run and stays the same when the run is resumed. With ``response_schema`` (a
        JSON schema) the endpoint is asked for JSON of that shape; one that cannot gives JSON of any shape, or text. So
        the prompt must describe the shape too (the word JSON included), and the caller validates what arrives.
        Raises EndpointError; whatever the journal raises passes through.
        """
        ...

    async def preflight(self) -> str | None:
        """Checks before a run that the endpoint answers. A warning in words, or None. Raises EndpointError."""
        ...

    async def aclose(self) -> None:
        """Gives back connections and processes. Safe to call twice."""
        ...
