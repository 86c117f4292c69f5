"""What others measured, to read one's own figures by. They are no thresholds: other rubrics, languages and
physicians."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    what: str
    source: str
    figures: dict[str, float]


REFERENCES = (
    Reference(
        "MLB's judge, trained on physicians' labels, against physicians",
        "arXiv 2601.06193",
        {"accuracy": 0.921, "f1_met": 0.9437, "kappa": 0.813},
    ),
    Reference(
        "HealthBench's grader (GPT-4.1) against each physician",
        "arXiv 2505.08775, section 8",
        {"macro_f1": 0.709},
    ),
)
