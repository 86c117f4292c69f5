"""ruamel.yaml's syntax errors in plain words: what is wrong there, and what to write instead."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError

from simulator.library.problem import START, Position, excerpt

_QUOTE = "put the text in quotes"

_BY_PROBLEM: tuple[tuple[str, str, str], ...] = (
    (r"found character '\t'", "a tab where YAML wants spaces", "indent with spaces"),
    ("that cannot start any token", "a character that unquoted text cannot begin with", _QUOTE),
    (
        "mapping values are not allowed here",
        "a `:` inside unquoted text, or a key that is not in line with its neighbours",
        "put the text in quotes, or mend the indentation",
    ),
    ("sequence entries are not allowed here", "a `-` in the middle of a line", "begin the list on a line of its own"),
    ("found undefined alias", "text that begins with `*`", _QUOTE),
    ("found unknown escape character", "an unknown `\\` escape in double quotes", "use single quotes, or write `\\\\`"),
    ("could not find expected ':'", "a line that is neither `key: value` nor part of the text above", "indent it"),
    ("expected ',' or ']'", "a list in `[…]` that is not closed or lacks a comma", "write `[a, b]`; quote odd entries"),
    ("expected ',' or '}'", "a mapping in `{…}` that is not closed or lacks a comma", "write `{en: a, zh: b}`"),
    ("expected <block end>", "a line that is not in line with its neighbours", "mend the indentation"),
    ("but found another document", "a second document", "one file holds one document: remove the `---`"),
    ("maximum depth", "lists or mappings nested too deeply", "write one case per file, as the others are"),
)
_BY_CONTEXT: tuple[tuple[str, str, str], ...] = (
    ("while scanning an alias", "text that begins with `*`", _QUOTE),
    ("while scanning an anchor", "text that begins with `&`", _QUOTE),
    ("while scanning a tag", "text that begins with `!`", _QUOTE),
    ("while parsing a tag", "text that begins with `!`", _QUOTE),
    ("while scanning a block scalar", "text after `|` or `>`", "begin the text on the next line, or quote it"),
)


def explain_syntax(error: MarkedYAMLError) -> tuple[Position, str, str]:
    """Where, what is wrong, and what would be right."""
    context, problem = str(error.context or ""), str(error.problem or "")
    if "quoted scalar" in context and ("end of stream" in problem or "document separator" in problem):
        return _where(error.context_mark), "quoted text that is never closed", "close it with the quote it began with"
    at = _where(error.problem_mark or error.context_mark)
    for part, what, fix in _BY_PROBLEM:
        if part in problem:
            return at, what, fix
    for part, what, fix in _BY_CONTEXT:
        if part in context:
            return at, what, fix
    return at, f"this is not YAML ({excerpt(problem or context, 80)})", "mend it, or put the text in quotes"


def _where(mark: object) -> Position:
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    return Position(line + 1, column + 1) if isinstance(line, int) and isinstance(column, int) else START
