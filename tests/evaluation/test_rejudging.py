"""Judging again: a new set of verdicts beside the old ones, which stay as they were."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import EndpointUnreachable, IncompleteRunError, InterruptedRunError, UsageError
from simulator.evaluation.manifest import Settings
from simulator.evaluation.rejudging import rejudge
from simulator.evaluation.running import board_of, judged_dialogues
from simulator.evaluation.runs import RunReader, VerdictSet
from simulator.judging.verdict import Outcome
from simulator.library.collection import Library, read_library
from tests.evaluation.small import JUDGED, PER_SUBJECT, begun, continued, played, with_a_criterion_to_judge
from tests.library import minimal
from tests.models.fake_server import FakeServer, Reply, Request, chat, error


def judgement(verdict: str) -> Reply:
    entry = {"id": JUDGED, "reasoning": "r", "verdict": verdict, "turn": None, "quote": None}
    return chat(json.dumps({"verdicts": [entry]}))


def again(folder: Path, server: FakeServer | None = None, library: Library | None = None, **more: Any) -> int:
    judge: dict[str, Any] = {"judge": "openai:fake-model", "judge_base_url": server.base_url} if server else {}
    settings = Settings(subjects=(), max_retries=0, **judge | more)
    return asyncio.run(rejudge(folder, settings, library, 4))


def verdict_sets(folder: Path) -> tuple[VerdictSet, ...]:
    with RunReader(folder) as reader:
        return reader.verdict_sets()


def standing(folder: Path) -> int | None:
    with RunReader(folder) as reader:
        found = reader.standing_verdict_set()
    return found.id if found else None


def outcomes(folder: Path, set_id: int) -> list[Outcome]:
    with RunReader(folder) as reader:
        found = judged_dialogues(reader, next(item for item in reader.verdict_sets() if item.id == set_id))
    return [verdict.outcome for item in found for verdict in item.judged.verdicts if verdict.criterion_id == JUDGED]


def newer(folder: Path, change: Callable[[minimal.Files], object]) -> Library:
    """The library as it is today, changed since the run was played."""

    def both(files: minimal.Files) -> None:
        with_a_criterion_to_judge(files)
        change(files)

    return read_library(minimal.write(folder / "today", both))


def test_judging_again_adds_a_set_and_leaves_the_old_one(server: FakeServer, runs: Path, books: Library) -> None:
    folder = played(runs, books)
    before = board_of(folder)
    server.respond = lambda request: judgement("not_met")
    set_id = again(folder, server)
    first, second = verdict_sets(folder)
    assert (first.id, second.id, set_id) == (1, 2, 2)
    assert (first.judge, second.judge) == (None, "openai:fake-model")
    assert board_of(folder, first) == before
    assert outcomes(folder, 1) == [Outcome.UNSCORED] * PER_SUBJECT
    assert outcomes(folder, 2) == [Outcome.NOT_MET] * PER_SUBJECT
    assert standing(folder) == 2


def test_judging_again_asks_again_and_plays_nothing(server: FakeServer, runs: Path, books: Library) -> None:
    server.respond = lambda request: judgement("not_met")
    folder = played(runs, books, judge="openai:fake-model", judge_base_url=server.base_url)
    n_calls = server.received
    again(folder, server)
    assert server.received == 2 * n_calls, "an answer of the first judging is not taken for one of the second"
    assert all("response_format" in request.body for request in server.requests)


def test_a_set_that_was_not_finished_does_not_stand(server: FakeServer, runs: Path, books: Library) -> None:
    folder = played(runs, books)
    answers = iter([judgement("not_met")])
    server.respond = lambda request: next(answers, error(401, "spent"))
    with pytest.raises(Exception, match="401"):
        again(folder, server)
    assert len(verdict_sets(folder)) == 2
    assert standing(folder) == 1


def test_a_set_in_which_the_judge_failed_does_not_stand_before_a_sound_one(
    server: FakeServer, runs: Path, books: Library
) -> None:
    folder = played(runs, books)
    answers = iter([judgement("not_met")] * 3)
    server.respond = lambda request: next(answers, error(500, "down"))
    with pytest.raises(IncompleteRunError, match="1 of 4 dialogues could not be judged") as failed:
        again(folder, server)
    assert "--verdict-set 2" in str(failed.value.fix)
    assert standing(folder) == 1
    assert sorted(outcomes(folder, 2)) == [Outcome.NOT_MET] * 3 + [Outcome.UNSCORED]


def test_a_judge_that_is_gone_leaves_no_empty_set_behind(runs: Path, books: Library) -> None:
    folder = played(runs, books)
    with pytest.raises(EndpointUnreachable):
        again(folder, judge="openai:m", judge_base_url="http://127.0.0.1:9/v1")
    assert len(verdict_sets(folder)) == 1


async def test_judging_that_is_stopped_leaves_the_old_verdicts_standing(
    server: FakeServer, runs: Path, books: Library
) -> None:
    folder = await asyncio.to_thread(played, runs, books)
    server.latency_s = 30
    settings = Settings(subjects=(), judge="openai:fake-model", judge_base_url=server.base_url)
    task = asyncio.create_task(rejudge(folder, settings, None, 4))
    while server.received < 4:
        await asyncio.sleep(0.01)
        assert not task.done()
    task.cancel()
    with pytest.raises(InterruptedRunError, match="0 of 4 dialogues judged again"):
        await task
    assert standing(folder) == 1


def test_the_rubrics_of_the_run_are_those_it_was_played_with_whatever_the_library_holds_today(
    tmp_path: Path, runs: Path, books: Library
) -> None:
    folder = played(runs, books)
    newer(tmp_path, lambda files: files.rubric["criteria"].pop(0))
    assert again(folder) == 2
    first, second = verdict_sets(folder)
    assert first.rubrics == second.rubrics
    assert board_of(folder, second) == board_of(folder, first)


def test_todays_rubrics_are_stored_with_the_set_that_rests_on_them(tmp_path: Path, runs: Path, books: Library) -> None:
    folder = played(runs, books)
    today = newer(tmp_path, lambda files: files.rubric["criteria"].pop(1))
    again(folder, library=today)
    first, second = verdict_sets(folder)
    assert second.rubrics == {"chest-pain": today.rubrics["chest-pain"].sha256} != first.rubrics
    with RunReader(folder) as reader:
        assert len(reader.rubrics(first)["chest-pain"].criteria) == 4
        assert len(reader.rubrics(second)["chest-pain"].criteria) == 3
        assert reader.rubrics() == reader.rubrics(first), "the run itself was played with the old ones"
        for item in judged_dialogues(reader, second):
            ids = [verdict.criterion_id for verdict in item.judged.verdicts]
            assert ids == [criterion.id for criterion in reader.rubrics(second)["chest-pain"].criteria]


def test_todays_cases_go_with_todays_rubrics(tmp_path: Path, runs: Path, books: Library) -> None:
    folder = played(runs, books)

    def rename(files: minimal.Files) -> None:
        files.rubric["id"] = files.scenario["rubric"] = "chest-pain-v2"
        files.scenario["answer_key"]["dispositions"] = ["self_care"]

    again(folder, library=newer(tmp_path, rename))
    first, second = verdict_sets(folder)
    assert set(second.rubrics) == {"chest-pain-v2"}
    assert board_of(folder, first).rows[0].triage["none"] == PER_SUBJECT
    assert board_of(folder, second).rows[0].triage["over"] == PER_SUBJECT


def test_a_case_that_the_library_no_longer_holds_is_refused_and_nothing_is_written(
    tmp_path: Path, runs: Path, books: Library
) -> None:
    folder = played(runs, books)

    def rename(files: minimal.Files) -> None:
        files.scenario["id"] = "another-case"

    with pytest.raises(UsageError, match="no longer holds scenario `chest-pain`"):
        again(folder, library=newer(tmp_path, rename))
    assert len(verdict_sets(folder)) == 1


def test_what_a_resume_adds_is_judged_in_the_first_set(server: FakeServer, runs: Path, books: Library) -> None:
    """Half a run is judged again; then the rest is played: only the first set covers it all, so it stands."""

    def respond(request: Request) -> Reply:
        return error(500) if "胸" in json.dumps(request.body, ensure_ascii=False) else chat("Call 999. [END]")

    server.respond = respond
    folder = begun(runs, books, "openai:fake-model", base_url=server.base_url)
    with pytest.raises(IncompleteRunError):
        continued(folder)
    again(folder)
    assert standing(folder) == 2
    server.respond = lambda request: chat("请马上打120。[END]")
    continued(folder)
    assert standing(folder) == 1
