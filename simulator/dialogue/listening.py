"""The listener: from the words of one turn to an `Understanding`.

Each sentence is taken by itself. A sentence that probes for the case is not a question, whatever else it holds. A
question reaches a fact through an authored pattern or a concept that the fact's own words mention (precise), or
through its topic. A concept is denied only where it was named precisely and nothing in the case speaks of it. What the
rules do not understand, and every question to a case without authored patterns, is left to the matcher.
"""

from __future__ import annotations

from typing import Protocol

import regex

from simulator.dialogue.case import Case, CaseFact
from simulator.dialogue.hearing import GUARDED, Hearing
from simulator.dialogue.hearing_by_meaning import hear_by_meaning
from simulator.dialogue.lexicon import Concept, Lexicon
from simulator.dialogue.understanding import (
    NOTHING_SO_FAR,
    DispositionHeard,
    Manner,
    OrderedItem,
    SoFar,
    Understanding,
)
from simulator.library.vocabulary import Role, Topic
from simulator.text.disguise import found_behind
from simulator.text.language import Language, dominant_language
from simulator.text.normal import tokens
from simulator.text.pattern import Match, first_match
from simulator.text.speech import END_MARKER, Utterance, mentions, utterances

_FOREIGN_MIN_CHARACTERS = 12
_TOKENS_BEFORE_GOODBYE = 2
_TOKENS_BEFORE_GOODBYE_ZH = 6
_GOES_ON = regex.compile(r"\s+(?:of|with|to|that|when|not)\b|[到过面]", regex.IGNORECASE)
_SYMPTOM_TOPICS = frozenset({Topic.ASSOCIATED, Topic.COMPLAINT, Topic.GENERAL, Topic.SITE, Topic.CHARACTER})


class Listener(Protocol):
    def listen(self, text: str, case: Case, so_far: SoFar = NOTHING_SO_FAR) -> Understanding:
        """What the turn ``text`` of the subject does in this case, after what was said ``so_far``."""
        ...


