"""A run that is killed with SIGKILL and resumed holds every dialogue once, and repeats no call whose answer it held.

This is the small form, for every `make test`; benchmarks/kill_and_resume.py has 200 dialogues and ten kills.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.evaluation.killing import kill_and_resume, problems, summary

CONCURRENCY = 8
WIDEST_GAP_S = 1.0
"""Seconds. Answers are stored milliseconds after they arrive; this bound is for a test machine that is very busy."""


def test_a_run_that_is_killed_four_times_holds_every_dialogue_once_and_repeats_no_call(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    arguments = ["chest-*", "--epochs", "15", "--personas-per-scenario", "2", "--max-turns", "4"]
    outcome = kill_and_resume(
        tmp_path / "runs", [*arguments, "--concurrency", str(CONCURRENCY)], n_kills=4, longest_life_s=0.8, seed=seed
    )
    said = f"seed {seed}: {summary(outcome)}"
    print(said)
    assert outcome.n_planned == 60
    assert problems(outcome, concurrency=CONCURRENCY, widest_gap_s=WIDEST_GAP_S) == [], said


def test_voice_and_listener_are_replayed_as_well(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    arguments = ["chest-*", "--epochs", "4", "--personas-per-scenario", "2", "--max-turns", "4"]
    models = ["--voice", "openai:fake-model", "--listener", "openai:fake-model"]
    outcome = kill_and_resume(
        tmp_path / "runs",
        [*arguments, *models, "--concurrency", str(CONCURRENCY)],
        n_kills=3,
        longest_life_s=0.8,
        seed=seed,
    )
    said = f"seed {seed}: {summary(outcome)}"
    print(said)
    assert problems(outcome, concurrency=CONCURRENCY, widest_gap_s=WIDEST_GAP_S) == [], said
    keys = [row[0] for row in outcome.table("calls")]
    assert sum("#voice-" in key for key in keys) > outcome.n_planned
    assert sum(key.endswith("-2") and "#voice-" in key for key in keys) > 0, "some replies were repaired"
    assert sum("#listener-" in key for key in keys) > outcome.n_planned
