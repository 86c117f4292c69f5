"""What the matcher adds to what the rules heard of a turn."""

from __future__ import annotations

from simulator.dialogue.case import Case
from simulator.dialogue.hearing import GUARDED, Hearing
from simulator.dialogue.matching.features import RuleHints
from simulator.dialogue.matching.matcher import Matched
from simulator.dialogue.matching.parts import parts
from simulator.dialogue.understanding import Manner, SoFar, TurnKind
from simulator.library.vocabulary import Polarity
from simulator.text.speech import END_MARKER

_ASKING = frozenset({TurnKind.SPECIFIC, TurnKind.OPEN})
_SURE = 0.8
"""How likely a fact has to be where the turn as a whole does not seem to ask."""
_SURE_IN_AUTHORED_CASE = 0.6
_DOUBT = 0.3
"""How likely a fact that is so may be where something is denied all the same."""


def hear_by_meaning(text: str, case: Case, so_far: SoFar, heard: Hearing) -> TurnKind:
    """Adds to ``heard`` what the matcher is trusted with; gives the kind of the turn."""
    spoken = END_MARKER.sub(" ", text)
    hints = rule_hints(parts(spoken, case.language).focus, case)
    matched = case.matcher.match(spoken, case.match_index, so_far, hints)
    if heard.probe:
        return matched.kind
    asked = _trusted(matched, case, heard)
    if not case.authored:
        heard.asked.clear()
    manner = Manner.TOPIC if matched.kind is TurnKind.OPEN else Manner.PRECISE
    for fact_id in asked:
        heard.ask(fact_id, manner, matched.focus, f"meaning {matched.likely[fact_id]:.2f}")
    if asked:
        heard.unclear.clear()
        heard.denied.clear()
    elif _might_affirm(matched, case, heard):
        heard.unclear.extend(heard.denied)
        heard.denied.clear()
    return matched.kind


def rule_hints(focus: str, case: Case) -> RuleHints:
    """What the rules make of the asking part of a turn, as evidence for the matcher."""
    named = case.lexicon.concept_index.first_matches(focus)
    return RuleHints(
        linked=frozenset(fact_id for concept in named for fact_id in case.concept_facts[concept.id]),
        topics=frozenset(case.lexicon.topics.first_matches(focus)),
        n_concepts=len(named),
    )


def _trusted(matched: Matched, case: Case, heard: Hearing) -> tuple[str, ...]:
    """The facts that are asked for on the matcher's word.

    In an authored case it is asked only where the rules understood nothing of a question, and only for facts that have
    something in common with the question and stand open to any that names them; where an author wrote by which words a
    guarded fact is reached, those words alone count.
    """
    best = max(matched.likely.values(), default=0.0)
    if matched.kind not in _ASKING and best < _SURE:
        return ()
    if not case.authored:
        return matched.asked
    if heard.asked or heard.ordered or heard.open_question or not heard.unclear or best < _SURE_IN_AUTHORED_CASE:
        return ()
    return tuple(
        each for each in matched.asked if each in matched.shares and case.scenario.fact(each).tier not in GUARDED
    )


def _might_affirm(matched: Matched, case: Case, heard: Hearing) -> bool:
    """Whether the turn may well ask for something that is so and was not heard: then nothing is denied."""
    return any(
        chance >= _DOUBT and fact_id not in heard.asked and case.scenario.fact(fact_id).polarity is Polarity.PRESENT
        for fact_id, chance in matched.likely.items()
    )
