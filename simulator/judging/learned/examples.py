"""What a judge learns from: criteria of conversations with what people settled on, split so that no case leaks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from simulator.errors import UsageError
from simulator.judging.agreement.ratings import RatedItem, RatedSet
from simulator.judging.learned.card import Split
from simulator.judging.task import GradingTask, Question
from simulator.judging.verdict import Outcome

_SHARES = (0.6, 0.15)
"""Of the scenarios, for training and for validation; the rest is the test."""


@dataclass(frozen=True, slots=True)
class Example:
    item: RatedItem
    scenario: str
    """What must not be on both sides of a split: the case; a conversation from elsewhere is a case of its own."""
    task: GradingTask
    """The conversation, with this one question."""
    met: bool

    @property
    def question(self) -> Question:
        return self.task.questions[0]


def examples_of(rated: RatedSet) -> tuple[Example, ...]:
    """One for each item that was settled as met or not met, and whose conversation is known."""
    tasks = {task.id: task for task in rated.tasks}
    found = []
    for item in rated.items:
        task = tasks.get(item.cluster)
        question = next((each for each in task.questions if each.id == item.question_id), None) if task else None
        if task is None or question is None or item.settled not in {Outcome.MET, Outcome.NOT_MET}:
            continue
        found.append(
            Example(
                item=item,
                scenario=item.groups.get("scenario", item.cluster),
                task=replace(task, questions=(question,)),
                met=item.settled is Outcome.MET,
            )
        )
    return tuple(found)


def split_by_scenario(examples: Sequence[Example], *, seed: int, test: Iterable[str] = ()) -> Split:
    """Which scenarios are for training, validation and test. ``test``: these, instead of a draw.

    Raises UsageError where a side would be empty, or ``test`` names a scenario that is not there.
    """
    names = sorted({example.scenario for example in examples})
    held_back = tuple(dict.fromkeys(test))
    unknown = [name for name in held_back if name not in names]
    if unknown:
        raise UsageError(f"no example is of scenario `{unknown[0]}`", fix="there are: " + ", ".join(names[:12]))
    drawn = random.Random(seed).sample(names, len(names))
    rest = [name for name in drawn if name not in held_back]
    n_train, n_validation = round(len(names) * _SHARES[0]), max(1, round(len(names) * _SHARES[1]))
    if held_back:
        n_train = len(rest) - n_validation
    split = Split(
        train=tuple(sorted(rest[: max(n_train, 0)])),
        validation=tuple(sorted(rest[max(n_train, 0) :][:n_validation])),
        test=tuple(sorted(held_back or rest[n_train + n_validation :])),
    )
    if not (split.train and split.validation and split.test):
        raise UsageError(
            f"{len(names)} scenarios are too few for training, validation and test",
            fix="annotate dialogues of at least four scenarios",
        )
    return split


def on_side(examples: Sequence[Example], scenarios: Sequence[str]) -> list[Example]:
    return [example for example in examples if example.scenario in scenarios]


def whole_tasks(examples: Sequence[Example]) -> list[GradingTask]:
    """The conversations of the examples, each once, with all of their questions."""
    by_id: dict[str, GradingTask] = {}
    for example in examples:
        known = by_id.get(example.task.id)
        questions = (*known.questions, example.question) if known else (example.question,)
        by_id[example.task.id] = replace(example.task, questions=questions)
    return list(by_id.values())
