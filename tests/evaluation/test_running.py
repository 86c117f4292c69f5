"""A run from its beginning to its end, and what stops it on the way."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import (
    EndpointError,
    EndpointRejected,
    EndpointUnreachable,
    IncompleteRunError,
    InterruptedRunError,
    MissingKeyError,
    StoreError,
)
from simulator.evaluation.running import Live, board_of, continue_run, judged_dialogues
from simulator.evaluation.runs import RunReader
from simulator.evaluation.store import RunWriter
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.library.collection import Library
from simulator.models.reference import REFERENCE_NAMES
from simulator.models.subject import ReplyStatus
from tests.evaluation.killing import CountingEndpoint
from tests.evaluation.small import JUDGED, PER_SUBJECT, begun, continued, played
from tests.models.fake_server import FakeServer, Reply, Request, chat, error, html, raw

SUBJECT = "openai:fake-model"
ADVICE = "Go to the emergency department now. [END] 请马上去急诊。"


def is_for_the_judge(request: Request) -> bool:
    return "response_format" in request.body


def judgement(verdict: str, **more: object) -> Reply:
    entry = {"id": JUDGED, "reasoning": "r", "verdict": verdict, "turn": None, "quote": None} | more
    return chat(json.dumps({"verdicts": [entry]}))


def begun_at(server: FakeServer, runs: Path, books: Library, *, judged: bool = False, **settings: Any) -> Path:
    judge: dict[str, Any] = {"judge": "openai:fake-model", "judge_base_url": server.base_url} if judged else {}
    return begun(runs, books, SUBJECT, **{"base_url": server.base_url} | judge | settings)


def verdicts_on(folder: Path, criterion: str) -> list[Verdict]:
    with RunReader(folder) as reader:
        found = judged_dialogues(reader)
    return [verdict for item in found for verdict in item.judged.verdicts if verdict.criterion_id == criterion]


def test_a_run_plays_and_judges_its_whole_plan(runs: Path, books: Library) -> None:
    finished = continued(begun(runs, books, *(f"ref:{name}" for name in REFERENCE_NAMES)))
    assert finished.progress.n_done == 5 * PER_SUBJECT
    assert finished.board.rows[0].subject == "ref:exemplar"
    assert all(row.n_dialogues == PER_SUBJECT and row.n_missing == 0 for row in finished.board.rows)


def test_the_same_plan_gives_the_same_dialogues_and_scores(runs: Path, books: Library) -> None:
    first, second = (played(runs / name, books, "ref:checklist", concurrency=n) for name, n in (("a", 1), ("b", 8)))
    assert board_of(first) == board_of(second)
    with RunReader(first) as one, RunReader(second) as other:
        assert list(one.records()) == list(other.records())


def test_the_run_keeps_the_case_it_was_played_with(runs: Path, books: Library) -> None:
    with RunReader(begun(runs, books)) as reader:
        assert reader.scenarios() == {key: entry.value for key, entry in books.scenarios.items()}
        assert reader.rubrics() == {key: entry.value for key, entry in books.rubrics.items()}
        assert reader.personas() == {key: entry.value for key, entry in books.personas.items()}
        hashes = {item.id: item.sha256 for item in reader.manifest().content if item.kind == "rubric"}
    assert hashes == {key: entry.sha256 for key, entry in books.rubrics.items()}


# ---- endpoints


def test_dialogues_with_a_model_are_played_side_by_side(server: FakeServer, runs: Path, books: Library) -> None:
    server.latency_s = 0.8
    server.respond = lambda request: chat(ADVICE)
    continued(begun_at(server, runs, books, epochs=2, concurrency=8))
    times = [request.at for request in server.requests]
    assert len(times) >= 8
    assert times[7] - times[0] < 0.8, "eight calls were under way before the first was answered"


def test_an_endpoint_that_is_gone_stops_the_run_before_anything_is_played(runs: Path, books: Library) -> None:
    folder = begun(runs, books, SUBJECT, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EndpointUnreachable) as failed:
        continued(folder)
    assert "--base-url" in str(failed.value.fix)
    assert f"clinsim run --resume {folder}" in str(failed.value)
    assert board_of(folder).rows[0].n_missing == PER_SUBJECT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(error(401, "no"), MissingKeyError), (error(404, "no such model"), EndpointRejected)],
    ids=["401", "404"],
)
def test_a_refusal_that_no_dialogue_can_escape_stops_the_run(
    server: FakeServer, runs: Path, books: Library, answer: Reply, kind: type[EndpointError]
) -> None:
    server.models = None
    server.respond = lambda request: answer
    folder = begun_at(server, runs, books, epochs=5, concurrency=2)
    with pytest.raises(kind, match="continue with"):
        continued(folder)
    assert server.received <= 2
    server.respond = lambda request: chat(ADVICE)
    assert continued(folder).progress.n_done == PER_SUBJECT * 5


@pytest.mark.parametrize("answer", [error(500), html(), raw(b"{"), raw(b""), error(429)], ids=range(5))
def test_what_fails_in_one_dialogue_lets_the_others_be_played(
    server: FakeServer, runs: Path, books: Library, answer: Reply
) -> None:
    server.respond = lambda request: answer if "胸" in json.dumps(request.body, ensure_ascii=False) else chat(ADVICE)
    folder = begun_at(server, runs, books)
    with pytest.raises(IncompleteRunError, match="2 of 4 dialogues could not be played") as failed:
        continued(folder)
    assert f"clinsim run --resume {folder}" in str(failed.value.fix)
    (row,) = board_of(folder).rows
    assert (row.n_dialogues, row.n_missing) == (2, 2)
    with RunReader(folder) as reader:
        assert all("/zh/" in dialogue for dialogue in reader.failures())
        n_before = reader.n_calls()
    server.respond = lambda request: chat(ADVICE)
    server.requests.clear()
    assert continued(folder).progress.n_done == PER_SUBJECT
    assert all("胸" in json.dumps(request.body, ensure_ascii=False) for request in server.requests)
    with RunReader(folder) as reader:
        assert reader.failures() == {}
        assert reader.n_calls() == n_before + len(server.requests)


def test_empty_cut_off_and_refused_replies_are_told_apart(server: FakeServer, runs: Path, books: Library) -> None:
    server.enqueue(
        chat(""),
        chat("I would ask about", finish_reason="length"),
        chat(None, refusal="I cannot help with that."),
        chat("Does it spread anywhere?"),
    )
    server.respond = lambda request: chat(ADVICE)
    folder = begun_at(server, runs, books, concurrency=1)
    continued(folder)
    with RunReader(folder) as reader:
        turns = [(turn.status, turn.text) for record in reader.records() for turn in record.subject_turns][:4]
    assert turns == [
        (ReplyStatus.EMPTY, ""),
        (ReplyStatus.CUT_OFF, "I would ask about"),
        (ReplyStatus.REFUSED, "I cannot help with that."),
        (ReplyStatus.OK, "Does it spread anywhere?"),
    ]


def test_reasoning_reaches_neither_the_counterpart_nor_the_judge(
    server: FakeServer, runs: Path, books: Library
) -> None:
    def respond(request: Request) -> Reply:
        if is_for_the_judge(request):
            return judgement("not_met")
        before = sum(message["role"] == "assistant" for message in request.body["messages"])
        return chat(f"<think>SECRET {before}</think>{'Where does it hurt? 哪里疼？' if not before else ADVICE}")

    server.respond = respond
    folder = begun_at(server, runs, books, judged=True)
    continued(folder)
    assert any(is_for_the_judge(request) for request in server.requests)
    assert not [request for request in server.requests if b"SECRET" in request.raw or b"think>" in request.raw]
    with RunReader(folder) as reader:
        for record in reader.records():
            assert [turn.reasoning for turn in record.subject_turns][:2] == ["SECRET 0", "SECRET 1"]
            assert not any("SECRET" in turn.text for turn in record.subject_turns)
            assert not any("SECRET" in turn.text for turn in record.counterpart_turns)
            assert not any("SECRET" in heard.model_dump_json() for heard in record.understandings)


# ---- the judge


def test_a_judge_that_is_gone_stops_the_run_before_any_dialogue_is_paid_for(
    server: FakeServer, runs: Path, books: Library
) -> None:
    folder = begun_at(server, runs, books, judge="openai:fake-model", judge_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EndpointUnreachable):
        continued(folder)
    assert server.received == 0


def test_a_judge_that_fails_leaves_its_criteria_unscored_and_is_asked_again_on_resume(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = lambda request: error(500, "down") if is_for_the_judge(request) else chat(ADVICE)
    folder = begun_at(server, runs, books, judged=True)
    with pytest.raises(IncompleteRunError, match="4 could not be judged") as failed:
        continued(folder)
    assert "HTTP 500" in failed.value.what
    for verdict in verdicts_on(folder, JUDGED):
        assert verdict.outcome is Outcome.UNSCORED
        assert verdict.reason.startswith("the judge's endpoint failed: HTTP 500")
    (row,) = board_of(folder).rows
    assert row.n_dialogues == PER_SUBJECT
    assert row.scores.overall is not None, "what the checks decided is scored"
    assert row.unscored_share == 1 / 4

    server.respond = lambda request: judgement("not_met") if is_for_the_judge(request) else error(500, "not again")
    server.requests.clear()
    continued(folder)
    assert len(server.requests) == PER_SUBJECT
    assert all(verdict.decided_by is DecidedBy.JUDGE for verdict in verdicts_on(folder, JUDGED))


def test_a_judge_that_talks_nonsense_is_not_asked_again(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = lambda request: chat("It is fine!") if is_for_the_judge(request) else chat(ADVICE)
    folder = begun_at(server, runs, books, judged=True)
    continued(folder)
    assert {verdict.outcome for verdict in verdicts_on(folder, JUDGED)} == {Outcome.UNSCORED}
    server.requests.clear()
    continued(folder)
    assert server.requests == []


def test_a_dialogue_that_was_stored_and_not_judged_is_judged_on_resume(
    server: FakeServer, runs: Path, books: Library
) -> None:
    folder = begun_at(server, runs, books, judged=True)

    def respond(request: Request) -> Reply:
        return error(401, "the judge's key is spent") if is_for_the_judge(request) else chat(ADVICE)

    server.respond = respond
    with pytest.raises(MissingKeyError):
        continued(folder)
    with RunReader(folder) as reader:
        n_stored = len(reader.finished())
        assert n_stored >= 1
        assert reader.judgements(1) == {}
    server.respond = CountingEndpoint()
    assert continued(folder).progress.n_done == PER_SUBJECT
    with RunReader(folder) as reader:
        assert len(reader.judgements(1)) == PER_SUBJECT


# ---- stopping and going on


async def stopped_after(folder: Path, server: FakeServer, n_calls: int) -> InterruptedRunError:
    task = asyncio.create_task(continue_run(folder))
    while server.received < n_calls:
        await asyncio.sleep(0.005)
        assert not task.done()
    task.cancel()
    with pytest.raises(InterruptedRunError) as stopped:
        await task
    return stopped.value


async def test_a_run_that_is_stopped_and_resumed_repeats_no_call(
    server: FakeServer, runs: Path, books: Library
) -> None:
    endpoint = CountingEndpoint()
    server.respond, server.latency_s = endpoint, 0.02
    folder = begun_at(server, runs, books, judged=True, epochs=3, concurrency=3)
    stopped = await stopped_after(folder, server, 9)
    assert f"clinsim run --resume {folder}" in str(stopped)
    assert "of 12 dialogues done" in stopped.what
    stopped = await stopped_after(folder, server, 30)
    finished = await continue_run(folder)
    assert finished.progress.n_done == 12
    assert not [key for key, answers in server.sent.items() if len(answers) > 1]


async def test_what_a_stopped_run_holds_is_whole(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond, server.latency_s = CountingEndpoint(), 0.02
    folder = begun_at(server, runs, books, epochs=3, concurrency=3)
    await stopped_after(folder, server, 20)
    with RunReader(folder) as reader:
        assert {record.id for record in reader.records()} == reader.finished()
        assert reader.failures() == {}, "a dialogue that was cut off is not a failure of the subject"


def test_two_sessions_of_one_run_do_not_meet(runs: Path, books: Library) -> None:
    folder = begun(runs, books)
    with RunWriter(folder), pytest.raises(StoreError, match="another process is writing"):
        continued(folder)


def test_the_plan_is_read_only_once_the_run_is_ours(
    runs: Path, books: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another session ends between our start and our turn: what it played is not played again."""
    folder = begun(runs, books)
    opened: list[str] = []
    begin, read = RunWriter.__init__, RunReader.finished

    def begin_noted(self: RunWriter, at: Path) -> None:
        opened.append("writer")
        begin(self, at)

    def read_noted(self: RunReader) -> frozenset[str]:
        opened.append("read")
        return read(self)

    monkeypatch.setattr(RunWriter, "__init__", begin_noted)
    monkeypatch.setattr(RunReader, "finished", read_noted)
    continued(folder)
    assert opened[:2] == ["writer", "read"]


