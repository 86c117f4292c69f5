from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import MissingKeyError, SimulatorError, UsageError
from simulator.models.chat import ChatModel
from simulator.models.endpoint_subject import EndpointSource
from simulator.models.reference import REFERENCE_NAMES
from simulator.models.sources import EndpointDefaults, endpoint_config, open_chat, open_subject, preflight, subject_name
from tests.models.conftest import HELLO
from tests.models.fake_server import FakeServer

LOCAL = EndpointDefaults(base_url="http://127.0.0.1:9/v1")


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


async def test_openai_is_a_model_at_the_runs_endpoint(server: FakeServer) -> None:
    defaults = EndpointDefaults(base_url=server.base_url, temperature=0.3, max_tokens=9)
    source = open_subject("openai:org/fake-model:free", defaults=defaults)
    assert source.name == "openai:org/fake-model:free"
    assert isinstance(source, EndpointSource)
    await source.chat.complete(HELLO, key="k")
    assert server.requests[0].body["model"] == "org/fake-model:free"
    assert (server.requests[0].body["temperature"], server.requests[0].body["max_tokens"]) == (0.3, 9)
    await source.aclose()


async def test_a_model_may_bring_its_own_endpoint_and_key(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST_KEY", "sk-host-12345")
    chat = open_chat(f"openai:fake-model@{server.base_url}#HOST_KEY", defaults=LOCAL)
    await chat.complete(HELLO, key="k")
    assert server.requests[0].headers["authorization"] == "Bearer sk-host-12345"
    await chat.aclose()


def test_the_parts_of_a_model_with_its_own_endpoint() -> None:
    config = endpoint_config("@cf/meta/llama@https://host/v1#KEY", EndpointDefaults(timeout_s=3))
    assert (config.model, config.base_url, config.api_key_env) == ("@cf/meta/llama", "https://host/v1", "KEY")
    assert config.timeout_s == 3
    assert endpoint_config("claude@2026-01", LOCAL).model == "claude@2026-01"
    assert endpoint_config("m@https://host/v1", EndpointDefaults(api_key_env="A")).api_key_env == "A"


def test_a_name_shows_no_secret() -> None:
    assert subject_name("openai:m@http://me:pw@host:1/v1?key=x#ENV") == "openai:m@http://host:1/v1"
    assert subject_name("ref:careless") == "ref:careless"


@pytest.mark.parametrize("name", REFERENCE_NAMES)
async def test_every_reference_subject_opens(name: str) -> None:
    source = open_subject(f"ref:{name}")
    assert source.name == f"ref:{name}"
    assert await preflight(source) is None
    await source.aclose()


@pytest.mark.parametrize(
    ("spec", "suggestion"),
    [
        ("gpt-5", "openai:MODEL"),
        ("", "openai:MODEL"),
        ("openai", "openai:MODEL"),
        ("openai:", "openai:MODEL"),
        ("openai: ", "openai:MODEL"),
        ("opnai:gpt-5", "openai:MODEL"),
        ("anthropic:claude", "openai:MODEL"),
        ("ref:", "ref:careless"),
        ("ref:carless", "ref:careless"),
        ("ref:zzz", "ref:exemplar"),
        ("local:", "local:smollm2"),
        ("local:smollm", "local:smollm2"),
        ("local:/no/such.gguf", "GGUF"),
        ("openai:m@http://", "http://127.0.0.1:8000/v1"),
        ("openai:@http://host/v1", "openai:gpt-5"),
        ("openai:m@http://127.0.0.1:9/v1#sk-not-a-name", "HOST_API_KEY"),
    ],
)
def test_anything_else_is_a_usage_error_that_suggests(spec: str, suggestion: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_subject(spec, defaults=LOCAL)
    assert suggestion in (caught.value.fix or "")
    assert "sk-not" not in str(caught.value)


def test_a_reference_subject_is_no_chat_model() -> None:
    with pytest.raises(UsageError, match="openai:MODEL"):
        open_chat("ref:careless")


def test_a_missing_key_is_told_when_the_subject_is_opened() -> None:
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        open_subject("openai:gpt-5")


async def test_a_run_id_reaches_the_endpoint(server: FakeServer) -> None:
    keys = []
    for run_id in ("r1", "r1", "r2"):
        chat = open_chat("openai:m", defaults=EndpointDefaults(base_url=server.base_url), run_id=run_id)
        assert isinstance(chat, ChatModel)
        await chat.complete(HELLO, key="k")
        await chat.aclose()
        keys.append(server.requests[-1].headers["idempotency-key"])
    assert keys[0] == keys[1] != keys[2]


def test_reading_a_spec_imports_no_network_library() -> None:
    code = "import sys, simulator.models.sources as s; s.open_subject('ref:careless'); print({'openai', 'httpx2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_error_is_of_the_one_tree(tmp_path: Path) -> None:
    (tmp_path / "text.gguf").write_text("not weights")
    with pytest.raises(SimulatorError) as caught:
        open_subject(f"local:{tmp_path / 'text.gguf'}")
    assert "not a GGUF file" in str(caught.value)
