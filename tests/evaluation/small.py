"""A library of one case, runs of it, and dialogues that reference subjects play: what the tests of runs are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import DialogueRecord
from simulator.evaluation.manifest import Settings
from simulator.evaluation.plan import make_plan
from simulator.evaluation.running import Changes, Finished, begin_run, continue_run
from simulator.library.collection import Library
from simulator.models.reference import REFERENCE_NAMES
from simulator.models.sources import open_subject, subject_name
from tests.library.minimal import Files, local

PER_SUBJECT = 4
"""Dialogues of one subject and epoch: two personas, two languages."""


JUDGED = "explains-why"
"""The one criterion that no check decides."""


def with_a_criterion_to_judge(files: Files) -> None:
    files.rubric["criteria"].append(
        {
            "id": JUDGED,
            "text": local("Explains why.", "说明原因。"),
            "points": 4,
            "domain": "usefulness",
            "axis": "communication",
            "kind": "quality",
            "severity": "minor",
        }
    )


def plan_of(books: Library, *subjects: str, epochs: int = 1, **more: Any) -> tuple[DialogueSpec, ...]:
    scenarios = [entry.value for entry in books.scenarios.values()]
    personas = [entry.value for entry in books.personas.values()]
    return make_plan(scenarios, personas, subjects, epochs=epochs, **more)


def begun(runs: Path, books: Library, *subjects: str, epochs: int = 1, **settings: Any) -> Path:
    """A run that nobody has played yet."""
    subjects = subjects or ("ref:exemplar",)
    plan = plan_of(books, *map(subject_name, subjects), epochs=epochs)
    return begin_run(runs, books, plan, Settings(subjects=subjects, epochs=epochs, **{"max_retries": 0} | settings))


def continued(folder: Path, **changes: Any) -> Finished:
    return asyncio.run(continue_run(folder, changes=Changes(**changes)))


def played(runs: Path, books: Library, *subjects: str, **settings: Any) -> Path:
    """A run that is played to its end."""
    folder = begun(runs, books, *subjects, **settings)
    continued(folder)
    return folder


async def played_dialogues(books: Library, subjects: Sequence[str] = REFERENCE_NAMES) -> list[DialogueRecord]:
    """What the reference subjects do with the case, with every persona, in both languages."""
    records = []
    for spec in plan_of(books, *(f"ref:{name}" for name in subjects)):
        scenario = books.scenario(spec.scenario_id)
        subject = open_subject(spec.subject).for_dialogue(scenario, books.rubric(scenario.rubric), spec.language)
        records.append(await play(spec, scenario, books.persona(spec.persona_id), subject))
    return records


def spec_of(record: DialogueRecord) -> DialogueSpec:
    return DialogueSpec(
        record.subject, record.scenario_id, record.persona_id, record.language, record.epoch, record.seed
    )