def test_progress_and_cost_can_be_watched(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = lambda request: chat(ADVICE)
    seen: list[Live] = []
    asyncio.run(continue_run(begun_at(server, runs, books, price=(1.0, 2.0)), seen.append))
    (live,) = seen
    assert (live.progress.n_done, live.progress.n_planned) == (PER_SUBJECT, PER_SUBJECT)
    n_calls = server.received
    assert live.tallies().calls == n_calls
    assert live.cost == pytest.approx(n_calls * (10 * 1.0 + 5 * 2.0) / 1e6)


def test_a_cost_is_not_known_where_a_call_did_not_report_its_tokens(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = lambda request: chat(ADVICE, usage=None)
    seen: list[Live] = []
    asyncio.run(continue_run(begun_at(server, runs, books, price=(1.0, 2.0)), seen.append))
    assert seen[0].cost is None


# ---- the budget


def test_a_spent_budget_stops_the_run_and_scores_no_dialogue_that_was_cut(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = CountingEndpoint()
    folder = begun_at(server, runs, books, epochs=3, concurrency=2, max_total_tokens=100)
    with pytest.raises(IncompleteRunError, match="budget is spent") as failed:
        continued(folder)
    assert "--token-budget MORE" in str(failed.value.fix)
    with RunReader(folder) as reader:
        prompt_and_reply = sum(reader.usage()["subject"][1:])
        finished = list(reader.records())
    assert 100 <= prompt_and_reply <= 100 + 2 * 15, "only calls that were under way went beyond it"
    assert len(finished) < 12
    assert not any(record.end_reason.value == "budget_limit" for record in finished)
    assert board_of(folder).rows[0].n_missing == 12 - len(finished)


def test_a_resumed_run_keeps_its_budget_until_it_is_raised(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = CountingEndpoint()
    folder = begun_at(server, runs, books, max_total_tokens=60)
    with pytest.raises(IncompleteRunError):
        continued(folder)
    n_calls = server.received
    with pytest.raises(IncompleteRunError, match="budget is spent"):
        continued(folder)
    assert server.received == n_calls, "nothing was asked while the budget was spent"
    finished = continued(folder, max_total_tokens=10**6)
    assert finished.progress.n_done == PER_SUBJECT
    assert not [key for key, answers in server.sent.items() if len(answers) > 1]
    with RunReader(folder) as reader:
        assert reader.manifest().settings.max_total_tokens == 10**6


def test_a_resume_changes_how_a_run_is_played_and_nothing_of_what(
    server: FakeServer, runs: Path, books: Library
) -> None:
    server.respond = CountingEndpoint()
    folder = begun_at(server, runs, books)
    with RunReader(folder) as reader:
        before = reader.manifest()
    continued(folder, concurrency=2, price=(1.0, 2.0), timeout_s=9.0, max_retries=1)
    with RunReader(folder) as reader:
        after = reader.manifest()
    changed = {"concurrency": 2, "price": (1.0, 2.0), "timeout_s": 9.0, "max_retries": 1}
    assert after.settings == before.settings.model_copy(update=changed)
    assert after.model_copy(update={"settings": before.settings}) == before


# ---- what was not sent


def test_what_an_endpoint_does_not_take_is_noted_in_the_manifest(
    server: FakeServer, runs: Path, books: Library
) -> None:
    def respond(request: Request) -> Reply:
        if "temperature" in request.body:
            return error(400, "temperature is not supported with this model", param="temperature")
        return chat(ADVICE)

    server.respond = respond
    folder = begun_at(server, runs, books, temperature=0.5)
    continued(folder)
    with RunReader(folder) as reader:
        (line,) = reader.manifest().adaptations
    assert "temperature" in line


def test_a_model_that_the_endpoint_does_not_list_is_a_warning(server: FakeServer, runs: Path, books: Library) -> None:
    server.models = ["another"]
    server.respond = lambda request: chat(ADVICE)
    (warning,) = continued(begun_at(server, runs, books)).warnings
    assert "does not list fake-model; it lists another" in warning
