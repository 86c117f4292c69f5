"""A run that is killed again and again while a counting endpoint watches: what the kill tests and the benchmark share.

Every answer of the endpoint carries a number of its own (in the model name it reports), which the run's journal keeps.
So it can be told exactly, for each call, which of the endpoint's answers the run holds. The promise is: once an answer
is in the journal, its call is never made again. Between the moment when the endpoint hands the last byte to the kernel
and the commit of the journal lie the network, the client's event loop and one transaction; a process that is killed in
between has been answered, does not know it, and asks again. Such calls were *in flight*; there is at most one for each
dialogue that is played at the time. Their age at the kill is measured, since it says how wide that gap is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.models.fake_server import FakeServer, Reply, Request, chat

REPOSITORY = Path(__file__).resolve().parents[2]
LONGEST_START_S = 30.0

_QUESTIONS = {
    "en": ["When did it start, and how bad is it?", "Do you take any medicines?", "Is there anything else?"],
    "zh": ["什么时候开始的？有多严重？", "您在吃什么药吗？", "还有别的不舒服吗？"],
}
_ADVICE = {
    "en": "Please go to the emergency department now, and do not drive yourself.\n[END]",
    "zh": "请马上去医院急诊，不要自己开车。\n[END]",
}


class CountingEndpoint:
    """Answers with what depends on nothing but the request, two or three questions and then advice; as a judge, not met;
    as a listener, that everything is open; as a voice, in plain words, or first in nonsense; and counts the answers.
    """

    def __init__(self) -> None:
        self.asked: dict[str, list[int]] = {}
        """By idempotency key: the numbers of the answers, in the order in which the call was made."""
        self._n = 0

    def __call__(self, request: Request) -> Reply:
        self._n += 1
        self.asked.setdefault(request.headers["idempotency-key"], []).append(self._n)
        return chat(_words(request.body), model=f"answer-{self._n}")


def _words(body: dict[str, Any]) -> str:
    if "response_format" in body:
        if body["response_format"]["json_schema"]["name"] == "questions":
            return json.dumps({"asked": [], "open_question": True, "nothing_asked": False})
        return json.dumps({"verdicts": [_not_met(criterion) for criterion in _criteria(body)]})
    if '"plain": ' in body["messages"][1]["content"]:
        return _reworded(body)
    system, opening = (message["content"] for message in body["messages"][:2])
    language = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in opening) else "en"
    turns_before = sum(message["role"] == "assistant" for message in body["messages"])
    n_questions = 2 + zlib.crc32(f"{system}{opening}{body.get('seed')}".encode()) % 2
    return _QUESTIONS[language][turns_before] if turns_before < n_questions else _ADVICE[language]


def _reworded(body: dict[str, Any]) -> str:
    """As a voice: nonsense at first, and then the plain words, in every other reply."""
    to_say = json.loads(body["messages"][1]["content"].rsplit("\n", 1)[1])
    first = len(body["messages"]) == 2
    bad = zlib.crc32(to_say["plain"].encode()) % 2 == 0
    return "I have gout and 17 cats. 我有痛风，养了17只猫。" if first and bad else str(to_say["plain"])


def _criteria(body: dict[str, Any]) -> list[str]:
    schema = body["response_format"]["json_schema"]["schema"]
    return list(schema["properties"]["verdicts"]["items"]["properties"]["id"]["enum"])


def _not_met(criterion_id: str) -> dict[str, Any]:
    return {"id": criterion_id, "reasoning": "Not said.", "verdict": "not_met", "turn": None, "quote": None}


@dataclass(frozen=True, slots=True)
class Kill:
    at: float
    """time.monotonic() just before SIGKILL was sent."""
    gone: float
    """time.monotonic() once the process had been reaped."""
    n_finished: int
    """Dialogues that the run held after the kill."""


@dataclass(slots=True)
class Outcome:
    """What a run that was killed and resumed left behind."""

    folder: Path
    n_planned: int
    kills: list[Kill] = field(default_factory=list)
    asked: dict[str, list[int]] = field(default_factory=dict)
    """As in `CountingEndpoint`."""
    n_answered: int = 0
    """Answers that left the endpoint down to the last byte."""
    in_flight: list[float] = field(default_factory=list)
    """For each answer that was sent whole and asked for again: its age, in seconds, when the next kill came. Negative
    where the last byte left after the kill."""
    unexplained: list[str] = field(default_factory=list)
    """Keys that were answered twice without a kill between."""
    seconds: float = 0.0

    def table(self, name: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"{(self.folder / 'run.sqlite').as_uri()}?mode=ro", uri=True) as db:
            rows = db.execute(f"SELECT * FROM {name}").fetchall()
        db.close()
        return rows


@contextmanager
def simulator(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m simulator …` as a process of its own; killed at the end, if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "OPENAI_API_KEY": "sk-not-a-real-key-0123456789"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def kill_and_resume(
    runs: Path, arguments: list[str], *, n_kills: int, longest_life_s: float, seed: int, latency_s: float = 0.03
) -> Outcome:
    """Begins a run of ``arguments``, kills it ``n_kills`` times at random moments, resumes it each time, and lets the
    last session end. A moment lies 0 to ``longest_life_s`` seconds after the first call of the session.
    """
    moments = random.Random(seed)
    started = time.monotonic()
    endpoint = CountingEndpoint()
    with FakeServer(respond=endpoint, latency_s=latency_s, keep_requests=False) as server:
        models = ["--subject", "openai:fake-model", "--base-url", server.base_url, "--judge", "openai:fake-model"]
        command = ["run", *arguments, *models, "--runs", str(runs)]
        outcome: Outcome | None = None
        for _ in range(n_kills):
            before = server.received
            with simulator(*command) as process:
                _wait_for_a_call(server, before, process)
                time.sleep(moments.uniform(0, longest_life_s))
                assert process.poll() is None, f"the run ended before it was killed: {process.communicate()}"
                at = time.monotonic()
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                gone = time.monotonic()
            if outcome is None:
                folder = next(runs.iterdir())
                command = ["run", "--resume", str(folder)]
                outcome = Outcome(folder, 0)
                outcome.n_planned = len(outcome.table("plan"))
            outcome.kills.append(Kill(at, gone, len(outcome.table("dialogues"))))
        assert outcome is not None
        with simulator(*command, "--json") as process:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err.decode()
            assert json.loads(out)["subjects"]["openai:fake-model"]["n_missing"] == 0
        _count(server, outcome)
    outcome.asked = endpoint.asked
    outcome.seconds = time.monotonic() - started
    return outcome


def _wait_for_a_call(server: FakeServer, before: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST_START_S
    while server.received == before:
        assert process.poll() is None, f"the run ended before its first call: {process.communicate()}"
        assert time.monotonic() < until, "the run made no call"
        time.sleep(0.005)


def _count(server: FakeServer, outcome: Outcome) -> None:
    outcome.n_answered = sum(map(len, server.sent.values()))
    for key, answers in server.sent.items():
        for before, after in pairwise(answers):
            between = [kill for kill in outcome.kills if before.at <= kill.gone and kill.at <= after.at]
            if between:
                outcome.in_flight.append(between[0].at - before.at)
            else:
                outcome.unexplained.append(key)


def problems(outcome: Outcome, *, concurrency: int, widest_gap_s: float) -> list[str]:
    """What is wrong with the run and its calls; nothing, if the promise holds."""
    found: list[str] = []
    planned = {row[1] for row in outcome.table("plan")}
    for what, seen in (
        ("dialogues stored", Counter(row[0] for row in outcome.table("dialogues"))),
        ("dialogues judged", Counter(row[1] for row in outcome.table("judgements"))),
        ("ends in the log", Counter(row[1] for row in outcome.table("events") if row[3] == "ended")),
    ):
        if set(seen) != planned or set(seen.values()) != {1}:
            found.append(f"{what}: {len(seen)} different ones and {sum(seen.values())} in all, of {len(planned)}")

    journaled = {int(json.loads(row[2])["model"].removeprefix("answer-")) for row in outcome.table("calls")}
    for key, numbers in outcome.asked.items():
        if [number for number in numbers if number in journaled] != numbers[-1:]:
            found.append(f"call {key[:8]} was made again after its answer was stored: {numbers}")
    if len(journaled) != len(outcome.asked):
        found.append(f"{len(journaled)} answers in the journal, {len(outcome.asked)} different calls")

    if outcome.unexplained:
        found.append(f"{len(outcome.unexplained)} calls were answered twice without a kill between")
    if len(outcome.in_flight) > concurrency * len(outcome.kills):
        found.append(f"{len(outcome.in_flight)} calls in flight, more than {concurrency} for each kill")
    if old := [age for age in outcome.in_flight if age > widest_gap_s]:
        found.append(f"answers were lost that had arrived {old} s before the kill")
    return found


def summary(outcome: Outcome) -> str:
    ages = ", ".join(f"{age * 1000:.0f}" for age in sorted(outcome.in_flight)) or "none"
    return (
        f"{len(outcome.table('dialogues'))} dialogues of {outcome.n_planned}, {len(outcome.kills)} kills "
        f"(with {[kill.n_finished for kill in outcome.kills]} dialogues stored), {len(outcome.asked)} different calls, "
        f"{len(outcome.in_flight)} answered twice, all in flight at a kill; their age then, in ms: {ages}; "
        f"{outcome.seconds:.0f} s"
    )
