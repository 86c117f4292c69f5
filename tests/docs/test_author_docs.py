"""The pages for authors say what the code does: no field, value or rule is left out, and every quotation is real."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from simulator.dialogue.ending import ADVICE_TURNS_TO_GOAL, IDLE_TURNS_TO_ABANDON
from simulator.dialogue.lexicon import _SpeechFile
from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.reachability import unheard
from simulator.dialogue.record import Cause, EndReason, WithholdReason
from simulator.judging.judge import judge_dialogue
from simulator.judging.scoring import Gate
from simulator.library import rules_facts, rules_leaks, rules_references, rules_rubric, rules_texts
from simulator.library.breach import Rule
from simulator.library.checking import check_library
from simulator.library.collection import read_library, read_library_leniently
from simulator.library.condition_grammar import ATOMS, GRAMMAR
from simulator.library.location import ContentRoot, Roots, default_roots, roots_in
from simulator.library.persona import (
    Agenda,
    Clarity,
    Emotion,
    Literacy,
    Persona,
    PhraseSlot,
    Recall,
    Reticence,
    Verbosity,
)
from simulator.library.provenance import Provenance, Source
from simulator.library.rubric import Criterion, Phrase, Rubric
from simulator.library.scenario import AnswerKey, Beat, Counterpart, Fact, Finding, Scenario, TimedEvent
from simulator.library.vocabulary import (
    Axis,
    CriterionKind,
    Disposition,
    Domain,
    Polarity,
    Review,
    Role,
    Severity,
    Sex,
    Task,
    Tier,
    Topic,
    Track,
)
from simulator.models.reference import REFERENCE_NAMES, reference_source
from simulator.text.language import Language

ROOT = Path(__file__).parents[2]
SCENARIOS, PERSONAS, CONDITIONS, LISTENING = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("scenarios", "personas", "conditions", "listening")
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_words(page: str) -> frozenset[str]:
    """Every word that stands in backticks, outside of fenced blocks."""
    spans = re.findall(r"`([^`\n]+)`", _FENCE.sub("", page))
    return frozenset(word for span in spans for word in re.findall(r"[\w-]+", span))


def section(page: str, heading: str) -> str:
    """The text under the level-two heading that begins so, to the next one."""
    found = re.search(rf"^## {re.escape(heading)}.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found.group()


def fenced(text: str, language: str) -> list[str]:
    return [body for kind, body in _FENCE.findall(text) if kind == language]


def missing(wanted: Iterable[str], page: str) -> list[str]:
    words = code_words(page)
    return sorted(word for word in wanted if word not in words)


def values(*enums: type[StrEnum]) -> list[str]:
    return [member.value for enum in enums for member in enum]


@pytest.mark.parametrize(
    "model",
    [
        Scenario, Fact, Finding, Beat, TimedEvent, Counterpart, AnswerKey, Rubric, Phrase, Criterion, Provenance, Source,
    ],
)  # fmt: skip
def test_the_scenario_page_names_every_field(model: type[BaseModel]) -> None:
    assert missing(model.model_fields, SCENARIOS) == []


@pytest.mark.parametrize(
    "closed_set",
    [
        Track, Task, Role, Sex, Tier, Topic, Polarity, Disposition, Domain, Axis, CriterionKind, Severity, Review,
        Language,
    ],
)  # fmt: skip
def test_the_scenario_page_names_every_allowed_value(closed_set: type[StrEnum]) -> None:
    assert missing(values(closed_set), SCENARIOS) == []


def test_the_scenario_page_lists_every_rule_with_its_severity_and_reason() -> None:
    modules = (rules_texts, rules_facts, rules_leaks, rules_references, rules_rubric)
    rules = [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]
    assert len(rules) > 25
    for rule in rules:
        assert f"| `{rule.slug}` | {rule.severity.value} | {rule.why} |" in SCENARIOS


@pytest.mark.parametrize(
    ("heading", "file"),
    [
        ("The scenario:", ROOT / "scenarios" / "chest-tightness-triage.yaml"),
        ("The rubric:", ROOT / "rubrics" / "chest-tightness-triage.yaml"),
    ],
)
def test_quoted_lines_stand_in_the_real_file_in_this_order(heading: str, file: Path) -> None:
    lines = iter(file.read_text(encoding="utf-8").splitlines())
    quoted = [line for block in fenced(section(SCENARIOS, heading), "yaml") for line in block.splitlines()]
    for line in (line for line in quoted if line.strip(" …")):
        pieces = [re.escape(piece.rstrip() if line.endswith("…") else piece) for piece in line.split("…")]
        shown = re.compile(".*".join(pieces))
        assert any(shown.fullmatch(real) for real in lines), f"not in {file.name}, or not in this order: {line}"


def test_every_part_of_the_real_scenario_and_rubric_is_quoted() -> None:
    for heading, model in (("The scenario:", Scenario), ("The rubric:", Rubric)):
        quoted = "\n".join(fenced(section(SCENARIOS, heading), "yaml"))
        for name in model.model_fields:
            assert re.search(rf"^{name}:", quoted, re.MULTILINE), f"{heading} {name}"


def example(folder: Path) -> Path:
    """Writes the page's own example as a library; returns its folder."""
    blocks = fenced(section(SCENARIOS, "Your own"), "yaml")
    assert len(blocks) == 2
    for kind, text in zip(("scenarios", "rubrics"), blocks, strict=True):
        file = folder / kind / "sore-throat.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def with_shipped_personas(folder: Path) -> Roots:
    """The library in ``folder`` beside the shipped personas; the shipped scenarios are tested elsewhere."""
    return roots_in(folder) + Roots((ContentRoot(folder / "none", ROOT / "personas", folder / "none"),))


