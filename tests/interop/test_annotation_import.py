"""Sheets that come back: every fault is named with its row, and a sheet with one is taken over not at all."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from simulator.errors import UsageError
from simulator.interop.annotation_export import WORDS, BlindingKey
from simulator.interop.annotation_import import Imported, read_sheet
from simulator.judging.verdict import Outcome
from simulator.text.language import Language
from tests.interop.sheets import FIRST, Row, exported, fill, rating, rows_of, written

SUFFIXES = (".xlsx", ".jsonl")
both_files = pytest.mark.parametrize("suffix", SUFFIXES)
KEY = exported()[1]


def read(path: Path, key: BlindingKey = KEY, *, physician: bool = False) -> Imported:
    return read_sheet(path, key, "rater-7", physician=physician)


def refused(path: Path, key: BlindingKey = KEY) -> str:
    with pytest.raises(UsageError) as error:
        read(path, key)
    return str(error.value)


def filled(folder: Path, suffix: str, answer: Callable[[Row], Row]) -> Path:
    return fill(written(folder, suffix), answer)


def at(path: Path, number: int) -> str:
    """How the row is named that is this many rows below the first one to rate, which is 0."""
    if path.suffix == ".xlsx":
        return f"row {number + 2}"
    lines = path.read_text(encoding="utf-8").split("\n")
    return f"line {number + 1 + next(n for n, line in enumerate(lines) if json.loads(line)['kind'] == 'rating')}"


def spoilt(folder: Path, suffix: str, changes: dict[int, dict[str, Any]]) -> Path:
    """A sheet in which everything is true, but for these changes, by the number of the row."""
    numbers = iter(range(100))
    return filled(folder, suffix, lambda row: {"verdict": "yes", **changes.get(next(numbers), {})})


# ---- what is read


@both_files
def test_a_filled_sheet_is_read_back_criterion_by_criterion(tmp_path: Path, suffix: str) -> None:
    outcomes = dict(zip(sorted(KEY.rows), list(Outcome) * 3, strict=True))

    def answer(row: Row) -> Row:
        language = Language.ZH if "。" in row["statement"] else Language.EN
        return {"verdict": WORDS[language][outcomes[row["row"]]], "turn": 2, "quote": f"“{row['row']}”", "note": "ok"}

    found = read(filled(tmp_path, suffix, answer), physician=True)
    assert (found.n_rows, found.n_empty, len(found.annotations)) == (12, 0, 12)
    by_origin = {(each.dialogue_id, each.criterion_id): each for each in found.annotations}
    for code, origin in KEY.rows.items():
        own = by_origin[origin.dialogue_id, origin.criterion_id]
        assert (own.outcome, own.turn, own.quote, own.note) == (outcomes[code], 2, f"“{code}”", "ok")
        assert own.rubric_sha256 == origin.rubric_sha256
        assert (own.annotator, own.physician, own.adjudicates) == ("rater-7", True, False)


WORDINGS = {
    Outcome.MET: ("yes", "YES", " Yes ", "是", "　是　", "met", "true", True),
    Outcome.NOT_MET: ("no", "No\n", "否", "not_met", "False", False),
    Outcome.NOT_APPLICABLE: ("does not apply", "Does  not\tapply", "不适用", "not_applicable", "N/A"),
    Outcome.UNSCORED: ("cannot tell", "cannot_tell", "无法判断", "unscored"),
}


@both_files
@pytest.mark.parametrize(
    ("outcome", "word"), [(outcome, word) for outcome, words in WORDINGS.items() for word in words]
)
def test_verdicts_are_understood_in_both_languages_however_they_are_written(
    tmp_path: Path, suffix: str, outcome: Outcome, word: object
) -> None:
    found = read(filled(tmp_path, suffix, lambda row: {"verdict": word}))
    assert {each.outcome for each in found.annotations} == {outcome}
    assert len(found.annotations) == 12


@both_files
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000"])
def test_a_row_without_a_verdict_is_counted_and_left_out(tmp_path: Path, suffix: str, blank: str | None) -> None:
    found = read(spoilt(tmp_path, suffix, {0: {"verdict": blank, "note": "later"}, 5: {"verdict": blank}}))
    assert (found.n_rows, found.n_empty, len(found.annotations)) == (12, 2, 10)


@both_files
def test_a_sheet_that_nobody_filled_is_read_and_says_nothing(tmp_path: Path, suffix: str) -> None:
    assert read(written(tmp_path, suffix)) == Imported((), 12, 12)


@both_files
@pytest.mark.parametrize(("cell", "turn"), [(3, 3), ("3", 3), (3.0, 3), (" 12 ", 12), (0, 0), (None, None), ("", None)])
def test_a_turn_is_a_number_however_the_program_stores_it(
    tmp_path: Path, suffix: str, cell: object, turn: int | None
) -> None:
    found = read(filled(tmp_path, suffix, lambda row: {"verdict": "yes", "turn": cell}))
    assert {each.turn for each in found.annotations} == {turn}


def test_rows_may_be_sorted_and_columns_be_added(tmp_path: Path) -> None:
    path = filled(tmp_path, ".xlsx", lambda row: {"verdict": "yes", "note": row["row"]})
    expected = read(path)
    book = load_workbook(path)
    rate = book["Rate"]
    head, *rows = [list(row) for row in rate.iter_rows(values_only=True)]
    rate.delete_rows(1, rate.max_row)
    rate.append(["my own", *reversed(head)])
    rate.append([])
    for row in sorted(rows, key=str):
        rate.append(["x", *reversed(row)])
    book.save(path)
    assert set(read(path).annotations) == set(expected.annotations)


def test_a_workbook_whose_program_states_its_size_wrongly_is_read_whole(tmp_path: Path) -> None:
    """Some spreadsheet programs write A1 as the extent of every sheet."""
    path = filled(tmp_path, ".xlsx", lambda row: {"verdict": "yes"})
    changed = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(changed, "w") as copy:
        for name in book.namelist():
            copy.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', book.read(name)))
    assert b'ref="A1"' in zipfile.ZipFile(changed).read("xl/worksheets/sheet2.xml")
    assert len(read(changed).annotations) == 12


@pytest.mark.parametrize("space", ["\u2028", "\u2029", "\x85"])
def test_a_note_may_hold_any_white_space(tmp_path: Path, space: str) -> None:
    found = read(filled(tmp_path, ".jsonl", lambda row: {"verdict": "yes", "note": f"one{space}two"}))
    assert {each.note for each in found.annotations} == {f"one{space}two"}


def test_a_jsonl_from_another_system_is_read(tmp_path: Path) -> None:
    path = filled(tmp_path, ".jsonl", lambda row: {"verdict": "是"})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert len(read(path).annotations) == 12


def test_a_sheet_for_adjudication_settles(tmp_path: Path) -> None:
    earlier = (rating(Outcome.MET, "a"), rating(Outcome.NOT_MET, "b"))
    (sheet,), key = exported([FIRST], wanted={FIRST.id: ("explains-why",)}, annotators=1, earlier=earlier)
    for suffix in SUFFIXES:
        (found,) = read(fill(written(tmp_path, suffix, sheet), lambda row: {"verdict": "no"}), key).annotations
        assert (found.adjudicates, found.outcome, found.criterion_id) == (True, Outcome.NOT_MET, "explains-why")


# ---- faults


FAULTS = [
    ({"row": "ZZZZ-01"}, "the key knows no row `ZZZZ-01`"),
    ({"row": ""}, "the row has no code"),
    ({"row": None}, "the row has no code"),
    ({"verdict": "maybe"}, "“maybe” is no verdict: yes, no, does not apply or cannot tell"),
    ({"verdict": 1}, "“1” is no verdict"),
    ({"verdict": "yes and no"}, "“yes and no” is no verdict"),
    ({"verdict": "不知道"}, "“不知道” is no verdict"),
    ({"verdict": "x" * 5000}, f"“{'x' * 40}” is no verdict"),
    ({"turn": "two"}, "“two” is no turn"),
    ({"turn": -1}, "“-1” is no turn"),
    ({"turn": 1.5}, "“1.5” is no turn"),
    ({"turn": "²"}, "“²” is no turn"),
    ({"turn": "9" * 5000}, f"“{'9' * 20}” is no turn"),
]


@both_files
@pytest.mark.parametrize(("change", "fault"), FAULTS)
def test_a_fault_is_named_with_its_row(tmp_path: Path, suffix: str, change: dict[str, Any], fault: str) -> None:
    path = spoilt(tmp_path, suffix, {3: change})
    said = refused(path)
    assert f"{at(path, 3)}: {fault}" in said
    assert said.startswith(f"{path} – the sheet does not read, and nothing of it was taken over")
    assert len(said) < 600


@both_files
def test_a_row_that_is_there_twice_is_a_fault(tmp_path: Path, suffix: str) -> None:
    first, second = rows_of(written(tmp_path, suffix))[:2]
    path = spoilt(tmp_path, suffix, {1: {"row": first["row"]}})
    assert f"{at(path, 1)}: row {first['row']} is there twice" in refused(path)
    assert second["row"] not in refused(path)


@both_files
def test_all_faults_of_a_sheet_are_named_together(tmp_path: Path, suffix: str) -> None:
    path = spoilt(tmp_path, suffix, {0: {"verdict": "maybe"}, 4: {"turn": "soon"}, 7: {"row": "nowhere"}})
    said = refused(path)
    for number, fault in ((0, "“maybe”"), (4, "“soon”"), (7, "`nowhere`")):
        assert f"{at(path, number)}: " in said
        assert fault in said
    assert said.count("\n  ") == 4, "three faults and what to do"


def test_of_very_many_faults_the_first_fifteen_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    path = tmp_path / "sheet.jsonl"
    path.write_text("".join(json.dumps({"kind": "rating", "row": f"r{n}", "verdict": "yes"}) + "\n" for n in range(40)))
    said = refused(path)
    assert "line 15: the key knows no row `r14`" in said
    assert "`r15`" not in said
    assert "… and 25 more" in said


@both_files
def test_a_sheet_does_not_read_with_the_key_of_another_export(tmp_path: Path, suffix: str) -> None:
    _, other = exported(seed=2)
    said = refused(filled(tmp_path, suffix, lambda row: {"verdict": "yes"}), other)
    assert said.count("the key knows no row") == 12


@pytest.mark.parametrize("column", ["row", "verdict"])
def test_a_workbook_without_a_column_that_is_needed_is_refused(tmp_path: Path, column: str) -> None:
    path = written(tmp_path, ".xlsx")
    book = load_workbook(path)
    book["Rate"].cell(1, {"row": 1, "verdict": 4}[column]).value = "other"
    book.save(path)
    assert f"sheet “Rate” has no column “{column}”" in refused(path)


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    Workbook().save(path)
    assert "the workbook has no sheet “Rate”" in refused(path)


def test_a_sheet_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.jsonl").write_text('{"kind": "dialogue"}\n')
    assert "there is no row to rate in it" in refused(tmp_path / "sheet.jsonl")


@pytest.mark.parametrize(
    ("line", "fault"),
    [("{", ":2 – no JSON: "), ("[]", ":2 – no JSON object"), ("[" * 100_000, ":2 – no JSON: ")],
    ids=["cut off", "a list", "too deep"],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "sheet.jsonl"
    path.write_text('{"kind": "dialogue"}\n' + line + "\n")
    assert f"{path}{fault}" in refused(path)


@both_files
def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"gone{suffix}"
    assert refused(path).startswith(f"{path} – the ")


def cells() -> st.SearchStrategy[Any]:
    scalars = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=12)
        | st.sampled_from(["yes", "否", "3"])
    )
    return scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {"row": st.sampled_from(sorted(KEY.rows)) | cells()},
            optional={"verdict": cells(), "turn": cells(), "quote": cells(), "note": cells()},
        ),
        max_size=4,
    )
)
def test_whatever_stands_in_its_cells_a_sheet_is_read_or_refused(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "sheet.jsonl"
    path.write_text("".join(json.dumps({"kind": "rating", **row}) + "\n" for row in rows))
    try:
        found = read(path)
    except UsageError:
        return
    assert found.n_rows == len(rows)
    assert len(found.annotations) + found.n_empty == len(rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
@example(b"PK\x05\x06" + bytes(18), ".xlsx")
def test_a_file_of_anything_is_refused_and_breaks_nothing(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"sheet{suffix}"
    path.write_bytes(content)
    assert str(path) in refused(path)
