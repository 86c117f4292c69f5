"""CRAFT-MD's workbooks: two dermatologists and a third who settles, conversation by conversation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from simulator.errors import UsageError
from simulator.interop.craft_md import read_craft_md
from simulator.judging.agreement.figures import agreement_report
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.task import Scope
from simulator.judging.verdict import Outcome

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "craft-md"
FIRST = "validation_clinicalllm_patientai_d1.xlsx"
SECOND = "validation_clinicalllm_patientai_d2.xlsx"
THIRD = "validation_clinicallm_patientai_tiebreak_d3.xlsx"
MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
TALK = "Doctor-AI: What brings you here?\n\nPatient-AI: An itchy rash: red.\nDoctor-AI: Since when?\nPatient-AI: May."
HEAD = ("case_id", "case_vignette", "category", "conversation", "model", "correct", "Q1", "Q2", "Q3")

Cases = dict[Any, Sequence[str | None]]


def book(path: Path, sheets: dict[str, Cases], talk: str = TALK) -> None:
    """A workbook of such answers: sheet → case → three of them."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, cases in sheets.items():
        sheet = made.create_sheet(title)
        for line in ("Instructions: Please respond with a yes/no.", "Q1 :", "Q2 :", "Q3 :", None):
            sheet.append([line])
        sheet.append(HEAD)
        for case, answers in cases.items():
            sheet.append([case, f"Vignette {case}.", "skin", talk, "x", "y", *answers])
            sheet.append([])
    made.save(path)


def read(
    folder: Path, first: dict[str, Cases], second: dict[str, Cases], third: dict[str, Cases] | None = None
) -> RatedSet:
    book(folder / FIRST, first)
    book(folder / SECOND, second)
    if third is not None:
        book(folder / THIRD, third)
    return read_craft_md(folder)


def by_id(found: RatedSet) -> dict[str, RatedItem]:
    return {item.id: item for item in found.items}


def refused(folder: Path) -> str:
    with pytest.raises(UsageError) as error:
        read_craft_md(folder)
    return str(error.value)


YES = ("yes", "yes", "yes")


def test_each_answer_is_an_item_with_a_label_of_each_dermatologist(tmp_path: Path) -> None:
    found = read(tmp_path, {"GPT-4": {3: ("Yes", "no", " NO ")}}, {"GPT-4": {3: ("no", "no", "yes")}})
    assert found.raters is Raters.PHYSICIANS
    items = by_id(found)
    assert set(items) == {"GPT-4/3/Q1", "GPT-4/3/Q2", "GPT-4/3/Q3"}
    both = ("dermatologist 1", "dermatologist 2")
    assert items["GPT-4/3/Q1"].labels == dict(zip(both, (MET, NOT_MET), strict=True))
    assert items["GPT-4/3/Q2"].labels == dict(zip(both, (NOT_MET, NOT_MET), strict=True))
    assert items["GPT-4/3/Q3"].labels == dict(zip(both, (NOT_MET, MET), strict=True))
    assert items["GPT-4/3/Q3"].groups == {"question": "Q3 patient uses jargon", "model": "GPT-4"}


def test_the_same_case_with_another_model_is_another_conversation(tmp_path: Path) -> None:
    found = read(tmp_path, {"GPT-4": {3: YES}, "LLaMA2": {3: YES}}, {"GPT-4": {3: YES}, "LLaMA2": {3: YES}})
    assert {task.id for task in found.tasks} == {"GPT-4/3", "LLaMA2/3"} == {item.cluster for item in found.items}


def test_what_one_dermatologist_alone_rated_has_one_label(tmp_path: Path) -> None:
    found = read(tmp_path, {"GPT-4": {1: YES, 2: YES}}, {"GPT-4": {2: YES, 3: YES}})
    n_labels = {item.id: len(item.labels) for item in found.items if item.question_id == "Q1"}
    assert n_labels == {"GPT-4/1/Q1": 1, "GPT-4/2/Q1": 2, "GPT-4/3/Q1": 1}


def test_an_empty_answer_is_no_label_and_without_any_no_item(tmp_path: Path) -> None:
    found = read(tmp_path, {"GPT-4": {1: ("yes", None, None)}}, {"GPT-4": {1: ("yes", "no", "")}})
    assert {item.id: len(item.labels) for item in found.items} == {"GPT-4/1/Q1": 2, "GPT-4/1/Q2": 1}


