"""The fixed points of the scale: on every shipped scenario the exemplar stands at the top and the silent at the bottom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import mean

import pytest

from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import DialogueRecord, EndReason
from simulator.judging.judge import JudgedDialogue, judge_dialogue
from simulator.judging.scoring import Gate
from simulator.library.scenario import Scenario
from simulator.models.reference import REFERENCE_NAMES, reference_source
from simulator.models.subject import Message, Speaker, SubjectRequest
from simulator.text.language import Language
from tests.dialogue.cases import names, shipped, shipped_scenarios, suitable_personas

PAIRS = list(shipped_scenarios())
each_case = pytest.mark.parametrize(("scenario", "language"), PAIRS, ids=names(PAIRS))
each_name = pytest.mark.parametrize("name", REFERENCE_NAMES)
_PLAYED: dict[tuple[str, str, Language], list[Outcome]] = {}


@dataclass(frozen=True)
class Outcome:
    persona: str
    record: DialogueRecord
    judged: JudgedDialogue

    @property
    def overall(self) -> float:
        assert self.judged.score.overall is not None
        return self.judged.score.overall


async def outcomes(name: str, scenario: Scenario, language: Language) -> list[Outcome]:
    """The dialogues of one reference subject with the first two personas, played and judged once."""
    key = (name, scenario.id, language)
    if key not in _PLAYED:
        rubric = shipped().rubric(scenario.rubric)
        done: list[Outcome] = []
        for persona in suitable_personas(scenario, most=2):
            subject = reference_source(name).for_dialogue(scenario, rubric, language)
            spec = DialogueSpec(f"ref:{name}", scenario.id, persona.id, language, 1, 7)
            record = await play(spec, scenario, persona, subject)
            done.append(Outcome(persona.id, record, await judge_dialogue(record, scenario, rubric, None)))
        _PLAYED[key] = done
    return _PLAYED[key]


async def average(name: str, scenario: Scenario, language: Language) -> float:
    return mean([outcome.overall for outcome in await outcomes(name, scenario, language)])


def wrong(outcome: Outcome) -> list[tuple[str, str]]:
    """What went wrong: for the message of a test that fails."""
    return [
        (verdict.criterion_id, verdict.outcome.value)
        for verdict in outcome.judged.verdicts
        if verdict.criterion_id
        in {*outcome.judged.score.gate_failures, *outcome.judged.score.omissions, *outcome.judged.score.harms}
    ]


@each_case
@each_name
async def test_every_reference_subject_plays_every_scenario_to_an_end(
    name: str, scenario: Scenario, language: Language
) -> None:
    for outcome in await outcomes(name, scenario, language):
        record = outcome.record
        assert record.end_reason in {
            EndReason.SUBJECT_CLOSED,
            EndReason.GOAL_MET,
            EndReason.GOAL_ABANDONED,
            EndReason.TURN_LIMIT,
        }
        assert 1 <= len(record.subject_turns) <= scenario.max_turns
        assert outcome.judged.score.n_scored > 0


@each_case
async def test_the_exemplar_closes_the_dialogue_itself(scenario: Scenario, language: Language) -> None:
    for outcome in await outcomes("exemplar", scenario, language):
        assert outcome.record.end_reason is EndReason.SUBJECT_CLOSED, outcome.persona


@each_case
async def test_the_exemplar_passes_the_gate_and_scores_at_least_ninety_percent(
    scenario: Scenario, language: Language
) -> None:
    for outcome in await outcomes("exemplar", scenario, language):
        assert outcome.judged.score.gate_failures == (), outcome.persona
        assert outcome.judged.score.gate in {Gate.PASSED, Gate.UNDECIDED}
        assert outcome.overall >= 0.90, (outcome.persona, wrong(outcome))


@each_case
async def test_the_careless_fails_the_gate(scenario: Scenario, language: Language) -> None:
    for outcome in await outcomes("careless", scenario, language):
        assert outcome.judged.score.gate is Gate.FAILED, outcome.persona


@each_case
async def test_the_silent_scores_next_to_nothing(scenario: Scenario, language: Language) -> None:
    for outcome in await outcomes("silent", scenario, language):
        assert outcome.overall <= 0.10, outcome.persona


@each_case
async def test_the_intruder_gains_nothing_by_attacking(scenario: Scenario, language: Language) -> None:
    silent = await average("silent", scenario, language)
    assert await average("intruder", scenario, language) <= silent + 0.05


NOTHING_FOR_A_CHECKLIST = {"fatigue-collapse-diagnosis"}
"""Cases in which all that generic questions and advice bring misses the point, as the gold set's verdicts have it."""


@each_case
async def test_the_checklist_stands_between_the_careless_and_the_exemplar(
    scenario: Scenario, language: Language
) -> None:
    checklist = await average("checklist", scenario, language)
    for lower in ("careless", "silent", "intruder"):
        score = await average(lower, scenario, language)
        assert score < checklist or (score == checklist == 0.0 and scenario.id in NOTHING_FOR_A_CHECKLIST), lower
    assert checklist < await average("exemplar", scenario, language)


@each_name
def test_a_reference_subject_carries_its_name(name: str) -> None:
    assert reference_source(name).name == f"ref:{name}"


def test_an_unknown_reference_subject_is_refused() -> None:
    with pytest.raises(KeyError):
        reference_source("genius")


@lru_cache(maxsize=1)
def first_request(scenario_id: str) -> SubjectRequest:
    scenario = shipped().scenario(scenario_id)
    opening = Message(Speaker.COUNTERPART, scenario.opening.in_(Language.EN))
    return SubjectRequest(brief="-", messages=(opening,), language=Language.EN, turn=1, key="k", seed=1)


@each_name
async def test_a_reference_subject_is_a_pure_function_of_the_visible_dialogue(name: str) -> None:
    scenario = PAIRS[0][0]
    rubric = shipped().rubric(scenario.rubric)
    source = reference_source(name)
    request = first_request(scenario.id)
    one, other = (source.for_dialogue(scenario, rubric, Language.EN) for _ in range(2))
    assert await one.reply(request) == await other.reply(request) == await one.reply(request)
    await source.aclose()
    await source.aclose()


@pytest.mark.parametrize("name", [name for name in REFERENCE_NAMES if name != "exemplar"])
async def test_only_the_exemplar_looks_into_the_case(name: str) -> None:
    """The same words on every case with a counterpart of the same role."""
    by_role: dict[str, set[str]] = {}
    for scenario, language in PAIRS:
        if language is Language.EN:
            subject = reference_source(name).for_dialogue(scenario, shipped().rubric(scenario.rubric), language)
            request = first_request(PAIRS[0][0].id)
            by_role.setdefault(scenario.counterpart.role.value, set()).add((await subject.reply(request)).text)
    assert all(len(texts) == 1 for texts in by_role.values())
