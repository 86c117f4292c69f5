"""Where a file's clinical content comes from, and who has read it."""

from __future__ import annotations

from pydantic import Field

from simulator.library.base import Authored
from simulator.library.vocabulary import Review


class Source(Authored):
    """One guideline, textbook or label that the content was written from."""

    title: str = Field(min_length=1, description="The work's full title, in its own language.")
    publisher: str = Field(min_length=1, description="The issuing body or publisher.")
    year: int = Field(ge=1950, le=2100, description="Year of the edition used.")
    edition: str | None = Field(default=None, description="Edition or identifier, such as NG185 or 第9版.")


class Provenance(Authored):
    author: str = Field(min_length=1, description="Who wrote the file: the project, an institution, or a named author.")
    machine_assisted: bool = Field(description="True where a language model helped to write it.")
    sources: tuple[Source, ...] = Field(min_length=1, description="What the clinical content rests on.")
    review: Review = Field(
        default=Review.UNREVIEWED, description="`reviewed` only where a licensed clinician has read this version."
    )
    notes: str | None = Field(default=None, description="Doubts and choices a reviewer should look at.")
