"""What is sent, what is paid once, and what is counted."""

from __future__ import annotations

import asyncio

import pytest

from simulator.errors import StoreError
from simulator.models.chat import ChatMessage, ChatRole
from simulator.models.subject import ReplyStatus
from tests.models.conftest import HELLO, MemoryJournal, OpenModel
from tests.models.fake_server import FakeServer, chat, drop, error


async def test_a_call_sends_the_messages_and_only_the_parameters_that_were_set(
    server: FakeServer, open_model: OpenModel
) -> None:
    server.enqueue(chat("多久了?"))
    completion = await open_model().complete(HELLO, key="d1/s1")
    assert (completion.text, completion.status, completion.model) == ("多久了?", ReplyStatus.OK, "fake-model")
    assert server.requests[0].body == {
        "model": "fake-model",
        "messages": [{"role": "system", "content": "You are a nurse."}, {"role": "user", "content": "我头疼。"}],
    }


async def test_parameters_are_sent_as_configured(server: FakeServer, open_model: OpenModel) -> None:
    schema = {"type": "object", "properties": {"met": {"type": "boolean"}}}
    model = open_model(temperature=0.0, max_tokens=64)
    await model.complete(HELLO, key="k", seed=7, response_schema=schema, schema_name="verdict")
    sent = server.requests[0].body
    assert (sent["temperature"], sent["max_tokens"], sent["seed"]) == (0.0, 64, 7)
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "verdict", "schema": schema, "strict": True},
    }


async def test_a_key_of_the_environment_is_sent_as_bearer(server: FakeServer, open_model: OpenModel) -> None:
    await open_model(api_key_env="MY_KEY", environ={"MY_KEY": "sk-123456789\n"}).complete(HELLO, key="k")
    assert server.requests[0].headers["authorization"] == "Bearer sk-123456789"


async def test_a_completed_call_is_never_paid_twice(server: FakeServer, open_model: OpenModel) -> None:
    journal = MemoryJournal()
    first = await open_model(journal=journal).complete(HELLO, key="k", seed=1)
    again = open_model(journal=journal)
    assert await again.complete(HELLO, key="k", seed=1) == first
    assert server.received == 1
    assert (again.tally.calls, again.tally.replayed, again.tally.prompt_tokens) == (0, 1, 0)


@pytest.mark.parametrize(
    "change",
    [{"model": "other"}, {"temperature": 1.0}, {"max_tokens": 5}, {"identity": "elsewhere"}],
)
async def test_a_request_that_differs_is_not_answered_from_the_journal(
    server: FakeServer, open_model: OpenModel, change: dict[str, object]
) -> None:
    journal = MemoryJournal()
    await open_model(journal=journal).complete(HELLO, key="k")
    await open_model(journal=journal, **change).complete(HELLO, key="k")
    assert server.received == 2


async def test_another_endpoint_serving_a_model_of_the_same_name_is_not_mixed_in(
    server: FakeServer, open_model: OpenModel
) -> None:
    journal = MemoryJournal()
    await open_model(journal=journal).complete(HELLO, key="k")
    await open_model(journal=journal, base_url=server.base_url.replace("127.0.0.1", "localhost")).complete(
        HELLO, key="k"
    )
    assert server.received == 2


async def test_timeouts_retries_and_a_trailing_slash_do_not_make_another_request(
    server: FakeServer, open_model: OpenModel
) -> None:
    journal = MemoryJournal()
    await open_model(journal=journal).complete(HELLO, key="k")
    await open_model(journal=journal, timeout_s=9.0, max_retries=1, base_url=server.base_url + "/").complete(
        HELLO, key="k"
    )
    assert server.received == 1


async def test_a_reply_is_journaled_before_it_is_returned_and_a_full_disk_is_not_hidden(
    server: FakeServer, open_model: OpenModel
) -> None:
    class FullDisk(MemoryJournal):
        def record(self, *_: object) -> None:
            raise StoreError("no room left")

    model = open_model(journal=FullDisk())
    with pytest.raises(StoreError):
        await model.complete(HELLO, key="k")


async def test_the_idempotency_key_is_the_runs_own_and_survives_retries_and_resumes(
    server: FakeServer, open_model: OpenModel
) -> None:
    server.enqueue(error(500), drop(), chat())
    await open_model(run_id="run-1").complete(HELLO, key="a")
    await open_model(run_id="run-1").complete(HELLO, key="a")
    await open_model(run_id="run-1").complete(HELLO, key="b")
    await open_model(run_id="run-2").complete(HELLO, key="a")
    keys = [request.headers["idempotency-key"] for request in server.requests]
    assert len(set(keys[:4])) == 1
    assert len(set(keys)) == 3
    assert all(len(key) == 64 for key in keys)


async def test_without_a_run_two_models_share_no_idempotency_key(server: FakeServer, open_model: OpenModel) -> None:
    await open_model(run_id=None).complete(HELLO, key="a")
    await open_model(run_id=None).complete(HELLO, key="a")
    first, second = (request.headers["idempotency-key"] for request in server.requests)
    assert first != second


async def test_the_tally_counts_calls_tokens_and_time(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(chat(delay_s=0.05), error(503), chat(usage=None))
    model = open_model()
    await model.complete(HELLO, key="1")
    await model.complete(HELLO, key="2")
    tally = model.tally
    assert (tally.calls, tally.retries, tally.calls_without_usage) == (2, 1, 1)
    assert (tally.prompt_tokens, tally.completion_tokens) == (10, 5)
    assert 0.05 <= tally.seconds < 2


async def test_many_calls_run_side_by_side_over_kept_connections(server: FakeServer, open_model: OpenModel) -> None:
    server.latency_s = 0.1
    model = open_model()
    loop = asyncio.get_running_loop()
    started = loop.time()
    await asyncio.gather(*(model.complete(HELLO, key=str(n)) for n in range(32)))
    assert loop.time() - started < 1.5
    assert server.received == 32


async def test_cancelling_a_call_ends_it_and_leaves_the_model_usable(server: FakeServer, open_model: OpenModel) -> None:
    journal = MemoryJournal()
    model = open_model(journal=journal)
    server.enqueue(chat(delay_s=3))
    call = asyncio.create_task(model.complete(HELLO, key="slow"))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert journal.recorded == []
    assert (await model.complete(HELLO, key="next")).status is ReplyStatus.OK


async def test_text_that_no_request_can_hold_is_made_sendable(server: FakeServer, open_model: OpenModel) -> None:
    await open_model().complete([ChatMessage(ChatRole.USER, "half a \ud83d pair")], key="k")
    assert server.requests[0].body["messages"][0]["content"] == "half a \ufffd pair"


async def test_closing_twice_is_safe(open_model: OpenModel) -> None:
    model = open_model()
    await model.aclose()
    await model.aclose()
