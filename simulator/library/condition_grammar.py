"""The grammar of conditions, and the words its errors use for what was expected."""

from __future__ import annotations

GRAMMAR = r"""
?start: or_
?or_: and_ (_OR and_)*
?and_: not_ (_AND not_)*
?not_: _NOT not_ -> negation
     | timed
?timed: atom _BEFORE _TURN INT -> before_turn
      | atom
?atom: "(" or_ ")"
     | _AT _LEAST INT _OF "(" or_ ("," or_)* ")" -> at_least
     | _ELICITED "(" _ids ")" -> elicited
     | _ASKED "(" _ids ")" -> asked
     | _TOLD "(" _ids ")" -> told
     | _ORDERED "(" _ids ")" -> ordered
     | _DISPOSITION "(" _ids ")" -> disposition
     | _SAID "(" ID ")" -> said
     | _NEVER _SAID "(" ID ")" -> never_said
     | _WARNED "(" ID ")" -> warned
     | _STANDS "(" _ids ")" -> stands
     | _ANSWERED "(" ID ")" -> answered
     | _CONCEDED "(" ID ")" -> conceded
     | _PLAYED "(" ID ")" -> played
     | _TURN ">=" INT -> from_turn
     | _CLOSING -> closing
_ids: ID ("," ID)*
_OR: /or\b/
_AND: /and\b/
_NOT: /not\b/
_BEFORE: /before\b/
_TURN: /turn\b/
_AT: /at\b/
_LEAST: /least\b/
_OF: /of\b/
_ELICITED: /elicited\b/
_ASKED: /asked\b/
_TOLD: /told\b/
_ORDERED: /ordered\b/
_DISPOSITION: /disposition\b/
_NEVER: /never\b/
_SAID: /said\b/
_WARNED: /warned\b/
_STANDS: /stands\b/
_ANSWERED: /answered\b/
_CONCEDED: /conceded\b/
_PLAYED: /played\b/
_CLOSING: /closing\b/
ID: /[a-z][a-z0-9_]*(-[a-z0-9_]+)*/
INT: /[0-9]{1,3}(?![0-9a-z])/
%import common.WS
%ignore WS
"""

ATOMS = (
    "elicited(FACT, …)", "asked(FACT, …)", "told(FACT, …)", "ordered(FINDING, …)", "disposition(LEVEL, …)",
    "said(PHRASE)", "never said(PHRASE)", "warned(PHRASE)", "stands(PHRASE, …)", "answered(BEAT)", "conceded(BEAT)",
    "played(BEAT)", "turn >= N", "closing",
    "at least N of (…)", "not", "(",
)  # fmt: skip
EXPECTED = {
    "ID": "an id", "INT": "a whole number below 1000", "RPAR": "`)`", "LPAR": "`(`", "COMMA": "`,`",
    "_AND": "`and`", "_OR": "`or`", "_BEFORE": "`before turn N`", "_TURN": "`turn`", "_LEAST": "`least`",
    "_OF": "`of`", "_SAID": "`said`", "$END": "the end",
}  # fmt: skip
KEYWORDS = tuple(atom.partition("(")[0].split()[0] for atom in ATOMS if atom[0].isalpha())
AFTER_A_CONDITION = "expected `and`, `or`, `before turn N` or the end of the condition"
