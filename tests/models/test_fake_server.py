"""The fake endpoint that other tests lean on counts right, alone and in a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from tests.models.fake_server import DEFAULT_TEXT, FakeServer, chat, drop

ROOT = Path(__file__).parents[2]


async def ask(client: httpx2.AsyncClient, base_url: str, key: str) -> httpx2.Response:
    return await client.post(f"{base_url}/chat/completions", json={"model": "m"}, headers={"Idempotency-Key": key})


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)


async def test_only_what_was_fully_sent_is_counted(server: FakeServer) -> None:
    server.enqueue(chat("one"), drop(), chat("late", delay_s=0.3))
    before = time.monotonic()
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await ask(client, server.base_url, "a")).json()["choices"][0]["message"]["content"] == "one"
        for timeout in (5.0, 0.1):
            client.timeout = httpx2.Timeout(timeout)
            try:
                await ask(client, server.base_url, "a")
            except httpx2.HTTPError:
                continue
            raise AssertionError("the reply was to fail")
    await asyncio.sleep(0.4)
    assert server.received == 3
    assert [sent.status for sent in server.sent["a"]] == [200]
    assert before <= server.sent["a"][0].at <= time.monotonic()


async def test_as_a_process_it_prints_its_port_and_gives_statistics() -> None:
    command = [sys.executable, "-m", "tests.models.fake_server", "--port", "0", "--latency-ms", "50", "--model", "m"]
    with start(command) as process:
        assert process.stdout is not None
        root = f"http://127.0.0.1:{int(process.stdout.readline())}"
        async with httpx2.AsyncClient(trust_env=False) as client:
            started = time.monotonic()
            replies = [await ask(client, f"{root}/v1", key) for key in ("a", "b", "a")]
            assert time.monotonic() - started >= 0.15
            assert {each.json()["choices"][0]["message"]["content"] for each in replies} == {DEFAULT_TEXT}
            stats = (await client.get(f"{root}/_stats")).json()
            assert (await client.get(f"{root}/v1/models")).json()["data"][0]["id"] == "m"
        process.terminate()
        assert process.wait(10) == 0
    assert stats["received"] == 3
    assert {key: sent["count"] for key, sent in stats["sent"].items()} == {"a": 2, "b": 1}
    assert len(stats["sent"]["a"]["at"]) == 2
    assert json.dumps(stats)


async def test_it_answers_a_thousand_requests_a_second(server: FakeServer) -> None:
    request = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"

    async def client(count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(count):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r")[0]))
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(client(250) for _ in range(4)))
    assert time.perf_counter() - started < 1.0
    assert server.received == 1000
