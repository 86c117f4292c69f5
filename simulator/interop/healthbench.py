"""HealthBench's meta-evaluation records: physicians' yes or no on one criterion of one answer (arXiv 2505.08775, § 8).

A JSONL file; each line has `prompt` (chat messages), `completion`, `rubric` (the criterion), `category` and
`binary_labels` (one for each physician). `completion_id` and `anonymized_physician_ids` are used where they are there.
Physicians judge the completion alone, so it is the only thing that a quote may come from.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.errors import UsageError
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.task import ASSISTANT, GradingTask, Question, Spoken
from simulator.judging.verdict import Outcome
from simulator.library.json_lines import read_json_lines
from simulator.text.language import Language

_EARLIER = "assistant (earlier)"


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    content: str


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: tuple[_Message, ...]
    completion: str
    rubric: str
    category: str = ""
    binary_labels: tuple[bool, ...] = Field(min_length=1)
    completion_id: str | None = None
    anonymized_physician_ids: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        names = self.anonymized_physician_ids
        if names is not None and (len(names) != len(self.binary_labels) or len(set(names)) != len(names)):
            raise ValueError("`anonymized_physician_ids` and `binary_labels` do not go together")
        return self

    @property
    def conversation(self) -> str:
        """What tells one conversation from another: HealthBench rates several criteria of each."""
        said = "\x1e".join([*(f"{each.role}\x1f{each.content}" for each in self.prompt), self.completion])
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_healthbench(path: Path) -> RatedSet:
    """Raises UsageError where a line is no such record, with its number."""
    fix = "each line needs prompt, completion, rubric, category and binary_labels"
    records = [record for _, record in read_json_lines(path, _Record, what="meta-evaluation record", fix=fix)]
    if not records:
        raise UsageError("the file holds no record", where=str(path))
    conversations: dict[str, dict[str, _Record]] = {}
    items: list[RatedItem] = []
    for record in records:
        asked = conversations.setdefault(record.conversation, {})
        question_id = f"c{len(asked) + 1}"
        asked[question_id] = record
        names = record.anonymized_physician_ids or tuple(f"#{n}" for n in range(1, len(record.binary_labels) + 1))
        items.append(
            RatedItem(
                id=f"{record.conversation}/{question_id}",
                cluster=record.conversation,
                labels={
                    name: Outcome.MET if label else Outcome.NOT_MET
                    for name, label in zip(names, record.binary_labels, strict=True)
                },
                groups={"category": record.category} if record.category else {},
                question_id=question_id,
            )
        )
    tasks = tuple(_task(key, asked) for key, asked in conversations.items())
    return RatedSet(
        source=f"HealthBench meta-evaluation, {path.name}", raters=Raters.PHYSICIANS, items=tuple(items), tasks=tasks
    )


def _task(key: str, asked: dict[str, _Record]) -> GradingTask:
    record = next(iter(asked.values()))
    spoken, turn = [], 0
    for message in record.prompt:
        turn += message.role == "assistant"
        spoken.append(Spoken(turn, _EARLIER if message.role == "assistant" else message.role, message.content))
    spoken.append(Spoken(turn + 1, ASSISTANT, record.completion))
    return GradingTask(
        id=key,
        spoken=tuple(spoken),
        questions=tuple(Question(question_id, each.rubric) for question_id, each in asked.items()),
        language=Language.EN,
        counterpart="user",
    )
