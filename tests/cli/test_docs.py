"""The pages on the command line and on results say what is there."""

from __future__ import annotations

import re
from pathlib import Path

from docs.generate_cli import PAGE, page
from simulator import errors
from simulator.dialogue.record import DialogueRecord
from simulator.errors import SimulatorError
from simulator.evaluation.events import EventKind
from simulator.evaluation.manifest import Manifest
from simulator.evaluation.store import _SCHEMA
from simulator.judging.scoring import DialogueScore
from tests.cli.test_looking import REPORT_KEYS, SUBJECT_KEYS

RESULTS = (Path(PAGE).parent / "results.md").read_text(encoding="utf-8")


def test_the_page_on_the_command_line_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python docs/generate_cli.py"


def test_every_kind_of_error_stands_in_the_table_with_its_code() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, SimulatorError)]
    rows = re.findall(r"^\| (\d+) \| (\w+) \| \S", page(), re.M)
    assert {(kind.__name__, str(kind.exit_code)) for kind in kinds} == {(name, code) for code, name in rows}


def documented(heading: str) -> set[str]:
    """The keys in the first column of the tables under a heading."""
    section = RESULTS.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", section, re.M)
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


def test_every_key_of_a_report_is_explained() -> None:
    assert documented("## `clinsim report --json`") == REPORT_KEYS | SUBJECT_KEYS


def test_every_key_of_a_transcript_is_explained() -> None:
    keys = {*DialogueRecord.model_fields, *DialogueScore.model_fields, "verdicts", "score", "triage"}
    assert documented("## `clinsim transcript --json`") == keys


def test_every_table_and_column_of_the_file_is_explained() -> None:
    section = RESULTS.split("## The tables of", 1)[1].split("\n### ", 1)[0]
    for table, columns in re.findall(r"CREATE TABLE (\w+) \(((?:[^()]|\([^()]*\))+)\)", _SCHEMA):
        (row,) = (line for line in section.splitlines() if line.startswith(f"| `{table}` |"))
        for column in re.findall(r"(?:^|,)\s*([a-z_0-9]+) [A-Z]", columns):
            assert f"`{column}`" in row, f"{table}.{column}"
    assert all(f"`{kind.value}`" in RESULTS for kind in EventKind)


def test_every_key_of_the_manifest_is_explained() -> None:
    assert documented("### The manifest") >= set(Manifest.model_fields)
