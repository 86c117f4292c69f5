"""The card of a trained judge: what it learned from, what it was held back from, and how well it agreed."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.errors import LibraryError, UsageError

CARD = "card.json"


class JudgeKind(StrEnum):
    CLASSIFIER = "classifier"
    """Features of criterion and transcript, and a linear model on them."""
    LORA = "lora"
    """A causal language model, tuned with low-rank adapters to say one of two tokens."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Split(_Part):
    """By scenario, so that no case is on both sides."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]


class CardFigure(_Part):
    """A figure with its 95 % interval over dialogues (cluster bootstrap)."""

    value: float
    low: float | None
    high: float | None


class CardAgreement(_Part):
    """On the scenarios that were held back. Fractions; None: not defined."""

    labels_by: str
    """Who gave the labels, in a word: `project` or `physicians`."""
    n_items: int
    n_unscored: int
    accuracy: CardFigure | None
    macro_f1: CardFigure | None
    f1_met: CardFigure | None
    kappa: CardFigure | None
    majority_accuracy: CardFigure | None
    """Of always giving the label that is commoner in the training data."""
    accuracy_over_majority: CardFigure | None
    """The difference of the two, with an interval of its own: they are paired."""


class JudgeCard(_Part):
    format: int = 1
    name: str
    kind: JudgeKind
    created: str
    """UTC, ISO 8601."""
    version: str
    """Of this software."""
    libraries: dict[str, str]
    """Versions of what it was trained with."""
    base_model: str | None = None
    """What a LoRA judge was tuned from."""
    recipe: dict[str, str | int | float | bool] = Field(default={})
    """The settings of the training."""
    data: dict[str, str]
    """File → sha256 of what it learned from."""
    n_train: int
    n_validation: int
    n_test: int
    split: Split
    agreement: CardAgreement | None
    """None: nothing was held back."""
    files: dict[str, str]
    """File beside the card → sha256; a judge whose files differ is not used."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The card of the judge in ``folder``. Raises UsageError, and LibraryError where it or a file is damaged."""
        path = folder / CARD
        if not path.is_file():
            raise UsageError(
                "no trained judge is here: there is no card.json",
                where=str(folder),
                fix="train one: clinsim judge train",
            )
        try:
            card = cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise LibraryError(
                f"the card of the judge does not read: {str(error).splitlines()[0]}",
                where=str(path),
                fix="train the judge anew",
            ) from None
        for name, expected in card.files.items():
            if not (folder / name).is_file() or sha256_of(folder / name) != expected:
                raise LibraryError(
                    "the file is not the one that the card speaks of, so nothing is known about this judge",
                    where=str(folder / name),
                    fix="train the judge anew, or restore the file",
                )
        return card

    def write(self, folder: Path) -> None:
        (folder / CARD).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
