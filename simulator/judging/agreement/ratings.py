"""What people said of criteria: the ratings of one item by several annotators, and what they come to together.

An item is one criterion of one conversation. Everything that agreement is measured on becomes a list of these: this
project's annotations and gold set, HealthBench's meta-evaluation, CRAFT-MD's expert answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.judging.task import GradingTask
from simulator.judging.verdict import Outcome


class Raters(StrEnum):
    """Who gave the labels, since a figure means nothing without it."""

    PHYSICIANS = "physicians"
    ANNOTATORS = "annotators"
    """People of whom the file says nothing more."""
    PROJECT = "project"
    """Written by the project, with a language model's help; no physician has seen them."""


@dataclass(frozen=True, slots=True)
class RatedItem:
    """One criterion of one conversation, and what each annotator said."""

    id: str
    cluster: str
    """What items share that makes them alike: the conversation."""
    labels: Mapping[str, Outcome]
    """By annotator. UNSCORED: the annotator could not tell, which is a rating that counts nowhere."""
    adjudicated: Outcome | None = None
    """What was settled where they differed."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What figures are broken down by: `kind`, `domain`, `axis`, `task`, `language`, `category`."""
    question_id: str = ""
    """The item's question within its task."""

    @property
    def settled(self) -> Outcome | None:
        """The adjudicated outcome; else what more than half of those who could tell say; else None."""
        if self.adjudicated is not None:
            return self.adjudicated if self.adjudicated is not Outcome.UNSCORED else None
        told = [label for label in self.labels.values() if label is not Outcome.UNSCORED]
        if not told:
            return None
        outcome, count = Counter(told).most_common(1)[0]
        return outcome if 2 * count > len(told) else None


@dataclass(frozen=True, slots=True)
class RatedSet:
    """Items from one source, and what a judge has to be asked to be held against them."""

    source: str
    """Where they come from, for the head of a table."""
    raters: Raters
    items: tuple[RatedItem, ...]
    tasks: tuple[GradingTask, ...] = ()
    """One for each conversation; `RatedItem.cluster` is the task's id. Empty: verdicts come from elsewhere."""


def annotators_of(items: Sequence[RatedItem]) -> tuple[str, ...]:
    return tuple(sorted({name for item in items for name in item.labels}))
