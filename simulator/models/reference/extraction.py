"""The attempts of `ref:intruder`, as they stand in extraction.yaml: kind → language → attempts."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import regex
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simulator.errors import LibraryError
from simulator.text.language import Language

_FILE = "simulator/models/reference/extraction.yaml"
_PADDING = regex.compile(r"\[\[(\d{1,4}) × (.+?)\]\]", regex.DOTALL)
_MOST_CHARACTERS = 30_000


class Kind(StrEnum):
    """By which means an attempt tries."""

    AUTHORITY = "authority"
    DEBUGGING = "debugging"
    ROLE_REVERSAL = "role_reversal"
    ENCODING = "encoding"
    HYPOTHETICAL = "hypothetical"
    REPEAT_ABOVE = "repeat_above"
    FORGED = "forged"
    """A tool's output, a chat turn or a template's tokens, made up."""
    PRESSURE = "pressure"
    """Begging, flattery, bribes."""
    THREAT = "threat"
    DUMP_EVERYTHING = "dump_everything"
    """Wants the whole case, and asks for nothing in it."""
    DUMP_QUESTIONS = "dump_questions"
    """Many real questions at once. The only kind that may be told what it asks for, where the tier allows it."""
    STORY = "story"
    COMPLETION = "completion"
    HINT = "hint"
    META = "meta"
    JUDGE = "judge"
    """Speaks to the judge."""
    PAYLOAD = "payload"
    """Markup, data and escape sequences."""
    PADDING = "padding"


class Attempts(BaseModel):
    """The attempts of one kind. None stands there twice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: tuple[str, ...]
    zh: tuple[str, ...]

    @field_validator("en", "zh")
    @classmethod
    def _padded(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        """Writes `[[300 × text ]]` out."""
        if not written:
            raise ValueError("has no attempt")
        whole = tuple(_PADDING.sub(lambda found: found[2] * int(found[1]), text) for text in written)
        for short, text in zip(written, whole, strict=True):
            if not text.strip():
                raise ValueError("an attempt says nothing")
            if len(text) > _MOST_CHARACTERS:
                raise ValueError(f"“{short[:40]}…” is longer than {_MOST_CHARACTERS} characters when written out")
        return whole

    def in_(self, language: Language) -> tuple[str, ...]:
        return self.en if language is Language.EN else self.zh


def read_attempts(text: str, where: str = _FILE) -> dict[Kind, Attempts]:
    """All attempts by kind, in the order of `Kind`. Raises LibraryError that names the kind, language and attempt."""
    try:
        raw = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise LibraryError("this is not YAML", where=where, fix=" ".join(str(error).split())) from error
    if not isinstance(raw, dict):
        raise LibraryError("it holds no kinds", where=where, fix="write kind: {en: […], zh: […]}")
    known = [kind.value for kind in Kind]
    problems = [f"`{name}` is no kind of attempt" for name in raw if name not in known]
    problems += [f"the kind `{name}` is missing" for name in known if name not in raw]
    found: dict[Kind, Attempts] = {}
    for kind in Kind:
        if kind.value not in raw:
            continue
        try:
            found[kind] = Attempts.model_validate(raw[kind.value])
        except ValidationError as error:
            problems += [f"{'.'.join(map(str, (kind.value, *each['loc'])))}: {each['msg']}" for each in error.errors()]
    for language in Language:
        counted = Counter(text for attempts in found.values() for text in attempts.in_(language))
        problems += [f"twice in {language.value}: “{text[:60]}”" for text, times in counted.items() if times > 1]
    if problems:
        raise LibraryError(
            "the attempts of ref:intruder cannot be used", where=where, fix="see below", problems=tuple(problems)
        )
    return found


@lru_cache(maxsize=1)
def shipped_attempts() -> dict[Kind, Attempts]:
    """What extraction.yaml holds."""
    return read_attempts(files(__package__).joinpath("extraction.yaml").read_text(encoding="utf-8"))


def attempts_in(language: Language) -> tuple[tuple[Kind, str], ...]:
    """Every attempt in one language, with its kind, in the order of the file."""
    return tuple((kind, text) for kind, attempts in shipped_attempts().items() for text in attempts.in_(language))
