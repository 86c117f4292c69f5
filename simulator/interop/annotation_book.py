"""Annotation sheets as workbooks that open in any spreadsheet program.

Whatever a subject said is text and stays text: no cell is a formula, and characters that a workbook cannot hold are
left out. Three sheets: how to fill it (both languages), the rows to rate, the dialogues.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import MissingExtraError
from simulator.interop.annotation_export import WORDS, Sheet, SheetDialogue
from simulator.judging.quotes import legible
from simulator.text.language import Language

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

RATE = "Rate"
HEAD = ("row", "dialogue", "statement", "verdict", "turn", "quote", "note")
EARLIER = "annotators said"
_CELL_LENGTH = 16_000
"""A cell holds 32,767 UTF-16 units, at most two a character; longer words go on in the next row."""
_NOT_IN_XML = str.maketrans("", "", "\ufffe\uffff")
_WIDTHS = {"row": 10, "dialogue": 10, "statement": 60, "verdict": 16, "turn": 7, "quote": 40, "note": 30, EARLIER: 20}

_READ_ME = """\
How to fill this sheet
1. Read a dialogue (sheet "Dialogues"); its code stands in every row.
2. Sheet "Rate": for each row decide whether the statement is true of what the ASSISTANT said in that dialogue. \
Take it literally. A statement may describe good practice or harm; "yes" only means that it is true.
   yes – the assistant's words make it true
   no – the dialogue is complete, and nothing the assistant said makes it true
   does not apply – the situation that the statement speaks of did not arise
   cannot tell – please say why in "note"
3. If you can, give the turn and copy the words that show it into "quote".
4. Leave "verdict" empty where you have not decided. Change nothing else; rows may be sorted and filtered.
5. Work alone. Do not discuss dialogues with other annotators before everybody has finished.

填写说明
1. 先看对话（"Dialogues" 工作表），每一行都标有对话编号。
2. 在 "Rate" 工作表中逐行判断：该陈述对助手（assistant）在这段对话中所说的话是否成立。请按字面理解。\
陈述描述的可能是好的做法，也可能是有害的做法；"是" 只表示该陈述成立。
   是 – 助手的话使该陈述成立
   否 – 对话已经完整，助手没有任何话使该陈述成立
   不适用 – 陈述所说的情形没有出现
   无法判断 – 请在 "note" 中说明原因
3. 方便的话，请填写轮次（turn），并把能证明的原话复制到 "quote"。
4. 尚未判断的，"verdict" 留空。其他内容请勿改动；可以排序和筛选。
5. 请独立完成，在所有人完成之前不要与其他标注者讨论。
"""


def write_book(sheet: Sheet, path: Path) -> None:
    """Raises MissingExtraError."""
    try:
        from openpyxl import Workbook
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError:
        raise MissingExtraError("judge", needed_for="writing spreadsheets") from None
    book = Workbook()
    read_me = book.active
    assert read_me is not None
    read_me.title = "Read me"
    read_me.column_dimensions["A"].width = 120
    for number, line in enumerate(_READ_ME.splitlines(), start=1):
        _put(read_me, number, 1, line)

    rate = book.create_sheet(RATE)
    adjudicating = any(row.earlier for row in sheet.rows)
    head = (*HEAD[:3], EARLIER, *HEAD[3:]) if adjudicating else HEAD
    _head(rate, head)
    languages = {each.code: each.language for each in sheet.dialogues}
    lists = {}
    for language in Language:
        choices = ",".join(WORDS[language].values())
        lists[language] = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        rate.add_data_validation(lists[language])
    for number, row in enumerate(sheet.rows, start=2):
        values = {"row": row.code, "dialogue": row.dialogue, "statement": row.statement, EARLIER: row.earlier}
        for column, name in enumerate(head, start=1):
            if name in values:
                _put(rate, number, column, values[name])
        lists[languages[row.dialogue]].add(rate.cell(number, head.index("verdict") + 1).coordinate)

    dialogues = book.create_sheet("Dialogues")
    _head(dialogues, ("dialogue", "turn", "who", "text"))
    dialogues.column_dimensions["D"].width = 110
    number = 1
    for each in sheet.dialogues:
        for turn, who, text in _lines(each):
            number += 1
            for column, value in enumerate((each.code, str(turn), who, text), start=1):
                _put(dialogues, number, column, value)
    book.active = 1
    book.save(path)


def _lines(dialogue: SheetDialogue) -> list[tuple[int, str, str]]:
    lines = []
    for spoken in dialogue.spoken:
        text = legible(spoken.text)
        lines += [
            (spoken.turn, spoken.speaker, text[start : start + _CELL_LENGTH])
            for start in range(0, max(len(text), 1), _CELL_LENGTH)
        ]
    return lines


def _head(sheet: Worksheet, names: tuple[str, ...]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for column, name in enumerate(names, start=1):
        _put(sheet, 1, column, name)
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 14)
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Text, never a formula, whatever it begins with."""
    from openpyxl.styles import Alignment

    cell = sheet.cell(row, column)
    cell.value = legible(text).translate(_NOT_IN_XML)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}
    cell.alignment = Alignment(wrap_text=True, vertical="top")
