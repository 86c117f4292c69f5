"""The classifier on every scenario of the gold set, each time trained on the other seven.

    python -m benchmarks.judging.cross_validation [--embeddings]

Every dialogue is judged once, by a classifier that never saw its scenario; intervals resample dialogues.
"""

from __future__ import annotations

import argparse

from benchmarks.judging.gold import cases_of
from simulator.judging.agreement.figures import judge_figures
from simulator.judging.gold import rated_gold
from simulator.judging.learned.classifier import Classifier
from simulator.judging.learned.examples import examples_of
from simulator.judging.learned.training import judged_by
from simulator.judging.verdict import Verdict
from simulator.library.collection import read_library
from simulator.library.location import default_roots
from simulator.reporting.estimates import shown

_FIGURES = (
    "accuracy", "macro_f1", "f1_met", "kappa", "mcc", "majority_accuracy", "accuracy_over_majority", "brier",
    "calibration_error",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embeddings", action="store_true")
    given = parser.parse_args()
    examples = examples_of(rated_gold(cases_of(read_library(default_roots()))))
    verdicts: dict[str, Verdict] = {}
    for held_back in sorted({example.scenario for example in examples}):
        others = [example for example in examples if example.scenario != held_back]
        own = [example for example in examples if example.scenario == held_back]
        model = Classifier.train(others, seed=1, embeddings=given.embeddings)
        verdicts |= judged_by(model, own, "classifier")
        found = judge_figures([example.item for example in own], verdicts)
        figures = (found.accuracy, found.kappa, found.accuracy_over_majority)
        print(f"{held_back}: accuracy, κ, accuracy over the commoner label {', '.join(map(shown, figures))}")
    for language in ("en", "zh", None):
        items = [example.item for example in examples if language in {None, example.item.groups["language"]}]
        found = judge_figures(items, verdicts)
        print(
            f"{language or 'all'} ({found.n_items}): "
            + ", ".join(f"{name} {shown(getattr(found, name))}" for name in _FIGURES)
        )


if __name__ == "__main__":
    main()
