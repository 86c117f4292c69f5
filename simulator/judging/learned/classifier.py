"""A judge without a language model: gradient-boosted trees over the features of criterion and conversation.

Trained in seconds, judges a dialogue in milliseconds (with embeddings, tenths of a second). Stored with skops, which
reads back numbers and known types only: a judge's file from elsewhere cannot run code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import LibraryError, MissingExtraError
from simulator.judging.learned.embedding import NAME as EMBEDDING
from simulator.judging.learned.embedding import embedder
from simulator.judging.learned.examples import Example, whole_tasks
from simulator.judging.learned.features import Embed, rarity_of, see
from simulator.judging.task import GradingTask
from simulator.judging.verdict import Evidence

_MODEL, _WORDS = "classifier.skops", "words.json"
FILES = (_MODEL, _WORDS)
_TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
"""What skops does not know by itself, and scikit-learn's own trees are made of."""

RECIPE: dict[str, int | float] = {
    "max_iter": 150,
    "learning_rate": 0.05,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 30,
    "l2_regularization": 1.0,
}


class Classifier:
    """A `Model` of simulator.judging.learned.judge."""

    def __init__(self, trees: Any, rarity: Mapping[str, float], embed: Embed | None) -> None:
        self._trees = trees
        self._rarity = rarity
        self._embed = embed

    @classmethod
    def train(cls, examples: Sequence[Example], *, seed: int, embeddings: bool) -> Classifier:
        """Raises MissingExtraError."""
        try:
            from sklearn.ensemble import HistGradientBoostingClassifier
        except ImportError:
            raise MissingExtraError("judge", needed_for="training a judge") from None
        embed = embedder() if embeddings else None
        tasks = whole_tasks(examples)
        rarity = rarity_of(tasks)
        met = {(example.task.id, example.question.id): example.met for example in examples}
        rows, labels = [], []
        for task in tasks:
            for question, seen in zip(task.questions, see(task, rarity, embed), strict=True):
                rows.append(seen.features)
                labels.append(met[task.id, question.id])
        trees = HistGradientBoostingClassifier(**RECIPE, random_state=seed)
        trees.fit(np.array(rows), np.array(labels))
        return cls(trees, rarity, embed)

    def probabilities(self, task: GradingTask) -> list[tuple[float, Evidence | None]]:
        seen = see(task, self._rarity, self._embed)
        met = list(self._trees.classes_).index(True)
        found = self._trees.predict_proba(np.array([each.features for each in seen]))[:, met]
        return [(float(p), each.evidence) for p, each in zip(found, seen, strict=True)]

    def write(self, folder: Path) -> None:
        import skops.io

        skops.io.dump(self._trees, folder / _MODEL)
        words = {"embedding": EMBEDDING if self._embed else None, "rarity": dict(self._rarity)}
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Classifier:
        """Raises MissingExtraError, and LibraryError where a file is damaged or holds what is not trusted."""
        try:
            import skops.io
            from skops.io.exceptions import UntrustedTypesFoundException
        except ImportError:
            raise MissingExtraError("judge", needed_for="a trained judge") from None
        try:
            trees = skops.io.load(folder / _MODEL, trusted=list(_TRUSTED))
            words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            rarity = {str(name): float(value) for name, value in words["rarity"].items()}
        except UntrustedTypesFoundException as error:
            raise LibraryError(
                f"the judge's file holds what no classifier of ours holds: {error}",
                where=str(folder / _MODEL),
                fix="do not use it; train a judge here",
            ) from None
        except Exception as error:  # a damaged archive fails in as many ways as there are readers below
            raise LibraryError(f"the judge does not read: {error}", where=str(folder), fix="train it anew") from None
        return cls(trees, rarity, embedder() if words.get("embedding") else None)
