"""A fake OpenAI-compatible endpoint on loopback, for the tests of every package.

In a test::

    with FakeServer() as server:
        server.enqueue(chat("Where does it hurt?"), error(429, headers={"Retry-After": "1"}), drop())
        ...                            # talk to server.base_url; beyond the queue, server.respond answers
        assert server.requests[0].body["model"] == "m"
        assert server.sent[idempotency_key][0].status == 200

As a process of its own, which the killing of the run under test does not touch::

    python -m tests.models.fake_server --port 0 --latency-ms 5      # prints its port; GET /_stats gives JSON

It runs an event loop in a thread, keeps connections alive, and answers thousands of requests a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

from tests.models.scripted import DEFAULT_TEXT, Reply, Request, Responder, Sent, chat, drop, error, html, raw, reply

__all__ = [
    "DEFAULT_TEXT",
    "FakeServer",
    "Reply",
    "Request",
    "Responder",
    "Sent",
    "chat",
    "drop",
    "error",
    "html",
    "raw",
    "reply",
]

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


class FakeServer:
    """The server and what it saw. Thread-safe to the degree that tests need: lists are only appended to."""

    def __init__(
        self,
        *,
        port: int = 0,
        latency_s: float = 0.0,
        respond: Responder | None = None,
        models: Iterable[str] | None = ("fake-model",),
        keep_requests: bool = True,
    ) -> None:
        """``latency_s`` passes before every chat reply; ``models`` None makes GET /models a 404."""
        self.port = port
        self.latency_s = latency_s
        self.respond: Responder = respond or (lambda request: chat())
        self.models = None if models is None else list(models)
        self.models_reply: Reply | None = None
        """Answers GET /models instead of the list."""
        self.requests: list[Request] = []
        """Chat requests in order of arrival; empty with ``keep_requests=False``."""
        self.other_requests: list[Request] = []
        self.received = 0
        """Chat requests so far."""
        self.sent: dict[str, list[Sent]] = defaultdict(list)
        """By Idempotency-Key (empty string: none), the chat responses that were fully sent."""
        self._keep_requests = keep_requests
        self._queue: deque[Reply] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def enqueue(self, *replies: Reply) -> None:
        """The next chat requests get these, in order; then ``respond`` answers again."""
        self._queue.extend(replies)

    @property
    def queued(self) -> int:
        """Scripted replies that nobody has fetched."""
        return len(self._queue)

    def stats(self) -> dict[str, Any]:
        """As GET /_stats: {received, sent: {key: {count, at: [monotonic s], statuses}}}."""
        return {
            "received": self.received,
            "sent": {
                key: {"count": len(sent), "at": [one.at for one in sent], "statuses": [one.status for one in sent]}
                for key, sent in list(self.sent.items())
            },
        }

    def __enter__(self) -> FakeServer:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.serve(lambda: started.set()))
        self._loop.close()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serves until stopped; ``ready`` is called once ``port`` is known."""
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        await self._stop.wait()
        server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.transport.abort() if writer.is_closing() else writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read(reader)
        is_chat = request.path.endswith("/chat/completions")
        answer = self._answer(request, is_chat)
        delay_s = answer.delay_s + (self.latency_s if is_chat else 0.0)
        if delay_s:
            await asyncio.sleep(delay_s)
        if answer.dropped:
            writer.write(answer.payload)
            await writer.drain()
            writer.close()
            return False
        head = [
            f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Scripted')}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.payload)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        if reader.at_eof():  # the client has gone, by timeout or death: nothing arrives
            return False
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + answer.payload)
        await writer.drain()
        if is_chat:
            self.sent[request.headers.get("idempotency-key", "")].append(Sent(time.monotonic(), answer.status))
        return True

    def _answer(self, request: Request, is_chat: bool) -> Reply:
        if is_chat:
            self.received += 1
            if self._keep_requests:
                self.requests.append(request)
            return self._queue.popleft() if self._queue else self.respond(request)
        if request.path == "/_stats":
            return reply(self.stats())
        self.other_requests.append(request)
        if self.models_reply is not None:
            return self.models_reply
        if self.models is None or not request.path.endswith("/models"):
            return error(404, "no such path")
        return reply({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body, time.monotonic())


async def _serve_alone(server: FakeServer) -> None:
    loop = asyncio.get_running_loop()

    def ready() -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, server._stop.set)
        print(server.port, flush=True)

    await server.serve(ready)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.models.fake_server", description="Prints its port.")
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="before every chat reply")
    parser.add_argument("--text", default=DEFAULT_TEXT, help="what every chat reply says")
    parser.add_argument("--model", default="fake-model", help="the model it lists and reports")
    options = parser.parse_args(arguments)
    answer = chat(options.text, model=options.model)
    server = FakeServer(
        port=options.port,
        latency_s=options.latency_ms / 1000,
        respond=lambda request: answer,
        models=[options.model],
        keep_requests=False,
    )
    asyncio.run(_serve_alone(server))


if __name__ == "__main__":
    main(sys.argv[1:])
