"""The audit counts what a listener tells against what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.dialogue.case import Case
from simulator.dialogue.understanding import NOTHING_SO_FAR, Asked, Manner, SoFar, TurnKind, Understanding
from simulator.evaluation.fidelity.audit import AuditedTurn, audit_consultation
from simulator.evaluation.fidelity.figures import fidelity, worst
from simulator.evaluation.fidelity.imported import fact_id
from simulator.evaluation.fidelity.labelled import read_consultations
from simulator.statistics import Estimate
from tests.evaluation.fidelity.consultations import SORE_THROAT, written

PLACES = {fact["id"]: fact_id(place) for place, fact in enumerate(SORE_THROAT["facts"])}


class Told:
    """A listener that hears what it was told to hear, by question."""

    def __init__(self, heard: dict[str, tuple[TurnKind, list[str], tuple[str, ...]]]) -> None:
        self._heard = heard
        self.so_far: list[SoFar] = []

    def listen(self, text: str, case: Case, so_far: SoFar = NOTHING_SO_FAR) -> Understanding:
        self.so_far.append(so_far)
        kind, facts, denied = self._heard.get(text, (TurnKind.EXPLAIN, [], ()))
        asked = tuple(Asked(fact_id=PLACES[each], manner=Manner.PRECISE, evidence="", matched="") for each in facts)
        return Understanding(asked=asked, kind=kind, denied=denied, n_questions=1)


LISTENER = {
    "What brings you in?": (TurnKind.OPEN, ["sore-throat"], ()),
    "How long has it hurt?": (TurnKind.SPECIFIC, ["two-days", "sore-throat"], ()),
    "Any fever or cough?": (TurnKind.SPECIFIC, ["no-fever"], ("cough",)),
    "Do you drink?": (TurnKind.CHAT, ["smoker", "cough"], ()),
}


def audited(folder: Path) -> tuple[AuditedTurn, ...]:
    (consultation,) = read_consultations(written(folder, SORE_THROAT))
    return audit_consultation(consultation, Told(LISTENER))


def mean(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.mean


def test_precision_and_recall_are_over_facts_and_neutral_ones_count_for_nothing(tmp_path: Path) -> None:
    figures = fidelity(audited(tmp_path))
    specific = figures.specific
    # told: two-days and no-fever rightly; sore-throat and cough unasked; smoker is neutral. asked: two-days, no-fever, cough
    assert specific.n_turns == 3
    assert mean(specific.precision) == pytest.approx(2 / 4)
    assert mean(specific.recall) == pytest.approx(2 / 3)
    assert mean(specific.f1) == pytest.approx(4 / 7)
    assert mean(specific.unprompted) == pytest.approx(2 / 4)
    assert mean(specific.missed) == pytest.approx(1 / 3)
    assert mean(figures.needs_context.precision) == pytest.approx(1 / 2)
    assert figures.multi_fact.n_turns == 1 and mean(figures.multi_fact.recall) == pytest.approx(1 / 2)
    assert mean(figures.open.f1) == 1.0


def test_denying_what_is_so_is_a_false_denial(tmp_path: Path) -> None:
    figures = fidelity(audited(tmp_path))
    assert mean(figures.false_denials) == pytest.approx(1 / 3)


def test_telling_something_where_nothing_was_asked_is_a_violation(tmp_path: Path) -> None:
    figures = fidelity(audited(tmp_path))
    assert mean(figures.empty_ask_violations) == pytest.approx(1 / 3)  # the fourth of turns 4, 5 and 6


def test_kinds_are_compared_turn_by_turn(tmp_path: Path) -> None:
    assert mean(fidelity(audited(tmp_path)).kind_accuracy) == pytest.approx(4 / 6)


def test_recall_is_split_by_category(tmp_path: Path) -> None:
    by_category = fidelity(audited(tmp_path)).by_category
    assert by_category["associated"][0] == 2 and by_category["associated"][1].mean == pytest.approx(1 / 2)
    assert by_category["duration"][1].mean == 1.0


def test_nothing_labelled_gives_no_figure_and_no_zero(tmp_path: Path) -> None:
    figures = fidelity(audited(tmp_path))
    assert figures.orders is None and figures.dispositions is None


def test_one_consultation_has_no_interval_and_two_have(tmp_path: Path) -> None:
    assert fidelity(audited(tmp_path)).specific.f1.low is None  # type: ignore[union-attr]
    twice = read_consultations(written(tmp_path, SORE_THROAT, {**SORE_THROAT, "id": "again"}))
    turns = [turn for each in twice for turn in audit_consultation(each, Told(LISTENER))]
    assert fidelity(turns).specific.f1.low == pytest.approx(4 / 7)  # type: ignore[union-attr]


def test_the_worst_examples_begin_with_false_denials(tmp_path: Path) -> None:
    shown = worst(audited(tmp_path), 2)
    assert shown[0].n == 3
    assert len(shown) == 2


def test_the_listener_is_told_what_had_been_told_by_the_case_own_ids(tmp_path: Path) -> None:
    (consultation,) = read_consultations(written(tmp_path, SORE_THROAT))
    listener = Told(LISTENER)
    audit_consultation(consultation, listener)
    assert listener.so_far[2].told == (PLACES["sore-throat"], PLACES["two-days"])
