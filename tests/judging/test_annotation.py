"""Annotations as items for agreement: who said what of which criterion, what was settled, and what a judge is asked."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from simulator.dialogue.record import DialogueRecord
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.annotation import Annotation, rated_annotations
from simulator.judging.verdict import Outcome
from simulator.text.language import Language
from tests.judging.records import CAREFUL, CAREFUL_ZH, RUBRIC, SCENARIO

MET, NOT_MET, UNSCORED = Outcome.MET, Outcome.NOT_MET, Outcome.UNSCORED
CHINESE = CAREFUL_ZH.model_copy(update={"id": "run/chest-pain/plain/zh/1"})


def said(
    outcome: Outcome,
    annotator: str = "a",
    criterion_id: str = "explains-why",
    of: DialogueRecord = CAREFUL,
    **more: bool,
) -> Annotation:
    return Annotation(
        dialogue_id=of.id, criterion_id=criterion_id, annotator=annotator, rubric_sha256="0", outcome=outcome, **more
    )


def rated(annotations: Iterable[Annotation]) -> RatedSet:
    return rated_annotations(annotations, [CAREFUL, CHINESE], {SCENARIO.id: SCENARIO}, {RUBRIC.id: RUBRIC})


def only(*annotations: Annotation) -> RatedItem:
    (item,) = rated(annotations).items
    return item


def test_the_annotators_of_a_criterion_come_together_in_one_item() -> None:
    item = only(said(MET, "a"), said(NOT_MET, "b"), said(UNSCORED, "c"))
    assert item.labels == {"a": MET, "b": NOT_MET, "c": UNSCORED}
    assert (item.id, item.cluster, item.question_id) == (f"{CAREFUL.id}/explains-why", CAREFUL.id, "explains-why")
    assert (item.adjudicated, item.settled) == (None, None)


def test_an_adjudication_settles_and_is_no_label() -> None:
    item = only(said(MET, "a"), said(NOT_MET, "b"), said(NOT_MET, "chair", adjudicates=True))
    assert item.labels == {"a": MET, "b": NOT_MET}
    assert (item.adjudicated, item.settled) == (NOT_MET, NOT_MET)


def test_who_settles_a_criterion_may_have_annotated_it() -> None:
    item = only(said(MET, "a"), said(NOT_MET, "b"), said(MET, "b", adjudicates=True))
    assert (item.labels, item.settled) == ({"a": MET, "b": NOT_MET}, MET)


def test_an_adjudicator_who_cannot_tell_settles_nothing() -> None:
    assert only(said(MET, "a"), said(NOT_MET, "b"), said(UNSCORED, "chair", adjudicates=True)).settled is None


def test_an_item_carries_what_figures_are_broken_down_by() -> None:
    assert only(said(MET)).groups == {
        "language": "en",
        "kind": "must_say",
        "domain": "usefulness",
        "axis": "accuracy",
        "task": "triage",
        "scenario": "chest-pain",
    }
    assert only(said(MET, of=CHINESE)).groups["language"] == "zh"


def test_a_judge_is_asked_about_the_annotated_criteria_of_annotated_dialogues_alone() -> None:
    (task,) = rated([said(MET), said(MET, criterion_id="asks-radiation"), said(NOT_MET, "b")]).tasks
    assert (task.id, task.language) == (CAREFUL.id, Language.EN)
    assert [question.id for question in task.questions] == ["asks-radiation", "explains-why"], "as in the rubric"


def test_every_item_has_its_question_in_the_task_of_its_conversation() -> None:
    found = rated([said(MET), said(MET, of=CHINESE), said(NOT_MET, criterion_id="plain-words", of=CHINESE)])
    asked = {(task.id, question.id) for task in found.tasks for question in task.questions}
    assert {(item.cluster, item.question_id) for item in found.items} == asked
    assert len(found.items) == 3


@pytest.mark.parametrize(
    "stray", [said(MET, criterion_id="gone"), said(MET).model_copy(update={"dialogue_id": "gone"})]
)
def test_what_the_rubric_or_the_run_does_not_hold_is_left_out(stray: Annotation) -> None:
    found = rated([stray])
    assert (found.items, found.tasks) == ((), ())


def test_without_annotations_there_are_no_items_and_nobody_is_called_a_physician() -> None:
    found = rated([])
    assert (found.items, found.tasks, found.raters) == ((), (), Raters.ANNOTATORS)


def test_raters_are_physicians_only_where_all_of_them_are() -> None:
    assert rated([said(MET, physician=True), said(MET, "b", physician=True)]).raters is Raters.PHYSICIANS
    assert rated([said(MET, physician=True), said(MET, "b")]).raters is Raters.ANNOTATORS
    assert rated([said(MET, physician=True), said(MET, "c", adjudicates=True)]).raters is Raters.ANNOTATORS
