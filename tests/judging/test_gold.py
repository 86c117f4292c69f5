"""The gold set: what reads, what is refused, and how far the checks agree with what was written by reading."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.errors import LibraryError, UsageError
from simulator.judging.gold import (
    GoldCase,
    GoldDialogue,
    GoldVerdict,
    check_verdicts,
    checks_against_gold,
    play_gold,
    rated_gold,
    read_gold,
    refuse_stale,
    replayed,
)
from simulator.judging.quotes import find_quote
from simulator.judging.verdict import Outcome
from simulator.library.collection import Library, read_library
from simulator.library.location import default_roots
from simulator.text.language import Language

FOLDER = Path(__file__).parents[2] / "benchmarks" / "judging" / "gold"
FIRST_SCENARIOS = {
    "abdominal-pain-record", "anaemia-report", "breathless-tests", "chest-tightness-triage", "child-fever-medicine",
    "fatigue-collapse-diagnosis", "inhaler-education", "pneumonia-treatment",
}  # fmt: skip

FLOORS = {"chest-tightness-triage": 0.93, "fatigue-collapse-diagnosis": 0.97}
"""Of scenarios whose checks are not fully mended yet (docs/judging.md)."""


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(default_roots())


@pytest.fixture(scope="module")
def cases(library: Library) -> tuple[GoldCase, ...]:
    return asyncio.run(play_gold(read_gold(FOLDER), library))


def test_every_scenario_has_ten_authored_dialogues_a_language_and_the_five_reference_subjects(
    cases: tuple[GoldCase, ...],
) -> None:
    assert {case.scenario.id for case in cases} == FIRST_SCENARIOS
    for scenario_id in FIRST_SCENARIOS:
        for language in Language:
            own = [case.gold for case in cases if (case.scenario.id, case.gold.language) == (scenario_id, language)]
            assert sum(gold.subject == "authored" for gold in own) == 10
            assert len({gold.subject for gold in own if gold.subject.startswith("ref:")}) == 5


def test_no_dialogue_is_answered_otherwise_than_when_it_was_read(cases: tuple[GoldCase, ...]) -> None:
    refuse_stale(cases)


def test_whoever_says_met_quotes_the_subject_word_for_word(cases: tuple[GoldCase, ...]) -> None:
    for case in cases:
        said = {turn.turn: turn.text for turn in case.record.subject_turns}
        for criterion_id, verdict in case.gold.verdicts.items():
            if verdict.outcome is Outcome.MET:
                assert verdict.turn is not None
                assert find_quote(verdict.quote or "", said[verdict.turn]), (case.gold.id, criterion_id)


def test_every_criterion_was_met_in_some_dialogue_and_not_in_another(cases: tuple[GoldCase, ...]) -> None:
    """A criterion whose verdict never changes would be agreed with by whoever always says the same."""
    seen: dict[tuple[str, str], set[Outcome]] = {}
    for case in cases:
        for criterion_id, verdict in case.gold.verdicts.items():
            seen.setdefault((case.scenario.id, criterion_id), set()).add(verdict.outcome)
    assert [key for key, outcomes in seen.items() if not {Outcome.MET, Outcome.NOT_MET} <= outcomes] == []


@pytest.mark.parametrize("language", Language)
def test_checks_agree_with_the_gold_set_on_97_percent_of_what_they_decide(
    cases: tuple[GoldCase, ...], language: Language
) -> None:
    own = [case for case in cases if case.gold.language is language]
    found = checks_against_gold(own)
    assert found.agreement is not None
    assert found.n_compared > 1_500
    assert found.agreement.mean >= 0.97, [item.item_id for item in found.disagreements]


@pytest.mark.parametrize("scenario_id", sorted(FIRST_SCENARIOS))
def test_no_scenario_s_checks_fall_far_behind(cases: tuple[GoldCase, ...], scenario_id: str) -> None:
    found = checks_against_gold([case for case in cases if case.scenario.id == scenario_id])
    assert found.agreement is not None
    assert found.agreement.mean >= FLOORS.get(scenario_id, 0.98), [item.item_id for item in found.disagreements]


def test_items_carry_the_annotators_labels_and_what_was_settled(cases: tuple[GoldCase, ...]) -> None:
    rated = rated_gold(cases)
    assert len(rated.items) == 16 * len(cases)
    assert {name for item in rated.items for name in item.labels} == {"project-1", "project-2"}
    assert {item.cluster for item in rated.items} == {task.id for task in rated.tasks}
    decided = check_verdicts(cases)
    assert decided.keys() <= {item.id for item in rated.items}


# what is refused


def stored(**changes: object) -> GoldDialogue:
    values: dict[str, object] = {
        "id": "one",
        "scenario": "chest-tightness-triage",
        "persona": "plain-spoken",
        "language": "en",
        "subject": "authored",
        "variation": "test",
        "subject_turns": ("Call 999 now.\n[END]",),
        "counterpart_turns": ("Morning.",),
        "verdicts": {},
    }
    return GoldDialogue.model_validate(values | changes)


def write(path: Path, *dialogues: GoldDialogue) -> Path:
    path.write_text("".join(each.model_dump_json() + "\n" for each in dialogues), encoding="utf-8")
    return path


def test_a_line_that_is_no_dialogue_is_named_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", stored())
    path.write_text(path.read_text(encoding="utf-8") + '{"id": 3}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"gold.jsonl:2 .*no gold dialogue"):
        read_gold(path)


def test_two_dialogues_of_one_id_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="used twice"):
        read_gold(write(tmp_path / "gold.jsonl", stored(), stored()))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no gold dialogue is here"):
        read_gold(tmp_path / "empty")


def test_met_without_a_quote_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="without a turn and a quote"):
        stored(verdicts={"asks-onset": GoldVerdict(outcome=Outcome.MET)})


def test_a_rubric_that_gained_or_lost_a_criterion_makes_the_gold_set_incomplete(library: Library) -> None:
    with pytest.raises(LibraryError, match=r"differ in criteria: .*asks-onset"):
        asyncio.run(play_gold([stored()], library))


def test_a_counterpart_that_answers_otherwise_makes_a_dialogue_stale(library: Library) -> None:
    scenario = library.scenario("chest-tightness-triage")
    gold = stored()
    record = asyncio.run(replayed(gold.spec, scenario, library.persona("plain-spoken"), gold.subject_turns))
    rubric = library.rubric(scenario.rubric)
    told = tuple(turn.text for turn in record.counterpart_turns)
    assert GoldCase(stored(counterpart_turns=told), record, scenario, rubric).is_current
    with pytest.raises(LibraryError, match="1 gold dialogues are answered otherwise"):
        refuse_stale([GoldCase(gold, record, scenario, rubric)])


def test_a_line_separator_inside_a_turn_ends_no_line(tmp_path: Path) -> None:
    odd = stored(subject_turns=("Call 999 now.\u2028Do not drive.\u0085",))
    path = tmp_path / "gold.jsonl"
    path.write_text(odd.model_dump_json() + "\n\n", encoding="utf-8")
    assert "\u2028" in path.read_text(encoding="utf-8")
    assert read_gold(path) == (odd,)
