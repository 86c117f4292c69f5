"""JSONL files that people hand in: a value a line, and an error that names the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from simulator.errors import UsageError

M = TypeVar("M", bound=BaseModel)


def read_json_lines(path: Path, model: type[M], *, what: str, fix: str | None = None) -> Iterator[tuple[str, M]]:
    """Each line's value with its place, `FILE:LINE`; empty lines are passed over. ``what`` a line is called in errors.

    A line ends with a line feed alone: the other separators of Unicode may stand inside a JSON string.
    Raises UsageError.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file does not read: {error}", where=str(path)) from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            yield where, model.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            at = ".".join(str(step) for step in first["loc"])
            raise UsageError(f"no {what}: {at + ': ' if at else ''}{first['msg']}", where=where, fix=fix) from None
