"""What the fake endpoint receives and answers: requests, and replies of every kind that real endpoints send."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_TEXT = "I see. Can you tell me more about that?"


@dataclass(frozen=True)
class Request:
    """One request as it arrived. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    at: float
    """time.monotonic()"""

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw) if self.raw else {}


@dataclass(frozen=True)
class Reply:
    """One scripted response. ``delay_s`` passes before the first byte."""

    status: int
    payload: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay_s: float = 0.0
    dropped: bool = False
    """The connection is closed after ``payload``, which is sent without a head."""


@dataclass(frozen=True)
class Sent:
    """One response that left in full, down to the last byte handed to the kernel."""

    at: float
    """time.monotonic()"""
    status: int


Responder = Callable[[Request], Reply]


def chat(
    text: str | None = DEFAULT_TEXT,
    *,
    finish_reason: str = "stop",
    usage: Mapping[str, Any] | None = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    model: str = "fake-model",
    delay_s: float = 0.0,
    **message: Any,
) -> Reply:
    """A chat completion; further keywords (``reasoning_content``, ``refusal``) go into its message."""
    body: dict[str, Any] = {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    return reply(body if usage is None else {**body, "usage": usage}, delay_s=delay_s)


def reply(body: object, *, status: int = 200, delay_s: float = 0.0, headers: Mapping[str, str] | None = None) -> Reply:
    """Any JSON body."""
    return Reply(status, json.dumps(body).encode(), headers or {}, delay_s=delay_s)


def error(
    status: int,
    message: str = "scripted error",
    *,
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An error in OpenAI's shape."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    return reply(body, status=status, headers=headers)


def html(title: str = "Welcome", *, status: int = 200) -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>hello</body></html>"
    return Reply(status, page.encode(), content_type="text/html")


def raw(payload: bytes, *, status: int = 200, content_type: str = "application/json") -> Reply:
    """A body as it is: broken JSON, nothing."""
    return Reply(status, payload, content_type=content_type)


def drop(payload: bytes = b"", *, delay_s: float = 0.0) -> Reply:
    """The connection ends without a response, or in the middle of one."""
    return Reply(0, payload, delay_s=delay_s, dropped=True)
