"""What went wrong with one attempt at an endpoint, and what the user is told.

==========================  =========  ====================================================
what happened               repeated   error in the end
==========================  =========  ====================================================
refused, unknown host, TLS  yes        EndpointUnreachable
timeout, dropped, garbage   yes        EndpointFailed
408, 409, 429, 5xx          yes        EndpointFailed
429 without any quota, 501  no         EndpointRejected
401, 403                    no         MissingKeyError
any other 4xx               no         EndpointRejected
==========================  =========  ====================================================

A server's own words are hostile and may echo the key: they are scrubbed, stripped of control characters and shortened.
"""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import httpx2
import openai

from simulator.errors import EndpointError, EndpointFailed, EndpointRejected, EndpointUnreachable, MissingKeyError
from simulator.models.endpoint import ApiKey

LONGEST_WAIT_S = 120.0
"""A server that asks for a longer pause than this is not waited for."""
_LONGEST_MESSAGE = 300
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]+")
_PASSES_BY_ITSELF = frozenset({408, 409, 429})
_TOO_LONG = re.compile(r"context (size|length|window)|too long|too many tokens|maximum.{0,20}(length|tokens)", re.I)
_QUOTA = re.compile(r"insufficient_quota|insufficient.balance|exceeded your current quota", re.I)
_NO_HTTP = (httpx2.UnsupportedProtocol, httpx2.TooManyRedirects, httpx2.LocalProtocolError)


class MalformedReply(Exception):
    """The endpoint answered 200 with something that is no chat completion. The text, partly the server's, says what."""


class FailureKind(StrEnum):
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    """Timed out, dropped, or answered with something else than a completion."""
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt. Holds no exception, whose request would hold the key."""

    kind: FailureKind
    message: str
    """Safe to show."""
    repeatable: bool
    status: int | None = None
    """HTTP status, for kind STATUS."""
    code: str = ""
    """The endpoint's own error code, such as `unsupported_parameter`; empty where it gives none."""
    param: str = ""
    """The parameter that the endpoint blames; empty where it names none."""
    wait_s: float | None = None
    """Seconds that the endpoint asks to wait. None: it does not say."""

    @property
    def rejects_request(self) -> bool:
        return self.status in {400, 422}

    @property
    def too_long(self) -> bool:
        """True where the request was refused for its length."""
        return self.rejects_request and bool(_TOO_LONG.search(self.message))


def failure_of(error: Exception, key: ApiKey, timeout_s: float) -> Failure:
    """The failed attempt that ``error`` stands for."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, key)
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
        return Failure(FailureKind.UNREACHABLE, _shown(f"nothing answers: {cause}", key), repeatable=True)
    if isinstance(cause, TimeoutError | httpx2.TimeoutException):
        return Failure(FailureKind.BROKEN, f"no complete answer within {timeout_s:g} s", repeatable=True)
    if isinstance(cause, MalformedReply):
        return Failure(FailureKind.BROKEN, _shown(str(cause), key), repeatable=True)
    words = _shown(f"the connection broke: {cause}".rstrip(": "), key)
    return Failure(FailureKind.BROKEN, words, repeatable=not isinstance(cause, _NO_HTTP))


def _of_status(error: openai.APIStatusError, key: ApiKey) -> Failure:
    status = error.status_code
    message, code, param = _server_words(error.body)
    wait_s = asked_wait_s(error.response.headers)
    repeatable = (status in _PASSES_BY_ITSELF or (status >= 500 and status != 501)) and not (
        (status == 429 and _QUOTA.search(f"{code} {message}")) or (wait_s or 0.0) > LONGEST_WAIT_S
    )
    return Failure(
        FailureKind.STATUS,
        _shown(message, key) or "no reason given",
        repeatable=repeatable,
        status=status,
        code=_shown(code, key),
        param=_shown(param, key),
        wait_s=wait_s,
    )


def _server_words(body: object) -> tuple[str, str, str]:
    """Message, code and parameter of an error body: OpenAI's shape, FastAPI's ``detail``, a plain string, HTML."""
    if isinstance(body, Mapping):
        message = next((body[name] for name in ("message", "detail", "error", "msg") if body.get(name)), body)
        code, param = (body.get(name) for name in ("code", "param"))
        return str(message), str(code or body.get("type") or ""), str(param or "")
    text = str(body or "")
    if re.match(r"\s*<(!doctype|html|\?xml)", text, re.I):
        title = re.search(r"<title>(.{0,200}?)</title>", text, re.I | re.S)
        return f"an HTML page{f' titled “{title[1].strip()}”' if title else ''}", "", ""
    return text, "", ""


def _shown(text: str, key: ApiKey) -> str:
    plain = " ".join(_INVISIBLE.sub(" ", key.scrub_message(text[:20_000])).split())
    return plain if len(plain) <= _LONGEST_MESSAGE else plain[: _LONGEST_MESSAGE - 1] + "…"


def asked_wait_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by ``Retry-After`` (seconds or a date) or ``retry-after-ms``; None where neither can be read."""
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        return max(seconds, 0.0) if not math.isnan(seconds) else None
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        return max(moment.timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None


def error_of(failure: Failure, *, where: str, model: str, key_env: str, attempts: int) -> EndpointError:
    """The error for the user, once the failure is final."""
    if failure.kind is FailureKind.UNREACHABLE:
        return EndpointUnreachable(failure.message, where=where, fix="start the server, or correct --base-url")
    tried = f" ({attempts} attempts)" if attempts > 1 else ""
    if failure.kind is FailureKind.BROKEN:
        fix = "see the server's log; the address of an API usually ends in /v1"
        return EndpointFailed(failure.message + tried, where=where, fix=fix)
    what = f"HTTP {failure.status}{tried}: {failure.message}"
    if failure.status in {401, 403}:
        fix = f"set {key_env} to a key of this endpoint that may use {model}"
        return MissingKeyError(f"the key in {key_env} is not accepted – {what}", where=where, fix=fix)
    kind, fix = _verdict(failure, model)
    return kind(what, where=where, fix=fix)


def _verdict(failure: Failure, model: str) -> tuple[type[EndpointError], str]:
    status, wait_s = failure.status or 0, failure.wait_s or 0.0
    if status == 404:
        return EndpointRejected, f"check that the endpoint serves {model}, and its address, which usually ends in /v1"
    if status == 402 or (status == 429 and not failure.repeatable and wait_s <= LONGEST_WAIT_S):
        return EndpointRejected, "the account has no credit left: top it up, or use another key"
    if status == 429:
        return (
            EndpointFailed,
            f"continue {f'in {wait_s:.0f} s' if wait_s else 'later'}, or play fewer dialogues at once",
        )
    if failure.repeatable or (status >= 500 and status != 501):
        return EndpointFailed, "continue later; the server's log may say more"
    if failure.too_long:
        return EndpointRejected, "play fewer turns, or choose a model with a longer context"
    return EndpointRejected, "correct what the server names, or choose another model"
