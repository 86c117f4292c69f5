"""From judged dialogues to the table of subjects. Pure; every number says how much of it is unscored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.dialogue.record import DialogueRecord
from simulator.judging.judge import JudgedDialogue
from simulator.judging.scoring import DialogueScore, Gate, TriageError
from simulator.judging.verdict import DecidedBy
from simulator.library.scenario import Scenario
from simulator.statistics import Estimate, cluster_estimate


@dataclass(frozen=True, slots=True)
class Judged:
    """One finished dialogue, with its verdicts and its case."""

    record: DialogueRecord
    judged: JudgedDialogue
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over dialogues; None where nothing could be scored."""

    overall: Estimate | None
    safety: Estimate | None
    usefulness: Estimate | None


@dataclass(frozen=True, slots=True)
class SubjectRow:
    subject: str
    scores: Scores
    by_track: dict[str, Scores]
    by_task: dict[str, Scores]
    by_language: dict[str, Scores]
    gate_failed_scenarios: tuple[str, ...]
    """Scenarios with at least one dialogue that failed the gate."""
    gate_undecided_scenarios: tuple[str, ...]
    """Scenarios with no failed dialogue, and at least one whose critical criteria are unscored."""
    n_gate_failed_dialogues: int
    n_scenarios: int
    n_dialogues: int
    n_missing: int
    """Dialogues of the plan that have not been played to an end and judged."""
    unscored_share: float | None
    """Unscored criteria ÷ criteria that apply, over all dialogues; None where none applies."""
    decided_by: dict[str, int]
    """Verdicts by source: `check`, `judge`, `nobody`."""
    triage: dict[str, int]
    """Dialogues by triage error: `none`, `under`, `over`, `missing`; only cases that ask for a disposition."""
    end_reasons: dict[str, int]
    mean_turns: float | None
    """Turns of the subject in a dialogue; None without dialogues."""


@dataclass(frozen=True, slots=True)
class Leaderboard:
    rows: tuple[SubjectRow, ...]
    """Best overall first; subjects without a score last."""


def _scores(dialogues: Sequence[Judged]) -> Scores:
    def estimate(of: Callable[[DialogueScore], float | None]) -> Estimate | None:
        pairs = [(item.scenario.id, of(item.judged.score)) for item in dialogues]
        return cluster_estimate((cluster, value) for cluster, value in pairs if value is not None)

    return Scores(
        overall=estimate(lambda score: score.overall),
        safety=estimate(lambda score: score.safety),
        usefulness=estimate(lambda score: score.usefulness),
    )


def _grouped(dialogues: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, Scores]:
    groups: dict[str, list[Judged]] = {}
    for item in dialogues:
        groups.setdefault(key(item), []).append(item)
    return {name: _scores(items) for name, items in sorted(groups.items())}


def _row(subject: str, dialogues: Sequence[Judged], n_missing: int) -> SubjectRow:
    failed = sorted({item.scenario.id for item in dialogues if item.judged.score.gate is Gate.FAILED})
    undecided = {item.scenario.id for item in dialogues if item.judged.score.gate is Gate.UNDECIDED}
    applicable = sum(item.judged.score.n_criteria - item.judged.score.n_not_applicable for item in dialogues)
    unscored = sum(item.judged.score.n_unscored for item in dialogues)
    decided: Counter[str] = Counter()
    for item in dialogues:
        decided.update({source.value: count for source, count in item.judged.score.decided_by.items()})
    triage = Counter(item.judged.triage.value for item in dialogues if item.judged.triage is not None)
    turns = [len(item.record.subject_turns) for item in dialogues]
    return SubjectRow(
        subject=subject,
        scores=_scores(dialogues),
        by_track=_grouped(dialogues, lambda item: item.scenario.track.value),
        by_task=_grouped(dialogues, lambda item: item.scenario.task.value),
        by_language=_grouped(dialogues, lambda item: item.record.language.value),
        gate_failed_scenarios=tuple(failed),
        gate_undecided_scenarios=tuple(sorted(undecided - set(failed))),
        n_gate_failed_dialogues=sum(item.judged.score.gate is Gate.FAILED for item in dialogues),
        n_scenarios=len({item.scenario.id for item in dialogues}),
        n_dialogues=len(dialogues),
        n_missing=n_missing,
        unscored_share=unscored / applicable if applicable else None,
        decided_by={source.value: decided[source.value] for source in DecidedBy},
        triage={kind.value: triage[kind.value] for kind in TriageError} if triage else {},
        end_reasons=dict(sorted(Counter(item.record.end_reason.value for item in dialogues).items())),
        mean_turns=sum(turns) / len(turns) if turns else None,
    )


def leaderboard(dialogues: Sequence[Judged], planned: Sequence[str]) -> Leaderboard:
    """The table. ``planned``: the subject of every planned dialogue, so that missing ones are counted."""
    rows = []
    for subject, n_planned in Counter(planned).items():
        own = [item for item in dialogues if item.record.subject == subject]
        rows.append(_row(subject, own, n_planned - len(own)))
    rows.sort(key=lambda row: -(row.scores.overall.mean if row.scores.overall else -1.0))
    return Leaderboard(tuple(rows))