def found_wrong(folder: Path) -> list[str]:
    """What `clinsim check` finds wrong in ``folder``, from the line number on."""
    library, problems = read_library_leniently(with_shipped_personas(folder))
    wrong = [problem.render() for problem in problems]
    wrong += [] if problems else [breach.render() for breach in check_library(library)]
    wrong += [] if wrong else [item.what for entry in library.scenarios.values() for item in unheard(entry.value)]
    return [re.sub(r"^.*?\.yaml:", "", line) for line in wrong]


def test_the_example_of_the_page_breaks_no_rule(tmp_path: Path) -> None:
    assert found_wrong(example(tmp_path)) == []


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("scenarios", "tier: specific", "tier: specifc"),
        ("scenarios", "since yesterday. Which", "since yesterday, and I was hot and shivery all night. Which"),
        ("scenarios", "Do you take any medicines?", "What are you on?"),
        ("rubrics", "elicited(carbimazole)", "elicited(carbimazol)"),
        ("scenarios", "    [END]\n", ""),
    ],
)
def test_the_example_broken_gives_the_line_that_the_page_shows(
    tmp_path: Path, kind: str, right: str, wrong: str
) -> None:
    file = example(tmp_path) / kind / "sore-throat.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    lines = found_wrong(tmp_path)
    assert len(lines) == 1
    shown = [
        line
        for block in fenced(SCENARIOS, "text")
        for line in block.splitlines()
        if line.startswith(f"error: mine/{kind}/sore-throat.yaml:")
    ]
    assert any(lines[0] in line for line in shown), lines[0]


