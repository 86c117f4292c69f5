"""Labelled consultations are read strictly, and played as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.errors import LibraryError
from simulator.evaluation.fidelity.labelled import read_consultations
from simulator.library.vocabulary import Topic
from tests.evaluation.fidelity.consultations import SORE_THROAT, written


def test_a_consultation_is_read_with_whatever_else_its_line_holds(tmp_path: Path) -> None:
    (read,) = read_consultations(written(tmp_path, {**SORE_THROAT, "source": "made up", "patient": {"age": 30}}))
    assert read.id == "sore-throat"
    assert read.facts[0].topic is Topic.COMPLAINT
    assert read.turns[1].asks == ("two-days",)


def test_a_category_that_nobody_knows_is_general(tmp_path: Path) -> None:
    facts = [{**SORE_THROAT["facts"][0], "category": "astrology"}, *SORE_THROAT["facts"][1:]]
    (read,) = read_consultations(written(tmp_path, {**SORE_THROAT, "facts": facts}))
    assert read.facts[0].topic is Topic.GENERAL


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "Invalid JSON"),
        (json.dumps({**SORE_THROAT, "lang": "fr"}), "lang"),
        (json.dumps({**SORE_THROAT, "facts": []}), "facts"),
        (
            json.dumps({**SORE_THROAT, "facts": [SORE_THROAT["facts"][0]] * 2, "turns": SORE_THROAT["turns"][:1]}),
            "same id",
        ),
        (json.dumps({**SORE_THROAT, "facts": SORE_THROAT["facts"][:1]}), "`two-days`, which is no fact"),
    ],
)
def test_a_line_that_is_wrong_is_one_error_with_its_place(tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_text(json.dumps(SORE_THROAT) + "\n\n" + line + "\n")
    with pytest.raises(LibraryError) as raised:
        read_consultations(path)
    assert what in raised.value.render()
    assert raised.value.where == f"{path}:3"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_a_file_without_consultations_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_bytes(content)
    with pytest.raises(LibraryError):
        read_consultations(path)


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be read"):
        read_consultations(tmp_path / "none.jsonl")


def test_each_turn_follows_what_was_really_told_before(tmp_path: Path) -> None:
    (read,) = read_consultations(written(tmp_path, SORE_THROAT))
    played = list(read.played())
    assert played[0][1].question == "" and played[0][1].told == ()
    _, before_third = played[2]
    assert before_third.question == "How long has it hurt?"
    assert before_third.reply == "It's been two days."
    assert before_third.told == ("sore-throat", "two-days")
    assert before_third.told_last == ("two-days",)
