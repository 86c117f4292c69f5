"""The language of checks: what is written is what is read, and what cannot be read says where and why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.library.condition import (
    And,
    Answered,
    Asked,
    AtLeast,
    BeforeTurn,
    Closing,
    Conceded,
    Condition,
    ConditionError,
    DispositionIs,
    Elicited,
    FromTurn,
    Not,
    Or,
    Ordered,
    Played,
    Said,
    Stands,
    Told,
    Warned,
    parse_condition,
    walk,
)
from simulator.library.vocabulary import Disposition


def render_condition(condition: Condition) -> str:
    """The condition as text, every operand in parentheses."""
    match condition:
        case Elicited(facts=names):
            return f"elicited({', '.join(names)})"
        case Asked(facts=names):
            return f"asked({', '.join(names)})"
        case Told(facts=names):
            return f"told({', '.join(names)})"
        case Ordered(findings=names):
            return f"ordered({', '.join(names)})"
        case DispositionIs(levels=levels):
            return f"disposition({', '.join(level.value for level in levels)})"
        case Said(phrase=name):
            return f"said({name})"
        case Warned(phrase=name):
            return f"warned({name})"
        case Stands(phrase=name, corrections=others):
            return f"stands({', '.join((name, *others))})"
        case Conceded(beat=name):
            return f"conceded({name})"
        case Answered(beat=name):
            return f"answered({name})"
        case Played(beat=name):
            return f"played({name})"
        case FromTurn(turn=turn):
            return f"turn >= {turn}"
        case Closing():
            return "closing"
        case Not(operand=operand):
            return f"not ({render_condition(operand)})"
        case And(operands=operands):
            return " and ".join(f"({render_condition(each)})" for each in operands)
        case Or(operands=operands):
            return " or ".join(f"({render_condition(each)})" for each in operands)
        case AtLeast(count=count, operands=operands):
            return f"at least {count} of ({', '.join(render_condition(each) for each in operands)})"
        case BeforeTurn(operand=operand, turn=turn):
            return f"({render_condition(operand)}) before turn {turn}"


KEYWORDS = ["turn", "closing", "and", "not", "before", "at", "of", "said", "never", "elicited"]
ids = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True) | st.sampled_from(KEYWORDS)
id_lists = st.lists(ids, min_size=1, max_size=3).map(tuple)
numbers = st.integers(min_value=0, max_value=999)
atoms = st.one_of(
    st.builds(Elicited, id_lists),
    st.builds(Asked, id_lists),
    st.builds(Told, id_lists),
    st.builds(Ordered, id_lists),
    st.builds(DispositionIs, st.lists(st.sampled_from(Disposition), min_size=1, max_size=3).map(tuple)),
    st.builds(Said, ids),
    st.builds(Warned, ids),
    st.builds(Stands, ids, st.lists(ids, max_size=2).map(tuple)),
    st.builds(Answered, ids),
    st.builds(Conceded, ids),
    st.builds(Played, ids),
    st.builds(FromTurn, numbers),
    st.just(Closing()),
)


def branches(children: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    counted = st.lists(children, min_size=1, max_size=3).flatmap(
        lambda operands: st.builds(AtLeast, st.integers(1, len(operands)), st.just(tuple(operands)))
    )
    return st.one_of(
        st.builds(Not, children),
        st.builds(And, several),
        st.builds(Or, several),
        counted,
        st.builds(BeforeTurn, children, numbers),
    )


trees = st.recursive(atoms, branches, max_leaves=12)


@settings(deadline=None)
@given(trees)
def test_a_condition_written_out_reads_back_as_the_same_tree(tree: Condition) -> None:
    assert parse_condition(render_condition(tree)) == tree


@settings(deadline=None)
@given(trees, st.sampled_from(["\n", "\t", "  ", " \r\n "]))
def test_white_space_means_nothing(tree: Condition, space: str) -> None:
    assert parse_condition(space + render_condition(tree).replace(" ", space) + space) == tree


@settings(deadline=None)
@given(trees)
def test_walking_meets_every_part_once(tree: Condition) -> None:
    parts = list(walk(tree))
    assert parts[0] == tree
    assert len(parts) == 1 + sum(len(list(walk(child))) for child in _children(tree))


def _children(tree: Condition) -> tuple[Condition, ...]:
    match tree:
        case And(operands=operands) | Or(operands=operands) | AtLeast(operands=operands):
            return operands
        case Not(operand=operand) | BeforeTurn(operand=operand):
            return (operand,)
        case _:
            return ()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="aelicitdsnorx (),>=0123-\n", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_condition_or_an_error_with_a_place(text: str) -> None:
    try:
        parse_condition(text)
    except ConditionError as error:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
        assert error.fix


def test_and_binds_closer_than_or_and_not_closest() -> None:
    tree = parse_condition("not closing and said(a) or said(b)")
    assert tree == Or((And((Not(Closing()), Said("a"))), Said("b")))


def test_before_turn_binds_to_the_atom_on_its_left() -> None:
    tree = parse_condition("elicited(a) and disposition(emergency) before turn 6")
    assert tree == And((Elicited(("a",)), BeforeTurn(DispositionIs((Disposition.EMERGENCY,)), 6)))


def test_never_said_is_the_negation_of_said() -> None:
    assert parse_condition("never said(a)") == parse_condition("not said(a)") == Not(Said("a"))


@pytest.mark.parametrize(
    ("source", "line", "column", "what", "fix"),
    [
        ("", 1, 1, "the condition ends too early", "expected one of: elicited(FACT, …)"),
        ("elicited(a) and", 1, 16, "the condition ends too early", "expected one of: elicited(FACT, …)"),
        ("elicited(a", 1, 11, "the condition ends too early", "expected `)` or `,`"),
        ("elicited(a) said(b)", 1, 13, "unexpected `said`", "expected `and`, `or`, `before turn N` or the end"),
        ("closing and\n  elicitd(a)", 2, 3, "unexpected `elicitd`", "did you mean `elicited`?"),
        ("elicited(Arm)", 1, 10, "unexpected `Arm`", "expected an id"),
        ("disposition(urgent)", 1, 13, "`urgent` is no disposition", "one of emergency, same_day"),
        ("at least 3 of (said(a), said(b))", 1, 10, "`at least 3` of 2 condition(s)", "a number from 1 to 2"),
        ("at least 0 of (said(a))", 1, 10, "`at least 0` of 1 condition(s)", "a number from 1 to 1"),
        ("turn >= 1000", 1, 9, "unexpected `1000`", "expected a whole number below 1000"),
        ("turn >= 3and closing", 1, 9, "unexpected `3and`", "expected a whole number below 1000"),
        ("notclosing", 1, 1, "unexpected `notclosing`", "did you mean `closing`?"),
        ("not " * 5000 + "closing", 1, 1, "the condition is nested too deeply", "split it"),
    ],
)
def test_an_error_says_where_what_and_what_would_be_right(
    source: str, line: int, column: int, what: str, fix: str
) -> None:
    with pytest.raises(ConditionError) as raised:
        parse_condition(source)
    error = raised.value
    assert (error.line, error.column, error.what) == (line, column, what)
    assert error.fix.startswith(fix)
