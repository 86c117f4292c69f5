"""The key appears in no log record, error, exception, journal or representation, whatever the server echoes."""

from __future__ import annotations

import logging
import traceback

import pytest

from simulator.errors import EndpointError
from simulator.models.chat import ChatModel
from simulator.models.endpoint import ApiKey, displayed_url
from tests.models.conftest import HELLO, MemoryJournal, OpenModel
from tests.models.fake_server import FakeServer, Reply, chat, drop, error, html, raw, reply

KEY = "sk-proj-S3cr3tS3cr3tS3cr3t-9876"
MASKED = "sk-proj-********************9876"


def everything_said(error: BaseException) -> str:
    """The error as text, with its causes, contexts and arguments."""
    said: list[str] = []
    chain: BaseException | None = error
    while chain is not None:
        said += [str(chain), repr(chain), repr(chain.args), repr(vars(chain)), *traceback.format_exception(chain)]
        chain = chain.__cause__ or chain.__context__
    return "\n".join(said)


ECHOES = [
    error(401, f"Incorrect API key provided: {KEY}."),
    error(401, f"Incorrect API key provided: {MASKED}."),
    error(403, f"Bearer {KEY} may not", code=KEY, param=KEY),
    error(400, f"headers were {{'authorization': 'Bearer {KEY}'}}"),
    error(404, f"no model for {KEY[:12]}…"),
    error(429, f"slow down, {KEY}", headers={"Retry-After": "9999"}),
    error(500, KEY),
    reply({"detail": [{"loc": ["header"], "msg": KEY}]}, status=422),
    html(KEY, status=400),
    html(KEY),
    raw(KEY.encode()),
    reply({"error": {"message": KEY}}),
    drop(f"HTTP/1.1 200 OK\r\nX-{KEY}".encode()),
]


@pytest.mark.parametrize("echo", ECHOES, ids=range(len(ECHOES)))
async def test_a_server_that_echoes_the_key_does_not_spread_it(
    server: FakeServer, open_model: OpenModel, caplog: pytest.LogCaptureFixture, echo: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    server.respond = lambda request: echo
    model = open_model(environ={"OPENAI_API_KEY": KEY}, max_retries=1)
    with pytest.raises(EndpointError) as caught:
        await model.complete(HELLO, key="k")
    records = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    for said in (everything_said(caught.value), records, repr(model), repr(model.config)):
        assert "S3cr3t" not in said
        assert MASKED not in said
        assert KEY[:12] not in said
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_preflight_spreads_no_key(
    server: FakeServer, open_model: OpenModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.models_reply = error(401, f"who is {KEY}?")
    with pytest.raises(EndpointError) as caught:
        await open_model(environ={"OPENAI_API_KEY": KEY}).preflight()
    assert "S3cr3t" not in everything_said(caught.value) + caplog.text


async def test_a_reply_that_quotes_the_key_is_journaled_without_it(server: FakeServer, open_model: OpenModel) -> None:
    journal = MemoryJournal()
    server.enqueue(chat(f"Your header was {KEY}", reasoning_content=KEY, model=KEY))
    model: ChatModel = open_model(environ={"OPENAI_API_KEY": KEY}, journal=journal)
    completion = await model.complete(HELLO, key="k")
    assert completion.text == "Your header was [key]"
    assert KEY not in repr(journal.stored)


async def test_learning_a_dialect_logs_no_key(
    server: FakeServer, open_model: OpenModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.enqueue(error(400, f"seed is not supported for {KEY}"))
    await open_model(environ={"OPENAI_API_KEY": KEY}).complete(HELLO, key="k", seed=1)
    assert "seed is not sent" in caplog.text
    assert KEY not in caplog.text


def test_placeholders_are_not_scrubbed_out_of_replies() -> None:
    assert ApiKey("EMPTY", "K").scrub("The bladder is EMPTY.") == "The bladder is EMPTY."
    assert "EMPTY" not in repr(ApiKey("EMPTY", "K"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:pass@host:8000/v1?api_key=x#y", "http://host:8000/v1"),
        ("https://host/v1/", "https://host/v1"),
        ("me:pass@host/v1", "host/v1"),
        (f"http://{KEY}@[::1]:1/v1", "http://[::1]:1/v1"),
        ("http://a@b@host/v1", "http://host/v1"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert displayed_url(url) == shown
