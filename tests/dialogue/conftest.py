"""A chat model on the fake endpoint, for the tests of what models do in a dialogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from simulator.models.chat import ChatModel, EndpointConfig
from simulator.models.journal import Journal
from tests.models.conftest import Sleeps
from tests.models.fake_server import FakeServer

OpenChat = Callable[..., ChatModel]


@pytest.fixture
async def open_chat(server: FakeServer) -> AsyncIterator[OpenChat]:
    """``open_chat(journal=…, base_url=…)``: asks once more where a call fails, without waiting."""
    opened: list[ChatModel] = []

    def make(*, journal: Journal | None = None, base_url: str | None = None) -> ChatModel:
        config = EndpointConfig(model="fake-model", base_url=base_url or server.base_url, timeout_s=5.0, max_retries=1)
        opened.append(ChatModel(config, journal=journal, run_id="run-1", environ={}, sleep=Sleeps()))
        return opened[-1]

    yield make
    for chat in opened:
        await chat.aclose()
