"""Dialogues with the truth written beside them: what checks, judges and trained judges are measured on.

A JSONL file holds a dialogue a line: the subject's turns, the counterpart's, and for every criterion the verdict that
was settled on, with the annotators' own. The record is made anew by playing the subject's turns, so that checks are
measured as they are today; where the counterpart now answers otherwise, the dialogue that was read is not the one that
is played, and that is an error, not a silent difference (`python -m benchmarks.judging.gold` shows and renews it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.dialogue.conditions import DialogueLog
from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import DialogueRecord
from simulator.errors import LibraryError, UsageError
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.checks import decide_by_check
from simulator.judging.comparing import Compared, Comparison, comparison
from simulator.judging.task import GradingTask
from simulator.judging.verdict import Outcome, Verdict
from simulator.library.collection import Library
from simulator.library.json_lines import read_json_lines
from simulator.library.persona import Persona
from simulator.library.rubric import Criterion, Rubric
from simulator.library.scenario import Scenario
from simulator.models.subject import SubjectReply, SubjectRequest
from simulator.text.language import Language


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldVerdict(_Stored):
    outcome: Outcome
    """Settled. UNSCORED: a careful reader cannot tell, and nothing is measured on it."""
    turn: int | None = None
    quote: str | None = None
    """For met: the subject's own words that show it."""
    labels: dict[str, Outcome] = Field(default={})
    """By annotator, before they saw each other's."""
    note: str = ""


class GoldDialogue(_Stored):
    id: str
    scenario: str
    persona: str
    language: Language
    seed: int = 1
    subject: str
    """`ref:NAME`, or `authored`."""
    variation: str
    """How an authored subject differs from a good one, in a word."""
    pair: str | None = None
    """Dialogues with one value make the same moves, in two languages."""
    subject_turns: tuple[str, ...] = Field(min_length=1)
    counterpart_turns: tuple[str, ...] = Field(min_length=1)
    """As they were when the verdicts were written, the opening first."""
    verdicts: dict[str, GoldVerdict]

    @model_validator(mode="after")
    def _met_is_shown(self) -> Self:
        for criterion_id, verdict in self.verdicts.items():
            if verdict.outcome is Outcome.MET and (verdict.turn is None or not verdict.quote):
                raise ValueError(f"{criterion_id} is met, without a turn and a quote")
        return self

    @property
    def spec(self) -> DialogueSpec:
        return DialogueSpec(self.subject, self.scenario, self.persona, self.language, 1, self.seed)


@dataclass(frozen=True, slots=True)
class GoldCase:
    """A gold dialogue, played."""

    gold: GoldDialogue
    record: DialogueRecord
    scenario: Scenario
    rubric: Rubric

    @property
    def is_current(self) -> bool:
        """Whether the counterpart still says what it said when the verdicts were written."""
        said = tuple(turn.text for turn in self.record.subject_turns)
        answered = tuple(turn.text for turn in self.record.counterpart_turns)
        return (said, answered) == (self.gold.subject_turns, self.gold.counterpart_turns)

    def item_id(self, criterion: Criterion) -> str:
        return f"{self.gold.id}/{criterion.id}"


def read_gold(*paths: Path) -> tuple[GoldDialogue, ...]:
    """The dialogues of JSONL files, or of every one in a folder. Raises UsageError, with file and line."""
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    found: dict[str, GoldDialogue] = {}
    for file in files:
        for where, dialogue in read_json_lines(file, GoldDialogue, what="gold dialogue"):
            if dialogue.id in found:
                raise UsageError(f"the id {dialogue.id} is used twice", where=where)
            found[dialogue.id] = dialogue
    if not found:
        raise UsageError("no gold dialogue is here", where=", ".join(map(str, paths)), fix="name a folder of *.jsonl")
    return tuple(found.values())


class _Fixed:
    """A subject that says its turns, whatever it hears; silent beyond them."""

    def __init__(self, turns: Sequence[str]) -> None:
        self._turns = turns

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        return SubjectReply(text=self._turns[request.turn - 1] if request.turn <= len(self._turns) else "")


async def replayed(spec: DialogueSpec, scenario: Scenario, persona: Persona, turns: Sequence[str]) -> DialogueRecord:
    """The dialogue in which the subject says ``turns``, as far as it lasts."""
    return await play(spec, scenario, persona, _Fixed(turns), max_turns=len(turns))


