"""Where content lives: the scenarios, personas and rubrics of the project, and those of the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.errors import LibraryError

_KINDS = ("scenarios", "personas", "rubrics")
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class ContentRoot:
    """Three folders of YAML files. One that does not exist holds nothing."""

    scenarios: Path
    personas: Path
    rubrics: Path

    @classmethod
    def under(cls, folder: Path) -> ContentRoot:
        return cls(folder / "scenarios", folder / "personas", folder / "rubrics")


@dataclass(frozen=True, slots=True)
class Roots:
    """Content roots that are read as one library; an id may stand in only one of them."""

    roots: tuple[ContentRoot, ...]

    def __add__(self, other: Roots) -> Roots:
        """Both, each root once: ``roots_in(own) + default_roots()`` lets own scenarios use the shipped personas."""
        return Roots(tuple(dict.fromkeys(self.roots + other.roots)))


def default_roots(package: Path = _PACKAGE) -> Roots:
    """The shipped content: inside an installed wheel, or beside the package in a checkout.

    The wheel comes first, since an installed package lies in `site-packages`, where another project could have left a
    folder of the name `scenarios`. Raises LibraryError where there is neither.
    """
    for folder in (package / "_content", package.parent):
        if (folder / "scenarios").is_dir():
            return Roots((ContentRoot.under(folder),))
    raise LibraryError(
        "the shipped scenarios are missing",
        where=str(package),
        fix="install clinsim again, or run it from a whole checkout",
    )


def roots_in(folder: Path) -> Roots:
    """A user's own content (``--library FOLDER``): a folder with `scenarios/`, `personas/` or `rubrics/` in it.

    Raises LibraryError where there is none of the three.
    """
    if not folder.is_dir():
        raise LibraryError("no such folder", where=str(folder), fix="name a folder with a `scenarios` folder in it")
    if not any((folder / kind).is_dir() for kind in _KINDS):
        raise LibraryError(
            "no scenarios, personas or rubrics here",
            where=str(folder),
            fix=f"name the folder that holds {', '.join(f'`{kind}/`' for kind in _KINDS)}, or create them in it",
        )
    return Roots((ContentRoot.under(folder.resolve()),))
