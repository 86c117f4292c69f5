"""Sheets of three dialogues, and an annotator who fills them: what the tests of annotation are made of."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from simulator.dialogue.record import DialogueRecord
from simulator.interop.annotation_book import write_book
from simulator.interop.annotation_export import BlindingKey, Sheet, make_sheets, write_jsonl
from simulator.judging.annotation import Annotation
from simulator.judging.verdict import Outcome
from simulator.library.scenario import Scenario
from simulator.text.language import Language
from tests.dialogue.cases import both
from tests.judging.records import ADVISES, ADVISES_ZH, ASKS, ASKS_ZH, SCENARIO, criterion, record, rubric_of

RUN = "20261125-101010-abcd"
HASH = "5" * 64
RUBRIC = rubric_of(
    criterion("asks-radiation", 5, text=both("Asks about the arm.", "询问胳膊。")),
    criterion("no-ibuprofen", -8, critical=True, text=both("Names a painkiller.", "提到止痛药。")),
    criterion("explains-why", 4, domain="usefulness", text=both("Gives a reason.", "说明理由。")),
    criterion("plain-words", 2, domain="usefulness", text=both("Uses everyday language.", "语言通俗。")),
)
CRITERIA = tuple(each.id for each in RUBRIC.criteria)
HIDDEN = (
    "secret-subject-9000",
    "persona-no-judge-may-see",
    "thoughts-no-judge-may-see",
    RUN,
    HASH,
    *CRITERIA,
    "severe",
    "critical",
    "points",
    "not_met",
    "must_not",
)
"""Words that may stand in no sheet."""


def dialogue(*texts: str, number: int = 1, language: Language = Language.EN, **more: Any) -> DialogueRecord:
    name = f"openai:secret-subject-9000/chest-pain/persona-no-judge-may-see/{language.value}/{number}"
    return record(*texts, language=language, **more).model_copy(update={"id": name})


FIRST = dialogue(ASKS, ADVISES)
SECOND = dialogue(ADVISES, number=2)
CHINESE = dialogue(ASKS_ZH, ADVISES_ZH, language=Language.ZH, replies=("疼到左胳膊。", "谢谢医生。"))
DIALOGUES = (FIRST, SECOND, CHINESE)


def exported(
    records: Sequence[DialogueRecord] = DIALOGUES,
    *,
    wanted: Mapping[str, Sequence[str]] | None = None,
    annotators: int = 2,
    seed: int = 1,
    earlier: Sequence[Annotation] = (),
    scenario: Scenario = SCENARIO,
) -> tuple[tuple[Sheet, ...], BlindingKey]:
    wanted = {each.id: CRITERIA for each in records} if wanted is None else wanted
    return make_sheets(
        RUN,
        records,
        {scenario.id: scenario},
        {RUBRIC.id: RUBRIC},
        hashes={RUBRIC.id: HASH},
        wanted=wanted,
        annotators=annotators,
        seed=seed,
        earlier=earlier,
    )


def written(folder: Path, suffix: str, sheet: Sheet | None = None) -> Path:
    """The first sheet of the three dialogues, or another, as a file of this kind."""
    path = folder / f"sheet{suffix}"
    (write_book if suffix == ".xlsx" else write_jsonl)(sheet or exported()[0][0], path)
    return path


def rating(
    outcome: Outcome, annotator: str = "a", criterion_id: str = "explains-why", of: DialogueRecord = FIRST, **more: Any
) -> Annotation:
    return Annotation(
        dialogue_id=of.id,
        criterion_id=criterion_id,
        annotator=annotator,
        rubric_sha256=HASH,
        outcome=outcome,
        **more,
    )


Row = Mapping[str, Any]


def fill(path: Path, answer: Callable[[Row], Row]) -> Path:
    """Does what a person does: for each row, puts these values into these columns."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        sheet = book["Rate"]
        head = [str(cell.value) for cell in sheet[1]]
        for number in range(2, sheet.max_row + 1):
            row = {name: sheet.cell(number, at).value for at, name in enumerate(head, start=1)}
            for name, value in answer(row).items():
                sheet.cell(number, head.index(name) + 1).value = value
        book.save(path)
        return path
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    lines = [line | answer(line) if line["kind"] == "rating" else line for line in lines]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows to rate."""
    found: list[dict[str, Any]] = []
    fill(path, lambda row: found.append(dict(row)) or {})
    return found


def everything_in(path: Path) -> str:
    """Every character that a file holds, whatever part of it shows them."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as book:
        return "\n".join(f"{name}\n{book.read(name).decode('utf-8')}" for name in book.namelist())
