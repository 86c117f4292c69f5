"""SIGINT and SIGTERM: the run stops, holds whole dialogues, and names the command that continues it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.evaluation.runs import RunReader
from tests.cli.conftest import Invoke, finished, process
from tests.evaluation.killing import CountingEndpoint
from tests.models.fake_server import FakeServer


@pytest.fixture
def slow_server() -> Iterator[FakeServer]:
    with FakeServer(respond=CountingEndpoint(), latency_s=0.05) as running:
        yield running


def wait_for(server: FakeServer, n_calls: int) -> None:
    until = time.monotonic() + 60
    while server.received < n_calls:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_run_that_is_stopped_ends_with_130_and_goes_on_where_it_was(
    slow_server: FakeServer, clinsim: Invoke, small: Path, runs: Path, kind: signal.Signals
) -> None:
    words = ["--subject", "openai:fake-model", "--base-url", slow_server.base_url, "--epochs", "5", "-c", "2"]
    running = process(small, "run", *words, "--runs", runs)
    wait_for(slow_server, 12)
    slow_server.latency_s = 60  # what is under way is never answered: no answer crosses the signal on the wire
    time.sleep(0.5)
    running.send_signal(kind)
    ran = finished(running)
    slow_server.latency_s = 0.05
    (folder,) = runs.iterdir()
    assert (ran.code, ran.out) == (130, "")
    assert "of 20 dialogues done" in ran.err
    assert f"continue with: clinsim run --resume {folder}" in ran.err
    with RunReader(folder) as reader:
        stored = list(reader.records())
        assert {record.id for record in stored} == reader.finished() == set(reader.judgements(1))
        assert reader.failures() == {}
    assert 0 < len(stored) < 20
    done = clinsim("run", "--resume", folder, "--json")
    assert done.json["subjects"]["openai:fake-model"]["n_dialogues"] == 20
    repeated = [key for key, answers in slow_server.sent.items() if len(answers) > 1]
    assert repeated == [], "an answer that had arrived was asked for again"


def test_judging_that_is_stopped_says_so_and_leaves_the_old_verdicts(
    slow_server: FakeServer, clinsim: Invoke, small: Path, runs: Path
) -> None:
    clinsim("run", "--subject", "ref:exemplar")
    slow_server.latency_s = 60
    judge = ["--judge", "openai:fake-model", "--judge-base-url", slow_server.base_url]
    running = process(small, "rejudge", *judge, "--runs", runs)
    wait_for(slow_server, 4)
    running.send_signal(signal.SIGTERM)
    ran = finished(running)
    assert (ran.code, ran.out) == (130, "")
    assert "0 of 4 dialogues judged again" in ran.err
    assert clinsim("report", "--json").json["verdict_set"] == 1
