"""A trained judge as a Grader: `learned:FOLDER`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from simulator.errors import UsageError
from simulator.judging.grader import Grader
from simulator.judging.learned.card import JudgeCard, JudgeKind
from simulator.judging.quotes import legible
from simulator.judging.task import ASSISTANT, GradingTask, Question, Scope
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict

SCHEME = "learned:"


class Model(Protocol):
    """What a folder holds, ready to judge."""

    def probabilities(self, task: GradingTask) -> list[tuple[float, Evidence | None]]:
        """For each question, the probability that it is met, and the words of the assistant that speak most for it."""
        ...


class LearnedGrader:
    """Judges with a model of this machine. Met where the probability is at least a half.

    Its evidence is the passage that weighed most, which is verbatim by construction, and no proof: a classifier has no
    reasons to give. A conversation in which nobody speaks as the assistant, and questions about both speakers, are not
    what it learned: unscored.
    """

    def __init__(self, name: str, model: Model) -> None:
        self._name = name
        self._model = model

    @property
    def name(self) -> str:
        return self._name

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        if task.scope is not Scope.ASSISTANT:
            return tuple(self._unscored(each, "a trained judge judges the assistant alone") for each in task.questions)
        if not any(each.speaker == ASSISTANT and legible(each.text).strip() for each in task.spoken):
            return tuple(self._unscored(each, "the assistant says nothing") for each in task.questions)
        found = await asyncio.to_thread(self._model.probabilities, task)
        return tuple(
            self._verdict(question, probability, evidence)
            for question, (probability, evidence) in zip(task.questions, found, strict=True)
        )

    def _verdict(self, question: Question, probability: float, evidence: Evidence | None) -> Verdict:
        met = probability >= 0.5
        if met and evidence is None:
            return self._unscored(question, "the judge says met and has no words of the assistant for it")
        return Verdict(
            criterion_id=question.id,
            outcome=Outcome.MET if met else Outcome.NOT_MET,
            decided_by=DecidedBy.JUDGE,
            judge=self._name,
            reason=f"probability of met {probability:.2f}",
            evidence=(evidence,) if met and evidence is not None else (),
            probability=probability,
        )

    def _unscored(self, question: Question, reason: str) -> Verdict:
        return Verdict(
            criterion_id=question.id,
            outcome=Outcome.UNSCORED,
            decided_by=DecidedBy.NOBODY,
            judge=self._name,
            reason=reason,
        )


def learned_folder(spec: str) -> Path | None:
    """The folder that `learned:FOLDER` names; None where ``spec`` names another kind of judge. Raises UsageError."""
    if not spec.strip().startswith(SCHEME):
        return None
    rest = spec.strip().removeprefix(SCHEME).strip()
    if not rest:
        raise UsageError("`learned:` names no judge", fix="write learned:FOLDER, as `clinsim judge train` printed it")
    return Path(rest)


def open_learned(folder: Path, name: str) -> Grader:
    """The judge in ``folder``. Raises UsageError, LibraryError (damaged), MissingExtraError."""
    card = JudgeCard.read(folder)
    if card.kind is JudgeKind.CLASSIFIER:
        from simulator.judging.learned.classifier import Classifier

        return LearnedGrader(name, Classifier.read(folder))
    from simulator.judging.learned.lora import LoraModel

    return LearnedGrader(name, LoraModel.read(folder, card))
