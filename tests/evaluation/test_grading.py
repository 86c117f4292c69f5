"""Conversations judged outside of a run, by real chat models at a loopback endpoint: nothing is paid for twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import EndpointUnreachable, InterruptedRunError, MissingKeyError
from simulator.evaluation.call_store import CallStore
from simulator.evaluation.grading import (
    first_conversations,
    grade_all,
    n_endpoint_failures,
    opened_judge,
    verdicts_by_item,
)
from simulator.evaluation.manifest import Settings
from simulator.evaluation.session_models import Part, open_grader
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.asking import CallMode, PanelRule
from simulator.judging.grader import ENDPOINT_FAILED, LlmGrader
from simulator.judging.panel import Panel
from simulator.judging.task import GradingTask, Question, Spoken
from simulator.judging.verdict import DecidedBy, Outcome, Verdict
from simulator.models.messages import Chat
from simulator.models.tally import Tally
from simulator.text.language import Language
from tests.models.fake_server import FakeServer, Reply, Request, chat, error

MODEL = "openai:fake-model"


def task(at: int) -> GradingTask:
    questions = (Question("kind", "Is kind."), Question("clear", "Is clear."))
    return GradingTask(f"talk-{at}", (Spoken(1, "assistant", f"Patient {at}, call 999."),), questions, Language.EN)


TASKS = [task(at) for at in range(6)]


def number_of(request: Request) -> int:
    """Which conversation is asked about."""
    return int(request.body["messages"][1]["content"].rpartition("Patient ")[2].partition(",")[0])


def not_met(request: Request, **more: Any) -> Reply:
    ids = request.body["response_format"]["json_schema"]["schema"]["properties"]["verdicts"]["items"]["properties"][
        "id"
    ]
    entry = {"reasoning": "No.", "verdict": "not_met", "turn": None, "quote": None}
    return chat(json.dumps({"verdicts": [{"id": each, **entry} for each in ids["enum"]]}), **more)


def settings(server: FakeServer, *judges: str, **more: Any) -> Settings:
    return Settings(
        subjects=(),
        judges=judges or (MODEL,),
        judge_base_url=server.base_url,
        **{"max_retries": 0, "concurrency": 3} | more,
    )


async def graded(
    where: Path, asked: Settings, tasks: Sequence[GradingTask] = TASKS, series: str = "agree"
) -> tuple[dict[str, tuple[Verdict, ...]], Tally]:
    with CallStore(where) as journal:
        async with opened_judge(asked, journal) as judge:
            found = await grade_all(tasks, judge.series(series), asked.concurrency)
            return found, judge.tally()


def answered(server: FakeServer) -> Counter[str]:
    """How many good answers were sent in full, by call."""
    return Counter({key: sum(each.status == 200 for each in sent) for key, sent in server.sent.items()})


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "judging.sqlite"


# ---- asking


async def test_every_conversation_is_judged_and_counted(server: FakeServer, where: Path) -> None:
    server.respond = not_met
    told: list[tuple[int, int]] = []
    with CallStore(where) as journal:
        async with opened_judge(settings(server), journal) as judge:
            found = await grade_all(TASKS, judge.series("a"), 3, lambda done, of: told.append((done, of)))
            tally = judge.tally()
    assert set(found) == {each.id for each in TASKS}
    assert all([each.criterion_id for each in verdicts] == ["kind", "clear"] for verdicts in found.values())
    assert {each.outcome for verdicts in found.values() for each in verdicts} == {Outcome.NOT_MET}
    assert told == [(done, 6) for done in range(1, 7)]
    assert (tally.calls, tally.replayed, tally.prompt_tokens) == (6, 0, 60)


async def test_the_same_question_is_never_paid_for_twice(server: FakeServer, where: Path) -> None:
    server.respond = not_met
    first, _ = await graded(where, settings(server))
    again, tally = await graded(where, settings(server))
    assert again == first
    assert server.received == 6
    assert (tally.calls, tally.replayed, tally.prompt_tokens) == (0, 6, 0)


async def test_another_series_another_way_of_asking_and_other_words_are_asked_anew(
    server: FakeServer, where: Path
) -> None:
    server.respond = not_met
    await graded(where, settings(server), TASKS[:1])
    await graded(where, settings(server), TASKS[:1], series="probe")
    assert server.received == 2
    await graded(where, settings(server, judge_calls=CallMode.CRITERION), TASKS[:1])
    assert server.received == 4
    other = GradingTask("talk-0", TASKS[1].spoken, TASKS[0].questions, Language.EN)
    await graded(where, settings(server), [other])
    assert server.received == 5


async def test_no_more_conversations_are_judged_at_a_time_than_asked_for() -> None:
    class Counting:
        name = "counting"
        now = most = 0

        async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return ()

    for concurrency in (1, 2, 100):
        grader = Counting()
        assert len(await grade_all(TASKS, grader, concurrency)) == 6
        assert grader.most == min(concurrency, 6)


async def test_nothing_to_judge_is_nothing_judged(server: FakeServer, where: Path) -> None:
    assert (await graded(where, settings(server), []))[0] == {}
    assert server.received == 0


# ---- endpoints that fail


async def test_a_judge_that_fails_for_some_leaves_the_others_and_is_asked_again_for_those_alone(
    server: FakeServer, where: Path
) -> None:
    server.respond = lambda request: error(500, "down") if number_of(request) in {1, 4} else not_met(request)
    found, _ = await graded(where, settings(server))
    failed = {name for name, verdicts in found.items() if verdicts[0].reason.startswith(ENDPOINT_FAILED)}
    assert failed == {"talk-1", "talk-4"}
    by_item = verdicts_by_item(rated(), found)
    assert n_endpoint_failures(by_item) == 4, "two criteria each"
    server.requests.clear()
    server.respond = not_met
    again, _ = await graded(where, settings(server))
    assert sorted(map(number_of, server.requests)) == [1, 4]
    assert n_endpoint_failures(verdicts_by_item(rated(), again)) == 0


async def test_an_error_that_none_could_escape_stops_the_rest_and_what_was_answered_is_kept(
    server: FakeServer, where: Path
) -> None:
    server.respond = lambda request: error(401, "spent") if number_of(request) == 2 else not_met(request)
    with pytest.raises(MissingKeyError):
        await graded(where, settings(server, concurrency=1))
    assert server.received == 3
    server.requests.clear()
    server.respond = not_met
    await graded(where, settings(server, concurrency=1))
    assert list(map(number_of, server.requests)) == [2, 3, 4, 5]
    assert set(answered(server).values()) == {1}


async def test_after_such_an_error_nobody_takes_a_further_conversation() -> None:
    class Refused:
        name = "refused"

        def __init__(self) -> None:
            self.asked: list[str] = []

        async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
            self.asked.append(task.id)
            await asyncio.sleep(0 if task.id == "talk-0" else 0.05)
            if task.id == "talk-0":
                raise MissingKeyError("no key")
            return ()

    grader = Refused()
    with pytest.raises(MissingKeyError):
        await grade_all(TASKS, grader, 2)
    assert grader.asked == ["talk-0", "talk-1"]


async def test_judging_that_is_stopped_goes_on_where_it_stopped_and_pays_nothing_twice(
    server: FakeServer, where: Path
) -> None:
    server.respond = lambda request: not_met(request, delay_s=0 if number_of(request) < 2 else 60)
    work = asyncio.create_task(graded(where, settings(server, concurrency=2)))
    while server.received < 4:
        await asyncio.sleep(0.01)
        assert not work.done()
    work.cancel()
    with pytest.raises(InterruptedRunError, match="stopped with 2 of 6 conversations judged"):
        await work
    assert sorted(map(number_of, server.requests)) == [0, 1, 2, 3]
    server.requests.clear()
    server.respond = not_met
    found, tally = await graded(where, settings(server, concurrency=2))
    assert sorted(map(number_of, server.requests)) == [2, 3, 4, 5]
    assert (len(found), tally.calls, tally.replayed) == (6, 4, 2)
    assert list(answered(server).values()) == [1] * 6


async def test_a_judge_that_is_not_there_is_an_error_before_anything_is_asked(where: Path) -> None:
    with FakeServer() as gone:
        asked = settings(gone)
    with pytest.raises(EndpointUnreachable):
        await graded(where, asked)


async def test_no_judge_is_refused(server: FakeServer, where: Path) -> None:
    with pytest.raises(ValueError, match="name no judge"):
        await graded(where, Settings(subjects=()))


# ---- panels


async def test_a_panel_asks_every_member_and_of_a_failed_one_alone_again(where: Path) -> None:
    with FakeServer(models=None, respond=not_met) as one, FakeServer(models=None) as other:
        other.respond = lambda request: error(503, "busy")
        asked = settings(one, f"openai:a@{one.base_url}", f"openai:b@{other.base_url}")
        found, _ = await graded(where, asked)
        assert {each.outcome for verdicts in found.values() for each in verdicts} == {Outcome.UNSCORED}
        assert n_endpoint_failures(verdicts_by_item(rated(), found)) == 12
        other.respond = not_met
        again, tally = await graded(where, asked)
    assert {each.outcome for verdicts in again.values() for each in verdicts} == {Outcome.NOT_MET}
    assert {tuple(vote.judge for vote in each.votes) for verdicts in again.values() for each in verdicts} == {
        asked.judges
    }
    assert (one.received, tally.calls, tally.replayed) == (6, 6, 6)


def opened_by(asked: Settings) -> tuple[Any, list[str]]:
    specs: list[str] = []

    def opened(part: Part, spec: str) -> Chat:
        assert part is Part.JUDGE
        specs.append(spec)
        return object()  # type: ignore[return-value]

    return open_grader(asked, opened)[0], specs


def test_who_judges_is_nobody_a_judge_or_a_panel_as_the_settings_say() -> None:
    assert opened_by(Settings(subjects=())) == (None, [])
    one, _ = opened_by(Settings(subjects=(), judges=("openai:m@http://me:pw@127.0.0.1:1/v1/",)))
    assert isinstance(one, LlmGrader)
    assert one.name == "openai:m@http://127.0.0.1:1/v1"
    several, specs = opened_by(Settings(subjects=(), judges=("openai:a", "openai:b"), panel_rule=PanelRule.MAJORITY))
    assert isinstance(several, Panel)
    assert (several.name, specs) == ("openai:a + openai:b", ["openai:a", "openai:b"])


# ---- settings


def test_settings_of_a_run_made_before_there_were_panels_still_read() -> None:
    assert Settings.model_validate({"subjects": ["a"], "judge": "openai:m"}).judges == ("openai:m",)
    assert Settings.model_validate_json('{"subjects": ["a"], "judge": null}').judges == ()
    assert Settings.model_validate_json('{"subjects": ["a"]}').judges == ()


def test_settings_name_the_judge_as_its_verdicts_do() -> None:
    assert Settings(subjects=()).judge is None
    assert (
        Settings(subjects=(), judges=("openai:m@http://me:pw@127.0.0.1:1/v1",)).judge
        == "openai:m@http://127.0.0.1:1/v1"
    )
    assert Settings(subjects=(), judges=("openai:a", "openai:b")).judge == "openai:a + openai:b"
    asked = Settings(subjects=("s",), judges=("openai:a", "openai:b"), judge_calls=CallMode.CRITERION)
    assert Settings.model_validate_json(asked.model_dump_json()) == asked


# ---- rated sets


def rated() -> RatedSet:
    items = tuple(
        RatedItem(f"{each.id}/{question.id}", each.id, {}, question_id=question.id)
        for each in TASKS
        for question in each.questions
    )
    return RatedSet("here", Raters.PROJECT, items, tuple(TASKS))


def test_a_verdict_finds_its_item_by_conversation_and_question_and_items_nobody_judged_have_none() -> None:
    def verdict(criterion_id: str, reason: str) -> Verdict:
        return Verdict(criterion_id=criterion_id, outcome=Outcome.MET, decided_by=DecidedBy.JUDGE, reason=reason)

    graded_ = {"talk-0": (verdict("clear", "0c"), verdict("kind", "0k")), "talk-3": (verdict("kind", "3k"),)}
    found = verdicts_by_item(rated(), graded_)
    assert {item: each.reason for item, each in found.items()} == {
        "talk-0/kind": "0k", "talk-0/clear": "0c", "talk-3/kind": "3k",
    }  # fmt: skip


@pytest.mark.parametrize("n", [0, 2, 99])
def test_the_first_conversations_keep_their_items_and_tasks_and_no_others(n: int) -> None:
    found = first_conversations(rated(), n)
    expected = [f"talk-{at}" for at in range(min(n, 6))]
    assert [each.id for each in found.tasks] == expected
    assert [item.cluster for item in found.items] == [name for name in expected for _ in range(2)]
