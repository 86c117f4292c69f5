"""`--voice` and `--listener` from the command line: whose endpoint, what is kept, what is refused, what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.evaluation.runs import RunReader
from tests.cli.conftest import Invoke
from tests.evaluation.killing import CountingEndpoint
from tests.models.fake_server import FakeServer, chat

DEAD = "http://127.0.0.1:9/v1"
MODELS = ["--voice", "openai:fake-model", "--listener", "openai:fake-model"]


def folder_of(runs: Path) -> Path:
    (folder,) = runs.iterdir()
    return folder


def test_voice_and_listener_use_the_subjects_endpoint_unless_they_have_their_own(
    clinsim: Invoke, server: FakeServer, runs: Path
) -> None:
    server.respond = CountingEndpoint()
    ran = clinsim("run", "--subject", "ref:checklist", *MODELS, "--base-url", server.base_url, "--json")
    assert ran.code == 0, ran.err
    with RunReader(folder_of(runs)) as reader:
        settings = reader.manifest().settings
    assert (settings.voice, settings.voice_base_url) == ("openai:fake-model", server.base_url)
    assert (settings.listener, settings.listener_base_url) == ("openai:fake-model", server.base_url)
    work = ran.json["counterpart"]
    assert (work["voice"], work["listener"]) == ("openai:fake-model", "openai:fake-model")
    assert work["spoken_by"]["model_repaired"] > 0
    assert ran.json["usage"]["voice"]["n_calls"] + ran.json["usage"]["listener"]["n_calls"] == server.received


def test_each_can_have_an_endpoint_of_its_own(clinsim: Invoke, server: FakeServer) -> None:
    server.respond = CountingEndpoint()
    own = ["--voice-base-url", server.base_url, "--listener-base-url", server.base_url, "--base-url", DEAD]
    assert clinsim("run", "--subject", "ref:exemplar", *MODELS, *own).code == 0


@pytest.mark.parametrize("part", ["voice", "listener"])
def test_a_missing_key_and_a_dead_endpoint_end_with_four(clinsim: Invoke, runs: Path, part: str) -> None:
    run = ["run", "--subject", "ref:silent", f"--{part}", "openai:m"]
    keyless = clinsim(*run, f"--{part}-base-url", "https://example.invalid/v1", f"--{part}-api-key-env", "PART_KEY")
    assert (keyless.code, runs.exists()) == (4, False)
    assert "PART_KEY" in keyless.err
    dead = clinsim(*run, f"--{part}-base-url", DEAD, "--retries", "0")
    assert dead.code == 4
    assert DEAD in dead.err


@pytest.mark.parametrize("part", ["voice", "listener"])
def test_what_cannot_be_a_voice_is_a_usage_error(clinsim: Invoke, runs: Path, part: str) -> None:
    assert clinsim("run", "--subject", "ref:silent", f"--{part}", "ref:careless").code == 2
    secret = clinsim("run", "--subject", "ref:silent", f"--{part}", "openai:m@https://u:s3cr3t@host/v1")
    assert secret.code == 2
    assert "s3cr3t" not in secret.err
    assert not runs.exists()


def test_a_resume_keeps_the_voice_and_refuses_another(clinsim: Invoke, server: FakeServer) -> None:
    server.respond = CountingEndpoint()
    clinsim("run", "--subject", "ref:exemplar", *MODELS, "--base-url", server.base_url)
    n_calls = server.received
    assert clinsim("run", "--resume", "last").code == 0
    assert server.received == n_calls
    refused = clinsim("run", "--resume", "last", *MODELS)
    assert refused.code == 2
    assert "--listener, --voice cannot be given anew" in refused.err


def test_the_log_of_a_transcript_shows_what_the_guard_found_and_who_heard(clinsim: Invoke, server: FakeServer) -> None:
    server.respond = CountingEndpoint()
    clinsim("run", "--subject", "ref:checklist", *MODELS, "--base-url", server.base_url)
    shown = clinsim("transcript", "--last", "--log", "--most", "9").out
    assert "[model repaired]" in shown
    assert "voice, attempt 1: invention: 痛风" in shown
    assert "voice, attempt 1: unusable: it was in another language" in shown
    assert "listener (model): heard otherwise: " in shown
    plain = clinsim("transcript", "--last", "--most", "9").out
    assert "voice, attempt 1" not in plain


def test_a_run_without_models_shows_nothing_of_them(clinsim: Invoke) -> None:
    ran = clinsim("run", "--subject", "ref:checklist")
    assert "Voice" not in ran.out
    assert "[" not in clinsim("transcript", "--last", "--most", "1").out.splitlines()[3]


# ---- in the subject's chair

TOLD = "It spreads to my left arm."
REWORDED = "My left arm, it spreads there."


def test_a_sitting_can_be_voiced_and_heard_by_models(clinsim: Invoke, server: FakeServer) -> None:
    server.enqueue(chat(REWORDED))
    voice = ["--voice", "openai:fake-model", "--base-url", server.base_url]
    ran = clinsim("play", "chest-pain", *voice, stdin="Does it spread anywhere?\n")
    assert ran.code == 0
    assert f"patient: {REWORDED}" in ran.out


def test_a_sitting_that_goes_on_turn_by_turn_pays_for_no_call_twice(
    clinsim: Invoke, server: FakeServer, tmp_path: Path
) -> None:
    session = tmp_path / "session.json"
    server.respond = lambda request: chat(REWORDED)
    sit = ["play", "chest-pain", "--session", session, "--voice", "openai:fake-model", "--base-url", server.base_url]
    first = clinsim(*sit, "--say", "Does it spread anywhere?")
    assert f"patient: {REWORDED}" in first.out
    n_calls = server.received
    again = clinsim(*sit)
    assert f"patient: {REWORDED}" in again.out
    assert server.received == n_calls
    assert set(json.loads(session.read_text(encoding="utf-8"))) == {"dialogue", "said", "calls"}


def test_a_voiced_turn_can_be_taken_back(clinsim: Invoke, server: FakeServer) -> None:
    server.enqueue(chat("I have gout."), chat(REWORDED), chat(REWORDED))
    voice = ["--voice", "openai:fake-model", "--base-url", server.base_url]
    ask = "Does it spread anywhere?"
    ran = clinsim("play", "chest-pain", *voice, stdin=f"{ask}\n/back\n{ask}\n")
    assert ran.code == 0
    assert ran.out.count(f"patient: {REWORDED}") == 2
