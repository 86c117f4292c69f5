"""One small library, and the reference subjects' dialogues on it, for all tests of a process."""

from __future__ import annotations

import asyncio

import pytest

from simulator.dialogue.record import DialogueRecord
from simulator.library.collection import Library, read_library
from tests.evaluation.small import played_dialogues, with_a_criterion_to_judge
from tests.library.minimal import write


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return read_library(write(tmp_path_factory.mktemp("library"), with_a_criterion_to_judge))


@pytest.fixture(scope="session")
def dialogues(books: Library) -> list[DialogueRecord]:
    return asyncio.run(played_dialogues(books))
