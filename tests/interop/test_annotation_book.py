"""Workbooks: whatever a subject said is text in them, all of it, and every spreadsheet program opens them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from simulator.judging.quotes import legible
from simulator.text.language import Language
from tests.interop.sheets import CHINESE, FIRST, dialogue, everything_in, exported, written

FORMULAS = ("=1+1", '=HYPERLINK("http://evil.example","call 999")', "+1+1", "-1", "@SUM(A1)", "#N/A", "=")


def said_in(path: Path, who: str = "assistant") -> list[str]:
    """The texts of one side in the order of the workbook; a text that goes on over several rows counts several times."""
    book = load_workbook(path)
    return [str(row[3] or "") for row in book["Dialogues"].iter_rows(min_row=2, values_only=True) if row[2] == who]


def saying(folder: Path, *texts: str, suffix: str = ".xlsx") -> Path:
    (sheet,), _ = exported([dialogue(*texts)], annotators=1)
    return written(folder, suffix, sheet)


def test_the_workbook_opens_on_the_rows_to_rate(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, ".xlsx"))
    assert book.sheetnames == ["Read me", "Rate", "Dialogues"]
    assert book.active is not None
    assert book.active.title == "Rate"
    assert [cell.value for cell in book["Rate"][1]] == [
        "row",
        "dialogue",
        "statement",
        "verdict",
        "turn",
        "quote",
        "note",
    ]


def test_how_to_fill_it_is_said_in_both_languages_with_all_words_of_the_lists(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, ".xlsx"))
    told = "\n".join(str(row[0]) for row in book["Read me"].iter_rows(values_only=True))
    for word in ("yes", "no", "does not apply", "cannot tell", "是", "否", "不适用", "无法判断"):
        assert f"\n   {word} –" in told or word == "无法判断"
    assert "无法判断" in told


def test_each_verdict_is_chosen_from_a_list_in_the_language_of_its_dialogue(tmp_path: Path) -> None:
    (sheet, _), _ = exported([FIRST, CHINESE])
    rate = load_workbook(written(tmp_path, ".xlsx", sheet))["Rate"]
    lists = {
        Language.EN: '"yes,no,does not apply,cannot tell"',
        Language.ZH: '"是,否,不适用,无法判断"',
    }
    languages = {each.code: each.language for each in sheet.dialogues}
    for number in range(2, rate.max_row + 1):
        cell = rate.cell(number, 4).coordinate
        own = [each.formula1 for each in rate.data_validations.dataValidation if cell in each.cells]
        assert own == [lists[languages[str(rate.cell(number, 2).value)]]]


def test_each_list_is_short_enough_for_a_workbook(tmp_path: Path) -> None:
    rate = load_workbook(written(tmp_path, ".xlsx"))["Rate"]
    assert all(len(each.formula1) <= 255 for each in rate.data_validations.dataValidation)


def test_a_dialogue_is_laid_out_turn_by_turn_with_who_spoke(tmp_path: Path) -> None:
    (sheet,), _ = exported([FIRST], annotators=1)
    rows = list(load_workbook(written(tmp_path, ".xlsx", sheet))["Dialogues"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        (sheet.dialogues[0].code, str(each.turn), each.speaker, each.text) for each in sheet.dialogues[0].spoken
    ]
    assert [row[2] for row in rows] == ["patient", "assistant", "patient", "assistant", "patient"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_begins_with_an_equals_sign_is_text_and_no_formula(tmp_path: Path, text: str) -> None:
    path = saying(tmp_path, text)
    cells = [cell for row in load_workbook(path)["Dialogues"].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if cell.value == text]
    assert cell.data_type == "s"
    assert cell.quotePrefix or text[0] not in "=+-@", "else it turns into a formula as soon as somebody edits it"
    assert "<f>" not in everything_in(path)


def test_an_invisible_character_does_not_hide_an_equals_sign(tmp_path: Path) -> None:
    cells = [cell for row in load_workbook(saying(tmp_path, "\u200b\x00=1+1"))["Dialogues"].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if cell.value == "=1+1"]
    assert (cell.data_type, bool(cell.quotePrefix)) == ("s", True)


@pytest.mark.parametrize("suffix", [".xlsx", ".jsonl"])
def test_characters_that_nobody_sees_or_no_workbook_holds_are_left_out(tmp_path: Path, suffix: str) -> None:
    hostile = "a\x00b\x1b[2Jc\u202ed\u200be\ud800f\x0bg\x85h"
    path = saying(tmp_path, hostile, suffix=suffix)
    shown = "ab[2Jcdef\ng\nh"
    assert (shown in said_in(path)) if suffix == ".xlsx" else (json.dumps(shown)[1:-1] in everything_in(path))


@pytest.mark.parametrize("length", [15_999, 16_000, 16_001, 95_000])
def test_a_very_long_text_goes_on_in_the_next_rows_and_nothing_is_lost(tmp_path: Path, length: int) -> None:
    text = "".join(chr(0x4E00 + n % 5000) for n in range(length))
    pieces = said_in(saying(tmp_path, text))
    assert "".join(pieces) == text
    assert len(pieces) == -(-length // 16_000)


def test_a_long_text_that_is_cut_before_an_equals_sign_makes_no_formula(tmp_path: Path) -> None:
    book = load_workbook(saying(tmp_path, "x" * 16_000 + "=1+1"))
    (cell,) = [cell for row in book["Dialogues"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert (cell.data_type, bool(cell.quotePrefix)) == ("s", True)


def test_a_long_text_of_characters_beyond_the_first_plane_fits_its_cells(tmp_path: Path) -> None:
    """A cell's limit of 32,767 counts UTF-16 units."""
    text = "🫀" * 30_000
    pieces = said_in(saying(tmp_path, text))
    assert "".join(pieces) == text
    assert all(len(piece.encode("utf-16-le")) // 2 <= 32_767 for piece in pieces)


NOT_IN_XML = str.maketrans("", "", "\ufffe\uffff")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
@example("\ufffe\uffff end")
@example("<b>&amp;</b> ]]> \"'")
@example("  leading and trailing\n\n")
@example("_x0041_")
def test_any_text_is_read_back_from_a_workbook_as_it_is_legible(tmp_path: Path, text: str) -> None:
    assert said_in(saying(tmp_path, text)) == [legible(text).translate(NOT_IN_XML)]


def test_no_part_of_a_workbook_names_a_person(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, ".xlsx")) as book:
        core = book.read("docProps/core.xml").decode()
    assert "<dc:creator>openpyxl</dc:creator>" in core
    assert "lastModifiedBy" not in core


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_the_jsonl_holds_the_dialogues_and_then_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    (sheet, _), _ = exported()
    lines = lines_of(written(tmp_path, ".jsonl", sheet))
    assert [line["kind"] for line in lines] == ["dialogue"] * 3 + ["rating"] * 12
    assert [line["dialogue"] for line in lines[:3]] == [each.code for each in sheet.dialogues]
    assert [line["row"] for line in lines[3:]] == [row.code for row in sheet.rows]
    assert lines[0]["turns"][0] == {"turn": 0, "speaker": "patient", "text": sheet.dialogues[0].spoken[0].text}
    assert set(lines[0]) == {"kind", "dialogue", "language", "counterpart", "turns"}
    assert set(lines[3]) == {"kind", "row", "dialogue", "statement", "verdict", "turn", "quote", "note"}
