"""Failures that pass are waited out; those that stay become errors that say what to do."""

from __future__ import annotations

import email.utils
import socket
import time

import pytest

from simulator.errors import (
    EndpointError,
    EndpointFailed,
    EndpointRejected,
    EndpointUnreachable,
    MissingKeyError,
    UsageError,
)
from simulator.models.failure import asked_wait_s
from simulator.models.subject import ReplyStatus
from tests.models.conftest import HELLO, MemoryJournal, OpenModel, Sleeps
from tests.models.fake_server import FakeServer, Reply, chat, drop, error, html, raw, reply


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PASSING = [
    error(408),
    error(409),
    error(429),
    error(500),
    error(503),
    drop(),
    drop(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"),
    html(),
    raw(b'{"choices": ['),
    raw(b""),
    reply({"choices": []}),
    reply({"choices": [{"message": {"content": 5}}]}),
    reply({"choices": None, "error": {"message": "upstream is busy"}}),
    reply([1, 2]),
    reply("text"),
]


@pytest.mark.parametrize("failing", PASSING, ids=range(len(PASSING)))
async def test_a_failure_that_passes_is_waited_out(
    server: FakeServer, open_model: OpenModel, sleeps: Sleeps, failing: Reply
) -> None:
    server.enqueue(failing, failing, chat("Drink."))
    journal = MemoryJournal()
    completion = await open_model(journal=journal).complete(HELLO, key="k")
    assert completion.status is ReplyStatus.OK
    assert journal.recorded == ["k"]
    assert len(sleeps) == 2


@pytest.mark.parametrize("failing", PASSING, ids=range(len(PASSING)))
async def test_a_failure_that_stays_ends_after_every_retry(
    server: FakeServer, open_model: OpenModel, failing: Reply
) -> None:
    server.respond = lambda request: failing
    journal = MemoryJournal()
    with pytest.raises(EndpointFailed) as caught:
        await open_model(journal=journal, max_retries=2).complete(HELLO, key="k")
    assert server.received == 3
    assert journal.recorded == []
    assert "3 attempts" in caught.value.what
    assert caught.value.where == server.base_url
    assert caught.value.fix


async def test_pauses_grow_and_are_never_alike(server: FakeServer, open_model: OpenModel, sleeps: Sleeps) -> None:
    server.respond = lambda request: error(500)
    with pytest.raises(EndpointFailed):
        await open_model(max_retries=8).complete(HELLO, key="k")
    assert all(
        floor <= pause <= floor * 1.25 for floor, pause in zip([0.5, 1, 2, 4, 8, 16, 30, 30], sleeps, strict=True)
    )
    assert sleeps[6] != sleeps[7]


async def test_retry_after_is_honoured(server: FakeServer, open_model: OpenModel, sleeps: Sleeps) -> None:
    server.enqueue(error(429, headers={"Retry-After": "7"}), error(503, headers={"retry-after-ms": "2500"}))
    await open_model().complete(HELLO, key="k")
    assert 7 <= sleeps[0] <= 8.75
    assert 2.5 <= sleeps[1] <= 3.2


async def test_an_endpoint_that_asks_to_wait_for_an_hour_is_not_waited_for(
    server: FakeServer, open_model: OpenModel, sleeps: Sleeps
) -> None:
    server.enqueue(error(429, headers={"Retry-After": "3600"}))
    with pytest.raises(EndpointFailed, match="3600 s"):
        await open_model().complete(HELLO, key="k")
    assert (server.received, sleeps) == (1, [])


def test_retry_after_is_read_in_every_form() -> None:
    assert asked_wait_s({"retry-after": "1.5"}) == 1.5
    assert asked_wait_s({"retry-after": "-3"}) == 0
    assert asked_wait_s({"retry-after-ms": "250", "retry-after": "9"}) == 0.25
    soon = asked_wait_s({"retry-after": email.utils.formatdate(time.time() + 30, usegmt=True)})
    assert soon is not None and 25 < soon <= 30
    for unreadable in ({}, {"retry-after": "soon"}, {"retry-after": "nan"}, {"retry-after": ""}):
        assert asked_wait_s(unreadable) is None


async def test_an_answer_that_takes_too_long_fails(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = lambda request: chat(delay_s=2)
    with pytest.raises(EndpointFailed, match=r"no complete answer within 0\.2 s"):
        await open_model(timeout_s=0.2, max_retries=1).complete(HELLO, key="k")


async def test_nothing_listening_is_unreachable(open_model: OpenModel, sleeps: Sleeps) -> None:
    base_url = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(EndpointUnreachable) as caught:
        await open_model(base_url=base_url, max_retries=1).complete(HELLO, key="k")
    assert caught.value.where == base_url
    assert len(sleeps) == 1


async def test_an_unknown_host_is_unreachable(open_model: OpenModel) -> None:
    model = open_model(
        base_url="http://no-such-host.invalid/v1", max_retries=0, environ={"OPENAI_API_KEY": "sk-123456789"}
    )
    with pytest.raises(EndpointUnreachable):
        await model.complete(HELLO, key="k")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (error(404, "The model `x` does not exist"), EndpointRejected, "does not exist"),
        (error(400, "messages: bad"), EndpointRejected, "messages: bad"),
        (error(402, "Insufficient Balance"), EndpointRejected, "no credit"),
        (error(413, "too big"), EndpointRejected, "too big"),
        (error(429, "You exceeded your current quota", code="insufficient_quota"), EndpointRejected, "no credit"),
        (error(400, "maximum context length is 8192 tokens"), EndpointRejected, "longer context"),
        (error(501, "not here"), EndpointRejected, "not here"),
        (error(401, "bad key"), MissingKeyError, "OPENAI_API_KEY"),
        (error(403, "country not served"), MissingKeyError, "country not served"),
        (reply({"detail": "Not Found"}, status=404), EndpointRejected, "Not Found"),
        (reply({"error": "model 'q' not found"}, status=404), EndpointRejected, "model 'q' not found"),
        (html("403 Forbidden", status=404), EndpointRejected, "titled “403 Forbidden”"),
        (raw(b"", status=400), EndpointRejected, "no reason given"),
    ],
)
async def test_a_refusal_is_not_repeated_and_says_why(
    server: FakeServer, open_model: OpenModel, sleeps: Sleeps, answer: Reply, kind: type[EndpointError], words: str
) -> None:
    server.enqueue(answer)
    with pytest.raises(kind) as caught:
        await open_model().complete(HELLO, key="k")
    assert words in str(caught.value)
    assert (server.received, sleeps) == (1, [])


