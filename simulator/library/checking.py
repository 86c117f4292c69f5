"""All design rules over a whole library: what reads well and would still not work in a dialogue."""

from __future__ import annotations

from pathlib import Path

from simulator.library import rules_facts, rules_leaks, rules_references, rules_rubric, rules_texts
from simulator.library.breach import Breach, BreachSeverity, Check, RuleBreach
from simulator.library.collection import Library
from simulator.library.problem import START, Position, render_path
from simulator.library.yaml_document import Document, UnreadableFile, read_document

CHECKS: tuple[Check, ...] = (
    rules_texts.texts_in_every_language,
    rules_texts.lists_in_every_language,
    rules_texts.patterns_compile,
    rules_texts.findings_by_common_names,
    rules_facts.ids_once,
    rules_facts.questions_reach_their_facts,
    rules_facts.must_ask_is_reachable,
    rules_facts.revealed_facts_exist,
    rules_leaks.openings_tell_no_withheld_fact,
    rules_leaks.lines_tell_no_withheld_fact,
    rules_leaks.nobody_names_the_diagnosis,
    rules_references.personas_suit,
    rules_references.rubric_fits,
    rules_references.patients_get_a_disposition,
    rules_references.ids_in_conditions,
    rules_rubric.critical_criteria_are_decided,
    rules_rubric.both_domains_are_scored,
    rules_rubric.phrases_are_used,
    rules_rubric.beats_are_answered_by_their_exemplar,
    rules_rubric.exemplars_earn_their_points,
)
"""Every rule, by subject. That sources, ids and texts are present at all is a matter of reading, not of these."""


def check_library(library: Library) -> tuple[RuleBreach, ...]:
    """Every broken rule, by file and line. Raises nothing; a file that changed since it was read gives line 1."""
    places = _Places()
    found = {places.locate(breach) for check in CHECKS for breach in check(library)}
    return tuple(
        sorted(found, key=lambda breach: (str(breach.file), breach.line, breach.column, breach.rule, breach.what))
    )


def has_errors(breaches: tuple[RuleBreach, ...]) -> bool:
    """Whether any breach is an error, not only a warning."""
    return any(breach.severity is BreachSeverity.ERROR for breach in breaches)


class _Places:
    """Finds positions; a file is parsed again only when it has a breach, and then once."""

    def __init__(self) -> None:
        self._documents: dict[Path, Document | None] = {}

    def locate(self, breach: Breach) -> RuleBreach:
        place = self._position(breach)
        return RuleBreach(
            severity=breach.rule.severity,
            rule=breach.rule.slug,
            file=breach.file,
            line=place.line,
            column=place.column,
            path=render_path(breach.at),
            what=breach.what,
            why=breach.rule.why,
            fix=breach.fix,
        )

    def _position(self, breach: Breach) -> Position:
        document = self._document(breach.file)
        if document is None:
            return START
        if breach.within is not None:
            return document.position_within(breach.at, *breach.within)
        return document.position(breach.at)

    def _document(self, file: Path) -> Document | None:
        if file not in self._documents:
            try:
                self._documents[file] = read_document(file)[0]
            except UnreadableFile:
                self._documents[file] = None
        return self._documents[file]
