"""The listener on the project's own held-out consultations, on which it was never trained: it may not get worse.

The bounds stand a little below what was measured (docs/fidelity.md); they are no goal.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.dialogue.listening import RuleListener
from simulator.evaluation.fidelity.audit import AuditedTurn, audit_consultation
from simulator.evaluation.fidelity.figures import fidelity
from simulator.evaluation.fidelity.labelled import read_consultations
from simulator.statistics import Estimate
from simulator.text.language import Language

FOLDER = Path(__file__).parents[3] / "benchmarks" / "listening"
REAL = Path(__file__).parents[4] / "shared" / "data" / "asks"
F1 = {Language.EN: 0.68, Language.ZH: 0.80}
"""Lowest F1 on specific turns of the held-out consultations."""
REAL_F1 = {Language.EN: 0.75, Language.ZH: 0.81}


def audited(path: Path) -> list[AuditedTurn]:
    return [turn for each in read_consultations(path) for turn in audit_consultation(each, RuleListener())]


def mean(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.mean


@pytest.mark.parametrize("language", list(Language))
def test_the_held_out_consultations_are_heard_as_well_as_they_were(language: Language) -> None:
    figures = fidelity(audited(FOLDER / f"held-out-{language.value}.jsonl"))
    assert figures.n_consultations >= 4
    assert mean(figures.specific.f1) >= F1[language]
    assert mean(figures.kind_accuracy) >= 0.94
    assert mean(figures.false_denials) <= 0.01


@pytest.mark.parametrize("language", list(Language))
def test_orders_and_dispositions_are_heard(language: Language) -> None:
    figures = fidelity(audited(FOLDER / f"orders-{language.value}.jsonl"))
    assert mean(figures.orders) >= 0.9
    assert mean(figures.dispositions) >= 0.9


@pytest.mark.parametrize("language", list(Language))
def test_no_held_out_consultation_was_practised_on(language: Language) -> None:
    practised = {each.id for each in read_consultations(FOLDER / f"practice-{language.value}.jsonl")}
    assert not practised & {each.id for each in read_consultations(FOLDER / f"held-out-{language.value}.jsonl")}


@pytest.mark.skipif(
    not REAL.is_dir(), reason="the real consultations are not beside this checkout (../shared/data/asks)"
)
@pytest.mark.parametrize("language", list(Language))
def test_real_consultations_are_heard_as_well_as_they_were(language: Language) -> None:
    figures = fidelity(audited(REAL / f"{language.value}.jsonl"))
    assert mean(figures.specific.f1) >= REAL_F1[language]
    assert mean(figures.kind_accuracy) >= 0.92
    assert mean(figures.false_denials) <= 0.01