async def test_a_servers_words_are_shortened_and_made_inert(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(error(400, "\x1b[31mred\x07\r\n\u202eright" + "x" * 5000))
    with pytest.raises(EndpointRejected) as caught:
        await open_model().complete(HELLO, key="k")
    assert caught.value.what.startswith("HTTP 400: [31mred right")
    assert caught.value.what.isprintable()
    assert len(caught.value.what) < 400


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "holds no key"),
        ({"OPENAI_API_KEY": "  "}, "holds no key"),
        ({"OPENAI_API_KEY": "sk-1234 5678"}, "characters"),
    ],
)
def test_a_missing_key_is_told_before_any_call(open_model: OpenModel, environ: dict[str, str], words: str) -> None:
    with pytest.raises(MissingKeyError, match=words) as caught:
        open_model(base_url="https://user:hidden@api.example.com/v1?token=hidden", environ={"OTHER": "x"} | environ)
    assert caught.value.where == "https://api.example.com/v1"
    assert "OPENAI_API_KEY" in str(caught.value)
    assert "1234" not in str(caught.value) and "hidden" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1.2.3"])
def test_a_server_on_this_machine_needs_no_key(open_model: OpenModel, host: str) -> None:
    assert open_model(base_url=f"http://{host}:9/v1").where == f"http://{host}:9/v1"


@pytest.mark.parametrize(
    "config",
    [
        {"base_url": "localhost:8000/v1"},
        {"base_url": "ftp://host/v1"},
        {"base_url": "http://"},
        {"base_url": "http://host:99999/v1"},
        {"base_url": "http://ho st/v1"},
        {"base_url": "http://ho\x1bst/v1"},
        {"model": " "},
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"max_retries": -1},
        {"max_tokens": 0},
        {"temperature": -1.0},
    ],
)
def test_a_configuration_that_cannot_be_is_a_usage_error(open_model: OpenModel, config: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        open_model(**config)
    assert caught.value.fix
    assert "\x1b" not in str(caught.value)


async def test_the_environments_base_url_is_the_default(server: FakeServer, open_model: OpenModel) -> None:
    model = open_model(base_url=None, environ={"OPENAI_BASE_URL": server.base_url})
    assert (await model.complete(HELLO, key="k")).status is ReplyStatus.OK
    assert open_model(base_url=None, environ={"OPENAI_API_KEY": "sk-1"}).where == "https://api.openai.com/v1"


async def test_a_proxy_of_the_environment_does_not_stand_before_this_machine(
    server: FakeServer, open_model: OpenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    assert (await open_model().complete(HELLO, key="k")).status is ReplyStatus.OK
