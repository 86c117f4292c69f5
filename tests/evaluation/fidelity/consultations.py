"""A short labelled consultation to count on one's fingers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SORE_THROAT: dict[str, Any] = {
    "id": "sore-throat",
    "lang": "en",
    "facts": [
        {"id": "sore-throat", "category": "symptom", "text": "I've got a sore throat."},
        {"id": "two-days", "category": "duration", "text": "It's been two days."},
        {"id": "no-fever", "category": "associated", "polarity": "absent", "text": "I haven't had a fever."},
        {"id": "cough", "category": "associated", "text": "I've a bit of a cough."},
        {"id": "smoker", "category": "social", "text": "I smoke ten a day."},
    ],
    "turns": [
        {"n": 1, "kind": "open", "question": "What brings you in?", "asks": ["sore-throat"]},
        {"n": 2, "kind": "specific", "question": "How long has it hurt?", "asks": ["two-days"], "needs_context": True},
        {"n": 3, "kind": "specific", "question": "Any fever or cough?", "asks": ["no-fever", "cough"]},
        {
            "n": 4,
            "kind": "specific",
            "question": "Do you drink?",
            "asks_missing": ["alcohol"],
            "volunteered": ["smoker"],
        },
        {"n": 5, "kind": "explain", "question": "It will settle by itself."},
        {"n": 6, "kind": "close", "question": "All the best, bye."},
    ],
}


def written(folder: Path, *consultations: dict[str, Any]) -> Path:
    path = folder / "labelled.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in consultations), encoding="utf-8")
    return path