class RuleListener:
    """Deterministic, bilingual, without any model. Holds no state between turns."""

    def listen(self, text: str, case: Case, so_far: SoFar = NOTHING_SO_FAR) -> Understanding:
        heard = Hearing()
        asks_at_the_end = False
        for utterance in utterances(text, case.language):
            before = (len(heard.asked), heard.open_question)
            self._hear(utterance, case, heard)
            asks_at_the_end = utterance.asks and before != (len(heard.asked), heard.open_question)
        kind = hear_by_meaning(text, case, so_far, heard) if END_MARKER.sub("", text).strip() else None
        marker = END_MARKER.search(text)
        wants_an_answer = bool(heard.asked or heard.open_question or heard.topics or heard.denied or heard.unclear)
        # A goodbye beside a question is only politeness. The end marker is the subject's own word that it is done,
        # unless the very last thing that it says asks for something the counterpart can tell.
        goodbye = "" if wants_an_answer else heard.goodbye
        closing = goodbye if marker is None or asks_at_the_end else marker.group().strip()
        language = dominant_language(END_MARKER.sub("", text))
        foreign = (
            language is not None and language is not case.language and len(text.strip()) >= _FOREIGN_MIN_CHARACTERS
        )
        return Understanding(
            asked=tuple(heard.asked.values()),
            open_question=heard.open_question,
            topics=tuple(dict.fromkeys(heard.topics)),
            ordered=tuple(heard.ordered.values()),
            orders_elsewhere=tuple(dict.fromkeys(heard.elsewhere)),
            denied=tuple(dict.fromkeys(heard.denied)),
            unclear=tuple(heard.unclear),
            jargon=tuple(dict.fromkeys(heard.jargon)),
            probe=heard.probe,
            n_questions=heard.n_questions,
            empathy=heard.empathy and not heard.probe,  # a kind word beside an attempt to pry earns nothing
            advice=heard.advice,
            disposition=heard.disposition,
            closing=closing,
            kind=kind,
            foreign=foreign,
        )

    def _hear(self, utterance: Utterance, case: Case, heard: Hearing) -> None:
        words = case.lexicon
        if probe := found_behind(words.probe, utterance.text):
            heard.probe = heard.probe or probe
            return
        if first_match(words.empathy, utterance.text):
            heard.empathy = True
        ordered = self._hear_orders(utterance, case, heard)
        if utterance.asks and not (utterance.conditional and not utterance.sentence.ends_as_question):
            heard.n_questions += 1
            self._hear_question(utterance, case, heard, ordered=ordered)
            return
        self._hear_statement(utterance, case, heard)

    def _hear_question(self, utterance: Utterance, case: Case, heard: Hearing, *, ordered: bool) -> None:
        text, words = utterance.text, case.lexicon
        spans: list[Match] = []
        for fact_id, (pattern, match) in case.fact_index.first_matches(text).items():
            heard.ask(fact_id, Manner.PRECISE, match.text, pattern.source)
            spans.append(match)
        named = self._hear_concepts(text, case, heard, spans)
        topical = self._hear_topics(text, case, heard)
        for pattern in words.jargon:
            if found_jargon := pattern.search(text):
                heard.jargon.append(found_jargon.text)
        if spans or named or topical or ordered:
            return
        if opening := first_match(words.open_question, text):
            heard.open_question = heard.open_question or opening[1].text
        elif not first_match(words.check_back, text):
            heard.unclear.append(text)

    def _hear_concepts(self, text: str, case: Case, heard: Hearing, spans: list[Match]) -> bool:
        """Concepts that the question names: linked to facts, denied, or left alone. True where any was named."""
        by_id = {item.fact.id: item for item in case.facts}
        named = _concepts_named(case.lexicon, text)
        spoken_of = [
            match for concept, match in named
            if case.concept_facts[concept.id] or case.shares_words_with(match.text)
        ]  # fmt: skip
        for concept, match in named:
            linked = [
                fact_id for fact_id in case.concept_facts[concept.id] if _linked_by_concept(by_id[fact_id], concept)
            ]
            for fact_id in linked:
                heard.ask(fact_id, Manner.PRECISE, match.text, f"concept:{concept.id}")
            if linked or _overlaps(match, spans):
                continue
            if match in spoken_of:
                heard.unclear.append(match.text)
            elif not _overlaps(match, spoken_of):
                heard.denied.append(match.text)
        return bool(named)

    def _hear_topics(self, text: str, case: Case, heard: Hearing) -> bool:
        about: list[Topic] = []
        for topic, (_, match) in case.lexicon.topics.first_matches(text).items():
            about.append(topic)
            for item in case.facts:
                if item.fact.topic is topic:
                    heard.ask(item.fact.id, Manner.TOPIC, match.text, f"topic:{topic.value}")
        heard.topics.extend(about)
        return bool(about)

    def _hear_orders(self, utterance: Utterance, case: Case, heard: Hearing) -> bool:
        """Findings named in an order, in a request for a result, or in a list. True where one was."""
        if utterance.conditional and not utterance.asks:
            return False
        clinician = case.scenario.counterpart.role is Role.CLINICIAN
        invited = bool(utterance.sentence.lead) or utterance.asks
        cues = () if invited else [cue for pattern in case.lexicon.order for cue in pattern.finditer(utterance.text)]
        if not (invited or cues):
            return False

        def is_order(name: Match) -> bool:
            """Whether a cue stands outside the name: the "blood" of "blood pressure" orders nothing."""
            return invited or any(cue.end <= name.start or name.end <= cue.start for cue in cues)

        any_ordered = False
        for finding in case.findings:
            match = mentions(finding.patterns, utterance, case.language)
            if match is not None and is_order(match):
                any_ordered = True
                matched = finding.finding.names.in_(case.language)[0]
                heard.ordered.setdefault(
                    finding.finding.id,
                    OrderedItem(finding_id=finding.finding.id, evidence=match.text, matched=matched),
                )
        for _, patterns in case.lexicon.tests:
            match = mentions(patterns, utterance, case.language)
            if (
                match is not None
                and is_order(match)
                and not any(
                    match.text in known.evidence or known.evidence in match.text for known in heard.ordered.values()
                )
            ):
                authored = [*(finding.patterns for finding in case.findings), *(item.patterns for item in case.facts)]
                reached = any(first_match(known, match.text) for known in authored)
                if not reached and (clinician or not utterance.asks):
                    heard.elsewhere.append(match.text)
        return any_ordered

    def _hear_statement(self, utterance: Utterance, case: Case, heard: Hearing) -> None:
        words, text = case.lexicon, utterance.text
        if (goodbye := first_match(words.goodbye, text)) and _takes_leave(goodbye[1], text, case.language):
            heard.goodbye = goodbye[1].text
        if first_match(words.advice, text):
            heard.advice = True
        for level, patterns in words.dispositions:
            if heard.disposition is not None and heard.disposition.level.urgency >= level.urgency:
                break
            if match := mentions(patterns, utterance, case.language, conditional_ones=False):
                heard.disposition = DispositionHeard(level=level, evidence=match.text)
                break


def _concepts_named(words: Lexicon, text: str) -> list[tuple[Concept, Match]]:
    """The concepts that ``text`` names, without those inside the longer words of another ("blood" in "blood clot")."""
    found = [(concept, match) for concept, (_, match) in words.concept_index.first_matches(text).items()]

    def inside(match: Match, other: Match) -> bool:
        return other.start <= match.start and match.end <= other.end and len(match.text) < len(other.text)

    return [item for item in found if not any(inside(item[1], other) for _, other in found)]


def _linked_by_concept(item: CaseFact, concept: Concept) -> bool:
    """Whether naming the concept asks for the fact that mentions it.

    Where an author wrote by which words a guarded fact is reached, those words alone count.
    """
    if item.patterns and item.fact.tier in GUARDED:
        return False
    topics = {item.fact.topic, concept.topic}
    return len(topics) == 1 or topics <= _SYMPTOM_TOPICS


def _overlaps(match: Match, spans: list[Match]) -> bool:
    return any(match.start < span.end and span.start < match.end for span in spans)


def _takes_leave(match: Match, text: str, language: Language) -> bool:
    """A goodbye stands at the head of its sentence: "I'm glad you are taking care of yourself" is none.

    Nor does it go on: "take care of the wound", "以后再见到".
    """
    if _GOES_ON.match(text[match.end :]):
        return False
    ahead = len(tokens(text[: match.start]))
    return ahead <= (_TOKENS_BEFORE_GOODBYE_ZH if language is Language.ZH else _TOKENS_BEFORE_GOODBYE)
