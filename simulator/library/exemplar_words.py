"""What a check says on one closing text alone: a part that needs the rest of the dialogue stays open.

This is a rehearsal for authors, not the evaluator: `simulator.dialogue.conditions` decides checks on real logs.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.library.condition import And, AtLeast, BeforeTurn, Condition, Not, Or, Said, Stands, Warned
from simulator.library.phrases import mention_of
from simulator.library.rubric import Phrase
from simulator.library.rules_texts import readable
from simulator.text.language import Language


def outcome(condition: Condition, text: str, phrases: Mapping[str, Phrase], language: Language) -> bool | None:
    """Kleene's three values: True or False where ``text`` settles it, None where the rest of the dialogue has to."""
    match condition:
        case Said(phrase=name):
            return _mentioned(text, phrases[name], language, negatively=False) if name in phrases else None
        case Warned(phrase=name):
            return _mentioned(text, phrases[name], language, negatively=True) if name in phrases else None
        case Stands(phrase=name):
            said = name in phrases and _mentioned(text, phrases[name], language, negatively=False)
            return None if said else False
        case Not(operand=operand):
            inside = outcome(operand, text, phrases, language)
            return None if inside is None else not inside
        case BeforeTurn(operand=operand):
            return None if outcome(operand, text, phrases, language) is not False else False
        case And(operands=operands):
            return _at_least(len(operands), [outcome(each, text, phrases, language) for each in operands])
        case Or(operands=operands):
            return _at_least(1, [outcome(each, text, phrases, language) for each in operands])
        case AtLeast(count=count, operands=operands):
            return _at_least(count, [outcome(each, text, phrases, language) for each in operands])
        case _:
            return None


def _at_least(count: int, outcomes: list[bool | None]) -> bool | None:
    if outcomes.count(True) >= count:
        return True
    return False if outcomes.count(True) + outcomes.count(None) < count else None


def _mentioned(text: str, phrase: Phrase, language: Language, *, negatively: bool) -> bool:
    patterns = tuple(readable(phrase.patterns, language))
    return mention_of(phrase, patterns, text, language, negated_ones=negatively) is not None
