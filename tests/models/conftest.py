"""A fake endpoint for each test, and models that talk with it without waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from simulator.models.chat import ChatMessage, ChatModel, ChatRole, EndpointConfig
from simulator.models.journal import Completion, Journal
from tests.models.fake_server import FakeServer

HELLO = [ChatMessage(ChatRole.SYSTEM, "You are a nurse."), ChatMessage(ChatRole.USER, "我头疼。")]
OpenModel = Callable[..., ChatModel]


class MemoryJournal(Journal):
    """Remembers calls as a run's journal does."""

    def __init__(self) -> None:
        self.stored: dict[str, tuple[str, Completion]] = {}
        self.recorded: list[str] = []

    def lookup(self, key: str, request_hash: str) -> Completion | None:
        stored = self.stored.get(key)
        return stored[1] if stored and stored[0] == request_hash else None

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        self.recorded.append(key)
        self.stored[key] = (request_hash, completion)


class Sleeps(list[float]):
    """Takes the place of ``asyncio.sleep`` and remembers the seconds asked for."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
async def open_model(server: FakeServer, sleeps: Sleeps) -> AsyncIterator[OpenModel]:
    opened: list[ChatModel] = []

    def make(
        *,
        journal: Journal | None = None,
        run_id: str | None = "run-1",
        environ: dict[str, str] | None = None,
        **config: Any,
    ) -> ChatModel:
        settings = {"model": "fake-model", "base_url": server.base_url, "timeout_s": 5.0} | config
        model = ChatModel(
            EndpointConfig(**settings), journal=journal, run_id=run_id, environ=environ or {}, sleep=sleeps
        )
        opened.append(model)
        return model

    yield make
    for model in opened:
        await model.aclose()
