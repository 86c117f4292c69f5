"""What is put before annotators: blinded, shuffled, one row for each criterion and dialogue.

A dialogue has a code that says nothing; who the subject and the persona are, what a criterion is worth, and what checks
or judges decided is in no sheet. The order differs from annotator to annotator. The key that turns codes back into ids
is a file of its own, for whoever runs the annotation.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.dialogue.record import DialogueRecord
from simulator.errors import UsageError
from simulator.judging.annotation import Annotation
from simulator.judging.quotes import legible
from simulator.judging.task import GradingTask, Spoken
from simulator.judging.verdict import Outcome
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.text.language import Language

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 4


class KeyRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    dialogue_id: str
    criterion_id: str
    rubric_sha256: str


class BlindingKey(BaseModel):
    """From the codes of a sheet to the ids of a run. Not for annotators."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    run_id: str
    adjudication: bool = False
    rows: dict[str, KeyRow]

    @classmethod
    def read(cls, path: Path) -> BlindingKey:
        """Raises UsageError."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise UsageError(
                f"the key does not read: {str(error).splitlines()[0]}",
                where=str(path),
                fix="name the key.json that `clinsim annotate export` wrote beside the sheets",
            ) from None


@dataclass(frozen=True, slots=True)
class SheetDialogue:
    code: str
    language: Language
    counterpart: str
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class SheetRow:
    code: str
    """`DIALOGUE-NN`; NN says nothing either."""
    dialogue: str
    statement: str
    earlier: str = ""
    """For adjudication: what the annotators said, in no order."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one annotator gets."""

    name: str
    dialogues: tuple[SheetDialogue, ...]
    rows: tuple[SheetRow, ...]


def make_sheets(
    run_id: str,
    records: Sequence[DialogueRecord],
    scenarios: Mapping[str, Scenario],
    rubrics: Mapping[str, Rubric],
    *,
    hashes: Mapping[str, str],
    wanted: Mapping[str, Sequence[str]],
    annotators: int,
    seed: int,
    earlier: Sequence[Annotation] = (),
) -> tuple[tuple[Sheet, ...], BlindingKey]:
    """Sheets for so many annotators, and the key.

    ``hashes``: rubric id → sha256; ``wanted``: dialogue id → criteria to annotate; ``earlier``: annotations that an
    adjudicator is shown, which makes these sheets for adjudication. The codes hang on all of it, so that a sheet does
    not read with the key of another export.
    """
    content = [(each.id, wanted[each.id]) for each in records]
    draw = random.Random(f"{run_id} {seed} {bool(earlier)} {content} {hashes}")
    codes = _codes(len(records), draw)
    dialogues, rows, key = [], [], {}
    for code, record in zip(codes, records, strict=True):
        scenario = scenarios[record.scenario_id]
        rubric = rubrics[scenario.rubric]
        task = GradingTask.of(record, scenario, [each for each in rubric.criteria if each.id in wanted[record.id]])
        dialogues.append(SheetDialogue(code, record.language, task.counterpart, task.spoken))
        numbers = draw.sample(range(1, max(100, len(task.questions) + 1)), len(task.questions))
        for number, question in zip(numbers, task.questions, strict=True):
            row = f"{code}-{number:02d}"
            said = [
                each.outcome
                for each in earlier
                if (each.dialogue_id, each.criterion_id) == (record.id, question.id) and not each.adjudicates
            ]
            draw.shuffle(said)
            words = "; ".join(WORDS[record.language][outcome] for outcome in said)
            rows.append(SheetRow(row, code, question.text, words))
            key[row] = KeyRow(dialogue_id=record.id, criterion_id=question.id, rubric_sha256=hashes[scenario.rubric])
    sheets = []
    for number in range(1, annotators + 1):
        order = random.Random(f"{run_id} {seed} {number}")
        own = order.sample(dialogues, len(dialogues))
        place = {each.code: at for at, each in enumerate(own)}
        shuffled = sorted(order.sample(rows, len(rows)), key=lambda row: place[row.dialogue])
        name = f"adjudicator-{number}" if earlier else f"annotator-{number}"
        sheets.append(Sheet(name, tuple(own), tuple(shuffled)))
    return tuple(sheets), BlindingKey(run_id=run_id, adjudication=bool(earlier), rows=key)


WORDS = {
    Language.EN: {
        Outcome.MET: "yes",
        Outcome.NOT_MET: "no",
        Outcome.NOT_APPLICABLE: "does not apply",
        Outcome.UNSCORED: "cannot tell",
    },
    Language.ZH: {
        Outcome.MET: "是",
        Outcome.NOT_MET: "否",
        Outcome.NOT_APPLICABLE: "不适用",
        Outcome.UNSCORED: "无法判断",
    },
}
"""How annotators say what they find: whether the statement is true."""


def disputed(annotations: Sequence[Annotation]) -> dict[str, tuple[str, ...]]:
    """Dialogue id → criteria on which annotators who could tell differ, and nobody has settled it yet."""
    said: dict[tuple[str, str], list[Annotation]] = {}
    for each in annotations:
        said.setdefault((each.dialogue_id, each.criterion_id), []).append(each)
    found: dict[str, tuple[str, ...]] = {}
    for (dialogue_id, criterion_id), own in said.items():
        outcomes = {each.outcome for each in own if each.outcome is not Outcome.UNSCORED}
        if len(outcomes) > 1 and not any(each.adjudicates for each in own):
            found[dialogue_id] = (*found.get(dialogue_id, ()), criterion_id)
    return found


def write_jsonl(sheet: Sheet, path: Path) -> None:
    """The dialogues, then the rows, an object a line; `verdict` is to be filled."""
    lines: list[dict[str, object]] = [
        {
            "kind": "dialogue",
            "dialogue": each.code,
            "language": each.language.value,
            "counterpart": each.counterpart,
            "turns": [
                {"turn": spoken.turn, "speaker": spoken.speaker, "text": legible(spoken.text)} for spoken in each.spoken
            ],
        }
        for each in sheet.dialogues
    ]
    lines += [
        {
            "kind": "rating",
            "row": row.code,
            "dialogue": row.dialogue,
            "statement": row.statement,
            **({"annotators_said": row.earlier} if row.earlier else {}),
            "verdict": None,
            "turn": None,
            "quote": "",
            "note": "",
        }
        for row in sheet.rows
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def _codes(n: int, draw: random.Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < n:
        found["".join(draw.choice(_LETTERS) for _ in range(_CODE_LENGTH))] = None
    return list(found)
