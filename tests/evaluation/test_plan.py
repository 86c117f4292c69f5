"""The plan: which dialogues are played, in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue.playing import DialogueSpec
from simulator.errors import UsageError
from simulator.evaluation.plan import make_plan, suitable_personas
from simulator.library.collection import Library
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.text.language import Language
from tests.evaluation.small import PER_SUBJECT, plan_of
from tests.library import minimal

CASE = Scenario.model_validate(minimal.scenario())
SECOND = CASE.model_copy(update={"id": "second", "languages": (Language.EN,)})
PERSONAS = [Persona.model_validate(minimal.persona(name)) for name in ("plain", "guarded")]


def plan(*subjects: str, cases: tuple[Scenario, ...] = (CASE, SECOND), **more: object) -> tuple[DialogueSpec, ...]:
    return make_plan(cases, PERSONAS, subjects or ("a",), **more)  # type: ignore[arg-type]


def test_every_subject_meets_every_case_persona_language_and_epoch(books: Library) -> None:
    assert len(plan_of(books, "a", "b", epochs=3)) == 2 * PER_SUBJECT * 3


def test_subjects_alternate_so_that_a_run_looked_at_half_way_compares_them_on_the_same_cases() -> None:
    specs = plan("a", "b", epochs=2)
    assert [spec.subject for spec in specs] == ["a", "b"] * (len(specs) // 2)
    assert all(
        first.id.removeprefix("a") == second.id.removeprefix("b")
        for first, second in zip(specs[::2], specs[1::2], strict=True)
    )


def test_an_epoch_is_whole_before_the_next_one_begins() -> None:
    epochs = [spec.epoch for spec in plan(epochs=3)]
    assert epochs == sorted(epochs)
    assert set(epochs) == {1, 2, 3}


def test_the_order_within_an_epoch_is_that_of_cases_personas_and_languages() -> None:
    assert [(spec.scenario_id, spec.persona_id, spec.language.value) for spec in plan()] == [
        ("chest-pain", "plain", "en"),
        ("chest-pain", "plain", "zh"),
        ("chest-pain", "guarded", "en"),
        ("chest-pain", "guarded", "zh"),
        ("second", "plain", "en"),
        ("second", "guarded", "en"),
    ]


def test_an_epoch_differs_from_the_one_before_in_its_seed_alone() -> None:
    first, second = (spec for spec in plan(epochs=2, seed=40) if spec.id.startswith("a/second/plain"))
    assert (first.seed, second.seed) == (40, 41)
    assert first.id.removesuffix("1") == second.id.removesuffix("2")


def test_all_subjects_of_an_epoch_have_the_same_seed() -> None:
    assert {(spec.epoch, spec.seed) for spec in plan("a", "b", epochs=2, seed=7)} == {(1, 7), (2, 8)}


def test_a_language_that_a_case_is_not_written_in_is_left_out() -> None:
    assert {spec.scenario_id for spec in plan(languages=(Language.ZH,))} == {"chest-pain"}


def test_personas_are_chosen_by_id_or_pattern_and_stay_in_the_order_of_the_case() -> None:
    assert suitable_personas(CASE, (), None) == ("plain", "guarded")
    assert suitable_personas(CASE, ("guard*", "plain"), None) == ("plain", "guarded")
    assert suitable_personas(CASE, ("gua?ded",), None) == ("guarded",)
    assert suitable_personas(CASE, (), 1) == ("plain",)


def test_a_persona_that_nobody_is_called_is_refused() -> None:
    with pytest.raises(UsageError, match="no persona is called `angry`") as refused:
        plan(wanted_personas=("plain", "angry"))
    assert "clinsim list personas" in str(refused.value.fix)


def test_a_plan_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing would be played"):
        plan(cases=(SECOND,), languages=(Language.ZH,))


@given(
    subjects=st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=4, unique=True), epochs=st.integers(1, 4)
)
def test_no_two_dialogues_of_a_plan_have_the_same_id(subjects: list[str], epochs: int) -> None:
    ids = [spec.id for spec in plan(*subjects, epochs=epochs)]
    assert len(ids) == len(set(ids)) == 6 * epochs * len(subjects)
