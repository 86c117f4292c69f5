"""The judge's answer, read strictly: exactly one JSON answer, every entry of the right shape.

Code fences and prose around the one object are put up with, since endpoints without structured outputs add them. Two
answers that differ are no answer: nothing says which one is meant, and a transcript that talks a judge into a second
one must not win. Keys that were not asked for are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

_MAX_LENGTH = 200_000
_MAX_OBJECTS = 200
"""Objects tried per answer; reading a hostile one takes bounded time."""


class Ruling(StrEnum):
    """What a judge may say on one criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"


class Judgement(BaseModel):
    """One entry of the answer. ``turn`` and ``quote`` are claims, yet to be verified."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    id: str
    reasoning: str
    verdict: Ruling
    turn: int | None
    quote: str | None
    confidence: float | None = None
    """How sure the judge says it is of its verdict, 0…1; None where it says nothing that could be that."""

    @field_validator("confidence", mode="before")
    @classmethod
    def _plausible(cls, value: object) -> float | None:
        """Nothing hangs on it but calibration, so a wrong one is left out and the verdict stays."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and 0 <= value <= 1 else None  # type: ignore[operator, arg-type]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    verdicts: tuple[Judgement, ...]


class MalformedAnswerError(ValueError):
    """An answer that cannot be read; the message says why, in our words, never in the judge's."""


@dataclass(frozen=True, slots=True)
class SortedAnswer:
    """An answer held against the criteria that were asked about. Each of these is in exactly one of the two."""

    judgements: dict[str, Judgement]
    unanswered: dict[str, str]
    """By criterion: why there is no judgement."""


def read_answer(text: str) -> tuple[Judgement, ...]:
    """The entries of the one answer in ``text``. Raises MalformedAnswerError."""
    answers: list[str] = []
    for candidate in _objects(text):
        canonical = json.dumps(candidate, sort_keys=True)
        if "verdicts" in candidate and canonical not in answers:
            answers.append(canonical)
    if not answers:
        raise MalformedAnswerError("no JSON object with `verdicts` in it")
    if len(answers) > 1:
        raise MalformedAnswerError("it answers twice, differently")
    try:
        return _Answer.model_validate_json(answers[0]).verdicts
    except ValidationError as error:
        at = ".".join(str(step) for step in error.errors()[0]["loc"])
        fault = f"`{at}` is missing or has a wrong value" if at else "it holds characters that are no text"
        raise MalformedAnswerError(fault) from None


def sort_answer(judgements: Sequence[Judgement], asked: Sequence[str]) -> SortedAnswer:
    """The judgements by criterion. One that is missing or given twice is unanswered; unknown ids are named there."""
    given: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        given.setdefault(judgement.id, []).append(judgement)
    n_unknown = sum(1 for judgement in judgements if judgement.id not in asked)
    beside = f" ({n_unknown} of unknown id)" if n_unknown else ""
    found: dict[str, Judgement] = {}
    unanswered: dict[str, str] = {}
    for criterion_id in asked:
        entries = given.get(criterion_id, [])
        if len(entries) == 1:
            found[criterion_id] = entries[0]
        elif entries:
            unanswered[criterion_id] = f"the judge ruled on this criterion {len(entries)} times"
        else:
            unanswered[criterion_id] = f"the judge left this criterion out{beside}"
    return SortedAnswer(found, unanswered)


def _objects(text: str) -> list[dict[str, object]]:
    """The JSON objects in ``text`` that are not inside another one."""
    if len(text) > _MAX_LENGTH:
        raise MalformedAnswerError(f"it is longer than {_MAX_LENGTH} characters")
    decoder = json.JSONDecoder(object_pairs_hook=_without_repeats)
    found: list[dict[str, object]] = []
    at = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if at < 0:
            return found
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            end = at + 1
        except MalformedAnswerError:
            raise
        except ValueError:
            raise MalformedAnswerError("it holds a number that is too long") from None
        except RecursionError:
            raise MalformedAnswerError("it is nested too deeply") from None
        else:
            found.append(value)
        at = text.find("{", end)
    raise MalformedAnswerError(f"it holds more than {_MAX_OBJECTS} braces to try")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        raise MalformedAnswerError("it gives one key twice in the same object")
    return entry
