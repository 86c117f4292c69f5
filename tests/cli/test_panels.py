"""`clinsim run` with two judges at two endpoints: both are asked, both are named, every vote is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.evaluation.running import judged_dialogues
from simulator.evaluation.runs import RunReader
from simulator.judging.verdict import Outcome, Verdict
from tests.cli.conftest import Invoke
from tests.evaluation.small import JUDGED, PER_SUBJECT
from tests.models.fake_server import FakeServer, Reply, chat, error


def says(verdict: str) -> Reply:
    entry = {"id": JUDGED, "reasoning": f"I say {verdict}.", "verdict": verdict, "turn": None, "quote": None}
    return chat(json.dumps({"verdicts": [entry]}))


@pytest.fixture
def other() -> Iterator[FakeServer]:
    with FakeServer(respond=lambda request: says("not_met")) as running:
        yield running


@pytest.fixture
def judges(server: FakeServer, other: FakeServer) -> tuple[str, str]:
    server.respond = lambda request: says("not_met")
    return f"openai:fake-model@{server.base_url}", f"openai:fake-model@{other.base_url}"


def words(judges: tuple[str, ...]) -> list[str]:
    options = [word for judge in judges for word in ("--judge", judge)]
    return ["run", "--subject", "ref:exemplar", "--retries", "0", *options]


def of_the_judges(runs: Path) -> list[Verdict]:
    (folder,) = runs.iterdir()
    with RunReader(folder) as reader:
        standing = reader.standing_verdict_set()
        assert standing is not None
        dialogues = judged_dialogues(reader, standing)
    return [each for item in dialogues for each in item.judged.verdicts if each.criterion_id == JUDGED]


def test_a_run_with_two_judges_keeps_both_votes_and_its_report_names_both(
    clinsim: Invoke, runs: Path, server: FakeServer, other: FakeServer, judges: tuple[str, str]
) -> None:
    ran = clinsim(*words(judges))
    assert ran.code == 0, ran.err
    assert server.received == other.received == PER_SUBJECT
    verdicts = of_the_judges(runs)
    assert len(verdicts) == PER_SUBJECT
    for verdict in verdicts:
        assert verdict.outcome is Outcome.NOT_MET
        assert [(vote.judge, vote.outcome) for vote in verdict.votes] == [(name, Outcome.NOT_MET) for name in judges]
    report = clinsim("report", "--json").json
    assert report["judge"] == " + ".join(judges)
    assert report["subjects"]["ref:exemplar"]["unscored_share"] == 0
    shown = clinsim("report").out
    assert all(name in shown for name in judges)


def test_judges_that_differ_leave_the_criterion_unscored_and_the_transcript_says_who_said_what(
    clinsim: Invoke, runs: Path, other: FakeServer, judges: tuple[str, str]
) -> None:
    other.respond = lambda request: says("not_applicable")
    ran = clinsim(*words(judges))
    assert ran.code == 0, "a difference of opinion is no failure"
    for verdict in of_the_judges(runs):
        assert verdict.outcome is Outcome.UNSCORED
        assert verdict.disputed
        assert f"not met ({judges[0]}), not applicable ({judges[1]})" in verdict.reason
    assert clinsim("report", "--json").json["subjects"]["ref:exemplar"]["unscored_share"] == 0.25


def test_a_resume_asks_only_the_judge_that_failed(
    clinsim: Invoke, runs: Path, server: FakeServer, other: FakeServer, judges: tuple[str, str]
) -> None:
    other.respond = lambda request: error(500, "down")
    ran = clinsim(*words(judges))
    assert (ran.code, ran.out) == (7, "")
    assert "the judge's endpoint failed: HTTP 500: down" in ran.err
    assert all([vote.outcome for vote in each.votes] == ["not_met", "unscored"] for each in of_the_judges(runs))
    other.respond = lambda request: says("not_met")
    assert clinsim("run", "--resume", "last").code == 0
    assert (server.received, other.received) == (PER_SUBJECT, 2 * PER_SUBJECT)
    assert {each.outcome for each in of_the_judges(runs)} == {Outcome.NOT_MET}


def test_one_judge_named_twice_is_refused_before_a_folder_is_made(
    clinsim: Invoke, runs: Path, judges: tuple[str, str]
) -> None:
    ran = clinsim(*words((judges[0], judges[0])))
    assert (ran.code, ran.out) == (2, "")
    assert "a judge is named twice" in ran.err
    assert not runs.exists()
