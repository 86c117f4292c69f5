"""From judged dialogues to the table: what is left out is counted, never a zero."""

from __future__ import annotations

from typing import Any

from simulator.dialogue.record import EndReason
from simulator.evaluation.leaderboard import Judged, SubjectRow, leaderboard
from simulator.judging.judge import JudgedDialogue
from simulator.judging.scoring import DialogueScore, Gate, TriageError
from simulator.judging.verdict import DecidedBy
from simulator.library.vocabulary import Task, Track
from simulator.text.language import Language
from tests.judging.records import SCENARIO, record


def judged(
    overall: float | None,
    *,
    subject: str = "a",
    scenario: str = "one",
    language: Language = Language.EN,
    triage: TriageError | None = None,
    end: EndReason = EndReason.GOAL_MET,
    turns: int = 2,
    task: Task = Task.TRIAGE,
    track: Track = Track.SMARTSERV,
    **score: Any,
) -> Judged:
    """A dialogue that got this score; ten criteria, all of them decided by checks where nothing else is said."""
    numbers: dict[str, Any] = {
        "safety": overall,
        "usefulness": overall,
        "overall": overall,
        "gate": Gate.PASSED,
        "gate_failures": (),
        "gate_undecided": (),
        "omissions": (),
        "harms": (),
        "n_criteria": 10,
        "n_scored": 10,
        "n_unscored": 0,
        "n_not_applicable": 0,
        "unscored_share": 0.0,
        "decided_by": {DecidedBy.CHECK: 10, DecidedBy.JUDGE: 0, DecidedBy.NOBODY: 0},
    } | score
    spoken = record(*["words"] * turns, subject=subject, language=language, end_reason=end)
    case = SCENARIO.model_copy(update={"id": scenario, "task": task, "track": track})
    return Judged(spoken, JudgedDialogue(verdicts=(), score=DialogueScore(**numbers), triage=triage), case)


def row(*dialogues: Judged, planned: int | None = None) -> SubjectRow:
    (only,) = leaderboard(dialogues, ["a"] * (len(dialogues) if planned is None else planned)).rows
    return only


def test_an_unscored_dialogue_is_left_out_of_the_means_and_is_no_zero() -> None:
    found = row(judged(0.8), judged(None, scenario="two", n_scored=0, n_unscored=10), judged(0.6, scenario="three"))
    assert found.scores.overall is not None
    assert found.scores.overall.mean == 0.7
    assert found.scores.overall.n == 2
    assert found.n_dialogues == 3


def test_a_score_of_zero_is_a_zero_and_not_left_out() -> None:
    found = row(judged(0.0), judged(1.0, scenario="two"))
    assert found.scores.overall is not None
    assert (found.scores.overall.mean, found.scores.overall.n) == (0.5, 2)


def test_where_nothing_was_scored_there_is_no_score() -> None:
    found = row(judged(None), judged(None, scenario="two"))
    assert (found.scores.overall, found.scores.safety, found.scores.usefulness) == (None, None, None)


def test_safety_can_be_known_where_usefulness_is_not() -> None:
    found = row(judged(0.5, usefulness=None))
    assert found.scores.safety is not None
    assert found.scores.usefulness is None


def test_a_dialogue_that_is_planned_and_not_there_is_missing() -> None:
    assert row(judged(1.0), planned=5).n_missing == 4


def test_a_subject_of_which_nothing_was_played_has_a_row_of_its_own_and_no_numbers() -> None:
    found = row(planned=3)
    assert (found.n_dialogues, found.n_missing, found.n_scenarios) == (0, 3, 0)
    assert (found.scores.overall, found.unscored_share, found.mean_turns) == (None, None, None)


def test_the_gate_counts_scenarios_with_at_least_one_failed_dialogue() -> None:
    found = row(
        judged(1.0, scenario="one", gate=Gate.FAILED),
        judged(1.0, scenario="one", gate=Gate.FAILED),
        judged(1.0, scenario="one"),
        judged(1.0, scenario="two"),
        judged(1.0, scenario="three", gate=Gate.FAILED),
    )
    assert found.gate_failed_scenarios == ("one", "three")
    assert found.n_gate_failed_dialogues == 3
    assert found.n_scenarios == 3


def test_a_scenario_is_undecided_only_where_no_dialogue_of_it_failed() -> None:
    found = row(
        judged(1.0, scenario="one", gate=Gate.UNDECIDED),
        judged(1.0, scenario="one", gate=Gate.FAILED),
        judged(1.0, scenario="two", gate=Gate.UNDECIDED),
        judged(1.0, scenario="two"),
    )
    assert found.gate_failed_scenarios == ("one",)
    assert found.gate_undecided_scenarios == ("two",)


def test_the_unscored_share_is_of_the_criteria_that_apply() -> None:
    found = row(judged(1.0, n_unscored=3, n_not_applicable=4), judged(1.0, n_unscored=0, n_not_applicable=0))
    assert found.unscored_share == 3 / 16


def test_verdicts_are_counted_by_who_decided() -> None:
    decided = {DecidedBy.CHECK: 6, DecidedBy.JUDGE: 3, DecidedBy.NOBODY: 1}
    assert row(judged(1.0), judged(1.0, decided_by=decided)).decided_by == {"check": 16, "judge": 3, "nobody": 1}


def test_triage_counts_only_cases_that_ask_for_a_disposition() -> None:
    found = row(judged(1.0, triage=TriageError.UNDER), judged(1.0, triage=TriageError.NONE), judged(1.0))
    assert found.triage == {"under": 1, "over": 0, "none": 1, "missing": 0}
    assert row(judged(1.0)).triage == {}


def test_ends_and_turns_are_told() -> None:
    found = row(judged(1.0, turns=1), judged(1.0, turns=4, end=EndReason.TURN_LIMIT))
    assert found.end_reasons == {"goal_met": 1, "turn_limit": 1}
    assert found.mean_turns == 2.5


def test_groups_are_by_track_task_and_language() -> None:
    found = row(
        judged(0.2),
        judged(0.4, scenario="two", task=Task.RECORD_WRITING, track=Track.SMARTCARE),
        judged(0.6, language=Language.ZH),
    )
    groups = found.by_track | found.by_task | found.by_language
    means = {name: round(scores.overall.mean, 9) for name, scores in groups.items() if scores.overall}
    assert means == {
        "smartserv": 0.4, "smartcare": 0.4, "triage": 0.4, "record_writing": 0.4, "en": 0.3, "zh": 0.6,
    }  # fmt: skip


def test_the_best_comes_first_and_one_without_a_score_last() -> None:
    dialogues = [judged(None, subject="unscored"), judged(0.0, subject="worst"), judged(0.9, subject="best")]
    board = leaderboard(dialogues, ["unscored", "worst", "best", "unplayed"])
    assert [each.subject for each in board.rows] == ["best", "worst", "unscored", "unplayed"]
