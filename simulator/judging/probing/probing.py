"""Probing a judge, and the checks: every dialogue judged as it is and as each probe changes it, and what flipped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from simulator.dialogue.conditions import DialogueLog
from simulator.dialogue.playing import DialogueSpec
from simulator.judging.checks import decide_by_check
from simulator.judging.gold import GoldCase, gold_task, replayed
from simulator.judging.probing.probes import CHANGES_WORDS, Probe, changed_words, with_words
from simulator.judging.task import GradingTask, Question
from simulator.judging.verdict import Outcome, Verdict
from simulator.library.persona import Persona
from simulator.library.rubric import Criterion, Rubric
from simulator.library.scenario import Scenario
from simulator.statistics import Estimate, cluster_ratio
from simulator.text.language import Language


@dataclass(frozen=True, slots=True)
class ProbedDialogue:
    """A dialogue to probe with."""

    id: str
    spec: DialogueSpec
    turns: tuple[str, ...]
    """The subject's."""
    task: GradingTask
    """Every criterion, put to a judge; its id is ``id``."""
    scenario: Scenario
    persona: Persona
    rubric: Rubric
    truth: Mapping[str, Outcome]
    """By criterion, where it is known; else empty."""
    pair: str | None = None
    """Dialogues with one value make the same moves, in two languages."""

    @classmethod
    def of_gold(cls, case: GoldCase, persona: Persona) -> Self:
        return cls(
            id=case.gold.id,
            spec=case.gold.spec,
            turns=case.gold.subject_turns,
            task=gold_task(case),
            scenario=case.scenario,
            persona=persona,
            rubric=case.rubric,
            truth={key: verdict.outcome for key, verdict in case.gold.verdicts.items()},
            pair=case.gold.pair,
        )


@dataclass(frozen=True, slots=True)
class Flips:
    """Verdicts that were met or not met before and after, and how many changed."""

    n: int
    flipped: Estimate | None
    """The share that changed; the interval resamples dialogues."""
    in_favour: Estimate | None
    """The share that changed in the subject's favour less the share that changed against it: −1…1."""
    n_to_met: int
    n_to_not_met: int
    n_lost: int
    """Decided before, and unscored or not applicable after."""


@dataclass(frozen=True, slots=True)
class ProbeRow:
    probe: Probe
    judge: Flips | None
    """None: no judge was asked, or the probe has nothing to compare here."""
    checks: Flips | None
    """None: the probe changes nothing that a check reads."""


GradeAll = Callable[[Sequence[GradingTask], str], Awaitable[Mapping[str, tuple[Verdict, ...]]]]
"""Grades tasks as a series of this name; verdicts by task id."""


@dataclass(frozen=True, slots=True)
class _Pair:
    dialogue: str
    criterion: Criterion
    before: Outcome
    after: Outcome


async def probe_checks(dialogues: Sequence[ProbedDialogue], probes: Sequence[Probe]) -> dict[Probe, Flips]:
    """The checks on each dialogue, played as it was and with the subject's words changed."""
    wanted = [probe for probe in probes if probe in CHANGES_WORDS]
    pairs: dict[Probe, list[_Pair]] = {probe: [] for probe in wanted}
    for number, dialogue in enumerate(dialogues):
        before = await _checked(dialogue, dialogue.turns)
        for probe in wanted:
            words = changed_words(probe, dialogue.turns, dialogue.spec.language, number)
            after = await _checked(dialogue, words)
            pairs[probe] += [
                _Pair(dialogue.id, criterion, before[criterion.id], after[criterion.id])
                for criterion in dialogue.rubric.criteria
                if criterion.id in before and criterion.id in after
            ]
    return {probe: _flips(found) for probe, found in pairs.items()}


async def probe_judge(
    dialogues: Sequence[ProbedDialogue], probes: Sequence[Probe], grade_all: GradeAll
) -> dict[Probe, Flips]:
    """A judge on each dialogue as it is, and as each probe has it."""
    before = _outcomes(await grade_all([dialogue.task for dialogue in dialogues], "probe"))
    by_id = {dialogue.id: dialogue for dialogue in dialogues}
    found: dict[Probe, Flips] = {}
    for probe in probes:
        if probe is Probe.TRANSLATION:
            pairs = _translated(dialogues, before)
            if not pairs:
                continue
        else:
            tasks = [_changed(probe, dialogue, number) for number, dialogue in enumerate(dialogues)]
            graded = await grade_all(tasks, f"probe-{probe.value}")
            pairs = _paired(by_id, before, _outcomes(graded))
        found[probe] = _flips(pairs)
    return found


