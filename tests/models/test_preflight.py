from __future__ import annotations

import pytest

from simulator.errors import EndpointFailed, EndpointUnreachable, MissingKeyError
from tests.models.conftest import OpenModel
from tests.models.fake_server import FakeServer, Reply, drop, error, html, raw, reply
from tests.models.test_chat_failures import free_port


async def test_an_endpoint_that_serves_the_model_passes_without_a_call(
    server: FakeServer, open_model: OpenModel
) -> None:
    assert await open_model().preflight() is None
    assert server.received == 0
    assert [each.path for each in server.other_requests] == ["/v1/models"]


@pytest.mark.parametrize("listed", ["fake-model", "models/fake-model", "org/fake-model", "fake-model:latest"])
async def test_a_model_listed_under_its_longer_name_is_found(
    server: FakeServer, open_model: OpenModel, listed: str
) -> None:
    server.models = ["other", listed]
    assert await open_model().preflight() is None


async def test_a_model_that_is_not_listed_is_a_warning(server: FakeServer, open_model: OpenModel) -> None:
    server.models = [f"m{n}" for n in range(20)]
    warning = await open_model().preflight()
    assert warning == f"{server.base_url} does not list fake-model; it lists m0, m1, m2, m3, m4, m5, m6, m7, …"


@pytest.mark.parametrize(
    "answer", [error(404), error(405), error(501), html(status=404), reply({}), reply({"data": []})]
)
async def test_an_endpoint_without_a_list_passes(server: FakeServer, open_model: OpenModel, answer: Reply) -> None:
    server.models_reply = answer
    assert await open_model().preflight() is None


@pytest.mark.parametrize("answer", [html(), raw(b"Ollama is running", content_type="text/plain")])
async def test_a_web_page_instead_of_a_list_is_a_warning(
    server: FakeServer, open_model: OpenModel, answer: Reply
) -> None:
    server.models_reply = answer
    assert "/v1" in (await open_model().preflight() or "")


async def test_a_key_that_is_refused_is_told_at_once(server: FakeServer, open_model: OpenModel) -> None:
    server.models_reply = error(401, "no")
    with pytest.raises(MissingKeyError):
        await open_model().preflight()
    assert len(server.other_requests) == 1


@pytest.mark.parametrize("answer", [error(500), drop()])
async def test_a_server_that_fails_is_asked_twice(server: FakeServer, open_model: OpenModel, answer: Reply) -> None:
    server.models_reply = answer
    with pytest.raises(EndpointFailed, match="2 attempts"):
        await open_model().preflight()
    assert len(server.other_requests) == 2


async def test_nothing_listening_is_unreachable(open_model: OpenModel) -> None:
    with pytest.raises(EndpointUnreachable):
        await open_model(base_url=f"http://127.0.0.1:{free_port()}/v1").preflight()
