"""`run`, `demo` and `rejudge` from the command line: codes, messages, what is kept and what is asked again."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.evaluation.runs import RunReader
from tests.cli.conftest import Invoke, Ran, finished, process
from tests.evaluation.killing import CountingEndpoint
from tests.evaluation.small import JUDGED
from tests.models.fake_server import FakeServer, Reply, Request, chat, error, html, raw

KEY = "sk-test-7h1s-1s-4-s3cr3t-k3y"
ADVICE = "Call 999 now. 请马上打120。[END]"
DEAD = "http://127.0.0.1:9/v1"

RunModel = Callable[..., Ran]


@pytest.fixture
def run_model(clinsim: Invoke, server: FakeServer) -> RunModel:
    """`clinsim run` with the model of the fake endpoint, and no patience."""

    def run(*words: str) -> Ran:
        options = ["--subject", "openai:fake-model", "--base-url", server.base_url, "--retries", "0"]
        return clinsim("run", *options, *words)

    return run


def folder_of(runs: Path) -> Path:
    (folder,) = runs.iterdir()
    return folder


def resumed(clinsim: Invoke, runs: Path, *words: str) -> Ran:
    return clinsim("run", "--resume", folder_of(runs), *words, "--json")


def n_missing(clinsim: Invoke) -> int:
    (row,) = clinsim("report", "--json").json["subjects"].values()
    return int(row["n_missing"])


# ---- endpoints that cannot be used


def test_an_endpoint_where_nothing_answers_ends_with_four_and_can_be_resumed(
    clinsim: Invoke, run_model: RunModel, runs: Path, server: FakeServer
) -> None:
    ran = run_model("--base-url", DEAD)
    assert (ran.code, ran.out) == (4, "")
    assert DEAD in ran.err
    assert "start the server, or correct --base-url" in ran.err
    assert f"clinsim run --resume {folder_of(runs)}" in ran.err
    assert n_missing(clinsim) == 4
    assert resumed(clinsim, runs).code == 4


def test_a_missing_key_ends_with_four_before_a_folder_is_made(clinsim: Invoke, runs: Path) -> None:
    for words in (
        ["run", "--subject", "openai:m", "--base-url", "https://example.invalid/v1"],
        ["run", "--subject", "openai:m", "--base-url", "https://example.invalid/v1", "--api-key-env", "MY_KEY"],
        ["run", "--judge", "openai:m", "--base-url", "https://example.invalid/v1"],
        ["demo", "--subject", "openai:m", "--base-url", "https://example.invalid/v1"],
    ):
        ran = clinsim(*words)
        assert (ran.code, ran.out) == (4, "")
        assert "MY_KEY" in ran.err if "MY_KEY" in words else "OPENAI_API_KEY" in ran.err
        assert not runs.exists()


def test_a_judge_that_is_asked_again_needs_its_key_too(clinsim: Invoke) -> None:
    clinsim("run", "--subject", "ref:silent")
    ran = clinsim("rejudge", "--judge", "openai:m", "--judge-base-url", "https://example.invalid/v1")
    assert (ran.code, ran.out) == (4, "")
    assert clinsim("report", "--json").json["verdict_set"] == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error(401, f"bad key {KEY}"), "set OPENAI_API_KEY"),
        (error(403, "no"), "set OPENAI_API_KEY"),
        (error(404, "no such model"), "check that the endpoint serves fake-model"),
        (error(400, "a field is wrong"), "a field is wrong"),
    ],
    ids=["401", "403", "404", "400"],
)
def test_a_refusal_ends_with_four_and_the_run_goes_on_once_it_is_mended(
    clinsim: Invoke, run_model: RunModel, server: FakeServer, runs: Path, monkeypatch: pytest.MonkeyPatch,
    answer: Reply, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.respond = lambda request: answer
    ran = run_model("--concurrency", "1")
    assert (ran.code, ran.out) == (4, "")
    assert said in ran.err
    assert KEY not in ran.err
    server.respond = lambda request: chat(ADVICE)
    assert resumed(clinsim, runs).code == 0


@pytest.mark.parametrize(
    "answer", [error(500, "down"), html(), raw(b"{"), raw(b"")], ids=["500", "html", "json", "none"]
)
def test_dialogues_that_fail_end_with_seven_and_a_resume_plays_exactly_those(
    clinsim: Invoke, run_model: RunModel, server: FakeServer, runs: Path, answer: Reply
) -> None:
    server.respond = lambda request: answer if "胸" in json.dumps(request.body, ensure_ascii=False) else chat(ADVICE)
    ran = run_model()
    assert (ran.code, ran.out) == (7, "")
    assert "2 of 4 dialogues could not be played" in ran.err
    assert f"clinsim run --resume {folder_of(runs)}" in ran.err
    assert n_missing(clinsim) == 2
    server.requests.clear()
    server.respond = lambda request: chat(ADVICE)
    again = resumed(clinsim, runs)
    assert (again.code, again.json["subjects"]["openai:fake-model"]["n_missing"]) == (0, 0)
    assert server.requests
    assert all("胸" in json.dumps(request.body, ensure_ascii=False) for request in server.requests)


def test_a_judge_that_fails_ends_with_seven_and_its_criteria_are_unscored(
    clinsim: Invoke, run_model: RunModel, server: FakeServer, runs: Path
) -> None:
    counting = CountingEndpoint()

    def down(request: Request) -> Reply:
        return error(500, "judge down") if "response_format" in request.body else chat(ADVICE)

    server.respond = down
    ran = run_model("--judge", "openai:fake-model")
    assert (ran.code, ran.out) == (7, "")
    assert "4 could not be judged (the judge's endpoint failed: HTTP 500: judge down)" in ran.err
    assert "warning: openai:fake-model judges openai:fake-model, a model of its own family" in ran.err
    shown = clinsim("transcript", "--language", "en", "--most", "1").out
    assert "? unscored" in shown
    assert "the judge's endpoint failed" in shown
    server.respond = counting
    again = resumed(clinsim, runs)
    assert again.json["subjects"]["openai:fake-model"]["unscored_share"] == 0.0
    assert len(counting.asked) == 4, "only the judge was asked again"


def test_replies_that_are_no_answers_are_shown_as_what_they_are(
    clinsim: Invoke, run_model: RunModel, server: FakeServer
) -> None:
    server.enqueue(chat(""), chat("I would", finish_reason="length"), chat(None, refusal="I cannot help."))
    server.respond = lambda request: chat(ADVICE)
    run_model("--concurrency", "1")
    shown = clinsim("transcript", "--most", "1").out
    for words in ("1 subject  (empty)", "(nothing)", "2 subject  (cut_off)", "3 subject  (refused)", "I cannot help."):
        assert words in shown


def test_reasoning_is_shown_only_to_who_asks_for_it(clinsim: Invoke, run_model: RunModel, server: FakeServer) -> None:
    server.respond = lambda request: chat(f"<think>It must be the heart.</think>{ADVICE}")
    run_model()
    assert "the heart" not in clinsim("transcript").out
    assert "It must be the heart." in clinsim("transcript", "--reasoning").out
    assert clinsim("transcript", "--json").json[0]["record"]["subject_turns"][0]["reasoning"] == "It must be the heart."
    assert not any(b"the heart" in request.raw for request in server.requests)


# ---- secrets


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_the_key_is_in_no_file_and_no_output(
    clinsim: Invoke, run_model: RunModel, server: FakeServer, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    answers = iter([chat(f"Your key is {KEY}"), error(500, KEY), html(KEY), raw(KEY.encode()), error(429, KEY)])
    server.respond = lambda request: next(answers, error(401, f"bad key: {KEY}"))
    said = [run_model("--concurrency", "1", "--judge", "openai:fake-model"), resumed(clinsim, runs)]
    server.respond = lambda request: chat(f"{ADVICE} {KEY}", model=KEY, reasoning_content=KEY)
    said += [resumed(clinsim, runs), clinsim("transcript", "--json"), clinsim("transcript", "--reasoning", "--log")]
    said += [clinsim("report", "--json"), clinsim("list", "runs", "--json")]
    assert [ran.code for ran in said] == [7, 4, 0, 0, 0, 0, 0]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    for text in (everything_in(runs), *(ran.raw + ran.raw_err for ran in said)):
        assert KEY.encode() not in text
        assert b"s3cr3t" not in text


@pytest.mark.parametrize(
    "words",
    [
        ["--subject", "openai:m@http://user:s3cr3t@127.0.0.1:9/v1"],
        ["--subject", "openai:m@http://127.0.0.1:9/v1?api_key=s3cr3t"],
        ["--subject", "openai:m", "--base-url", "http://user:s3cr3t@127.0.0.1:9/v1"],
        ["--subject", "openai:m", "--base-url", "http://127.0.0.1:9/v1?api_key=s3cr3t"],
        ["--judge", "openai:m", "--judge-base-url", "http://127.0.0.1:9/v1#s3cr3t"],
        ["--judge", "openai:m@http://s3cr3t@127.0.0.1:9/v1"],
    ],
    ids=range(6),
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(clinsim: Invoke, runs: Path, words: list[str]) -> None:
    for verb in ("run", "demo"):
        if verb == "demo" and "--judge-base-url" in words:
            continue
        ran = clinsim(verb, *words)
        assert (ran.code, ran.out) == (2, "")
        assert "s3cr3t" not in ran.err
        assert not runs.exists()


# ---- the budget


def test_a_budget_is_kept_and_raised(clinsim: Invoke, run_model: RunModel, server: FakeServer, runs: Path) -> None:
    server.respond = CountingEndpoint()
    ran = run_model("--token-budget", "60", "--concurrency", "1", "--price", "1,2")
    assert ran.code == 7
    assert "the run's budget is spent" in ran.err
    assert "--token-budget MORE" in ran.err
    report = clinsim("report", "--json").json
    assert report["usage"]["subject"]["n_calls"] == 4
    assert report["cost"] == pytest.approx(4 * (10 * 1 + 5 * 2) / 1e6)
    (row,) = report["subjects"].values()
    assert "budget_limit" not in row["end_reasons"]
    assert row["n_dialogues"] + row["n_missing"] == 4
    assert resumed(clinsim, runs).code == 7
    done = resumed(clinsim, runs, "--token-budget", "100000", "--concurrency", "4", "--price", "0,0")
    assert done.code == 0
    assert done.json["cost"] == 0
    assert not [key for key, answers in server.sent.items() if len(answers) > 1]


def test_a_resume_refuses_what_would_change_the_run(clinsim: Invoke, runs: Path) -> None:
    clinsim("run", "--subject", "ref:silent")
    ran = clinsim("run", "--resume", "last", "--judge", "openai:m", "--max-turns", "3")
    assert ran.code == 2
    assert "--judge, --max-turns cannot be given anew" in ran.err


def test_a_run_is_resumed_by_id_by_folder_or_as_the_last(clinsim: Invoke, runs: Path) -> None:
    clinsim("run", "--subject", "ref:silent")
    for name in (folder_of(runs).name, folder_of(runs), "last"):
        assert clinsim("run", "--resume", name, "--json").json["run"] == folder_of(runs).name


# ---- judging again


def test_judging_again_shows_the_new_set_and_keeps_the_old_one(clinsim: Invoke, server: FakeServer, runs: Path) -> None:
    clinsim("run", "--subject", "ref:exemplar")
    verdict = {"id": JUDGED, "reasoning": "r", "verdict": "not_met", "turn": None, "quote": None}
    server.respond = lambda request: chat(json.dumps({"verdicts": [verdict]}))
    judge = ["--judge", "openai:fake-model", "--judge-base-url", server.base_url]
    again = clinsim("rejudge", *judge, "--json").json
    assert (again["judge"], again["verdict_set"]) == ("openai:fake-model", 2)
    assert again["subjects"]["ref:exemplar"]["unscored_share"] == 0
    old = clinsim("report", "--verdict-set", "1", "--json").json
    assert (old["judge"], old["subjects"]["ref:exemplar"]["unscored_share"]) == (None, 0.25)
    assert clinsim("report", "--json").json == again
    assert "✗ not met" in clinsim("transcript", "--most", "1").out
    assert "✗ not met" not in clinsim("transcript", "--most", "1", "--verdict-set", "1").out


def test_judging_again_goes_by_the_judge_of_the_run_unless_another_is_named(
    clinsim: Invoke, run_model: RunModel, server: FakeServer
) -> None:
    server.respond = CountingEndpoint()
    run_model("--judge", "openai:fake-model")
    assert clinsim("rejudge", "--json").json["judge"] == "openai:fake-model"
    assert clinsim("rejudge", "--judge", "none", "--json").json["judge"] is None


def test_todays_rubrics_are_used_only_on_demand(clinsim: Invoke, small: Path) -> None:
    clinsim("run", "--subject", "ref:exemplar")
    file = small / "rubrics" / "chest-pain.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("points: 8", "points: 7"), encoding="utf-8")
    try:
        assert "points" in before
        clinsim("rejudge")
        assert "+8" in clinsim("transcript", "--most", "1").out
        assert clinsim("rejudge", "--current-rubrics", "--json").json["verdict_set"] == 3
        assert "+7" in clinsim("transcript", "--most", "1").out
        assert "+8" in clinsim("transcript", "--most", "1", "--verdict-set", "1").out
    finally:
        file.write_text(before, encoding="utf-8")


# ---- the demonstration


def test_the_demonstration_plays_all_reference_subjects(clinsim: Invoke) -> None:
    subjects = clinsim("demo", "--json").json["subjects"]
    assert set(subjects) == {f"ref:{name}" for name in ("exemplar", "checklist", "careless", "silent", "intruder")}
    assert subjects["ref:exemplar"]["overall"] == 1.0
    assert subjects["ref:careless"]["gate_failed_scenarios"] == 1


def test_a_model_of_ones_own_stands_beside_them(clinsim: Invoke, server: FakeServer) -> None:
    server.respond = lambda request: chat(ADVICE)
    words = ["demo", "--subject", "openai:fake-model", "--subject", "ref:exemplar", "--base-url", server.base_url]
    assert "openai:fake-model" in clinsim(*words, "--json").json["subjects"]


# ---- a disk that fills up


def test_a_disk_that_fills_up_ends_with_five_and_the_run_goes_on_once_there_is_room(
    clinsim: Invoke, small: Path, runs: Path
) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    words: list[str | Path] = ["run", "--subject", "ref:checklist", "--epochs", "12", "--runs", runs]
    ran = finished(process(small, *words, preexec_fn=little_room))
    assert (ran.code, ran.out) == (5, "")
    assert "the run could not be written" in ran.err
    assert (
        f"free some room (everything stored so far stays readable); then continue with: clinsim run --resume {folder_of(runs)}"
        in ran.err
    )
    with RunReader(folder_of(runs)) as reader:
        n_stored = len(list(reader.records()))
    assert 0 < n_stored < 48
    (row,) = clinsim("report", "--json").json["subjects"].values()
    assert row["n_dialogues"] in {n_stored, n_stored - 1}
    assert resumed(clinsim, runs).json["subjects"]["ref:checklist"]["n_dialogues"] == 48