def probe_rows(
    probes: Sequence[Probe], judge: Mapping[Probe, Flips], checks: Mapping[Probe, Flips]
) -> tuple[ProbeRow, ...]:
    return tuple(ProbeRow(probe, judge.get(probe), checks.get(probe)) for probe in probes)


async def _checked(dialogue: ProbedDialogue, turns: Sequence[str]) -> dict[str, Outcome]:
    record = await replayed(dialogue.spec, dialogue.scenario, dialogue.persona, turns)
    log = DialogueLog.of(record, dialogue.scenario, dialogue.rubric)
    found = ((criterion, decide_by_check(criterion, log)) for criterion in dialogue.rubric.criteria)
    return {criterion.id: verdict.outcome for criterion, verdict in found if verdict is not None}


def _changed(probe: Probe, dialogue: ProbedDialogue, number: int) -> GradingTask:
    task = dialogue.task
    if probe in CHANGES_WORDS:
        return with_words(task, changed_words(probe, dialogue.turns, dialogue.spec.language, number))
    if probe is Probe.ORDER:
        return replace(task, questions=task.questions[::-1])
    if probe is Probe.PROMPT_LANGUAGE:
        other = Language.ZH if task.language is Language.EN else Language.EN
        if other not in dialogue.scenario.languages or other not in dialogue.rubric.languages:
            return task
        return replace(
            task,
            language=other,
            questions=tuple(Question.of(criterion, other) for criterion in dialogue.rubric.criteria),
            answer_key=dialogue.scenario.answer_key.summary.in_(other),
        )
    return task


def _outcomes(graded: Mapping[str, tuple[Verdict, ...]]) -> dict[tuple[str, str], Outcome]:
    return {(task, each.criterion_id): each.outcome for task, verdicts in graded.items() for each in verdicts}


def _paired(
    dialogues: Mapping[str, ProbedDialogue],
    before: Mapping[tuple[str, str], Outcome],
    after: Mapping[tuple[str, str], Outcome],
) -> list[_Pair]:
    criteria = {(key, each.id): each for key, dialogue in dialogues.items() for each in dialogue.rubric.criteria}
    return [_Pair(key[0], criteria[key], was, after[key]) for key, was in before.items() if key in after]


def _translated(dialogues: Sequence[ProbedDialogue], outcomes: Mapping[tuple[str, str], Outcome]) -> list[_Pair]:
    """The English dialogue of each pair against the Chinese one, on the criteria whose truth is the same in both."""
    by_pair: dict[str, dict[Language, ProbedDialogue]] = {}
    for dialogue in dialogues:
        if dialogue.pair is not None:
            by_pair.setdefault(dialogue.pair, {})[dialogue.spec.language] = dialogue
    pairs = []
    for both in by_pair.values():
        if len(both) < 2:
            continue
        one, other = both[Language.EN], both[Language.ZH]
        for criterion in one.rubric.criteria:
            truth = one.truth.get(criterion.id)
            if truth is not None and truth is other.truth.get(criterion.id):
                was, is_now = outcomes.get((one.id, criterion.id)), outcomes.get((other.id, criterion.id))
                if was is not None and is_now is not None:
                    pairs.append(_Pair(one.id, criterion, was, is_now))
    return pairs


_DECIDED = {Outcome.MET, Outcome.NOT_MET}


def _flips(pairs: Sequence[_Pair]) -> Flips:
    kept = [pair for pair in pairs if pair.before in _DECIDED and pair.after in _DECIDED]
    changed = [pair for pair in kept if pair.before is not pair.after]

    def favour(pair: _Pair) -> float:
        if pair.before is pair.after:
            return 0.0
        return 1.0 if (pair.after is Outcome.MET) is (pair.criterion.points > 0) else -1.0

    return Flips(
        n=len(kept),
        flipped=cluster_ratio((pair.dialogue, float(pair.before is not pair.after), 1.0) for pair in kept),
        in_favour=cluster_ratio((pair.dialogue, favour(pair), 1.0) for pair in kept),
        n_to_met=sum(pair.after is Outcome.MET for pair in changed),
        n_to_not_met=sum(pair.after is Outcome.NOT_MET for pair in changed),
        n_lost=sum(pair.before in _DECIDED and pair.after not in _DECIDED for pair in pairs),
    )
