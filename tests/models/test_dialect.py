"""Endpoints that do not take what they are asked: the same request without it, once, and remembered."""

from __future__ import annotations

import asyncio
import json

import pytest

from simulator.errors import EndpointRejected
from simulator.models.subject import ReplyStatus
from tests.models.conftest import HELLO, MemoryJournal, OpenModel
from tests.models.fake_server import FakeServer, Reply, Request, chat, error, reply

SCHEMA = {"type": "object", "properties": {"met": {"type": "boolean"}}, "required": ["met"]}


def newer_openai_model(request: Request) -> Reply:
    body = request.body
    if "max_tokens" in body:
        words = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        return error(400, words, code="unsupported_parameter", param="max_tokens")
    if body.get("temperature", 1) != 1:
        words = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
        return error(400, words, code="unsupported_value", param="temperature")
    if "seed" in body:
        return error(400, "Unsupported parameter: 'seed'", code="unsupported_parameter", param="seed")
    return chat("ok")


async def test_a_newer_openai_model_is_asked_in_its_own_terms_once_and_for_all(
    server: FakeServer, open_model: OpenModel, caplog: pytest.LogCaptureFixture
) -> None:
    server.respond = newer_openai_model
    model = open_model(max_tokens=50, temperature=0.0)
    await model.complete(HELLO, key="1", seed=3)
    assert server.received == 4
    await model.complete(HELLO, key="2", seed=3)
    assert server.received == 5
    last = server.requests[-1].body
    assert last["max_completion_tokens"] == 50
    assert not {"temperature", "seed", "max_tokens"} & last.keys()
    assert model.adaptations == (
        "seed is not sent: the endpoint does not take it",
        "temperature is not sent: the endpoint does not take it",
        "max_tokens is sent as max_completion_tokens",
    )
    assert sum("temperature is not sent" in record.getMessage() for record in caplog.records) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "Unrecognized request argument supplied: seed"),
        error(400, "invalid seed: only 1 is allowed for this model", param="seed"),
        reply(
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
            status=422,
        ),
        reply(
            {
                "object": "error",
                "message": "[{'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]",
                "code": 400,
            },
            status=400,
        ),
    ],
    ids=["openai", "kimi", "fastapi", "vllm"],
)
async def test_a_parameter_refused_in_any_words_is_left_out(
    server: FakeServer, open_model: OpenModel, refusal: Reply
) -> None:
    server.respond = lambda request: refusal if "seed" in request.body else chat("ok")
    model = open_model(temperature=0.5)
    assert (await model.complete(HELLO, key="k", seed=1)).text == "ok"
    assert server.requests[-1].body["temperature"] == 0.5
    assert server.received == 2


async def test_a_value_out_of_range_is_not_dropped_but_told(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = lambda request: error(400, "temperature must be at most 2", param="temperature")
    with pytest.raises(EndpointRejected, match="at most 2"):
        await open_model(temperature=9.0).complete(HELLO, key="k")
    assert server.received == 1


async def test_a_token_limit_is_never_dropped(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = lambda request: error(400, "max_tokens and max_completion_tokens are not supported")
    with pytest.raises(EndpointRejected):
        await open_model(max_tokens=5).complete(HELLO, key="k")
    assert [{"max_tokens", "max_completion_tokens"} & each.body.keys() for each in server.requests] == [
        {"max_tokens"},
        {"max_completion_tokens"},
    ]


def knows_formats(*known: str, words: str) -> object:
    def respond(request: Request) -> Reply:
        wanted = request.body.get("response_format", {}).get("type", "plain")
        return chat('{"met": true}') if wanted in known else error(400, words)

    return respond


@pytest.mark.parametrize(
    "words", ["This response_format type is unavailable now", "json_schema: unknown", "bad request"]
)
@pytest.mark.parametrize(("known", "level"), [(("json_object", "plain"), "json_object"), (("plain",), "plain")])
async def test_an_endpoint_without_json_schemas_is_asked_for_less(
    server: FakeServer, open_model: OpenModel, words: str, known: tuple[str, ...], level: str
) -> None:
    server.respond = knows_formats(*known, words=words)  # type: ignore[assignment]
    model = open_model()
    for key in ("1", "2"):
        completion = await model.complete(HELLO, key=key, response_schema=SCHEMA)
        assert json.loads(completion.text) == {"met": True}
    tried = [each.body.get("response_format", {}).get("type", "plain") for each in server.requests]
    ladder = ["json_schema", "json_object", "plain"]
    assert tried == [*ladder[: ladder.index(level) + 1], level]
    assert len(model.adaptations) == 1


async def test_a_refusal_that_is_about_something_else_is_told_in_its_first_words_and_not_remembered(
    server: FakeServer, open_model: OpenModel
) -> None:
    server.enqueue(error(400, "first"), error(400, "second"), error(400, "third"))
    model = open_model()
    with pytest.raises(EndpointRejected, match="first"):
        await model.complete(HELLO, key="1", response_schema=SCHEMA)
    assert model.adaptations == ()
    await model.complete(HELLO, key="2", response_schema=SCHEMA)
    assert server.requests[-1].body["response_format"]["type"] == "json_schema"


async def test_a_dialogue_too_long_for_the_model_is_not_tried_again(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = lambda request: error(400, "This model's maximum context length is 8192 tokens")
    with pytest.raises(EndpointRejected):
        await open_model().complete(HELLO, key="1", response_schema=SCHEMA)
    assert server.received == 1


async def test_what_the_endpoint_does_not_take_is_still_part_of_the_request_for_the_journal(
    server: FakeServer, open_model: OpenModel
) -> None:
    server.respond = newer_openai_model
    journal = MemoryJournal()
    await open_model(journal=journal, temperature=0.0).complete(HELLO, key="1", seed=3)
    before = server.received
    await open_model(journal=journal, temperature=0.0).complete(HELLO, key="1", seed=3)
    assert server.received == before


async def test_calls_side_by_side_learn_together(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = newer_openai_model
    server.latency_s = 0.01
    model = open_model(max_tokens=50, temperature=0.0)
    done = await asyncio.gather(*(model.complete(HELLO, key=str(n), seed=n) for n in range(8)))
    assert {each.status for each in done} == {ReplyStatus.OK}
    assert len(model.adaptations) == 3


async def test_an_endpoint_that_forgets_an_adapted_request_gets_its_own_idempotency_key(
    server: FakeServer, open_model: OpenModel
) -> None:
    server.respond = newer_openai_model
    await open_model(temperature=0.0).complete(HELLO, key="1")
    first, second = (request.headers["idempotency-key"] for request in server.requests)
    assert first != second
