"""The smallest library that breaks no rule, so that each test can change one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from simulator.library.breach import RuleBreach
from simulator.library.checking import check_library
from simulator.library.collection import read_library
from simulator.library.location import Roots, roots_in

Data = dict[str, Any]


def local(en: str, zh: str) -> Data:
    return {"en": en, "zh": zh}


def provenance() -> Data:
    return {
        "author": "The clinsim project",
        "machine_assisted": True,
        "sources": [{"title": "Chest pain of recent onset", "publisher": "NICE", "year": 2016, "edition": "CG95"}],
    }


def scenario() -> Data:
    return {
        "id": "chest-pain",
        "version": 1,
        "title": local("A man with an uneasy chest", "胸部不适的男性"),
        "track": "smartserv",
        "task": "triage",
        "specialty": "cardiology",
        "languages": ["en", "zh"],
        "brief": local("You are a doctor on the telephone.", "您是电话分诊的医生。"),
        "counterpart": {"role": "patient", "age": 57, "sex": "male", "personas": ["plain", "guarded"]},
        "opening": local("Hello, my chest feels tight.", "您好，我胸口发闷。"),
        "facts": [
            {
                "id": "tightness",
                "topic": "complaint",
                "tier": "opening",
                "text": local("My chest feels tight.", "我胸口发闷。"),
            },
            {
                "id": "radiation",
                "topic": "radiation",
                "tier": "specific",
                "text": local("It spreads to my left arm.", "会窜到左边胳膊。"),
                "question": local("Does it spread anywhere?", "会往别的地方窜吗？"),
                "ask": {"en": ["spread", "(arm|jaw)"], "zh": ["窜", "放射"]},
            },
            {
                "id": "cause",
                "topic": "diagnosis",
                "tier": "unknown",
                "text": local("That this is a heart attack.", "这是心肌梗死。"),
                "ask": {"en": ["what ... think it is"], "zh": ["觉得 ... 什么病"]},
            },
        ],
        "findings": [
            {
                "id": "blood-pressure",
                "names": {"en": ["blood pressure", "BP"], "zh": ["血压", "量血压"]},
                "result": local("My monitor says 158 over 94.", "家里量的是158、94。"),
            },
            {
                "id": "ecg",
                "names": {"en": ["ECG", "electrocardiogram"], "zh": ["心电图", "ECG"]},
                "result": local("Not done.", "没做。"),
                "available": False,
            },
        ],
        "beats": [
            {
                "id": "drive-myself",
                "when": "turn >= 3 or closing",
                "say": local("Can I not just drive in?", "我自己开车去不行吗？"),
                "answered_by": {"en": ["(not|don't) drive"], "zh": ["(别|不要)开车"]},
                "exemplar": local("Please do not drive.", "请不要开车。"),
            }
        ],
        "events": [
            {
                "id": "worse",
                "turn": 4,
                "unless": "disposition(emergency)",
                "say": local("It is getting worse.", "更难受了。"),
                "reveals": ["radiation"],
            }
        ],
        "answer_key": {
            "dispositions": ["emergency"],
            "diagnosis": {"en": ["heart attack"], "zh": ["心肌梗死", "心梗"]},
            "summary": local("Send him in by ambulance.", "叫救护车送急诊。"),
        },
        "exemplar": local("Call 999 now. [END]", "现在就打120。[END]"),
        "rubric": "chest-pain",
        "provenance": provenance(),
    }


def rubric() -> Data:
    return {
        "id": "chest-pain",
        "version": 1,
        "languages": ["en", "zh"],
        "phrases": {"ambulance": {"patterns": {"en": ["call 999", "ambulance"], "zh": ["打120", "救护车"]}}},
        "criteria": [
            _criterion("ask-radiation", "must_ask", 5, "usefulness", fact="radiation", check="elicited(radiation)"),
            _criterion("say-ambulance", "must_say", 8, "safety", critical=True, check="said(ambulance)"),
            _criterion("no-driving", "quality", 3, "safety", check="answered(drive-myself)"),
        ],
        "provenance": provenance(),
    }


def _criterion(criterion_id: str, kind: str, points: int, domain: str, **more: Any) -> Data:
    return {
        "id": criterion_id,
        "text": local("Does it.", "做到。"),
        "points": points,
        "domain": domain,
        "axis": "accuracy",
        "kind": kind,
        "severity": "severe",
        **more,
    }


def persona(persona_id: str = "plain") -> Data:
    return {
        "id": persona_id,
        "version": 1,
        "roles": ["patient"],
        "languages": ["en", "zh"],
        "title": local("Plain", "直爽"),
        "description": local("Answers plainly.", "有问有答。"),
        "phrases": {"filler": {"en": ["Well, "], "zh": ["嗯，"]}},
        "provenance": provenance(),
    }


@dataclass
class Files:
    """What the files of a small library hold; tests change it before it is written."""

    scenario: Data = field(default_factory=scenario)
    rubric: Data = field(default_factory=rubric)
    plain: Data = field(default_factory=persona)
    guarded: Data = field(default_factory=lambda: persona("guarded"))


Change = Callable[[Files], object]


def write(folder: Path, change: Change = lambda files: None) -> Roots:
    """Writes the library, with one thing changed, and returns its roots."""
    files = Files()
    change(files)
    for kind, data in (
        ("scenarios", files.scenario),
        ("rubrics", files.rubric),
        ("personas", files.plain),
        ("personas", files.guarded),
    ):
        put(folder / kind / f"{data['id']}.yaml", data)
    return roots_in(folder)


def put(file: Path, data: Data) -> Path:
    """One file in block style, a key a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 4096
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(data, file)
    return file


def breaches(folder: Path, change: Change) -> tuple[RuleBreach, ...]:
    """The broken rules of the small library with one thing changed."""
    return check_library(read_library(write(folder, change)))


def slugs(folder: Path, change: Change) -> list[str]:
    return [breach.rule for breach in breaches(folder, change)]
