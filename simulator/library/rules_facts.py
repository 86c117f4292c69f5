"""Rules on facts: each has an id of its own and can be reached by a question that its own patterns recognise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simulator.library.breach import Breach, error, warning
from simulator.library.collection import Entry, Library
from simulator.library.rules_texts import readable
from simulator.library.scenario import Fact, Finding, Scenario
from simulator.library.vocabulary import CriterionKind, Tier
from simulator.text.mood import asks
from simulator.text.sentences import sentences

ID_TWICE = error("id-twice", "a condition or criterion that names the id could mean either")
MUST_ASK_UNREACHABLE = error("must-ask-unreachable", "no question could ever earn the points")
QUESTION_MISSING = warning(
    "question-missing", "reference subjects ask this question, so they could never reach the fact"
)
QUESTION_UNMATCHED = error("question-unmatched", "asked in these words, the fact would not be told")
QUESTION_NOT_ASKING = error("question-not-asking", "patterns look only in questions, and this does not read as one")
REVEALS_UNKNOWN = error("reveals-unknown", "the ledger would record a fact that is not there, or that nobody may tell")

ASKED_FOR = (Tier.VOLUNTEERED, Tier.ASKED, Tier.SPECIFIC, Tier.TRUST)


def ids_once(library: Library) -> Iterator[Breach]:
    """Ids are unique among facts and findings, and among beats and events."""
    for entry in library.scenarios.values():
        scenario = entry.value
        for group in (("facts", "findings"), ("beats", "events")):
            members = [(name, index, item.id) for name in group for index, item in enumerate(getattr(scenario, name))]
            counts = Counter(item_id for _, _, item_id in members)
            seen: set[str] = set()
            for name, index, item_id in members:
                if item_id in seen:
                    what = f"the id `{item_id}` is used {counts[item_id]} times among {group[0]} and {group[1]}"
                    yield ID_TWICE.broken(entry, (name, index, "id"), what, "give each an id of its own")
                seen.add(item_id)


def must_ask_is_reachable(library: Library) -> Iterator[Breach]:
    """A must_ask criterion points at a fact or finding that the subject's questions or orders can bring out."""
    for scenario in library.scenarios.values():
        rubric = library.rubrics.get(scenario.value.rubric)
        for index, criterion in enumerate(rubric.value.criteria if rubric else ()):
            if rubric is None or criterion.fact is None:
                continue
            reason = _unreachable(scenario.value, criterion.fact, must=criterion.kind is CriterionKind.MUST_ASK)
            if reason is not None:
                what = f"`{criterion.fact}` of scenario `{scenario.value.id}` {reason[0]}"
                yield MUST_ASK_UNREACHABLE.broken(rubric, ("criteria", index, "fact"), what, reason[1])


def _unreachable(scenario: Scenario, fact_id: str, *, must: bool) -> tuple[str, str] | None:
    """Why no question reaches it, and what to do; None where one does. A fact with ``must`` False need only exist."""
    fact = next((fact for fact in scenario.facts if fact.id == fact_id), None)
    finding = next((finding for finding in scenario.findings if finding.id == fact_id), None)
    if fact is None and finding is None:
        return "does not exist", "name a fact or finding of the scenario"
    if not must:
        return None
    return _fact_unreachable(scenario, fact) if fact is not None else _finding_unreachable(finding)


def _fact_unreachable(scenario: Scenario, fact: Fact) -> tuple[str, str] | None:
    if fact.tier is Tier.UNKNOWN:
        return "has tier `unknown` and is never told", "name a fact that the counterpart knows"
    if fact.tier is Tier.OPENING:
        return "is told in the opening, asked or not", "name a fact that has to be asked for"
    for language in scenario.languages:
        if fact.question is None or fact.question.get(language) is None:
            return f"has no `question` in `{language.value}`", "write the question that reaches it"
        if not fact.ask.in_(language):
            return f"has no `ask` patterns in `{language.value}`", "write the patterns by which it is asked for"
    return None


def _finding_unreachable(finding: Finding | None) -> tuple[str, str] | None:
    if finding is not None and not finding.available:
        return "is not available in this scene", "make it available, or judge the order by `check: ordered(…)` instead"
    return None


def questions_reach_their_facts(library: Library) -> Iterator[Breach]:
    """A fact that is told on asking has a `question`, which asks, and meets one of the fact's own patterns."""
    for entry in library.scenarios.values():
        for index, fact in enumerate(entry.value.facts):
            if fact.question is None:
                if fact.tier in ASKED_FOR:
                    what = f"`{fact.id}` has no `question`"
                    yield QUESTION_MISSING.broken(entry, ("facts", index), what, "write a natural one")
                continue
            yield from _question_reaches(entry, index, fact)


def _question_reaches(entry: Entry[Scenario], index: int, fact: Fact) -> Iterator[Breach]:
    for language in entry.value.languages:
        question = fact.question.get(language) if fact.question else None
        if question is None:
            continue
        at = ("facts", index, "question", language.value)
        asking = [sentence.text for sentence in sentences(question) if asks(sentence, language)]
        if not asking:
            yield QUESTION_NOT_ASKING.broken(entry, at, f"`{question}` is no question", "end it with a question mark")
        patterns = readable(fact.ask, language)
        if patterns and not any(pattern.search(text) for pattern in patterns for text in asking or [question]):
            what = f"`{question}` meets none of the `ask` patterns of `{fact.id}`"
            yield QUESTION_UNMATCHED.broken(entry, at, what, "mend the question, or add a pattern that it meets")


def revealed_facts_exist(library: Library) -> Iterator[Breach]:
    """`reveals` of an event names facts that the counterpart knows."""
    for entry in library.scenarios.values():
        tellable = {fact.id for fact in entry.value.facts if fact.tier is not Tier.UNKNOWN}
        for index, event in enumerate(entry.value.events):
            for step, fact_id in enumerate(event.reveals):
                if fact_id not in tellable:
                    at = ("events", index, "reveals", step)
                    what = f"`{fact_id}` is no fact that the counterpart can tell"
                    yield REVEALS_UNKNOWN.broken(entry, at, what, "name a fact whose tier is not `unknown`")
