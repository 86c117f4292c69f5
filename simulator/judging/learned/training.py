"""Training a judge: split by scenario, fit, measure on what was held back, and write model and card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from simulator import __version__
from simulator.errors import StoreError, UsageError
from simulator.judging.agreement.figures import JudgeFigures, judge_figures
from simulator.judging.agreement.ratings import RatedSet
from simulator.judging.learned.card import CARD, CardAgreement, CardFigure, JudgeCard, JudgeKind, Split, sha256_of
from simulator.judging.learned.examples import Example, on_side, whole_tasks
from simulator.judging.learned.judge import LearnedGrader, Model
from simulator.judging.verdict import Verdict
from simulator.statistics import Estimate


class Trained(Model, Protocol):
    def write(self, folder: Path) -> None: ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a judge is made, for the card."""

    kind: JudgeKind
    fit: Callable[[Sequence[Example]], Trained]
    """From the examples for training; those for validation are kept apart for whoever tunes a recipe."""
    settings: Mapping[str, str | int | float | bool]
    libraries: tuple[str, ...]
    """Packages whose versions the card keeps."""
    base_model: str | None = None


def train_judge(
    rated: RatedSet,
    examples: Sequence[Example],
    split: Split,
    recipe: Recipe,
    folder: Path,
    *,
    name: str,
    data: Mapping[str, str],
) -> JudgeCard:
    """Trains and writes the judge into ``folder``, which must not hold one. Raises UsageError, StoreError, and what
    training raises; nothing is written where it fails.
    """
    if (folder / CARD).exists():
        raise UsageError("the folder holds a judge already", where=str(folder), fix="name another folder")
    sides = {side: on_side(examples, getattr(split, side)) for side in ("train", "validation", "test")}
    if len({example.met for example in sides["train"]}) < 2:
        raise UsageError("every example for training has the same label", fix="more, or other, annotations are needed")
    model = recipe.fit(sides["train"])
    agreement = _agreement(rated, sides["test"], model)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        model.write(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CARD)
        card = JudgeCard(
            name=name,
            kind=recipe.kind,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            version=__version__,
            libraries={package: version(package) for package in recipe.libraries},
            base_model=recipe.base_model,
            recipe=dict(recipe.settings),
            data=dict(data),
            n_train=len(sides["train"]),
            n_validation=len(sides["validation"]),
            n_test=len(sides["test"]),
            split=split,
            agreement=agreement,
            files={path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
        )
        card.write(folder)
    except OSError as error:
        raise StoreError(f"the judge could not be written: {error.strerror}", where=str(folder)) from None
    return card


def judged_by(model: Model, examples: Sequence[Example], name: str) -> dict[str, Verdict]:
    """The model's verdicts by item id."""
    grader = LearnedGrader(name, model)
    items = {(example.task.id, example.question.id): example.item.id for example in examples}

    async def grade() -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        for task in whole_tasks(examples):
            for verdict in await grader.grade(task):
                found[items[task.id, verdict.criterion_id]] = verdict
        return found

    return asyncio.run(grade())


def _agreement(rated: RatedSet, held_back: Sequence[Example], model: Model) -> CardAgreement:
    verdicts = judged_by(model, held_back, "trained")
    return card_agreement(judge_figures([example.item for example in held_back], verdicts), rated.raters.value)


def card_agreement(figures: JudgeFigures, labels_by: str) -> CardAgreement:
    return CardAgreement(
        labels_by=labels_by,
        n_items=figures.n_items,
        n_unscored=figures.n_unscored,
        accuracy=_figure(figures.accuracy),
        macro_f1=_figure(figures.macro_f1),
        f1_met=_figure(figures.f1_met),
        kappa=_figure(figures.kappa),
        majority_accuracy=_figure(figures.majority_accuracy),
        accuracy_over_majority=_figure(figures.accuracy_over_majority),
    )


def _figure(estimate: Estimate | None) -> CardFigure | None:
    if estimate is None:
        return None
    low, high = estimate.low, estimate.high
    return CardFigure(
        value=round(estimate.mean, 4),
        low=None if low is None else round(low, 4),
        high=None if high is None else round(high, 4),
    )
