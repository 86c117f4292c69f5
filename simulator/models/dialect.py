"""What an endpoint takes of what we ask, learned from its refusals.

Endpoints differ in the parameters they know. Newer OpenAI models want ``max_completion_tokens`` and refuse
``temperature`` and ``seed``; some servers know no ``json_schema``, or no ``response_format`` at all. A refusal (400, or
422 from servers that validate their input) that blames a parameter leads to the same request without it, once; what
helped is remembered for the endpoint. A token limit is renamed and never dropped: it bounds what a run can cost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from simulator.models.failure import Failure

_DISPENSABLE = ("temperature", "seed")
_FORMAT_WORDS = re.compile(r"response_format|json_schema|json_object|json mode|structured output|grammar", re.I)
_NOT_TAKEN = re.compile(
    r"unsupported|(not|n't) (support|permitted|allowed|recogni)|unknown|unrecogni|unexpected|\bextra\b"
    r"|only .{1,30}(allowed|supported)",
    re.I,
)


class FormatLevel(IntEnum):
    """How much of a wanted JSON schema the endpoint is told."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PLAIN = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request, as the caller wants it."""

    model: str
    messages: Sequence[Mapping[str, str]]
    max_tokens: int | None
    temperature: float | None
    seed: int | None
    response_schema: Mapping[str, object] | None
    schema_name: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is known of an endpoint. The first one believes that it takes everything."""

    dropped: frozenset[str] = field(default_factory=frozenset)
    """Parameters that are not sent."""
    renames_max_tokens: bool = False
    format_level: FormatLevel = FormatLevel.JSON_SCHEMA

    def body(self, wanted: Wanted) -> dict[str, object]:
        """The JSON body of the request."""
        limit = "max_completion_tokens" if self.renames_max_tokens else "max_tokens"
        parameters = {
            limit: wanted.max_tokens,
            "temperature": wanted.temperature,
            "seed": wanted.seed,
            "response_format": self._response_format(wanted),
        }
        taken = {name: value for name, value in parameters.items() if value is not None and name not in self.dropped}
        return {"model": wanted.model, "messages": list(wanted.messages), **taken}

    def _response_format(self, wanted: Wanted) -> dict[str, object] | None:
        if wanted.response_schema is None or self.format_level is FormatLevel.PLAIN:
            return None
        if self.format_level is FormatLevel.JSON_OBJECT:
            return {"type": "json_object"}
        schema = {"name": wanted.schema_name, "schema": wanted.response_schema, "strict": True}
        return {"type": "json_schema", "json_schema": schema}

    def after(self, failure: Failure, body: Mapping[str, object]) -> Dialect | None:
        """The dialect to try next after ``body`` was refused; None where the refusal is not about a parameter.

        A refusal that blames nothing we know, of a request that wants JSON, is taken for an endpoint that knows no such
        format: many say no more than "bad request".
        """
        if not failure.rejects_request:
            return None
        if "max_tokens" in body and self._blames(failure, "max_tokens"):
            return Dialect(self.dropped, True, self.format_level)
        for name in _DISPENSABLE:
            if name in body and self._blames(failure, name):
                return Dialect(self.dropped | {name}, self.renames_max_tokens, self.format_level)
        unclear = not failure.param and not failure.too_long
        format_blamed = failure.param.startswith("response_format") or _FORMAT_WORDS.search(failure.message)
        if "response_format" in body and (format_blamed or unclear):
            return Dialect(self.dropped, self.renames_max_tokens, FormatLevel(self.format_level + 1))
        return None

    @staticmethod
    def _blames(failure: Failure, name: str) -> bool:
        unsupported = failure.code in {"unsupported_parameter", "unsupported_value"}
        if failure.param:
            return failure.param == name and (unsupported or bool(_NOT_TAKEN.search(failure.message)))
        return bool(re.search(rf"\b{name}\b", failure.message)) and (
            unsupported or bool(_NOT_TAKEN.search(failure.message))
        )

    def joined(self, other: Dialect) -> Dialect:
        """What two calls that ran side by side have learned."""
        return Dialect(
            self.dropped | other.dropped,
            self.renames_max_tokens or other.renames_max_tokens,
            max(self.format_level, other.format_level),
        )

    def lines(self) -> tuple[str, ...]:
        """What differs from what was asked for, a line each."""
        lines = [f"{name} is not sent: the endpoint does not take it" for name in sorted(self.dropped)]
        if self.renames_max_tokens:
            lines.append("max_tokens is sent as max_completion_tokens")
        if self.format_level is FormatLevel.JSON_OBJECT:
            lines.append("JSON schemas are not sent: the endpoint is asked for any JSON object")
        if self.format_level is FormatLevel.PLAIN:
            lines.append("JSON schemas are not sent: the endpoint knows no response_format")
        return tuple(lines)