async def test_the_example_scores_what_the_page_says(tmp_path: Path) -> None:
    library = read_library(with_shipped_personas(example(tmp_path)))
    scenario, rubric = library.scenario("sore-throat"), library.rubric("sore-throat")
    scores: dict[str, float | None] = {}
    for name in REFERENCE_NAMES:
        spec = DialogueSpec(f"ref:{name}", "sore-throat", "plain-spoken", Language.EN, 1, 1)
        subject = reference_source(name).for_dialogue(scenario, rubric, Language.EN)
        record = await play(spec, scenario, library.persona("plain-spoken"), subject)
        score = (await judge_dialogue(record, scenario, rubric, None)).score
        assert (score.gate is Gate.PASSED) is (name == "exemplar")
        scores[name] = score.overall
    assert f"{scores['exemplar']:.2f} for `ref:exemplar`, {scores['checklist']:.2f} for `ref:checklist`" in SCENARIOS
    assert scores["careless"] == scores["silent"] == scores["intruder"] == 0


def test_the_persona_page_names_every_field_value_and_slot() -> None:
    assert missing([*Persona.model_fields, *Agenda.model_fields], PERSONAS) == []
    assert missing(values(Reticence, Recall, Clarity, Literacy, Verbosity, Emotion, PhraseSlot, Role), PERSONAS) == []


def test_the_persona_page_gives_the_numbers_of_the_code() -> None:
    for reticence in Reticence:
        facts = reticence.facts_per_reply
        asks = {2: "second", 3: "third"}[reticence.asks_before_trust]
        row = next(
            line for line in PERSONAS.splitlines() if line.startswith("|") and f"| `{reticence.value}` |" in line
        )
        assert f"at most {facts} fact{'s' if facts > 1 else ''} in a reply" in row
        assert f"the {asks} asking" in row


def test_the_persona_page_lists_the_shipped_personas_as_they_are() -> None:
    personas = [entry.value for entry in read_library(default_roots()).personas.values()]
    for one in personas:
        cells = [
            f"`{one.id}`", ", ".join(one.roles), one.reticence, one.recall, one.clarity, one.literacy, one.verbosity,
            one.emotion, f"turn {one.agenda.turn}" if one.agenda else "–", "yes" if one.hard_to_interview else "no",
        ]  # fmt: skip
        assert f"| {' | '.join(cells)} |" in PERSONAS
    assert len(re.findall(r"^\| `", section(PERSONAS, "The shipped seven"), re.MULTILINE)) == len(personas) == 7


def test_the_persona_of_the_page_breaks_no_rule(tmp_path: Path) -> None:
    (text,) = fenced(PERSONAS, "yaml")
    file = example(tmp_path) / "personas" / "short-of-time.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    scenario = tmp_path / "scenarios" / "sore-throat.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("forgetful-elder", "short-of-time"), "utf-8")
    assert found_wrong(tmp_path) == []


def test_the_condition_page_names_every_atom_and_keyword() -> None:
    spans = re.findall(r"`([^`\n]+)`", CONDITIONS)
    for atom in ATOMS:
        beginning = atom.partition("(")[0].strip()
        assert beginning == "" or any(span.startswith(beginning) for span in spans), atom
    keywords = re.findall(r"/(\w+)\\b/", GRAMMAR)
    assert "elicited" in keywords
    assert missing(keywords, CONDITIONS) == []


def test_the_listening_page_names_every_end_in_order_of_precedence() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section(LISTENING, "4. Ending"), re.MULTILINE)
    assert rows == values(EndReason)
    count = {2: "two", 3: "three"}
    assert f"| `goal_met` | {count[ADVICE_TURNS_TO_GOAL]} turns running" in LISTENING
    assert f"| `goal_abandoned` | {count[IDLE_TURNS_TO_ABANDON]} turns running" in LISTENING


def test_the_listening_page_names_every_reason_cause_and_lexicon_file() -> None:
    assert missing(values(WithholdReason, Cause), LISTENING) == []
    assert missing(_SpeechFile.model_fields, LISTENING) == []
    files = sorted(path.name for path in (ROOT / "simulator" / "dialogue" / "lexicon").glob("*.yaml"))
    assert files == sorted(re.findall(r"^\| `(\w+\.yaml)` \|", LISTENING, re.MULTILINE))


@pytest.mark.parametrize("page", ["scenarios", "personas", "listening"])
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target