def test_the_third_dermatologist_settles_and_is_no_rater(tmp_path: Path) -> None:
    first, second = {"GPT-4": {1: ("yes", "yes", "no"), 2: YES}}, {"GPT-4": {1: ("no", "yes", "no"), 2: YES}}
    items = by_id(read(tmp_path, first, second, {"GPT-4": {1: ("no", None, "no")}}))
    assert (items["GPT-4/1/Q1"].adjudicated, items["GPT-4/1/Q1"].settled) == (NOT_MET, NOT_MET)
    assert items["GPT-4/1/Q2"].adjudicated is None
    assert items["GPT-4/2/Q1"].adjudicated is None
    assert {len(item.labels) for item in items.values()} == {2}


def test_without_the_third_nothing_is_settled(tmp_path: Path) -> None:
    items = by_id(read(tmp_path, {"GPT-4": {1: YES}}, {"GPT-4": {1: ("no", "yes", "yes")}}))
    assert items["GPT-4/1/Q1"].settled is None


def test_a_judge_is_asked_about_the_whole_conversation_with_the_vignette_beside_it(tmp_path: Path) -> None:
    (task,) = read(tmp_path, {"GPT-4": {1: YES}}, {"GPT-4": {1: YES}}).tasks
    assert [(each.turn, each.speaker, each.text) for each in task.spoken] == [
        (1, "assistant", "What brings you here?"),
        (1, "patient", "An itchy rash: red."),
        (2, "assistant", "Since when?"),
        (2, "patient", "May."),
    ]
    assert (task.scope, task.answer_key) == (Scope.CONVERSATION, "Vignette 1.")
    assert task.quotable(2) == ("Since when?", "May."), "the patient's words may show that the patient uses jargon"
    assert [question.needs_key for question in task.questions] == [False, True, False]


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_workbook_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    for each in {FIRST, SECOND} - {name}:
        book(tmp_path / each, {"GPT-4": {1: YES}})
    assert refused(tmp_path).startswith(f"{tmp_path / name} – the CRAFT-MD workbook is not here")


def test_an_answer_that_is_neither_yes_nor_no_is_named_with_sheet_and_row(tmp_path: Path) -> None:
    book(tmp_path / FIRST, {"GPT-4": {1: YES, 2: ("yes", "perhaps", "no")}})
    book(tmp_path / SECOND, {"GPT-4": {1: YES}})
    assert refused(tmp_path).startswith(f"{tmp_path / FIRST} – sheet GPT-4, row 9: “perhaps” is neither yes nor no")


def test_a_sheet_without_a_head_is_named(tmp_path: Path) -> None:
    for name in (FIRST, SECOND):
        made = Workbook()
        made.worksheets[0].append(["something else"])
        made.save(tmp_path / name)
    assert "sheet Sheet has no row that begins with case_id" in refused(tmp_path)


def test_columns_that_are_missing_are_no_answers(tmp_path: Path) -> None:
    for name in (FIRST, SECOND):
        made = Workbook()
        made.worksheets[0].append(["case_id", "vignette"])
        made.worksheets[0].append([1, "v"])
        made.save(tmp_path / name)
    assert "sheet Sheet, row 2: answers are missing" in refused(tmp_path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    for name in (FIRST, SECOND):
        (tmp_path / name).write_bytes(b"no workbook")
    assert refused(tmp_path).startswith(f"{tmp_path / FIRST} – the workbook does not read")


@pytest.mark.skipif(not (REAL / FIRST).is_file(), reason=f"CRAFT-MD's workbooks are not in {REAL}")
def test_the_two_dermatologists_agree_as_far_as_their_workbooks_say() -> None:
    found = read_craft_md(REAL)
    assert (len(found.tasks), len(found.items)) == (180, 540)
    assert all(task.spoken for task in found.tasks)
    report = agreement_report(found, {})
    kappas = {}
    for question, people in report.people_by_group["question"].items():
        (pair,) = people.pairs
        assert pair.n_items == 60
        assert pair.kappa is not None
        kappas[question[:2]] = round(pair.kappa.mean, 2)
    assert kappas == {"Q1": 0.62, "Q2": 0.58, "Q3": 0.47}
