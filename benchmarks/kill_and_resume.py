"""A run of 200 dialogues, killed with SIGKILL at ten random moments and resumed each time.

    python benchmarks/kill_and_resume.py [--seed N] [--kills 10] [--epochs 10]

Exits with 1 where a dialogue is missing or there twice, or a call that was answered before a kill was made again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.evaluation.killing import kill_and_resume, problems, summary

CONCURRENCY = 8
WIDEST_GAP_S = 1.0
"""Seconds between an answer's last byte and its commit in the journal: milliseconds, but not on a busy machine."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments (else random)")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=10, help="200 dialogues with 10, 20 with each")
    parser.add_argument("--life", type=float, default=1.5, help="a session is killed at most so many s after a call")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    scenarios = ["abdominal-pain-record", "anaemia-report", "breathless-tests", "chest-tightness-triage", "child-*"]
    arguments = [
        *scenarios, "--personas-per-scenario", "2", "--epochs", str(options.epochs), "--max-turns", "4",
        "--concurrency", str(CONCURRENCY),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_and_resume(
            Path(folder), arguments, n_kills=options.kills, longest_life_s=options.life, seed=options.seed
        )
        print(summary(outcome))
        wrong = problems(outcome, concurrency=CONCURRENCY, widest_gap_s=WIDEST_GAP_S)
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
