"""The same dialogue, byte for byte, in any process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from simulator.dialogue.record import DialogueRecord

_PLAY = """
import asyncio, sys
from simulator.dialogue.playing import DialogueSpec, play
from simulator.library.collection import read_library
from simulator.library.location import default_roots
from simulator.models.reference import reference_source
from simulator.text.language import Language

library = read_library(default_roots())
for name in ("chest-tightness-triage", "breathless-tests"):
    scenario = library.scenario(name)
    persona = library.persona(scenario.counterpart.personas[-1])
    for language in scenario.languages:
        subject = reference_source("checklist").for_dialogue(scenario, library.rubric(scenario.rubric), language)
        spec = DialogueSpec("ref:checklist", scenario.id, persona.id, language, 1, 11)
        record = asyncio.run(play(spec, scenario, persona, subject))
        sys.stdout.buffer.write(record.model_dump_json().encode() + b"\\n")
"""


def output(hash_seed: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", _PLAY],
        capture_output=True, check=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def outputs() -> list[bytes]:
    return [output("0"), output("4242")]


def test_two_processes_give_the_same_record_byte_for_byte(outputs: list[bytes]) -> None:
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == 4


def test_a_record_reads_back_as_it_was_written(outputs: list[bytes]) -> None:
    for line in outputs[0].splitlines():
        record = DialogueRecord.model_validate_json(line)
        assert record.model_dump_json().encode() == line
        assert len(record.ledger) > 5
