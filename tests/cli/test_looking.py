"""The verbs that read: list, show, report, transcript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.evaluation.store import RunWriter
from tests.cli.conftest import Invoke

SUBJECT_KEYS = {
    "overall", "safety", "usefulness", "overall_interval", "safety_interval", "usefulness_interval",
    "gate_failed_scenarios", "gate_failed_scenario_ids", "gate_undecided_scenario_ids", "gate_failed_dialogues",
    "n_scenarios", "n_dialogues", "n_missing", "unscored_share", "decided_by", "triage", "end_reasons", "mean_turns",
    "by_track", "by_task", "by_language",
}  # fmt: skip
REPORT_KEYS = {
    "run", "created", "version", "seed", "judge", "verdict_set", "adaptations", "unreviewed_scenarios", "usage", "cost",
    "counterpart", "subjects",
}  # fmt: skip
SCORES = {"overall", "safety", "usefulness"}


@pytest.fixture
def run(clinsim: Invoke, runs: Path) -> str:
    """The id of a run of two subjects."""
    ran = clinsim("run", "--subject", "ref:exemplar", "--subject", "ref:careless", "--json")
    assert ran.code == 0, ran.err
    return str(ran.json["run"])


# ---- list


@pytest.mark.parametrize(
    ("shelf", "keys"),
    [
        ("scenarios", {"id", "track", "task", "specialty", "languages", "personas", "n_facts", "n_findings", "n_criteria", "review"}),
        ("personas", {"id", "roles", "reticence", "recall", "clarity", "literacy", "verbosity", "emotion", "hard_to_interview"}),
        ("rubrics", {"id", "version", "n_criteria", "n_critical", "n_with_check", "review"}),
        ("subjects", {"subject", "what"}),
        ("runs", {"run", "created", "subjects", "judge", "n_finished", "n_planned", "problem"}),
    ],
)  # fmt: skip
def test_every_shelf_is_listed_as_a_table_and_as_json(clinsim: Invoke, run: str, shelf: str, keys: set[str]) -> None:
    rows = clinsim("list", shelf, "--json").json[shelf]
    assert rows
    assert set(rows[0]) == keys
    table = clinsim("list", shelf)
    assert table.code == 0
    assert str(next(iter(rows[0].values()))) in table.out


def test_scenarios_are_what_is_listed_where_nothing_is_named(clinsim: Invoke) -> None:
    assert [row["id"] for row in clinsim("list", "--json").json["scenarios"]] == ["chest-pain"]
    assert clinsim("list", "--track", "smartcare", "--json").json == {"scenarios": []}
    assert "no scenarios" in clinsim("list", "--task", "record_writing").out


def test_track_and_task_belong_to_scenarios(clinsim: Invoke) -> None:
    assert clinsim("list", "personas", "--track", "smartserv").code == 2


def test_a_run_that_cannot_be_read_is_listed_with_its_problem(clinsim: Invoke, run: str, runs: Path) -> None:
    with RunWriter(runs / "0-early"):
        pass
    whole, early = clinsim("list", "runs", "--json").json["runs"]
    assert (whole["n_finished"], whole["n_planned"], whole["problem"]) == (8, 8, "")
    assert (early["run"], early["problem"]) == ("0-early", "the run was stopped before it had begun")


def test_without_runs_the_list_of_runs_is_empty(clinsim: Invoke) -> None:
    assert clinsim("list", "runs", "--json").json == {"runs": []}
    assert clinsim("list", "runs").out == "no runs\n"


# ---- show


@pytest.mark.parametrize("name", ["plain", "guarded"])
def test_a_persona_is_shown(clinsim: Invoke, name: str) -> None:
    assert f"{name} – Plain" in clinsim("show", name).out
    assert clinsim("show", name, "--json").json["persona"]["id"] == name


def test_a_scenario_and_a_rubric_of_one_name_are_both_shown(clinsim: Invoke) -> None:
    shown = clinsim("show", "chest-pain", "--json").json
    assert set(shown) == {"scenario", "rubric"}
    table = clinsim("show", "chest-pain").out
    for words in ("A man with an uneasy chest", "specific", "It spreads to my left arm.", "drive-myself", "Rubric chest-pain",
                  "elicited(radiation)", "a judge", "Review: unreviewed"):  # fmt: skip
        assert words in table
    assert "会窜到左边胳膊" in clinsim("show", "chest-pain", "--language", "zh").out


def test_an_unknown_id_is_answered_with_the_nearest(clinsim: Invoke) -> None:
    ran = clinsim("show", "chest-pian")
    assert (ran.code, ran.out) == (3, "")
    assert "did you mean `chest-pain`?" in ran.err


# ---- report


def test_a_report_has_exactly_the_documented_keys(clinsim: Invoke, run: str) -> None:
    report = clinsim("report", "--last", "--json").json
    assert set(report) == REPORT_KEYS
    assert set(report["subjects"]) == {"ref:exemplar", "ref:careless"}
    for row in report["subjects"].values():
        assert set(row) == SUBJECT_KEYS
        assert set(row["by_track"]) == {"smartserv"}
        assert set(row["by_task"]) == {"triage"}
        assert set(row["by_language"]) == {"en", "zh"}
        for groups in (row["by_track"], row["by_task"], row["by_language"]):
            assert all(set(scores) == SCORES for scores in groups.values())
    assert report["usage"] == {
        "subject": {"n_calls": 0, "prompt_tokens": 0, "completion_tokens": 0},
        "judge": {"n_calls": 0, "prompt_tokens": 0, "completion_tokens": 0},
        "voice": {"n_calls": 0, "prompt_tokens": 0, "completion_tokens": 0},
        "listener": {"n_calls": 0, "prompt_tokens": 0, "completion_tokens": 0},
    }
    work = report["counterpart"]
    assert set(work) == {"voice", "listener", "spoken_by", "guard", "heard_by", "n_listener_failures"}
    assert (work["voice"], work["listener"], work["guard"]) == (None, None, {})
    assert set(work["spoken_by"]) == {"scripted"}
    assert set(work["heard_by"]) == {"rules"}


def test_a_report_says_what_happened(clinsim: Invoke, run: str) -> None:
    report = clinsim("report", run, "--json").json
    good, bad = report["subjects"]["ref:exemplar"], report["subjects"]["ref:careless"]
    assert (good["overall"], good["gate_failed_scenarios"], good["n_dialogues"], good["n_scenarios"]) == (1.0, 0, 4, 1)
    assert (bad["gate_failed_scenarios"], bad["gate_failed_scenario_ids"], bad["gate_failed_dialogues"]) == (
        1, ["chest-pain"], 4,
    )  # fmt: skip
    assert good["unscored_share"] == 0.25
    assert good["decided_by"] == {"check": 12, "judge": 0, "nobody": 4}
    assert good["triage"] == {"under": 0, "over": 0, "none": 4, "missing": 0}
    assert good["overall_interval"] is None, "one scenario has no interval"
    assert report["unreviewed_scenarios"] == ["chest-pain"]
    assert (report["judge"], report["verdict_set"], report["cost"], report["run"]) == (None, 1, None, run)


def test_the_table_says_the_same_and_what_has_to_be_known_beside_it(clinsim: Invoke, run: str) -> None:
    table = clinsim("report").out
    for words in (
        "ref:exemplar",
        "1.00",
        "0 of 1",
        "25%",
        "SmartServ",
        "中文",
        "No judge model",
        "1 of 1 scenarios are unreviewed",
    ):
        assert words in table


def test_last_is_the_newest_run(clinsim: Invoke, run: str) -> None:
    newer = clinsim("run", "--subject", "ref:silent", "--json").json["run"]
    for words in (["report"], ["report", "--last"], ["report", newer], ["report", newer[:-1]]):
        assert clinsim(*words, "--json").json["run"] == newer
    assert clinsim("report", run, "--json").json["run"] == run


def test_last_and_a_name_exclude_each_other(clinsim: Invoke, run: str) -> None:
    assert clinsim("report", "--last", run).code == 2


def test_a_run_that_is_not_there_is_refused(clinsim: Invoke, run: str) -> None:
    ran = clinsim("report", "nosuchrun")
    assert (ran.code, ran.out) == (5, "")
    assert run in ran.err, "the newest ones are named"


def test_a_verdict_set_that_is_not_there_is_refused(clinsim: Invoke, run: str) -> None:
    ran = clinsim("report", "--verdict-set", "7")
    assert ran.code == 2
    assert "it has: 1" in ran.err


# ---- transcript


def test_a_transcript_shows_who_said_what_and_the_verdicts(clinsim: Invoke, run: str) -> None:
    shown = clinsim("transcript", "--subject", "ref:exemplar", "--language", "en", "--persona", "plain").out
    for words in ("ref:exemplar/chest-pain/plain/en/1", "0 patient", "Hello, my chest feels tight.", "1 subject",
                  "It spreads to my left arm.", "End: the subject closed", "✓ met", "? unscored", "gate passed"):  # fmt: skip
        assert words in shown
    assert "told radiation" not in shown


def test_the_log_says_why_each_fact_was_told(clinsim: Invoke, run: str) -> None:
    shown = clinsim("transcript", "--subject", "ref:exemplar", "--language", "en", "--log", "--no-verdicts").out
    assert "told tightness [opening] – opening" in shown
    assert 'told radiation [specific] – precise_question: "spread" ~ spread' in shown
    assert "✓ met" not in shown


def test_json_holds_every_dialogue_that_fits(clinsim: Invoke, run: str) -> None:
    found = clinsim("transcript", "--json").json
    assert len(found) == 8
    assert set(found[0]) == {"record", "judged"}
    assert set(found[0]["judged"]) == {"verdicts", "score", "triage"}
    assert len(clinsim("transcript", "--json", "--most", "2").json) == 2


def test_people_see_three_and_are_told_of_the_rest(clinsim: Invoke, run: str) -> None:
    ran = clinsim("transcript")
    assert ran.out.count("End: ") == 3
    assert "5 more dialogues fit; show them with --most 8" in ran.err


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        (["--subject", "ref:careless"], 4),
        (["--subject", "ref:*"], 8),
        (["--persona", "guarded", "--language", "zh"], 2),
        (["--scenario", "chest-*", "--subject", "*less"], 4),
    ],
)
def test_filters_choose_dialogues(clinsim: Invoke, run: str, filters: list[str], n: int) -> None:
    assert len(clinsim("transcript", *filters, "--json").json) == n


def test_a_dialogue_is_named_by_its_id_with_or_without_the_run(clinsim: Invoke, run: str) -> None:
    dialogue = "ref:careless/chest-pain/plain/zh/1"
    for words in ([run, dialogue], ["--last", dialogue], [run, "ref:careless/*/plain/zh/*"]):
        assert [item["record"]["id"] for item in clinsim("transcript", *words, "--json").json] == [dialogue]
    assert clinsim("transcript", "--last", run, dialogue).code == 2


def test_where_nothing_fits_that_is_said(clinsim: Invoke, run: str) -> None:
    ran = clinsim("transcript", "--subject", "nobody")
    assert (ran.code, ran.out) == (2, "")
    assert "no dialogue of the run fits" in ran.err


def test_reading_changes_no_byte_of_a_run(clinsim: Invoke, run: str, runs: Path) -> None:
    before = {file.name: file.read_bytes() for file in (runs / run).iterdir()}
    for words in (["report"], ["transcript"], ["list", "runs"], ["report", "--json"]):
        assert clinsim(*words).code == 0
    assert {file.name: file.read_bytes() for file in (runs / run).iterdir()} == before
    assert set(before) == {".writer", "run.sqlite"}


def test_json_is_for_programs_and_stays_readable(clinsim: Invoke, run: str) -> None:
    raw = clinsim("transcript", "--language", "zh", "--json").out
    assert "胸口发闷" in raw, "Chinese is not escaped"
    assert json.loads(raw)
