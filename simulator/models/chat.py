"""A chat model behind an OpenAI-compatible endpoint, every completed call journaled before anyone uses it.

The openai SDK carries the request (connection, key, timeout); retries, and reading the answer, are done here: the SDK
takes an HTML page answered with 200 for a completion, and its errors quote the server, which may quote the key.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import httpx2
import openai

from simulator.errors import EndpointError
from simulator.models.chat_reply import read_completion, well_formed
from simulator.models.dialect import Dialect, Wanted
from simulator.models.endpoint import EndpointConfig, displayed_url, find_key, is_loopback
from simulator.models.failure import Failure, MalformedReply, error_of, failure_of
from simulator.models.journal import Completion, Journal, NoJournal
from simulator.models.messages import Chat, ChatMessage, ChatRole
from simulator.models.tally import Tally

__all__ = ["Chat", "ChatMessage", "ChatModel", "ChatRole", "EndpointConfig"]

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_JITTER = 0.25

_log = logging.getLogger(__name__)
_Read = TypeVar("_Read")


class ChatModel:
    """A ``Chat`` over one endpoint and one pool of connections.

    ``run_id`` makes the endpoint's idempotency keys this run's own, and must be the same when the run is resumed; None
    stands for a run that nobody resumes. ``concurrency`` is how many calls the caller makes at once. Raises
    MissingKeyError and UsageError before any call.
    """

    def __init__(
        self,
        config: EndpointConfig,
        *,
        journal: Journal | None = None,
        run_id: str | None = None,
        concurrency: int = 8,
        environ: Mapping[str, str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        environ = os.environ if environ is None else environ
        url = config.address(environ)
        self.config = config
        self.where = displayed_url(url)
        """The endpoint for people: its base URL without anything secret."""
        self.tally = Tally()
        self._key = find_key(config, url, environ)
        self._journal: Journal = journal or NoJournal()
        self._run_id = run_id or uuid.uuid4().hex
        self._dialect = Dialect()
        self._sleep = sleep
        self._clock = clock
        self._client = openai.AsyncOpenAI(
            api_key=self._key.value,
            base_url=url,
            max_retries=0,
            timeout=config.timeout_s,
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=config.timeout_s,
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=max(concurrency, 1)),
                trust_env=not is_loopback(url),  # a proxy of the environment cannot reach this machine's own server
            ),
        )

    @property
    def adaptations(self) -> tuple[str, ...]:
        """What was asked for and not sent, since the endpoint does not take it: a line each, for the manifest."""
        return self._dialect.lines()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        key: str,
        seed: int | None = None,
        response_schema: Mapping[str, object] | None = None,
        schema_name: str = "reply",
    ) -> Completion:
        """As ``Chat.complete``. The journal is asked first, and told of a completed call before this returns."""
        wanted = Wanted(
            model=self.config.model,
            messages=[{"role": each.role.value, "content": well_formed(each.content)} for each in messages],
            max_tokens=self.config.max_tokens,
            temperature=self.config.temperature,
            seed=seed,
            response_schema=response_schema,
            schema_name=schema_name,
        )
        endpoint = self.config.identity or self.where
        request_hash = _digest({"version": 1, "endpoint": endpoint, "request": Dialect().body(wanted)})
        if (stored := self._journal.lookup(key, request_hash)) is not None:
            self.tally.replayed += 1
            return stored
        completion, seconds = await self._ask(wanted, key)
        self._journal.record(key, request_hash, completion)
        self.tally.count(completion, seconds)
        return completion

    async def _ask(self, wanted: Wanted, key: str) -> tuple[Completion, float]:
        """One call, in the first dialect that the endpoint accepts, and the seconds it took."""
        dialect = self._dialect
        refusal: Failure | None = None
        while True:
            body = dialect.body(wanted)
            outcome = await self._repeat(partial(self._post, body, key), self.config.max_retries)
            if not isinstance(outcome, Failure):
                self._learn(dialect, refusal)
                return outcome
            following = dialect.after(outcome, body)
            if following is None:
                raise self._error(refusal if refusal and outcome.rejects_request else outcome)
            dialect, refusal = following, refusal or outcome

    async def _repeat(self, attempt: Callable[[], Awaitable[_Read]], retries: int) -> _Read | Failure:
        """What ``attempt`` gives, repeated while it fails in a way that may pass, with growing pauses."""
        for made in range(retries + 1):
            try:
                return await attempt()
            except (openai.OpenAIError, httpx2.HTTPError, MalformedReply, TimeoutError) as error:
                failure = failure_of(error, self._key, self.config.timeout_s)
            if not failure.repeatable or made == retries:
                break
            pause = failure.wait_s or min(_FIRST_PAUSE_S * 2**made, _LONGEST_PAUSE_S)
            pause *= 1 + _JITTER * random.random()  # apart, so that calls refused together do not return together
            self.tally.retries += 1
            _log.info("%s: %s; again in %.1f s", self.where, failure.message, pause)
            await self._sleep(pause)
        return failure

    async def _post(self, body: Mapping[str, object], key: str) -> tuple[Completion, float]:
        headers = {"Idempotency-Key": _digest([self._run_id, key, body])}
        started = self._clock()
        async with asyncio.timeout(self.config.timeout_s):
            response = await self._client.post(
                "/chat/completions", cast_to=httpx2.Response, body=body, options={"headers": headers}
            )
        seconds = self._clock() - started
        decoded = _decoded(response)
        return read_completion(decoded, asked_model=self.config.model, seconds=seconds, key=self._key), seconds

    def _learn(self, dialect: Dialect, refusal: Failure | None) -> None:
        """Remembers a dialect that was accepted, and says once what is new in it."""
        known = self._dialect
        self._dialect = known.joined(dialect)
        for line in self._dialect.lines():
            if line not in known.lines():
                _log.warning("%s: %s (%s)", self.where, line, refusal.message if refusal else "")

    def _error(self, failure: Failure, retries: int | None = None) -> EndpointError:
        attempts = 1 + (self.config.max_retries if retries is None else retries) if failure.repeatable else 1
        return error_of(failure, where=self.where, model=self.config.model, key_env=self._key.env, attempts=attempts)

    async def preflight(self) -> str | None:
        """As ``Chat.preflight``, by ``GET /models``. Endpoints without such a list (404, 405, 501) pass."""
        retries = min(1, self.config.max_retries)
        outcome = await self._repeat(self._get_models, retries)
        if isinstance(outcome, Failure):
            if outcome.status in {404, 405, 501}:
                return None
            raise self._error(outcome, retries)
        try:
            ids = _model_ids(_decoded(outcome))
        except MalformedReply:
            return f"{self.where}/models does not answer with JSON: the address of an API usually ends in /v1"
        model = self.config.model
        if not ids or any(one == model or one.endswith(f"/{model}") or one == f"{model}:latest" for one in ids):
            return None
        some = ", ".join(ids[:8]) + (", …" if len(ids) > 8 else "")
        return f"{self.where} does not list {model}; it lists {some}"

    async def _get_models(self) -> httpx2.Response:
        async with asyncio.timeout(self.config.timeout_s):
            return await self._client.get("/models", cast_to=httpx2.Response)

    async def aclose(self) -> None:
        """Closes the connections. Safe to call twice."""
        await self._client.close()


def _digest(value: object) -> str:
    """SHA-256 of ``value`` as canonical JSON: the same for the same request, in any process."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _decoded(response: httpx2.Response) -> object:
    try:
        decoded: object = json.loads(response.content)
    except (ValueError, RecursionError):
        kind = response.headers.get("content-type", "").split(";")[0] or "unknown"
        raise MalformedReply(f"the answer is not JSON but {kind}: {response.text[:200]}") from None
    return decoded


def _model_ids(body: object) -> list[str]:
    listed = body.get("data") if isinstance(body, Mapping) else None
    entries = listed if isinstance(listed, list) else []
    return [well_formed(str(entry["id"])) for entry in entries if isinstance(entry, Mapping) and "id" in entry]