async def play_gold(dialogues: Sequence[GoldDialogue], library: Library) -> tuple[GoldCase, ...]:
    """Raises LibraryError where a rubric has changed its criteria since, and UnknownIdError."""
    cases = []
    for gold in dialogues:
        scenario = library.scenario(gold.scenario)
        rubric = library.rubric(scenario.rubric)
        if gold.verdicts.keys() != {criterion.id for criterion in rubric.criteria}:
            differing = sorted(gold.verdicts.keys() ^ {criterion.id for criterion in rubric.criteria})
            raise LibraryError(
                f"the gold dialogue {gold.id} and rubric {rubric.id} differ in criteria: {', '.join(differing)}",
                fix="write the missing verdicts, or remove those of criteria that are gone",
            )
        record = await replayed(gold.spec, scenario, library.persona(gold.persona), gold.subject_turns)
        cases.append(GoldCase(gold, record, scenario, rubric))
    return tuple(cases)


def refuse_stale(cases: Sequence[GoldCase]) -> None:
    """Raises LibraryError where a dialogue is no longer the one that was read."""
    stale = [case.gold.id for case in cases if not case.is_current]
    if stale:
        raise LibraryError(
            f"{len(stale)} gold dialogues are answered otherwise than when their verdicts were written: "
            + ", ".join(stale[:5])
            + (" …" if len(stale) > 5 else ""),
            fix="python -m benchmarks.judging.gold stale shows the differences; read them, then renew",
        )


async def current_gold(path: Path, library: Library) -> tuple[GoldCase, ...]:
    """A gold set, read and played. Raises UsageError, and LibraryError where it is no longer what was read."""
    cases = await play_gold(read_gold(path), library)
    refuse_stale(cases)
    return cases


def rated_gold(cases: Sequence[GoldCase]) -> RatedSet:
    """The gold set as items for agreement; the settled verdict is the adjudicated one."""
    items = [
        RatedItem(
            id=case.item_id(criterion),
            cluster=case.gold.id,
            labels=case.gold.verdicts[criterion.id].labels,
            adjudicated=case.gold.verdicts[criterion.id].outcome,
            groups=groups_of(criterion, case.scenario, case.gold.language) | {"variation": case.gold.variation},
            question_id=criterion.id,
        )
        for case in cases
        for criterion in case.rubric.criteria
    ]
    return RatedSet("the project's gold set", Raters.PROJECT, tuple(items), tuple(gold_task(case) for case in cases))


def gold_task(case: GoldCase) -> GradingTask:
    """Every criterion of the case, put to a judge."""
    return replace(GradingTask.of(case.record, case.scenario, case.rubric.criteria), id=case.gold.id)


def groups_of(criterion: Criterion, scenario: Scenario, language: Language) -> dict[str, str]:
    """What figures are broken down by."""
    return {
        "language": language.value,
        "kind": criterion.kind.value,
        "domain": criterion.domain.value,
        "axis": criterion.axis.value,
        "task": scenario.task.value,
        "scenario": scenario.id,
    }


def check_verdicts(cases: Sequence[GoldCase]) -> Mapping[str, Verdict]:
    """By item id, the verdicts of those criteria that the log decides."""
    found: dict[str, Verdict] = {}
    for case in cases:
        log = DialogueLog.of(case.record, case.scenario, case.rubric)
        for criterion in case.rubric.criteria:
            verdict = decide_by_check(criterion, log)
            if verdict is not None:
                found[case.item_id(criterion)] = verdict
    return found


def checks_against_gold(cases: Sequence[GoldCase]) -> Comparison:
    """Of the criteria that checks decide and the gold set settles."""
    decided = check_verdicts(cases)
    compared, n_undecided = [], 0
    for case in cases:
        for criterion in case.rubric.criteria:
            verdict, gold = decided.get(case.item_id(criterion)), case.gold.verdicts[criterion.id]
            if verdict is None:
                continue
            if gold.outcome is Outcome.UNSCORED:
                n_undecided += 1
                continue
            compared.append(
                Compared(
                    item_id=case.item_id(criterion),
                    cluster=case.gold.id,
                    criterion_id=criterion.id,
                    first=verdict.outcome,
                    second=gold.outcome,
                    groups=groups_of(criterion, case.scenario, case.gold.language),
                    why_first=verdict.grounds,
                    why_second=f"[turn {gold.turn}: {gold.quote}] {gold.note}".strip() if gold.quote else gold.note,
                )
            )
    return comparison(compared, n_undecided)
