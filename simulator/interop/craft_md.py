"""CRAFT-MD's expert annotations (Johri et al., Nature Medicine 2025): dermatologists on multi-turn conversations.

Two workbooks, one for each dermatologist, and one with tie-breaks; a sheet for each clinical model. Below a header row
that begins with `case_id` stand one conversation a row and three yes/no answers. The same conversation is known by its
sheet and case. Each answer becomes an item; "yes" is met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import MissingExtraError, UsageError
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.task import GradingTask, Question, Scope, Spoken
from simulator.judging.verdict import Outcome
from simulator.text.language import Language

_RATER_FILES = {
    "dermatologist 1": "validation_clinicalllm_patientai_d1.xlsx",
    "dermatologist 2": "validation_clinicalllm_patientai_d2.xlsx",
}
_TIE_BREAK = "validation_clinicallm_patientai_tiebreak_d3.xlsx"
_QUESTIONS = (
    Question("Q1", "It is possible to reach one most likely diagnosis based on the conversation."),
    Question(
        "Q2",
        "The conversation covers all the key information present in the vignette, the physical examination and "
        "laboratory results excepted.",
        needs_key=True,
    ),
    Question("Q3", "The patient uses medical terminology."),
)
_WHAT = {"Q1": "one diagnosis possible", "Q2": "history complete", "Q3": "patient uses jargon"}
_ANSWERS = {"yes": Outcome.MET, "no": Outcome.NOT_MET}
_TURN = re.compile(r"(?m)^\s*(Doctor-AI|Patient-AI)\s*:\s*")


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    sheet: str
    vignette: str
    conversation: str
    answers: tuple[Outcome | None, ...]
    """One for each question; None: the cell is empty."""


def read_craft_md(folder: Path) -> RatedSet:
    """The items of a folder with the three workbooks; the tie-breaks, where the file is there, settle differences.

    Raises MissingExtraError, and UsageError where a workbook is missing or is no such file.
    """
    by_rater = {rater: _rows(folder / name) for rater, name in _RATER_FILES.items()}
    tie_breaks = _rows(folder / _TIE_BREAK) if (folder / _TIE_BREAK).is_file() else {}
    rows: dict[str, _Row] = {}
    for found in by_rater.values():
        rows = {**found, **rows}
    items = [
        RatedItem(
            id=f"{key}/{question.id}",
            cluster=key,
            labels={
                rater: answer
                for rater, found in by_rater.items()
                if key in found and (answer := found[key].answers[number]) is not None
            },
            adjudicated=tie_breaks[key].answers[number] if key in tie_breaks else None,
            groups={"question": f"{question.id} {_WHAT[question.id]}", "model": row.sheet},
            question_id=question.id,
        )
        for key, row in rows.items()
        for number, question in enumerate(_QUESTIONS)
    ]
    return RatedSet(
        source="CRAFT-MD, dermatologists",
        raters=Raters.PHYSICIANS,
        items=tuple(item for item in items if item.labels),
        tasks=tuple(_task(row) for row in rows.values()),
    )


def _task(row: _Row) -> GradingTask:
    return GradingTask(
        id=row.key,
        spoken=tuple(_spoken(row.conversation)),
        questions=_QUESTIONS,
        language=Language.EN,
        answer_key=row.vignette,
        scope=Scope.CONVERSATION,
    )


def _spoken(conversation: str) -> Iterator[Spoken]:
    """The conversation turn by turn; a reply of the patient shares the number of the question before it."""
    parts = _TURN.split(conversation)[1:]
    turn = 0
    for who, text in zip(parts[::2], parts[1::2], strict=True):
        if who == "Doctor-AI":
            turn += 1
        yield Spoken(turn, "assistant" if who == "Doctor-AI" else "patient", text.strip())


def _rows(path: Path) -> dict[str, _Row]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("judge", needed_for="reading spreadsheets") from None
    if not path.is_file():
        raise UsageError("the CRAFT-MD workbook is not here", where=str(path), fix="name the folder that holds it")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UsageError(f"the workbook does not read: {error}", where=str(path)) from None
    rows = [row for title, cells in sheets.items() for row in _sheet(title, cells, path)]
    return {row.key: row for row in rows}


def _sheet(title: str, cells: Sequence[tuple[object, ...]], path: Path) -> Iterator[_Row]:
    head = next((at for at, row in enumerate(cells) if row and row[0] == "case_id"), None)
    if head is None:
        raise UsageError(f"sheet {title} has no row that begins with case_id", where=str(path))
    for number, row in enumerate(cells[head + 1 :], start=head + 2):
        if not row or row[0] is None:
            continue
        words = [str(cell).strip().lower() if cell is not None else "" for cell in row[6:9]]
        wrong = next((word for word in words if word and word not in _ANSWERS), None)
        if len(words) < len(_QUESTIONS) or wrong:
            raise UsageError(
                f"sheet {title}, row {number}: "
                + (f"“{wrong}” is neither yes nor no" if wrong else "answers are missing"),
                where=str(path),
            )
        yield _Row(
            key=f"{title}/{row[0]}",
            sheet=title,
            vignette=str(row[1] or ""),
            conversation=str(row[3] or ""),
            answers=tuple(_ANSWERS.get(word) for word in words),
        )
