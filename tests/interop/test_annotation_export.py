"""What annotators get to see: everything that was said, and nothing of who said it or what anybody made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.interop.annotation_export import BlindingKey, disputed, make_sheets
from simulator.judging.verdict import Outcome
from simulator.text.language import Language
from tests.interop.sheets import (
    CHINESE,
    CRITERIA,
    DIALOGUES,
    FIRST,
    HASH,
    HIDDEN,
    RUBRIC,
    RUN,
    SECOND,
    everything_in,
    exported,
    rating,
    rows_of,
    written,
)
from tests.judging.records import ADVISES_ZH, SCENARIO, TOLD, criterion, rubric_of

SUFFIXES = (".xlsx", ".jsonl")
MET, NOT_MET = Outcome.MET, Outcome.NOT_MET


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("hidden", [*HIDDEN, *(each.id for each in DIALOGUES)])
def test_no_sheet_says_who_the_subject_or_persona_is_nor_what_a_criterion_is_worth(
    tmp_path: Path, suffix: str, hidden: str
) -> None:
    assert hidden not in everything_in(written(tmp_path, suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_sheet_holds_all_that_both_sides_said(tmp_path: Path, suffix: str) -> None:
    whole = everything_in(written(tmp_path, suffix))
    for words in (TOLD, ADVISES_ZH, SCENARIO.opening.in_(Language.ZH)):
        assert words in whole


def test_the_key_alone_leads_back_to_dialogues_and_criteria() -> None:
    (sheet, _), key = exported()
    assert set(key.rows) == {row.code for row in sheet.rows}
    found = {(each.dialogue_id, each.criterion_id) for each in key.rows.values()}
    assert found == {(record.id, criterion_id) for record in DIALOGUES for criterion_id in CRITERIA}
    assert {each.rubric_sha256 for each in key.rows.values()} == {HASH}
    assert (key.run_id, key.adjudication) == (RUN, False)


def test_the_key_leads_each_row_back_to_the_criterion_that_it_states() -> None:
    (sheet, _), key = exported()
    texts = {each.id: each.text for each in RUBRIC.criteria}
    spoken = {each.code: each.spoken[1].text for each in sheet.dialogues}
    by_id = {each.id: each for each in DIALOGUES}
    for row in sheet.rows:
        origin = key.rows[row.code]
        record = by_id[origin.dialogue_id]
        assert row.statement == texts[origin.criterion_id].in_(record.language)
        assert spoken[row.dialogue] == record.subject_turns[0].text


def test_every_criterion_of_a_dialogue_is_there_once_in_its_language() -> None:
    sheets, _ = exported()
    for sheet in sheets:
        for dialogue in sheet.dialogues:
            own = [row.statement for row in sheet.rows if row.dialogue == dialogue.code]
            assert sorted(own) == sorted(each.text.in_(dialogue.language) for each in RUBRIC.criteria)


def test_every_annotator_gets_the_same_rows_in_another_order() -> None:
    sheets, _ = exported(annotators=4)
    assert [sheet.name for sheet in sheets] == [f"annotator-{n}" for n in (1, 2, 3, 4)]
    assert len({frozenset(sheet.rows) for sheet in sheets}) == 1
    assert len({sheet.rows for sheet in sheets}) == 4
    assert len({frozenset(sheet.dialogues) for sheet in sheets}) == 1
    assert len({sheet.dialogues for sheet in sheets}) > 1


def test_the_rows_of_a_dialogue_stand_together_in_the_order_of_the_dialogues() -> None:
    for sheet in exported(annotators=4)[0]:
        order = list(dict.fromkeys(row.dialogue for row in sheet.rows))
        assert order == [each.code for each in sheet.dialogues]
        switches = sum(one.dialogue != other.dialogue for one, other in zip(sheet.rows, sheet.rows[1:], strict=False))
        assert switches == len(order) - 1


def test_the_order_of_the_rows_is_not_that_of_the_rubric() -> None:
    (sheet, *_), key = exported()
    orders = {
        tuple(key.rows[row.code].criterion_id for row in sheet.rows if row.dialogue == each.code)
        for each in sheet.dialogues
    }
    assert orders != {CRITERIA}


def test_the_numbers_of_the_rows_do_not_follow_the_rubric() -> None:
    _, key = exported()
    by_number = sorted(key.rows, key=lambda code: int(code.rpartition("-")[2]))
    for record in DIALOGUES:
        own = tuple(key.rows[code].criterion_id for code in by_number if key.rows[code].dialogue_id == record.id)
        if own != CRITERIA:
            return
    pytest.fail("the numbers give the order of the rubric away")


def test_the_same_seed_gives_the_same_sheets_and_another_seed_others() -> None:
    assert exported() == exported()
    assert set(exported(seed=1)[1].rows).isdisjoint(exported(seed=2)[1].rows)


def test_no_two_exports_of_a_run_share_a_row() -> None:
    """Else a sheet read with the key of another export would pass for one of that."""
    earlier = [rating(MET, "a"), rating(NOT_MET, "b")]
    keys = [
        exported([FIRST])[1],
        exported([SECOND])[1],
        exported([CHINESE])[1],
        exported([FIRST], wanted={FIRST.id: ("explains-why",)})[1],
        exported([FIRST], wanted={FIRST.id: ("explains-why",)}, earlier=earlier)[1],
        exported()[1],
    ]
    assert len({code for key in keys for code in key.rows}) == sum(len(key.rows) for key in keys)


def test_a_rubric_of_more_than_a_hundred_criteria_is_exported_whole() -> None:
    many = rubric_of(*(criterion(f"number-{n}") for n in range(120)))
    wanted = {FIRST.id: [each.id for each in many.criteria]}
    (sheet,), key = make_sheets(
        RUN,
        [FIRST],
        {SCENARIO.id: SCENARIO},
        {many.id: many},
        hashes={many.id: HASH},
        wanted=wanted,
        annotators=1,
        seed=1,
    )
    assert len(sheet.rows) == len(key.rows) == 120


def test_only_the_criteria_that_are_wanted_are_asked(tmp_path: Path) -> None:
    (sheet, _), key = exported([FIRST], wanted={FIRST.id: ("plain-words",)})
    assert [row.statement for row in sheet.rows] == ["Uses everyday language."]
    assert [each.criterion_id for each in key.rows.values()] == ["plain-words"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_is_filled_in_yet(tmp_path: Path, suffix: str) -> None:
    rows = rows_of(written(tmp_path, suffix))
    assert len(rows) == len(DIALOGUES) * len(CRITERIA)
    assert {row[name] or None for row in rows for name in ("verdict", "turn", "quote", "note")} == {None}
    assert "annotators said" not in rows[0]
    assert "annotators_said" not in rows[0]


# ---- the key


def test_the_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    _, key = exported()
    path = tmp_path / "key.json"
    path.write_text(key.model_dump_json(), encoding="utf-8")
    assert BlindingKey.read(path) == key


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"run_id": "r", "rows": {"A": {}}}', b"\xff\xfe", b'{"kind": "rating"}']
)
def test_a_key_that_is_none_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="the key does not read") as refused:
        BlindingKey.read(path)
    assert refused.value.where == str(path)


def test_a_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the key does not read"):
        BlindingKey.read(tmp_path / "key.json")


# ---- disagreements


def test_annotators_who_say_the_same_dispute_nothing() -> None:
    assert disputed([rating(MET, "a"), rating(MET, "b")]) == {}


def test_annotators_who_differ_dispute_that_criterion_of_that_dialogue_alone() -> None:
    annotations = [
        rating(MET, "a"),
        rating(NOT_MET, "b"),
        rating(MET, "a", "plain-words"),
        rating(MET, "b", "plain-words"),
        rating(MET, "a", of=SECOND),
        rating(Outcome.NOT_APPLICABLE, "b", "no-ibuprofen", SECOND),
    ]
    assert disputed(annotations) == {FIRST.id: ("explains-why",)}


def test_an_annotator_who_cannot_tell_disputes_nothing() -> None:
    assert disputed([rating(MET, "a"), rating(Outcome.UNSCORED, "b")]) == {}


def test_what_is_settled_is_disputed_no_more() -> None:
    annotations = [rating(MET, "a"), rating(NOT_MET, "b"), rating(MET, "c", adjudicates=True)]
    assert disputed(annotations) == {}


EARLIER = (
    rating(MET, "dr-li"),
    rating(NOT_MET, "dr-wang"),
    rating(MET, "dr-zhou", "plain-words"),
    rating(MET, "dr-li", of=CHINESE),
    rating(Outcome.NOT_APPLICABLE, "dr-wang", of=CHINESE),
)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_adjudicator_sees_what_was_said_and_not_by_whom(tmp_path: Path, suffix: str) -> None:
    (sheet,), key = exported([FIRST, CHINESE], wanted=disputed(EARLIER), annotators=1, earlier=EARLIER)
    assert (sheet.name, key.adjudication) == ("adjudicator-1", True)
    path = written(tmp_path, suffix, sheet)
    said = {
        row["statement"]: set((row.get("annotators said") or row["annotators_said"]).split("; "))
        for row in rows_of(path)
    }
    assert said == {"Gives a reason.": {"yes", "no"}, "说明理由。": {"是", "不适用"}}
    for name in ("dr-li", "dr-wang", "dr-zhou"):
        assert name not in everything_in(path)


def test_what_was_said_stands_in_no_order_of_the_annotators() -> None:
    """Over many criteria, the first annotator's word comes first about as often as the second's."""
    orders = set()
    for seed in range(20):
        (sheet,), _ = exported([FIRST], wanted=disputed(EARLIER), annotators=1, earlier=EARLIER, seed=seed)
        orders.add(sheet.rows[0].earlier)
    assert orders == {"yes; no", "no; yes"}


def test_what_an_adjudicator_said_before_is_not_shown_among_the_annotators() -> None:
    earlier = [*EARLIER[:2], rating(Outcome.NOT_APPLICABLE, "chair", adjudicates=True)]
    (sheet,), _ = exported([FIRST], wanted={FIRST.id: ("explains-why",)}, annotators=1, earlier=earlier)
    assert set(sheet.rows[0].earlier.split("; ")) == {"yes", "no"}
