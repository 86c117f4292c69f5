"""A broken design rule: the file reads, and what it says would not work in a dialogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from simulator.library.collection import Entry, Library
from simulator.library.problem import Location, one_line, shown_file


class BreachSeverity(StrEnum):
    """``error``: the case cannot be played or scored as meant. ``warning``: someone should look at it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """``slug`` names the rule in output and JSON; ``why`` says what goes wrong in a dialogue where it is broken."""

    slug: str
    severity: BreachSeverity
    why: str

    def broken(
        self, entry: Entry[Any], at: Location, what: str, fix: str, *, within: tuple[int, int] | None = None
    ) -> Breach:
        return Breach(self, entry.file, at, what, fix, within)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule broken at a value. ``within``: line and column in the value's text; None for the value as a whole."""

    rule: Rule
    file: Path
    at: Location
    what: str
    fix: str
    within: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """A breach with its place in the file. ``path`` is that of the value, such as ``facts[3].ask.en``."""

    severity: BreachSeverity
    rule: str
    file: Path
    line: int
    column: int
    path: str
    what: str
    why: str
    fix: str

    def render(self) -> str:
        """``file:line:column path – severity rule: what is wrong – what would be right``, on one line."""
        path = f" {self.path}" if self.path else ""
        place = f"{shown_file(self.file)}:{self.line}:{self.column}{path}"
        return one_line(f"{place} – {self.severity.value} {self.rule}: {self.what} – {self.fix}")


Check = Callable[[Library], Iterator[Breach]]
"""Finds every breach of one subject in the whole library. Pure: it opens no file."""


def error(slug: str, why: str) -> Rule:
    return Rule(slug, BreachSeverity.ERROR, why)


def warning(slug: str, why: str) -> Rule:
    return Rule(slug, BreachSeverity.WARNING, why)
