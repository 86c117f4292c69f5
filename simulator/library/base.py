"""What every authored model shares: strictness, slugs, and text in the declared languages."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from simulator.text.language import Language

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""An id: lower-case words joined by hyphens, such as ``chest-pain-triage``."""


class AuthoringError(ValueError):
    """A value that reads, and cannot be meant. ``at`` leads from the model that raises it to the offending value."""

    def __init__(self, what: str, *, fix: str, at: tuple[str | int, ...] = ()) -> None:
        self.what, self.fix, self.at = what, fix, at
        super().__init__(f"{what} – {fix}")


class Authored(BaseModel):
    """A frozen model that people write by hand: an unknown key is an error, never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class LocalText(Authored):
    """One text, in each language that the file declares."""

    en: str | None = Field(
        default=None, min_length=1, description="English. Absent where the file does not declare it."
    )
    zh: str | None = Field(
        default=None, min_length=1, description="Chinese. Absent where the file does not declare it."
    )

    def get(self, language: Language) -> str | None:
        return self.en if language is Language.EN else self.zh

    def in_(self, language: Language) -> str:
        """The text in ``language``. Raises KeyError where it is missing, which `clinsim check` rules out."""
        text = self.get(language)
        if text is None:
            raise KeyError(f"no text in {language.value}")
        return text


class LocalList(Authored):
    """A list of texts per language: aliases, patterns or phrases. The two lists need not have the same length."""

    en: tuple[str, ...] = Field(default=(), description="English entries.")
    zh: tuple[str, ...] = Field(default=(), description="Chinese entries.")

    def in_(self, language: Language) -> tuple[str, ...]:
        return self.en if language is Language.EN else self.zh
