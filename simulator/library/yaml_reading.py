"""One YAML file read into a model, with every problem of the file at once, each at its line and column.

Values are checked strictly, as the JSON schemas in docs/schema say: `version: "1"` and `available: no` are problems,
not a number and a truth value, and a number or `true` where text is wanted has to be put in quotes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from simulator.library.explanations import explain
from simulator.library.problem import Problem, render_path
from simulator.library.yaml_document import Document, UnreadableFile, read_document

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reading(Generic[M]):
    """What a file gave: ``value`` and no problems, or None and at least one. ``sha256``: None where it has no bytes."""

    value: M | None
    problems: tuple[Problem, ...]
    sha256: str | None


def read_yaml(file: Path, model: type[M]) -> Reading[M]:
    """The ``model`` that ``file`` holds. Raises nothing: whatever is wrong comes back as problems."""
    try:
        document, sha256 = read_document(file)
    except UnreadableFile as unreadable:
        return Reading(None, unreadable.problems, None)
    try:
        return Reading(model.model_validate_json(json.dumps(document.data), strict=True), (), sha256)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        found = {_problem(file, document, error, model) for error in errors}
        return Reading(None, tuple(sorted(found, key=lambda problem: (problem.line, problem.column))), sha256)


def _problem(file: Path, document: Document, error: ErrorDetails, model: type[BaseModel]) -> Problem:
    found = explain(error, model, document.raw(error["loc"]))
    if found.within is not None:
        place = document.position_within(found.at, *found.within)
    elif found.on_key:
        place = document.key_position(found.at)
    else:
        place = document.position(found.at)
    return Problem(file, place.line, place.column, render_path(found.at), found.what, found.fix)
