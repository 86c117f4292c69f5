"""What is wrong in a file, and where: one line that an editor can jump to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Location = tuple[str | int, ...]
"""The way from the top of a file to a value: ``("facts", 3, "tier")``."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text file. Both count from 1; the column counts characters, not bytes."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a file from being read. ``path`` is empty where the file as a whole is meant."""

    file: Path
    line: int
    column: int
    path: str
    what: str
    fix: str

    def render(self) -> str:
        """``file:line:column path – what is wrong – what would be right``, on one line."""
        path = f" {self.path}" if self.path else ""
        return one_line(f"{shown_file(self.file)}:{self.line}:{self.column}{path} – {self.what} – {self.fix}")


def render_path(at: Location) -> str:
    """``("facts", 3, "tier")`` as ``facts[3].tier``; positions in lists count from 0, as in JSON Schema tools."""
    text = ""
    for step in at:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def shown_file(file: Path) -> str:
    """The file as the user would type it: relative to the working directory where it lies below it."""
    try:
        return str(file.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(file)


def one_line(text: str) -> str:
    """``text`` without line breaks or control characters, which a file under test could smuggle into a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def excerpt(text: str, limit: int = 40) -> str:
    """The beginning of ``text`` on one line, at most ``limit`` characters of it."""
    flat = one_line(text).strip()
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
