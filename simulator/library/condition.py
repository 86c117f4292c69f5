"""The language of checks and beats: a typed tree, parsed with positions, never evaluated as code.

    elicited(radiation) and ordered(ecg, troponin)
    disposition(emergency) before turn 6
    never said(ibuprofen) or warned(ibuprofen)
    at least 2 of (elicited(onset), elicited(site), elicited(radiation))
    turn >= 3 or closing

docs/conditions.md explains every atom; `simulator.dialogue.conditions` says what each means on a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Annotated, Any

from lark import Lark, Transformer, UnexpectedInput
from lark.exceptions import VisitError
from pydantic import AfterValidator

from simulator.library.condition_grammar import AFTER_A_CONDITION, ATOMS, EXPECTED, GRAMMAR, KEYWORDS
from simulator.library.vocabulary import Disposition


@dataclass(frozen=True, slots=True)
class Elicited:
    """Every one of these facts was told because the subject asked for it."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The subject asked for every one of these facts by name, whether or not it was told."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Every one of these facts was told, asked for or not."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """The subject ordered, or asked for the result of, every one of these findings."""

    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DispositionIs:
    """The subject's disposition in force is one of these (the last one stated; a later one replaces it)."""

    levels: tuple[Disposition, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The subject said the phrase, in a clause that does not negate it."""

    phrase: str


@dataclass(frozen=True, slots=True)
class Warned:
    """The subject mentioned the phrase in a clause that negates it: advised against it."""

    phrase: str


@dataclass(frozen=True, slots=True)
class Stands:
    """The phrase was said, and what came last of it was no warning against it and none of the ``corrections``."""

    phrase: str
    corrections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The beat was played, and a later turn of the subject answers it."""

    beat: str


@dataclass(frozen=True, slots=True)
class Conceded:
    """The beat was played, and the subject's next turn agrees to it in so many words: "yes, that's fine"."""

    beat: str


@dataclass(frozen=True, slots=True)
class Played:
    """The beat or event was played."""

    beat: str


@dataclass(frozen=True, slots=True)
class FromTurn:
    """The subject has had at least this many turns."""

    turn: int


@dataclass(frozen=True, slots=True)
class Closing:
    """The subject is closing the conversation in its newest turn."""


@dataclass(frozen=True, slots=True)
class Not:
    operand: Condition


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``count`` of the operands hold."""

    count: int
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class BeforeTurn:
    """The operand held within the subject's turns 1 … ``turn`` - 1."""

    operand: Condition
    turn: int


Condition = (
    Elicited | Asked | Told | Ordered | DispositionIs | Said | Warned | Stands | Answered | Conceded | Played
    | FromTurn | Closing
    | Not | And | Or | AtLeast | BeforeTurn
)  # fmt: skip

_WORD = re.compile(r"[\w-]+|\S")


class ConditionError(ValueError):
    """A condition that cannot be read; ``column`` counts from 1 within the condition, on its own line ``line``."""

    def __init__(self, what: str, line: int, column: int, fix: str) -> None:
        self.what, self.line, self.column, self.fix = what, line, column, fix
        super().__init__(f"{what} (line {line}, column {column} of the condition) – {fix}")


class _Build(Transformer[Any, Condition]):
    def or_(self, items: list[Condition]) -> Condition:
        return Or(tuple(items))

    def and_(self, items: list[Condition]) -> Condition:
        return And(tuple(items))

    def negation(self, items: list[Condition]) -> Condition:
        return Not(items[0])

    def before_turn(self, items: list[Any]) -> Condition:
        return BeforeTurn(items[0], int(items[1]))

    def at_least(self, items: list[Any]) -> Condition:
        count, operands = int(items[0]), tuple(items[1:])
        if not 1 <= count <= len(operands):
            raise ConditionError(
                f"`at least {count}` of {len(operands)} condition(s)",
                items[0].line,
                items[0].column,
                f"a number from 1 to {len(operands)}",
            )
        return AtLeast(count, operands)

    def elicited(self, items: list[Any]) -> Condition:
        return Elicited(tuple(map(str, items)))

    def asked(self, items: list[Any]) -> Condition:
        return Asked(tuple(map(str, items)))

    def told(self, items: list[Any]) -> Condition:
        return Told(tuple(map(str, items)))

    def ordered(self, items: list[Any]) -> Condition:
        return Ordered(tuple(map(str, items)))

    def disposition(self, items: list[Any]) -> Condition:
        known = [level.value for level in Disposition]
        for item in items:
            if item not in known:
                raise ConditionError(
                    f"`{item}` is no disposition", item.line, item.column, "one of " + ", ".join(known)
                )
        return DispositionIs(tuple(Disposition(str(item)) for item in items))

    def said(self, items: list[Any]) -> Condition:
        return Said(str(items[0]))

    def never_said(self, items: list[Any]) -> Condition:
        return Not(Said(str(items[0])))

    def warned(self, items: list[Any]) -> Condition:
        return Warned(str(items[0]))

    def stands(self, items: list[Any]) -> Condition:
        return Stands(str(items[0]), tuple(map(str, items[1:])))

    def conceded(self, items: list[Any]) -> Condition:
        return Conceded(str(items[0]))

    def answered(self, items: list[Any]) -> Condition:
        return Answered(str(items[0]))

    def played(self, items: list[Any]) -> Condition:
        return Played(str(items[0]))

    def from_turn(self, items: list[Any]) -> Condition:
        return FromTurn(int(items[0]))

    def closing(self, _items: list[Any]) -> Condition:
        return Closing()


_PARSER = Lark(GRAMMAR, parser="lalr", propagate_positions=True)
_CACHE: dict[str, Condition] = {}


def parse_condition(source: str) -> Condition:
    """The tree of ``source``. Raises ConditionError with line and column (from 1) where it cannot be read."""
    if source in _CACHE:
        return _CACHE[source]
    try:
        tree = _Build().transform(_PARSER.parse(source))
    except UnexpectedInput as error:
        raise _unexpected(source, error) from None
    except RecursionError:
        raise ConditionError("the condition is nested too deeply", 1, 1, "split it, or use `at least N of`") from None
    except VisitError as error:
        if isinstance(error.orig_exc, ConditionError):
            raise error.orig_exc from None
        raise
    _CACHE[source] = tree
    return tree


def _unexpected(source: str, error: UnexpectedInput) -> ConditionError:
    expected = set(getattr(error, "expected", None) or getattr(error, "allowed", None) or ())
    if "_ELICITED" in expected:
        fix = "expected one of: " + ", ".join(ATOMS)
    elif "_AND" in expected:
        fix = AFTER_A_CONDITION
    else:
        fix = "expected " + " or ".join(sorted(EXPECTED.get(name, name) for name in expected))
    token = getattr(error, "token", None)
    if not source.strip() or (token is not None and token.type == "$END"):
        lines = source.rstrip().split("\n")
        return ConditionError("the condition ends too early", len(lines), len(lines[-1]) + 1, fix)
    word = _WORD.match(source, error.pos_in_stream or 0)
    found = word.group() if word else ""
    if "_ELICITED" in expected and (near := get_close_matches(found, KEYWORDS, n=1)):
        fix = f"did you mean `{near[0]}`?"
    return ConditionError(f"unexpected `{found[:40]}`", error.line, error.column, fix)


def _readable(source: str) -> str:
    parse_condition(source)
    return source


ConditionText = Annotated[str, AfterValidator(_readable)]
"""A condition as written in a file; reading the file already proves that it parses."""


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything below it, outermost first."""
    yield condition
    for field in fields(condition):
        value = getattr(condition, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Condition):
                yield from walk(child)
