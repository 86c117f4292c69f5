"""The leaderboard for people and for programs: the same numbers, and None is never 0."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console, RenderableType

from simulator.evaluation.counterpart import CounterpartWork
from simulator.evaluation.leaderboard import Judged, Leaderboard, leaderboard
from simulator.evaluation.manifest import Manifest, Settings
from simulator.evaluation.runs import VerdictSet
from simulator.judging.scoring import Gate
from simulator.reporting.board_json import board_json
from simulator.reporting.tables import board_tables
from tests.evaluation.test_leaderboard import judged

USAGE = {
    "subject": (3, 1_000_000, 500_000), "judge": (1, 70, 7), "voice": (5, 900, 100), "listener": (2, 400, 50),
}  # fmt: skip
WORK = CounterpartWork({"model": 3, "fallback": 1}, {"leak": 2, "endpoint_failed": 1}, {"rules": 1, "model": 1}, 1)
VERDICTS = VerdictSet(2, "openai:judge", "2026", {}, {}, "")


def manifest(price: tuple[float, float] | None = None, review: str = "unreviewed", **more: Any) -> Manifest:
    return Manifest(
        run_id="run-1",
        created="2026-11-23T00:00:00+00:00",
        version="0",
        python="3",
        settings=Settings(subjects=("a",), price=price),
        languages=(),
        content=(),
        review={"one": review, "two": "reviewed"},
        **more,
    )


def board(*dialogues: Judged, planned: int | None = None) -> Leaderboard:
    return leaderboard(dialogues, ["a"] * (len(dialogues) if planned is None else planned))


def shown(renderable: RenderableType, width: int = 140) -> str:
    out = io.StringIO()
    Console(file=out, width=width, markup=False, highlight=False).print(renderable)
    return out.getvalue()


def as_json(
    found: Leaderboard, at: Manifest | None = None, verdicts: VerdictSet | None = VERDICTS
) -> dict[str, object]:
    return board_json(found, at or manifest(), verdicts, USAGE, WORK)


def row(found: Leaderboard) -> dict[str, object]:
    rows = as_json(found)["subjects"]
    assert isinstance(rows, dict)
    only = rows["a"]
    assert isinstance(only, dict)
    return only


def test_what_is_not_known_is_null_and_what_is_nothing_is_zero() -> None:
    nothing, zero = row(board(planned=2)), row(board(judged(0.0, gate=Gate.FAILED)))
    assert (nothing["overall"], zero["overall"]) == (None, 0.0)
    assert (nothing["unscored_share"], zero["unscored_share"]) == (None, 0.0)
    assert (nothing["mean_turns"], zero["mean_turns"]) == (None, 2.0)
    assert (nothing["gate_failed_scenarios"], zero["gate_failed_scenarios"]) == (0, 1)
    assert nothing["n_missing"] == 2


def test_a_dash_stands_for_what_is_not_known() -> None:
    table = shown(board_tables(board(planned=2), manifest(), VERDICTS, USAGE, WORK))
    assert "0 (+2 missing)" in table
    assert "0.00" not in table
    assert "0%" not in table
    assert "0.00" in shown(board_tables(board(judged(0.0)), manifest(), VERDICTS, USAGE, WORK))


def test_an_interval_has_two_ends_or_is_null() -> None:
    assert row(board(judged(0.5)))["overall_interval"] is None
    assert row(board(judged(0.0), judged(1.0, scenario="two")))["overall_interval"] == [0.0, 1.0]
    assert "0.50 [0.00, 1.00]" in shown(
        board_tables(board(judged(0.0), judged(1.0, scenario="two")), manifest(), None, USAGE, WORK)
    )


def test_the_gate_is_a_count_beside_its_scenarios() -> None:
    found = row(board(judged(1.0, gate=Gate.FAILED), judged(1.0, scenario="two", gate=Gate.UNDECIDED)))
    assert (found["gate_failed_scenarios"], found["gate_failed_scenario_ids"]) == (1, ["one"])
    assert found["gate_undecided_scenario_ids"] == ["two"]
    table = shown(
        board_tables(
            board(judged(1.0, gate=Gate.FAILED), judged(1.0, scenario="two", gate=Gate.UNDECIDED)),
            manifest(),
            None,
            USAGE,
            WORK,
        )
    )
    assert "1 of 2 (1 undecided)" in table


def test_the_cost_is_that_of_the_subjects_and_only_where_a_price_was_given() -> None:
    assert as_json(board(judged(1.0)))["cost"] is None
    assert as_json(board(judged(1.0)), manifest(price=(2.0, 4.0)))["cost"] == 4.0
    assert as_json(board(judged(1.0)), manifest(price=(0.0, 0.0)))["cost"] == 0.0


def test_unreviewed_cases_are_named_in_every_report() -> None:
    assert as_json(board(judged(1.0)))["unreviewed_scenarios"] == ["one"]
    assert "1 of 2 scenarios are unreviewed" in shown(board_tables(board(judged(1.0)), manifest(), None, USAGE, WORK))
    reviewed = manifest(review="reviewed")
    assert as_json(board(judged(1.0)), reviewed)["unreviewed_scenarios"] == []
    assert "unreviewed" not in shown(board_tables(board(judged(1.0)), reviewed, None, USAGE, WORK))


def test_the_judge_and_the_set_of_verdicts_are_named() -> None:
    assert (as_json(board(judged(1.0)))["judge"], as_json(board(judged(1.0)))["verdict_set"]) == ("openai:judge", 2)
    assert as_json(board(planned=1), verdicts=None)["verdict_set"] is None
    assert "Judge: openai:judge" in shown(board_tables(board(judged(1.0)), manifest(), VERDICTS, USAGE, WORK))


def test_what_an_endpoint_did_not_take_stands_beside_the_numbers() -> None:
    at = manifest(adaptations=("seed is not sent",))
    assert as_json(board(judged(1.0)), at)["adaptations"] == ["seed is not sent"]
    assert "Not as asked: seed is not sent" in shown(board_tables(board(judged(1.0)), at, None, USAGE, WORK))


def test_a_narrow_terminal_loses_no_number() -> None:
    table = shown(
        board_tables(board(judged(0.25), judged(0.75, scenario="two")), manifest(), VERDICTS, USAGE, WORK), width=60
    )
    assert "".join(table.split()).count("0.50") >= 3


def test_the_tables_say_who_voiced_and_heard_the_counterparts_and_at_what_cost() -> None:
    at = manifest()
    at = at.model_copy(
        update={"settings": at.settings.model_copy(update={"voice": "openai:v", "listener": "openai:l"})}
    )
    table = shown(board_tables(board(judged(1.0)), at, VERDICTS, USAGE, WORK))
    assert "Voice: openai:v (5 calls, 1.0k tokens); 4 replies: 3 model, 1 fallback." in table
    assert "Listener: openai:l (2 calls, 0.5k tokens); turns heard by: 1 rules, 1 model." in table
    assert "the voice's endpoint failed in 1 replies; the listener could not be used in 1 turns" in table
    alone = shown(board_tables(board(judged(1.0)), manifest(), VERDICTS, USAGE, WORK))
    assert "Voice" not in alone
    assert "Listener" not in alone


def test_a_report_names_no_secret_of_a_voices_address() -> None:
    at = manifest()
    voice = {"voice": "openai:v@https://host/v1#VOICE_KEY"}
    found = as_json(board(judged(1.0)), at.model_copy(update={"settings": at.settings.model_copy(update=voice)}))
    assert found["counterpart"] == {
        "voice": "openai:v@https://host/v1", "listener": None, "spoken_by": WORK.spoken_by, "guard": WORK.guard,
        "heard_by": WORK.heard_by, "n_listener_failures": 1,
    }  # fmt: skip
