"""Runs whose counterparts are voiced and heard by models: what is stored, counted, and played without them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.dialogue.record import GuardKind, SpokenBy
from simulator.dialogue.understanding import HeardBy
from simulator.errors import EndpointUnreachable, IncompleteRunError
from simulator.evaluation.counterpart import CounterpartWork, counterpart_work
from simulator.evaluation.kept_calls import KeptCalls
from simulator.evaluation.manifest import Settings
from simulator.evaluation.running import Live, board_of, continue_run
from simulator.evaluation.runs import RunReader
from simulator.evaluation.session_models import Part, endpoint_defaults
from simulator.library.collection import Library
from simulator.models.journal import Completion
from simulator.models.subject import ReplyStatus, Usage
from tests.evaluation.killing import CountingEndpoint
from tests.evaluation.small import PER_SUBJECT, begun, continued, played
from tests.models.fake_server import FakeServer, Reply, Request, chat, error

DEAD = "http://127.0.0.1:9/v1"
BOTH = {"voice": "openai:fake-model", "listener": "openai:fake-model"}


def addresses(server: FakeServer) -> dict[str, Any]:
    return {"voice_base_url": server.base_url, "listener_base_url": server.base_url}


def work_of(folder: Path) -> CounterpartWork:
    with RunReader(folder) as reader:
        return counterpart_work(reader.records())


def is_listening(request: Request) -> bool:
    return "response_format" in request.body


def test_calls_are_counted_by_who_was_asked_and_are_no_cost_of_the_subject(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = CountingEndpoint()
    folder = begun(runs, books, "ref:checklist", price=(1.0, 1.0), **BOTH, **addresses(server))
    seen: list[Live] = []
    asyncio.run(continue_run(folder, seen.append))
    with RunReader(folder) as reader:
        usage = reader.usage()
    assert usage["subject"] == (0, 0, 0)
    assert usage["voice"][0] + usage["listener"][0] == server.received
    assert usage["voice"][1:] == (10 * usage["voice"][0], 5 * usage["voice"][0])
    assert seen[0].counterpart().calls == server.received
    assert (seen[0].tallies().calls, seen[0].cost) == (0, 0)


def test_what_models_did_in_the_counterparts_is_counted(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = CountingEndpoint()
    work = work_of(played(runs, books, "ref:checklist", **BOTH, **addresses(server)))
    assert set(work.spoken_by) <= {"model", "model_repaired"}
    assert work.spoken_by["model_repaired"] > 0
    assert work.guard[GuardKind.INVENTION.value] >= work.spoken_by["model_repaired"]
    assert work.heard_by[HeardBy.MODEL.value] > 0
    assert work.n_listener_failures == 0


def test_the_budget_counts_what_voice_and_listener_used(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = CountingEndpoint()
    folder = begun(
        runs, books, "ref:checklist", epochs=3, concurrency=1, max_total_tokens=100, **BOTH, **addresses(server)
    )
    with pytest.raises(IncompleteRunError, match="budget is spent"):
        continued(folder)
    assert server.received * 15 < 300, "one dialogue goes on until its turn ends"
    assert board_of(folder).rows[0].n_missing > 0


def test_an_endpoint_that_is_down_from_the_start_stops_the_run_before_anything_is_played(
    server: FakeServer, runs: Path, books: Library
) -> None:
    for part in ("voice", "listener"):
        folder = begun(runs / part, books, **{part: "openai:fake-model", f"{part}_base_url": DEAD})
        with pytest.raises(EndpointUnreachable, match="clinsim run --resume"):
            continued(folder)
        assert board_of(folder).rows[0].n_missing == PER_SUBJECT


def test_endpoints_that_break_down_on_the_way_leave_the_rules_and_a_count(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = lambda request: error(500)
    broken = played(runs / "broken", books, "ref:checklist", **BOTH, **addresses(server))
    by_rules = played(runs / "rules", books, "ref:checklist")
    work = work_of(broken)
    assert set(work.spoken_by) == {SpokenBy.FALLBACK.value}
    assert work.n_voice_failures == work.n_replies
    assert work.n_listener_failures > 0
    assert set(work.heard_by) == {HeardBy.RULES.value}
    with RunReader(broken) as one, RunReader(by_rules) as other:
        for record, plain in zip(one.records(), other.records(), strict=True):
            assert record.ledger == plain.ledger
            assert [reply.text for reply in record.counterpart_turns] == [
                reply.text for reply in plain.counterpart_turns
            ]
    assert board_of(broken) == board_of(by_rules)


def test_a_run_that_is_resumed_keeps_its_voice_and_asks_nothing_twice(
    server: FakeServer, runs: Path, books: Library
) -> None:
    endpoint = CountingEndpoint()
    n = 0

    def respond(request: Request) -> Reply:
        nonlocal n
        n += 1
        return endpoint(request) if is_listening(request) or n % 7 or n > 60 else chat(usage=None, text="…")

    server.respond = respond
    folder = begun(runs, books, "ref:checklist", max_total_tokens=150, concurrency=2, **BOTH, **addresses(server))
    with pytest.raises(IncompleteRunError):
        continued(folder)
    continued(folder, max_total_tokens=10**6)
    assert not [key for key, answers in server.sent.items() if len(answers) > 1]
    with RunReader(folder) as reader:
        assert reader.manifest().settings.voice == "openai:fake-model"
        assert len(list(reader.records())) == PER_SUBJECT


def test_each_part_has_its_own_endpoint_and_temperature() -> None:
    settings = Settings(
        subjects=(), base_url="http://s", judge_base_url="http://j", voice_base_url="http://v",
        listener_base_url="http://l", voice_api_key_env="V", listener_api_key_env="L", temperature=0.3, max_tokens=9,
    )  # fmt: skip
    found = {part: endpoint_defaults(settings, part) for part in Part}
    assert [found[part].base_url for part in Part] == ["http://s", "http://j", "http://v", "http://l"]
    assert [found[part].temperature for part in Part] == [0.3, 0.0, None, 0.0]
    assert [found[part].max_tokens for part in Part] == [9, None, None, None]
    assert (found[Part.VOICE].api_key_env, found[Part.LISTENER].api_key_env) == ("V", "L")


def test_a_manifest_from_before_there_were_voices_still_reads() -> None:
    stored = json.loads(Settings(subjects=("a",)).model_dump_json())
    old = {key: value for key, value in stored.items() if not key.startswith(("voice", "listener"))}
    assert Settings.model_validate(old) == Settings(subjects=("a",))


def test_kept_calls_read_back_as_they_were_kept() -> None:
    calls = KeptCalls()
    completion = Completion("三天了。", ReplyStatus.OK, None, Usage(3, 4, 0.5), "m")
    calls.record("k", "hash", completion)
    again = KeptCalls(json.loads(json.dumps(calls.as_json())))
    assert again.lookup("k", "hash") == completion
    assert again.lookup("k", "another") is None
    assert again.lookup("another", "hash") is None
