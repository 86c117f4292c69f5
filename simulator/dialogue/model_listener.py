"""A model that hears what the rules miss. The rules listen first; the model agrees with them or overrules them.

It can change what a turn *asks for*, and nothing else: orders, advice, dispositions, goodbyes, empathy and denials are
the rules'. What it links to a fact still passes every tier and gate. Against a subject that talks the model round
there are plain bounds: a turn that the rules hold to be a probe is never shown to it; each link must quote words that
stand in the turn; and the same words reach at most three facts precisely.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.dialogue.case import Case
from simulator.dialogue.labels import Candidate, candidates
from simulator.dialogue.listener_prompt import SCHEMA_NAME, answer_schema, listener_messages
from simulator.dialogue.understanding import Asked, HeardBy, Manner, SoFar, Understanding
from simulator.errors import EndpointError
from simulator.models.messages import Chat
from simulator.models.subject import ReplyStatus
from simulator.text.one_object import NoObjectError, one_object
from simulator.text.quoted import visible
from simulator.text.speech import END_MARKER, utterances

MATCHED = "model"
"""What the ledger gives as the rule by which a fact was reached that only the model heard."""
_MOST_BY_SAME_WORDS = 3
_NOTE_LENGTH = 300

_log = logging.getLogger(__name__)


class HowClose(StrEnum):
    PRECISE = "precise"
    TOPIC = "topic"


class _Link(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    number: int
    manner: HowClose
    words: str


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    asked: tuple[_Link, ...]
    open_question: bool
    nothing_asked: bool


class _Unusable(ValueError):
    """An answer that the rules stand against; the message says why, in our words."""


@dataclass(frozen=True, slots=True)
class ListenRequest:
    """One turn of the subject, with what came before it. ``key`` names the dialogue; ``turn`` is the subject's."""

    text: str
    case: Case
    so_far: SoFar
    key: str
    turn: int
    seed: int


class ModelListener:
    """Revises what the rules heard. Holds no state between turns, and any number of dialogues may share it."""

    def __init__(self, chat: Chat, name: str) -> None:
        """``name``: as given on the command line, such as `openai:gpt-5`."""
        self._chat = chat
        self.name = name

    async def revise(self, heard: Understanding, request: ListenRequest) -> Understanding:
        """``heard`` with the questions that the model heard; or as it is, with the reason in `listener_note`.

        Raises nothing of an endpoint. What a journal raises passes through.
        """
        if reason := _not_asked(heard, request.text):
            return heard.model_copy(update={"listener_note": reason}) if heard.probe else heard
        listed = candidates(request.case)
        try:
            completion = await self._chat.complete(
                listener_messages(request.text, request.so_far.reply, listed, request.case.language),
                key=f"{request.key}#listener-{request.turn}",
                seed=request.seed,
                response_schema=answer_schema(),
                schema_name=SCHEMA_NAME,
            )
            if completion.status is not ReplyStatus.OK:
                raise _Unusable(f"the answer is {completion.status.value.replace('_', ' ')}")
            answer = _read(completion.text, listed)
        except EndpointError as error:
            _log.warning("listener %s, %s, turn %d: %s", self.name, request.key, request.turn, error.what)
            return _by_rules(heard, f"the endpoint failed: {error.what}")
        except _Unusable as error:
            return _by_rules(heard, f"the answer could not be used: {error}")
        return _revised(heard, answer, listed, request)


def _not_asked(heard: Understanding, text: str) -> str:
    """Why the model is not asked about this turn; empty where it is."""
    if heard.probe:
        return "not asked: the turn probes for the case"
    if heard.foreign or heard.closing or not END_MARKER.sub("", text).strip():
        return "not asked: there is nothing to answer"
    return ""


def _by_rules(heard: Understanding, why: str) -> Understanding:
    return heard.model_copy(update={"listener_note": why[:_NOTE_LENGTH]})


def _read(text: str, listed: tuple[Candidate, ...]) -> _Answer:
    """The answer. Raises _Unusable."""
    try:
        answer = _Answer.model_validate_json(one_object(text, "asked"))
    except NoObjectError as error:
        raise _Unusable(str(error)) from None
    except ValidationError as error:
        at = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise _Unusable(f"`{at}` is missing or has a wrong value") from None
    if any(not 1 <= link.number <= len(listed) for link in answer.asked):
        raise _Unusable("it names a number that is not in the list")
    if answer.nothing_asked and (answer.asked or answer.open_question):
        raise _Unusable("it says that nothing was asked, and what was asked")
    return answer


