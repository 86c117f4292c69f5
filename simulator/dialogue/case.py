"""A scenario prepared for one language: patterns compiled, and concepts linked to the facts that mention them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from simulator.dialogue.lexicon import Lexicon, lexicon
from simulator.dialogue.matching.features import RuleHints
from simulator.dialogue.matching.index import Matchable
from simulator.dialogue.matching.matcher import Matcher, MatchIndex
from simulator.dialogue.understanding import NOTHING_SO_FAR
from simulator.library.scenario import Fact, Finding, Scenario
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from simulator.text.normal import tokens
from simulator.text.pattern import Pattern, compile_all
from simulator.text.pattern_index import PatternIndex

_FUNCTION_WORDS = frozenset(
    ["a", "an", "the", "i", "you", "my", "your", "it", "of", "in", "on", "at", "to", "for", "and", "or", "any", "ani",
     "with", "have", "had", "has", "is", "are", "was", "be", "been", "do", "did", "doe", "when", "after", "blood",
     "pain", "no", "not", "up", "that", "this", "of", "from", "as", "feel", "felt", "been", "like", "histori", "other"]
)  # fmt: skip
_FUNCTION_HAN = frozenset(
    "我您你他她它有没不无的了是在会能要过和与及或也都就吗呢么着把被给到很太想觉得出发上下里面这那些什怎样一个"
)
_STEM_OF_COMPOUND = 4


@dataclass(frozen=True, slots=True)
class CaseFact:
    fact: Fact
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class CaseFinding:
    finding: Finding
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Case:
    """What the listener knows of a scenario. Made once per scenario and language, and shared."""

    scenario: Scenario
    language: Language
    lexicon: Lexicon
    facts: tuple[CaseFact, ...]
    fact_index: PatternIndex[str]
    """The authored patterns, by fact id."""
    findings: tuple[CaseFinding, ...]
    concept_facts: dict[str, tuple[str, ...]]
    """Concept id → ids of the facts whose own words mention the concept."""
    vocabulary: frozenset[str]
    """Content tokens (English stems; Han bigrams) of everything the case says."""
    han_of_texts: tuple[frozenset[str], ...]
    """The Han characters of each thing the case says."""

    @cached_property
    def authored(self) -> bool:
        """Whether anyone wrote by which words the facts are reached; an imported case has only the facts' own words."""
        return any(item.patterns for item in self.facts)

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher.shipped(self.language)

    @cached_property
    def match_index(self) -> MatchIndex:
        """The facts that the speaker knows, prepared for the matcher."""
        return self.matcher.prepare(matchables(self.scenario, self.language))

    def get_ready(self) -> None:
        """Loads and computes everything that the first turn would otherwise wait for."""
        self.matcher.match("?", self.match_index, NOTHING_SO_FAR, RuleHints())

    def shares_words_with(self, text: str) -> bool:
        """Whether the case speaks of anything that ``text`` names: then nothing in it may be denied.

        Compounds count by their parts: a head that hurts speaks of "headache", 头一直疼 of 头疼.
        """
        named = content_tokens(text)
        if not self.vocabulary.isdisjoint(named):
            return True
        if any(len(word) >= _STEM_OF_COMPOUND and each.startswith(word) for each in named for word in self.vocabulary):
            return True
        han = _han(text) - _FUNCTION_HAN
        return bool(han) and any(han <= said for said in self.han_of_texts)


def matchables(scenario: Scenario, language: Language) -> tuple[Matchable, ...]:
    """The facts that the speaker knows, as the matcher needs them."""
    return tuple(
        Matchable(fact.id, fact.topic, fact.polarity, fact.text.in_(language))
        for fact in scenario.facts
        if fact.tier is not Tier.UNKNOWN
    )


def _han(text: str) -> frozenset[str]:
    return frozenset(token for token in tokens(text) if not token[0].isascii() and len(token) == 1)


def content_tokens(text: str) -> frozenset[str]:
    """English stems without function words, and bigrams of neighbouring Han characters."""
    found = tokens(text)
    words = {token for token in found if token[0].isascii() and token not in _FUNCTION_WORDS}
    bigrams = {a + b for a, b in pairwise(found) if not a[0].isascii() and not b[0].isascii()}
    return frozenset(words | bigrams)


@lru_cache(maxsize=512)
def _prepared(box: _Box, language: Language) -> Case:
    scenario = box.scenario
    words = lexicon(language)
    facts = tuple(CaseFact(fact, compile_all(fact.ask.in_(language), language)) for fact in scenario.facts)
    spoken = {fact.id: fact.text.get(language) or "" for fact in scenario.facts if fact.tier is not Tier.UNKNOWN}
    mentioned = {fact_id: words.concept_index.first_matches(text) for fact_id, text in spoken.items()}
    linked = {
        concept.id: tuple(fact_id for fact_id, concepts in mentioned.items() if concept in concepts)
        for concept in words.concepts
    }
    everything = [
        *spoken.values(),
        *(finding.result.get(language) or "" for finding in scenario.findings),
        *(beat.say.get(language) or "" for beat in scenario.beats),
        *(event.say.get(language) or "" for event in scenario.events),
        *(pattern for fact in scenario.facts for pattern in fact.ask.in_(language)),
        scenario.opening.get(language) or "",
    ]
    vocabulary: set[str] = set()
    for text in everything:
        vocabulary |= content_tokens(text)
    return Case(
        scenario=scenario,
        language=language,
        lexicon=words,
        facts=facts,
        fact_index=PatternIndex((item.fact.id, item.patterns) for item in facts),
        findings=tuple(
            CaseFinding(finding, compile_all(finding.names.in_(language), language)) for finding in scenario.findings
        ),
        concept_facts=linked,
        vocabulary=frozenset(vocabulary),
        han_of_texts=tuple(_han(text) for text in everything),
    )


class _Box:
    """Lets a scenario that holds dicts be a cache key by identity."""

    __slots__ = ("scenario",)

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other.scenario is self.scenario

    def __hash__(self) -> int:
        return id(self.scenario)


def prepare(scenario: Scenario, language: Language) -> Case:
    """The case, compiled. The same scenario object gives the same Case."""
    return _prepared(_Box(scenario), language)
