"""Labelled consultations: what the patient knows, every turn of the doctor, and the facts that each turn asks for.

One consultation a line, JSON. docs/fidelity.md has the format; files with more keys than these are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.dialogue.understanding import SoFar, TurnKind
from simulator.errors import LibraryError
from simulator.library.vocabulary import Disposition, Polarity, Topic
from simulator.text.language import Language

CATEGORY_TOPICS = {
    "symptom": Topic.COMPLAINT,
    "location": Topic.SITE,
    "trigger": Topic.AGGRAVATING,
    "relief": Topic.RELIEVING,
    "general_state": Topic.GENERAL,
    "medication": Topic.MEDICINES,
    "allergy": Topic.ALLERGIES,
    "menstrual_obstetric": Topic.OBSTETRIC,
    "test_result": Topic.TESTS,
    "treatment_tried": Topic.TREATMENT,
    "concern": Topic.CONCERNS,
    "idea": Topic.IDEAS,
    "expectation": Topic.EXPECTATIONS,
}
"""Names of categories that differ from ours; any other is a topic's own name."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class LabelledFact(_Read):
    id: str
    category: str
    """One of `CATEGORY_TOPICS`, or a topic. Any other counts as `general`."""
    polarity: Polarity = Polarity.PRESENT
    text: str
    group: str = ""
    """Facts of one group are told together by most people; empty for none."""

    @property
    def topic(self) -> Topic:
        known = CATEGORY_TOPICS.get(self.category)
        if known is not None:
            return known
        return Topic(self.category) if self.category in set(Topic) else Topic.GENERAL


class LabelledTurn(_Read):
    n: int
    question: str
    kind: TurnKind
    asks: tuple[str, ...] = ()
    """The facts that a truthful patient who answers exactly this would tell."""
    asks_missing: tuple[str, ...] = ()
    volunteered: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    needs_context: bool = False
    orders: tuple[str, ...] | None = None
    """Tests that the turn orders, by their names in the turn; None where nobody labelled them."""
    disposition: Disposition | None = None
    """The disposition that the turn states; None for none, or where nobody labelled it."""
    answer: str = ""
    """What the patient really said; empty where nobody wrote it down."""

    @property
    def neutral(self) -> frozenset[str]:
        """Facts that are neither hit nor error where they are told."""
        return frozenset((*self.volunteered, *self.acceptable)) - frozenset(self.asks)


class Consultation(_Read):
    id: str
    lang: Language
    facts: tuple[LabelledFact, ...] = Field(min_length=1)
    turns: tuple[LabelledTurn, ...] = Field(min_length=1)

    def played(self) -> Iterator[tuple[LabelledTurn, SoFar]]:
        """Every turn with what had been said and told before it: by the labels, the facts asked for and volunteered."""
        texts = {fact.id: fact.text for fact in self.facts}
        told: dict[str, None] = {}
        so_far = SoFar()
        for turn in self.turns:
            yield turn, so_far
            now = tuple(dict.fromkeys((*turn.asks, *turn.volunteered)))
            told.update(dict.fromkeys(now))
            reply = " ".join(texts[each] for each in now)
            so_far = SoFar(question=turn.question, reply=reply, told=tuple(told), told_last=now)


def read_consultations(path: Path) -> tuple[Consultation, ...]:
    """All consultations of a file. Raises LibraryError, with file and line, for one that cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LibraryError(f"the file cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise LibraryError("the file is not UTF-8", where=str(path)) from None
    found: list[Consultation] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            consultation = Consultation.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            at = ".".join(str(part) for part in first["loc"])
            fix = "one consultation a line, as docs/fidelity.md describes"
            raise LibraryError(f"{at or 'the line'}: {first['msg']}", where=where, fix=fix) from None
        _check_ids(consultation, where)
        found.append(consultation)
    if not found:
        raise LibraryError("there is no consultation in the file", where=str(path), fix="one JSON object a line")
    return tuple(found)


def _check_ids(consultation: Consultation, where: str) -> None:
    known = [fact.id for fact in consultation.facts]
    if len(set(known)) < len(known):
        raise LibraryError("two facts have the same id", where=where, fix="give each fact an id of its own")
    for turn in consultation.turns:
        for each in (*turn.asks, *turn.volunteered, *turn.acceptable):
            if each not in known:
                fix = "name facts of the same consultation"
                raise LibraryError(f"turn {turn.n} names `{each}`, which is no fact", where=where, fix=fix)