def _revised(
    heard: Understanding, answer: _Answer, listed: tuple[Candidate, ...], request: ListenRequest
) -> Understanding:
    links, dropped = _linked(answer, listed, heard, request.text)
    quotes = tuple(asked.evidence for asked in links)
    asks = _questions(request)
    open_words = (heard.open_question or asks) if answer.open_question else ""
    nothing_found = not (links or answer.open_question or answer.nothing_asked)
    unclear = () if answer.nothing_asked else tuple(each for each in heard.unclear if not _covered(each, quotes))
    if nothing_found and heard.asked and not unclear:
        unclear = (asks,)  # the rules thought that they knew what was meant
    update: dict[str, object] = {
        "asked": links,
        "open_question": open_words,
        "topics": () if answer.nothing_asked else heard.topics,
        "denied": _denied(heard, answer, links, request),
        "unclear": unclear,
        "n_questions": max(heard.n_questions, 1) if links or open_words else heard.n_questions,
    }
    same = _asks_the_same(heard, links, open_words)
    notes = [f"{dropped} links without words of the turn"] if dropped else []
    if not same:
        notes.insert(0, _difference(heard, links, open_words, answer))
    update |= {"heard_by": HeardBy.BOTH if same else HeardBy.MODEL, "listener_note": "; ".join(notes)[:_NOTE_LENGTH]}
    return heard.model_copy(update=update)


def _linked(
    answer: _Answer, listed: tuple[Candidate, ...], heard: Understanding, text: str
) -> tuple[tuple[Asked, ...], int]:
    """The facts that the answer links, each once, most precise; and how many links quote nothing of the turn."""
    by_rules = {asked.fact_id: asked for asked in heard.asked}
    flat = _flat(text)
    n_precise: dict[str, int] = {}
    found: dict[str, Asked] = {}
    dropped = 0
    for link in sorted(answer.asked, key=lambda each: each.manner is not HowClose.PRECISE):
        fact_id, words = listed[link.number - 1].fact_id, _flat(link.words)
        if not words or words.casefold() not in flat.casefold():
            dropped += 1
            continue
        manner = Manner(link.manner.value)
        if manner is Manner.PRECISE:
            n_precise[words] = n_precise.get(words, 0) + 1
            if n_precise[words] > _MOST_BY_SAME_WORDS:
                manner = Manner.TOPIC
        if fact_id in found:
            continue
        known = by_rules.get(fact_id)
        agrees = known is not None and known.manner is manner
        found[fact_id] = (
            known if known is not None and agrees
            else Asked(fact_id=fact_id, manner=manner, evidence=words, matched=MATCHED)
        )  # fmt: skip
    return tuple(found.values()), dropped


def _flat(text: str) -> str:
    return " ".join(visible(text).split())


def _questions(request: ListenRequest) -> str:
    """The words of the turn's first question, or its first sentence."""
    spoken = utterances(request.text, request.case.language)
    asking = [each.text for each in spoken if each.asks] or [each.text for each in spoken]
    return asking[0] if asking else _flat(request.text)


def _covered(words: str, quotes: tuple[str, ...]) -> bool:
    """Whether words that the rules did not understand, or would deny, belong to a question that the model linked."""
    own = _flat(words).casefold()
    return any(own in quote.casefold() or quote.casefold() in own for quote in quotes)


def _denied(heard: Understanding, answer: _Answer, links: tuple[Asked, ...], request: ListenRequest) -> tuple[str, ...]:
    """The rules' denials, less those in a sentence in which the model heard of a fact what the rules did not. It adds
    none: what a model does not understand is never denied.
    """
    if answer.nothing_asked:
        return ()
    by_rules = {asked.fact_id for asked in heard.asked}
    new = [link.evidence for link in links if link.fact_id not in by_rules]
    spoken = [_flat(each.text).casefold() for each in utterances(request.text, request.case.language)]

    def beside(words: str) -> bool:
        homes = [sentence for sentence in spoken if _flat(words).casefold() in sentence]
        return any(quote.casefold() in sentence for quote in new for sentence in homes) or _covered(words, tuple(new))

    return tuple(each for each in heard.denied if not beside(each))


def _asks_the_same(heard: Understanding, links: tuple[Asked, ...], open_words: str) -> bool:
    before = {(asked.fact_id, asked.manner) for asked in heard.asked}
    return before == {(asked.fact_id, asked.manner) for asked in links} and bool(heard.open_question) == bool(
        open_words
    )


def _difference(heard: Understanding, links: tuple[Asked, ...], open_words: str, answer: _Answer) -> str:
    before = {(asked.fact_id, asked.manner) for asked in heard.asked}
    after = {(asked.fact_id, asked.manner) for asked in links}
    more = [f"+{fact_id} ({manner.value})" for fact_id, manner in sorted(after - before)]
    less = [f"-{fact_id} ({manner.value})" for fact_id, manner in sorted(before - after)]
    openly = [] if bool(open_words) == bool(heard.open_question) else ["+open" if open_words else "-open"]
    nothing = ["nothing asked"] if answer.nothing_asked else []
    return "heard otherwise: " + " ".join([*more, *less, *openly, *nothing])
