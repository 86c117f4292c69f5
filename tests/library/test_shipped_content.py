"""The shipped content reads, and breaks no rule that would spoil a dialogue."""

from __future__ import annotations

import pytest

from simulator.library.breach import BreachSeverity
from simulator.library.checking import check_library
from simulator.library.collection import Library, read_library
from simulator.library.location import default_roots
from simulator.library.vocabulary import Task


@pytest.fixture(scope="module")
def shipped() -> Library:
    return read_library(default_roots())


def test_no_shipped_file_breaks_a_rule(shipped: Library) -> None:
    errors = [breach.render() for breach in check_library(shipped) if breach.severity is BreachSeverity.ERROR]
    assert not errors, "\n" + "\n".join(errors)


def test_every_application_has_a_scenario(shipped: Library) -> None:
    assert {entry.value.task for entry in shipped.scenarios.values()} == set(Task)
