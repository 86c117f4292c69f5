"""pydantic's validation errors in plain words: which value, what is wrong with it, and what would be right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulator.library.base import AuthoringError
from simulator.library.condition import ConditionError
from simulator.library.problem import Location, excerpt


@dataclass(frozen=True, slots=True)
class Explanation:
    """``at``: the value meant. ``on_key``: point at its key. ``within``: line and column in its text."""

    at: Location
    what: str
    fix: str
    on_key: bool = False
    within: tuple[int, int] | None = None


def explain(error: ErrorDetails, model: type[BaseModel], raw: str) -> Explanation:
    """One error of ``model``; ``raw`` is the value as the file spells it."""
    at: Location = error["loc"]
    if at and at[-1] == "[key]":
        return _bad_key(at[:-1], model)
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return _missing(at, model)
    if kind == "extra_forbidden":
        return _unknown_key(at, model)
    if kind == "value_error":
        return _own(at, error)
    if value is None:
        return Explanation(at, "there is nothing here", "fill it in, or remove the key where it may be absent")
    what, fix = _WORDS.get(kind, _other)(error, _wanted(model, at), raw)
    return Explanation(at, what, fix)


def nearest(word: str, known: list[str]) -> str:
    """``did you mean …?`` with the nearest of ``known``, or the whole list where nothing is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else "one of: " + ", ".join(known)


def _unknown_key(at: Location, model: type[BaseModel]) -> Explanation:
    inside = _model(_annotation(model, at[:-1]))
    known = list(inside.model_fields) if inside else []
    return Explanation(at, "unknown key", nearest(str(at[-1]), known), on_key=True)


def _bad_key(at: Location, model: type[BaseModel]) -> Explanation:
    name = str(at[-1])
    key = get_args(_annotation(model, at[:-1]))[0]
    if isinstance(key, type) and issubclass(key, Enum):
        return Explanation(at, "unknown key", nearest(name, [str(member.value) for member in key]), on_key=True)
    return Explanation(at, f"`{excerpt(name)}` is not an id", _SLUG, on_key=True)


def _missing(at: Location, model: type[BaseModel]) -> Explanation:
    field = _field(model, at)
    described = (field.description if field else None) or "it is required"
    return Explanation(at, f"`{at[-1]}` is missing", f"add it: {described}")


def _own(at: Location, error: ErrorDetails) -> Explanation:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ConditionError):
        return Explanation(
            at, f"the condition cannot be read: {cause.what}", cause.fix, within=(cause.line, cause.column)
        )
    if isinstance(cause, AuthoringError):
        return Explanation((*at, *cause.at), cause.what, cause.fix)
    return Explanation(at, str(cause or error["msg"]), "mend the value")


_SLUG = "lower-case words joined by hyphens, such as `chest-pain-triage`"


def _enum(error: ErrorDetails, wanted: object, _raw: str) -> tuple[str, str]:
    given = str(error["input"])
    allowed = [str(member.value) for member in wanted] if isinstance(wanted, type) and issubclass(wanted, Enum) else []
    near = get_close_matches(given, allowed, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    return f"`{excerpt(given)}` is not one of the allowed values", f"{hint}one of: {', '.join(allowed)}"


def _text(error: ErrorDetails, _wanted: object, raw: str) -> tuple[str, str]:
    value = error["input"]
    if isinstance(value, list | dict):
        return f"{_kind(value)} where one text is wanted", "write one text; quote it if it begins with `[` or `{`"
    return f"{_kind(value)} where text is wanted", f'put it in quotes: "{excerpt(raw)}"'


def _list(error: ErrorDetails, _wanted: object, raw: str) -> tuple[str, str]:
    if isinstance(error["input"], str):
        return "text where a list is wanted", f"write `- {excerpt(raw)}` on a line of its own, or put it in `[…]`"
    return f"{_kind(error['input'])} where a list is wanted", "begin each entry with `- `"


def _mapping(error: ErrorDetails, wanted: object, _raw: str) -> tuple[str, str]:
    inside = _model(wanted)
    keys = f"the keys {', '.join(f'`{name}`' for name in inside.model_fields)}" if inside else "`key: value` lines"
    return f"{_kind(error['input'])} where a mapping is wanted", f"write {keys}"


def _number(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return f"{_kind(error['input'])} where a whole number is wanted", "write digits, without quotes"


def _boolean(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return f"{_kind(error['input'])} where yes or no is wanted", "write `true` or `false`, without quotes"


def _least(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return f"{error['input']} is too small", f"at least {error['ctx']['ge']}"


def _most(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return f"{error['input']} is too large", f"at most {error['ctx']['le']}"


def _slug(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return f"`{excerpt(str(error['input']))}` is not an id", _SLUG


def _long(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return "the text is too long", f"at most {error['ctx']['max_length']} characters"


def _empty_text(_error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return "the text is empty", "fill it in, or remove the key where it may be absent"


def _short(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return "the list is too short", f"at least {error['ctx']['min_length']} entry"


def _other(error: ErrorDetails, _wanted: object, _raw: str) -> tuple[str, str]:
    return error["msg"][:1].lower() + error["msg"][1:], f"mend `{excerpt(json.dumps(error['input'], default=str))}`"


_WORDS = {
    "enum": _enum,
    "string_type": _text,
    "string_pattern_mismatch": _slug,
    "string_too_short": _empty_text,
    "string_too_long": _long,
    "tuple_type": _list,
    "too_short": _short,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "int_type": _number,
    "int_from_float": _number,
    "int_parsing": _number,
    "bool_type": _boolean,
    "greater_than_equal": _least,
    "less_than_equal": _most,
}


def _kind(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "`true` or `false`"), (int, "a number"), (float, "a number"), (str, "text"), (list, "a list"),
        (dict, "a mapping"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "nothing")


def _wanted(model: type[BaseModel], at: Location) -> object:
    return _bare(_annotation(model, at))


def _field(model: type[BaseModel], at: Location) -> FieldInfo | None:
    inside = _model(_annotation(model, at[:-1]))
    return inside.model_fields.get(str(at[-1])) if inside else None


def _annotation(model: type[BaseModel], at: Location) -> object:
    """The annotation of the value at ``at``; None where ``model`` declares nothing there."""
    annotation: object = model
    for step in at:
        inside = _model(annotation)
        arguments = get_args(_bare(annotation))
        if inside is not None:
            field = inside.model_fields.get(str(step))
            annotation = field.annotation if field else None
        elif isinstance(step, int):
            annotation = arguments[0] if arguments else None
        else:
            annotation = arguments[1] if len(arguments) > 1 else None
    return _bare(annotation)


def _bare(annotation: object) -> object:
    """Without ``| None`` and without ``Annotated``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        present = [part for part in get_args(annotation) if part is not type(None)]
        return _bare(present[0])
    return annotation


def _model(annotation: object) -> type[BaseModel] | None:
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None
