"""Rules on rubrics: the gate can be decided, both domains are scored, and the exemplar earns what it should."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.library.breach import Breach, error, warning
from simulator.library.collection import Entry, Library
from simulator.library.condition import Said, Stands, Warned, parse_condition, walk
from simulator.library.exemplar_words import outcome
from simulator.library.rubric import Criterion, Rubric
from simulator.library.rules_references import rubric_conditions
from simulator.library.rules_texts import readable
from simulator.library.scenario import Beat, Scenario
from simulator.library.vocabulary import CriterionKind, Domain

CRITICAL_UNDECIDED = error("critical-undecided", "the gate would depend on a judge without anyone having chosen that")
NO_CRITICAL_POSITIVE = error("no-critical-positive", "a subject that says nothing at all would pass the gate")
DOMAIN_MISSING = error("domain-missing", "the score of that domain could not be formed")
PHRASE_UNUSED = warning("phrase-unused", "it is written, and nothing looks for it")
BEAT_UNANSWERABLE = error("beat-unanswerable", "no answer could meet the criterion, the exemplar's included")
EXEMPLAR_MISSES = warning(
    "exemplar-misses", "the reference answer does not earn the points, so the patterns are too narrow"
)
EXEMPLAR_HARMS = warning("exemplar-harms", "the reference answer is punished, so the patterns are too wide")


def critical_criteria_are_decided(library: Library) -> Iterator[Breach]:
    """A critical criterion has a check or is judge_only; one of them at least demands something."""
    for entry in library.rubrics.values():
        criteria = entry.value.criteria
        for index, criterion in enumerate(criteria):
            if criterion.critical and criterion.check is None and not criterion.judge_only:
                what = f"the critical criterion `{criterion.id}` has neither `check` nor `judge_only: true`"
                yield CRITICAL_UNDECIDED.broken(entry, ("criteria", index), what, "add one of the two")
        if not any(criterion.critical and criterion.points > 0 for criterion in criteria):
            what = "no critical criterion has positive points"
            yield NO_CRITICAL_POSITIVE.broken(
                entry, ("criteria",), what, "make one that a silent subject fails critical"
            )


def both_domains_are_scored(library: Library) -> Iterator[Breach]:
    """Safety and usefulness both have criteria with positive points."""
    for entry in library.rubrics.values():
        for domain in Domain:
            if not any(criterion.domain is domain and criterion.points > 0 for criterion in entry.value.criteria):
                what = f"no criterion of domain `{domain.value}` has positive points"
                yield DOMAIN_MISSING.broken(entry, ("criteria",), what, "add at least one")


def phrases_are_used(library: Library) -> Iterator[Breach]:
    """Every phrase is named by a check or by `applies`."""
    for entry in library.rubrics.values():
        used = {
            name
            for _, source in rubric_conditions(entry.value)
            for atom in walk(parse_condition(source))
            if isinstance(atom, Said | Warned | Stands)
            for name in (atom.phrase, *(atom.corrections if isinstance(atom, Stands) else ()))
        }
        for name in entry.value.phrases:
            if name not in used:
                what = f"no criterion looks for `{name}`"
                yield PHRASE_UNUSED.broken(entry, ("phrases", name), what, "use it in a `check`, or remove it")


def beats_are_answered_by_their_exemplar(library: Library) -> Iterator[Breach]:
    """A beat that has `answered_by` has an exemplar, which meets one of the patterns in each language."""
    for entry in library.scenarios.values():
        for index, beat in enumerate(entry.value.beats):
            if beat.answered_by.en or beat.answered_by.zh:
                yield from _exemplar_answers(entry, index, beat)


def _exemplar_answers(entry: Entry[Scenario], index: int, beat: Beat) -> Iterator[Breach]:
    if beat.exemplar is None:
        what = f"`{beat.id}` has `answered_by` and no `exemplar`"
        yield BEAT_UNANSWERABLE.broken(entry, ("beats", index), what, "write what a good clinician replies")
        return
    for language in entry.value.languages:
        reply, patterns = beat.exemplar.get(language), readable(beat.answered_by, language)
        if reply is not None and patterns and not any(pattern.search(reply) for pattern in patterns):
            what = f"the exemplar of `{beat.id}` meets none of its `answered_by` patterns"
            at = ("beats", index, "exemplar", language.value)
            yield BEAT_UNANSWERABLE.broken(entry, at, what, "mend the reply, or add a pattern that it meets")


def exemplars_earn_their_points(library: Library) -> Iterator[Breach]:
    """The scenario's exemplar meets the phrases of every must_say check, and of no must_not check.

    Only phrases count: what a check says on facts, orders and dispositions is taken as settled by the dialogue before.
    """
    for scenario in library.scenarios.values():
        rubric = library.rubrics.get(scenario.value.rubric)
        for index, criterion in enumerate(rubric.value.criteria if rubric else ()):
            if rubric is not None and criterion.check is not None:
                yield from _exemplar_earns(scenario, rubric, index, criterion)


def _exemplar_earns(
    scenario: Entry[Scenario], rubric: Entry[Rubric], index: int, criterion: Criterion
) -> Iterator[Breach]:
    wanted = {CriterionKind.MUST_SAY: True, CriterionKind.MUST_NOT: False}.get(criterion.kind)
    if wanted is None or criterion.check is None:
        return
    for language in scenario.value.languages:
        text = scenario.value.exemplar.get(language)
        if text is None:
            continue
        found = outcome(parse_condition(criterion.check), text, rubric.value.phrases, language)
        if found is None or found is wanted:
            continue
        at = ("criteria", index, "check")
        who = f"the `{language.value}` exemplar of scenario `{scenario.value.id}`"
        if wanted:
            what, fix = f"{who} does not meet `{criterion.id}`", "widen the phrase, or say it in the exemplar"
            yield EXEMPLAR_MISSES.broken(rubric, at, what, fix)
        else:
            what, fix = f"{who} meets the must_not `{criterion.id}`", "narrow the phrase, or mend the exemplar"
            yield EXEMPLAR_HARMS.broken(rubric, at, what, fix)
