"""The library: every scenario, persona and rubric of some content roots, read, and found again by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from simulator.errors import LibraryError, UnknownIdError
from simulator.library.location import Roots
from simulator.library.persona import Persona
from simulator.library.problem import Position, Problem, shown_file
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.yaml_document import UnreadableFile, read_document
from simulator.library.yaml_reading import Reading, read_yaml

T = TypeVar("T")
K = TypeVar("K", Scenario, Persona, Rubric)


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One file of the library. ``sha256``: of its bytes, line ends normalised; a run's manifest keeps it."""

    value: T
    file: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that was read, by id, in the order of the ids."""

    scenarios: Mapping[str, Entry[Scenario]]
    personas: Mapping[str, Entry[Persona]]
    rubrics: Mapping[str, Entry[Rubric]]

    def scenario(self, scenario_id: str) -> Scenario:
        """Raises UnknownIdError, which suggests the nearest ids."""
        return _found("scenario", scenario_id, self.scenarios).value

    def persona(self, persona_id: str) -> Persona:
        """Raises UnknownIdError, which suggests the nearest ids."""
        return _found("persona", persona_id, self.personas).value

    def rubric(self, rubric_id: str) -> Rubric:
        """Raises UnknownIdError, which suggests the nearest ids."""
        return _found("rubric", rubric_id, self.rubrics).value


def read_library(roots: Roots) -> Library:
    """The whole library. Raises LibraryError with the problems of all files where any file has one."""
    library, problems = read_library_leniently(roots)
    if problems:
        files = len({problem.file for problem in problems})
        raise LibraryError(
            f"{_count(len(problems), 'problem')} in {_count(files, 'file')} of the library",
            fix="mend these lines; `clinsim check` shows them again",
            problems=tuple(problem.render() for problem in problems),
        )
    return library


def read_library_leniently(roots: Roots) -> tuple[Library, tuple[Problem, ...]]:
    """The files that could be read, and the problems of those that could not, by file and line."""
    problems: list[Problem] = []
    library = Library(
        scenarios=_read_kind([root.scenarios for root in roots.roots], Scenario, problems),
        personas=_read_kind([root.personas for root in roots.roots], Persona, problems),
        rubrics=_read_kind([root.rubrics for root in roots.roots], Rubric, problems),
    )
    return library, tuple(sorted(problems, key=lambda problem: (str(problem.file), problem.line, problem.column)))


def position_of(file: Path, path: tuple[str | int, ...]) -> Position:
    """Where the value at ``path`` stands in ``file``, or the nearest value around it; line 1 if it no longer reads."""
    try:
        return read_document(file)[0].position(path)
    except UnreadableFile as unreadable:
        first = unreadable.problems[0]
        return Position(first.line, first.column)


def _read_kind(folders: Sequence[Path], model: type[K], problems: list[Problem]) -> dict[str, Entry[K]]:
    entries: dict[str, Entry[K]] = {}
    for folder in folders:
        for file in _files(folder, problems):
            reading: Reading[K] = read_yaml(file, model)
            problems.extend(reading.problems)
            if reading.value is None or reading.sha256 is None:
                continue
            known = reading.value.id
            if known != file.stem:
                problems.append(_at_id(file, f"the id is `{known}`, the file `{file.name}`", f"name it `{known}.yaml`"))
            elif known in entries:
                other = shown_file(entries[known].file)
                problems.append(_at_id(file, f"the id `{known}` is used by {other} as well", "rename one of the two"))
            else:
                entries[known] = Entry(reading.value, file, reading.sha256)
    return dict(sorted(entries.items()))


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The `.yaml` files directly in ``folder``, by name; hidden ones are an editor's, subfolders are left alone."""
    if not folder.exists():
        return
    try:
        names = sorted(folder.iterdir())
    except OSError as error:
        fix = "name a folder that can be read"
        problems.append(Problem(folder, 1, 1, "", f"the folder cannot be listed: {error.strerror}", fix))
        return
    for file in names:
        if file.name.startswith("."):
            continue
        if file.suffix == ".yaml":
            yield file
        elif file.suffix.lower() in (".yml", ".yaml"):
            what = f"files ending in `{file.suffix}` are not read"
            problems.append(Problem(file, 1, 1, "", what, f"name it `{file.stem}.yaml`"))


def _at_id(file: Path, what: str, fix: str) -> Problem:
    place = position_of(file, ("id",))
    return Problem(file, place.line, place.column, "id", what, fix)


def _found(kind: str, wanted: str, entries: Mapping[str, Entry[T]]) -> Entry[T]:
    if wanted in entries:
        return entries[wanted]
    raise UnknownIdError(f"no {kind} `{wanted}`", fix=nearest_ids(wanted, tuple(entries), kind))


def nearest_ids(wanted: str, known: Sequence[str], kind: str) -> str:
    """What to do about an unknown id: the nearest known ones, or how to see them all."""
    if near := get_close_matches(wanted, known, n=3, cutoff=0.5):
        return "did you mean " + " or ".join(f"`{name}`" for name in near) + "?"
    return f"`clinsim list` shows every {kind}" if known else f"the library holds no {kind} at all"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
