"""The leaderboard as JSON. Keys are documented in docs/results.md and stay stable."""

from __future__ import annotations

from simulator.evaluation.counterpart import CounterpartWork
from simulator.evaluation.leaderboard import Leaderboard, Scores, SubjectRow
from simulator.evaluation.manifest import Manifest
from simulator.evaluation.runs import VerdictSet
from simulator.models.prices import Price
from simulator.models.sources import subject_name
from simulator.reporting.estimates import interval_of, mean_of

Json = dict[str, object]


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def _scores(scores: Scores) -> Json:
    return {
        "overall": mean_of(scores.overall),
        "safety": mean_of(scores.safety),
        "usefulness": mean_of(scores.usefulness),
    }


def _row(row: SubjectRow) -> Json:
    return {
        **_scores(row.scores),
        "overall_interval": interval_of(row.scores.overall),
        "safety_interval": interval_of(row.scores.safety),
        "usefulness_interval": interval_of(row.scores.usefulness),
        "gate_failed_scenarios": len(row.gate_failed_scenarios),
        "gate_failed_scenario_ids": list(row.gate_failed_scenarios),
        "gate_undecided_scenario_ids": list(row.gate_undecided_scenarios),
        "gate_failed_dialogues": row.n_gate_failed_dialogues,
        "n_scenarios": row.n_scenarios,
        "n_dialogues": row.n_dialogues,
        "n_missing": row.n_missing,
        "unscored_share": _rounded(row.unscored_share),
        "decided_by": row.decided_by,
        "triage": row.triage,
        "end_reasons": row.end_reasons,
        "mean_turns": _rounded(row.mean_turns, 2),
        "by_track": {name: _scores(scores) for name, scores in row.by_track.items()},
        "by_task": {name: _scores(scores) for name, scores in row.by_task.items()},
        "by_language": {name: _scores(scores) for name, scores in row.by_language.items()},
    }


def _cost(manifest: Manifest, usage: dict[str, tuple[int, int, int]]) -> float | None:
    """US dollars of the subjects' calls, over the run's life; None where no price was given."""
    if manifest.settings.price is None:
        return None
    _, prompt, completion = usage["subject"]
    return round(Price(*manifest.settings.price).of(prompt, completion), 6)


def _counterpart(manifest: Manifest, work: CounterpartWork) -> Json:
    return {
        "voice": subject_name(manifest.settings.voice) if manifest.settings.voice else None,
        "listener": subject_name(manifest.settings.listener) if manifest.settings.listener else None,
        "spoken_by": work.spoken_by,
        "guard": work.guard,
        "heard_by": work.heard_by,
        "n_listener_failures": work.n_listener_failures,
    }


def board_json(
    board: Leaderboard,
    manifest: Manifest,
    verdicts: VerdictSet | None,
    usage: dict[str, tuple[int, int, int]],
    work: CounterpartWork,
) -> Json:
    """`{"run", "judge", …, "subjects": {NAME: {"overall", …}}}`. Rates are fractions, None where nothing was scored."""
    unreviewed = sorted(key for key, review in manifest.review.items() if review != "reviewed")
    return {
        "run": manifest.run_id,
        "created": manifest.created,
        "version": manifest.version,
        "seed": manifest.settings.seed,
        "judge": verdicts.judge if verdicts else None,
        "verdict_set": verdicts.id if verdicts else None,
        "adaptations": list(manifest.adaptations),
        "unreviewed_scenarios": unreviewed,
        "usage": {
            role: {"n_calls": calls, "prompt_tokens": prompt, "completion_tokens": completion}
            for role, (calls, prompt, completion) in usage.items()
        },
        "cost": _cost(manifest, usage),
        "counterpart": _counterpart(manifest, work),
        "subjects": {row.subject: _row(row) for row in board.rows},
    }
