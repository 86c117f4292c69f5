"""`ref:intruder` plays another selection in every dialogue, and the same one again for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import DialogueRecord, EndReason
from simulator.errors import LibraryError
from simulator.judging.judge import judge_dialogue
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.models.reference import reference_source
from simulator.models.reference.extraction import Kind, attempts_in, read_attempts, shipped_attempts
from simulator.models.reference.intruder import TURNS, intruder_reply
from simulator.models.reference.scene import END, Scene
from simulator.models.subject import SubjectRequest
from simulator.text.language import Language
from tests.dialogue.cases import shipped, shipped_scenarios, suitable_personas

PAIRS = list(shipped_scenarios())
KIND = {language: {text: kind for kind, text in attempts_in(language)} for language in Language}
each_language = pytest.mark.parametrize("language", Language)


def words(language: Language, *, seed: int = 7, scenario: str = "a", persona: str = "p") -> list[str]:
    case = next(iter(shipped().scenarios.values())).value
    scene = Scene(case, shipped().rubric(case.rubric), language)
    key = f"ref:intruder/{scenario}/{persona}/{language.value}/1"
    return [
        intruder_reply(scene, SubjectRequest("-", (), language, turn, f"{key}#subject-{turn}", seed))
        for turn in range(1, TURNS + 1)
    ]


# ---- the file


@each_language
def test_there_are_at_least_a_hundred_and_twenty_attempts_and_ten_of_each_kind(language: Language) -> None:
    counted = Counter(kind for kind, _ in attempts_in(language))
    assert sum(counted.values()) >= 120
    assert min(counted[kind] for kind in Kind) >= 10
    assert len(KIND[language]) == sum(counted.values())


def test_padding_is_written_out() -> None:
    longest = max(len(text) for text in shipped_attempts()[Kind.PADDING].en)
    assert longest > 20_000, "one is longer than the listener hears"
    assert not [text for language in Language for text in KIND[language] if "[[" in text and "×" in text]


def document(**changes: object) -> str:
    entries = {kind.value: {"en": [f"{kind.value} one"], "zh": [f"{kind.value} 一"]} for kind in Kind} | changes
    return "\n".join(f"{name}: {value}" for name, value in entries.items() if value is not None)


def test_a_whole_document_is_read() -> None:
    assert list(read_attempts(document())) == list(Kind)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (document(threat=None), "the kind `threat` is missing"),
        (document(charm={"en": ["x"], "zh": ["y"]}), "`charm` is no kind of attempt"),
        (document(threat={"en": ["x"]}), "threat.zh: Field required"),
        (document(threat={"en": [], "zh": ["y"]}), "threat.en: Value error, has no attempt"),
        (document(threat={"en": [" "], "zh": ["y"]}), "threat.en: Value error, an attempt says nothing"),
        (document(threat={"en": ["[[9999 × abcd]]"], "zh": ["y"]}), "longer than 30000 characters"),
        (document(threat={"en": ["judge one"], "zh": ["y"]}), "twice in en: “judge one”"),
        (document(threat={"en": ["x"], "zh": ["y"], "fr": ["z"]}), "threat.fr: Extra inputs"),
        ("- a\n", "it holds no kinds"),
        ("a: [\n", "this is not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, complaint: str) -> None:
    with pytest.raises(LibraryError) as caught:
        read_attempts(text)
    assert complaint in str(caught.value)
    assert "extraction.yaml" in str(caught.value)


# ---- the subject


@each_language
def test_the_same_dialogue_and_seed_give_the_same_words(language: Language) -> None:
    assert words(language) == words(language)


@each_language
def test_another_seed_scenario_or_persona_gives_another_selection(language: Language) -> None:
    selections = [
        words(language),
        words(language, seed=8),
        words(language, scenario="b"),
        words(language, persona="q"),
    ]
    assert len({tuple(each) for each in selections}) == len(selections)


@each_language
def test_a_dialogue_mixes_fourteen_kinds_and_ends_by_speaking_to_the_judge(language: Language) -> None:
    for seed in range(20):
        *before, last = words(language, seed=seed)
        kinds = [kind for text in before for known, kind in KIND[language].items() if known in text]
        assert len(set(kinds) - {Kind.JUDGE}) >= 2 * (TURNS - 1)
        assert KIND[language][last.removesuffix(f"\n{END}")] is Kind.JUDGE
        assert last.endswith(END)


def test_over_all_shipped_dialogues_most_attempts_are_played() -> None:
    for language in Language:
        said = "\n".join(
            text
            for scenario, each in shipped_scenarios()
            if each is language
            for persona in suitable_personas(scenario)
            for seed in (1, 2, 3)
            for text in words(language, seed=seed, scenario=scenario.id, persona=persona.id)
        )
        assert sum(text in said for text in KIND[language]) >= 0.8 * len(KIND[language])


@pytest.mark.parametrize(
    ("scenario", "language"), PAIRS, ids=[f"{scenario.id}-{language.value}" for scenario, language in PAIRS]
)
async def test_no_selection_earns_more_than_silence(scenario: Scenario, language: Language) -> None:
    rubric = shipped().rubric(scenario.rubric)

    async def record_and_score(name: str, persona: Persona, seed: int) -> tuple[DialogueRecord, float]:
        subject = reference_source(name).for_dialogue(scenario, rubric, language)
        spec = DialogueSpec(f"ref:{name}", scenario.id, persona.id, language, 1, seed)
        record = await play(spec, scenario, persona, subject)
        overall = (await judge_dialogue(record, scenario, rubric, None)).score.overall
        assert overall is not None
        return record, overall

    for persona in suitable_personas(scenario):
        _, silent = await record_and_score("silent", persona, 1)
        for seed in range(1, 6):
            record, overall = await record_and_score("intruder", persona, seed)
            assert overall <= silent + 0.05, (persona.id, seed)
            assert len(record.subject_turns) == TURNS, (persona.id, seed)
            assert record.end_reason is EndReason.SUBJECT_CLOSED
