"""The state graph of one dialogue: open → subject → listen → disclose → speak → guard → (subject | close).

LangGraph owns the order, the branching, pausing for a human and stepping back; the nodes are thin and call functions
that know nothing of LangGraph. They are coroutines, since LangGraph sends every other node through a thread pool, where
dialogues that play at the same time fight over the interpreter. Batch runs compile the graph once and use no
checkpointer; a session for people (`simulator.dialogue.session`) compiles it with one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Literal, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from simulator.dialogue.case import Case
from simulator.dialogue.composing import compose, fact_text
from simulator.dialogue.conditions import DialogueLog
from simulator.dialogue.disclosure import Disclosure, History, disclose, opening_ledger
from simulator.dialogue.ending import Ending, ending_after
from simulator.dialogue.entailment import faults
from simulator.dialogue.guard import unreleased_facts_stated
from simulator.dialogue.listening import Listener
from simulator.dialogue.model_listener import ListenRequest, ModelListener
from simulator.dialogue.model_voice import ModelVoice, Spoken
from simulator.dialogue.record import (
    Cause,
    CounterpartTurn,
    EndReason,
    GuardFinding,
    GuardKind,
    LedgerEntry,
    SpokenBy,
    SubjectTurn,
    Withheld,
    WithholdReason,
)
from simulator.dialogue.sayable import given_for
from simulator.dialogue.staging import Staged, stage
from simulator.dialogue.understanding import (
    Asked,
    DispositionHeard,
    HeardBy,
    Manner,
    OrderedItem,
    SoFar,
    TurnKind,
    Understanding,
)
from simulator.dialogue.voice import Moment, Speech, Voice, join, wording
from simulator.dialogue.voice_prompt import VoiceRequest
from simulator.errors import EndpointFailed
from simulator.library.persona import Persona, PhraseSlot
from simulator.library.vocabulary import Disposition, Tier, Topic
from simulator.models.subject import Message, ReplyStatus, Speaker, Subject, SubjectRequest
from simulator.text.speech import END_MARKER

_NODES_PER_TURN = 5


class DialogueState(TypedDict):
    """What a step may change; lists only ever grow. `turn` is the subject's turn under way, from 1."""

    turn: int
    subject_turns: Annotated[list[SubjectTurn], operator.add]
    understandings: Annotated[list[Understanding], operator.add]
    counterpart_turns: Annotated[list[CounterpartTurn], operator.add]
    ledger: Annotated[list[LedgerEntry], operator.add]
    withheld: Annotated[list[Withheld], operator.add]
    disclosure: Disclosure
    staged: Staged
    draft: str
    """The scripted wording of the reply under way."""
    spoken: Spoken
    """Its words, before the last barrier; the draft, where no model speaks."""
    ending: Ending | None


STATE_TYPES: tuple[type, ...] = (
    SubjectTurn, CounterpartTurn, LedgerEntry, Withheld, Understanding, Disclosure, Staged, Ending, Spoken,
    Asked, OrderedItem, DispositionHeard, GuardFinding,
    SpokenBy, Cause, WithholdReason, EndReason, Manner, HeardBy, TurnKind, GuardKind, ReplyStatus, Tier, Topic,
    Disposition,
)  # fmt: skip
"""Everything of ours that a state may hold: what a checkpointer must be allowed to write and read back."""


@dataclass(frozen=True, slots=True)
class DialogueContext:
    """What does not change during a dialogue, and everything with an effect: handed in, never part of the state."""

    case: Case
    persona: Persona
    listener: Listener
    voice: Voice
    seed: int
    key: str
    """Names the dialogue within its run."""
    subject: Subject | None = None
    """None: a human takes the subject's chair, and the graph pauses for each of the subject's turns."""
    reviser: ModelListener | None = None
    """A model that hears after the rules; None: the rules alone."""
    reworder: ModelVoice | None = None
    """A model that rewords what the voice drafts; None: the draft is said."""
    max_turns: int = 16
    budget_spent: Callable[[], bool] = field(default=lambda: False)

    @property
    def wording_seed(self) -> str:
        """Seeds the wording: the same for every subject, so that subjects meet the same counterpart."""
        return f"{self.seed}|{self.case.scenario.id}|{self.persona.id}|{self.case.language.value}"


def initial_state() -> DialogueState:
    return DialogueState(
        turn=0,
        subject_turns=[],
        understandings=[],
        counterpart_turns=[],
        ledger=[],
        withheld=[],
        disclosure=Disclosure(),
        staged=Staged(),
        draft="",
        spoken=Spoken(),
        ending=None,
    )


def visible_messages(state: DialogueState) -> tuple[Message, ...]:
    """The dialogue as the subject sees it."""
    messages: list[Message] = []
    for turn in range(max(len(state["counterpart_turns"]), len(state["subject_turns"]) + 1)):
        if 0 < turn <= len(state["subject_turns"]):
            messages.append(Message(Speaker.SUBJECT, state["subject_turns"][turn - 1].text))
        if turn < len(state["counterpart_turns"]):
            messages.append(Message(Speaker.COUNTERPART, state["counterpart_turns"][turn].text))
    return tuple(messages)


def _log(state: DialogueState, context: DialogueContext) -> DialogueLog:
    return DialogueLog(
        scenario=context.case.scenario,
        language=context.case.language,
        subject_turns=tuple(state["subject_turns"]),
        understandings=tuple(state["understandings"]),
        counterpart_turns=tuple(state["counterpart_turns"]),
        ledger=tuple(state["ledger"]),
        withheld=tuple(state["withheld"]),
        phrases={},
        until=len(state["subject_turns"]),
    )


async def open_(state: DialogueState, runtime: Runtime[DialogueContext]) -> dict[str, object]:  # noqa: ARG001
    case = runtime.context.case
    opening = case.scenario.opening.in_(case.language)
    return {
        "turn": 1,
        "counterpart_turns": [CounterpartTurn(turn=0, text=opening)],
        "ledger": list(opening_ledger(case)),
    }


async def subject(state: DialogueState, runtime: Runtime[DialogueContext]) -> Command[Literal["listen", "close"]]:
    context = runtime.context
    request = SubjectRequest(
        brief=context.case.scenario.brief.in_(context.case.language),
        messages=visible_messages(state),
        language=context.case.language,
        turn=state["turn"],
        key=f"{context.key}#subject-{state['turn']}",
        seed=context.seed,
    )
    if context.subject is None:
        text = str(interrupt({"turn": state["turn"]}))
        spoken = SubjectTurn(
            turn=state["turn"], text=text, status=ReplyStatus.OK if text.strip() else ReplyStatus.EMPTY
        )
        return Command(update={"subject_turns": [spoken]}, goto="listen")
    try:
        reply = await context.subject.reply(request)
    except EndpointFailed as error:
        return Command(update={"ending": Ending(EndReason.SUBJECT_FAILURE, error.what)}, goto="close")
    spoken = SubjectTurn(turn=state["turn"], text=reply.text, status=reply.status, reasoning=reply.reasoning)
    return Command(update={"subject_turns": [spoken]}, goto="listen")


async def listen(state: DialogueState, runtime: Runtime[DialogueContext]) -> dict[str, object]:
    context, newest, so_far = runtime.context, state["subject_turns"][-1], _so_far(state)
    heard = context.listener.listen(newest.text, context.case, so_far)
    if context.reviser is not None:
        request = ListenRequest(newest.text, context.case, so_far, context.key, state["turn"], context.seed)
        heard = await context.reviser.revise(heard, request)
    return {"understandings": [heard]}


def _so_far(state: DialogueState) -> SoFar:
    newest_reply = state["counterpart_turns"][-1]
    return SoFar(
        question=state["subject_turns"][-2].text if len(state["subject_turns"]) > 1 else "",
        reply=newest_reply.text,
        told=tuple(dict.fromkeys(entry.fact_id for entry in state["ledger"])),
        told_last=tuple(entry.fact_id for entry in state["ledger"] if entry.turn == newest_reply.turn),
    )


async def disclose_(state: DialogueState, runtime: Runtime[DialogueContext]) -> dict[str, object]:
    context = runtime.context
    staged = stage(_log(state, context), context.persona)
    history = History(
        ledger=(*state["ledger"], *staged.revealed),
        withheld=tuple(state["withheld"]),
        empathy_shown=any(heard.empathy for heard in state["understandings"][:-1]),
        turns_so_far=state["turn"] - 1,
    )
    disclosure = disclose(state["understandings"][-1], context.case, context.persona, history, state["turn"])
    return {
        "ledger": [*staged.revealed, *disclosure.released],
        "withheld": list(disclosure.withheld),
        "disclosure": disclosure,
        "staged": staged,
    }


async def speak(state: DialogueState, runtime: Runtime[DialogueContext]) -> dict[str, object]:
    context = runtime.context
    ending = ending_after(
        tuple(state["understandings"]),
        line_pending=state["staged"].holds_the_stage,
        max_turns=context.max_turns,
        budget_spent=context.budget_spent(),
    )
    moment = _moment(state, context)
    if ending is not None and ending.reason in _PARTING:
        slot = _PARTING[ending.reason]
        lines = wording(context.persona, moment.role, slot, moment.language)
        draft, speech = lines[state["turn"] % len(lines)], Speech(slots=(slot,))
        return {
            "draft": draft,
            "spoken": await _spoken(draft, speech, moment, state, context),
            "ending": ending,
            "staged": Staged(),
        }
    newest = state["subject_turns"][-1]
    speech = compose(
        state["understandings"][-1],
        state["disclosure"],
        context.case,
        lines=state["staged"].lines,
        subject_said_nothing=not END_MARKER.sub("", newest.text).strip(),
    )
    draft = context.voice.speak(speech, moment)
    return {"draft": draft, "spoken": await _spoken(draft, speech, moment, state, context), "ending": ending}


async def _spoken(draft: str, speech: Speech, moment: Moment, state: DialogueState, context: DialogueContext) -> Spoken:
    """The draft, or what a model makes of it. The model is handed the speech; the case stays with what checks it."""
    if context.reworder is None:
        return Spoken(draft)
    given = given_for(
        speech,
        draft,
        context.case,
        context.persona,
        state["ledger"],
        before=tuple(reply.text for reply in state["counterpart_turns"]),
        heard=tuple(turn.text for turn in state["subject_turns"]),
    )
    request = VoiceRequest(speech, draft, moment, visible_messages(state), context.key, context.seed)
    return await context.reworder.reword(request, lambda text: faults(text, given))


_PARTING = {
    EndReason.SUBJECT_CLOSED: PhraseSlot.THANKS,
    EndReason.GOAL_MET: PhraseSlot.THANKS,
    EndReason.GOAL_ABANDONED: PhraseSlot.GIVE_UP,
}


def _moment(state: DialogueState, context: DialogueContext) -> Moment:
    return Moment(
        persona=context.persona,
        role=context.case.scenario.counterpart.role,
        language=context.case.language,
        turn=state["turn"],
        seed=context.wording_seed,
    )


async def guard(state: DialogueState, runtime: Runtime[DialogueContext]) -> Command[Literal["subject", "close"]]:
    context = runtime.context
    released = frozenset(entry.fact_id for entry in state["ledger"])
    told_before = "\n".join(reply.text for reply in state["counterpart_turns"])
    text, spoken_by = state["spoken"].text, state["spoken"].by
    if text != state["draft"] and unreleased_facts_stated(text, context.case, released, told_before):
        text, spoken_by = state["draft"], SpokenBy.FALLBACK
    if unreleased_facts_stated(text, context.case, released, told_before):
        facts = [fact_text(entry, context.case) for entry in state["disclosure"].released]
        lines = [
            line
            for line in state["staged"].lines
            if not unreleased_facts_stated(line, context.case, released, told_before)
        ]
        text, spoken_by = join([*facts, *lines], context.case.language), SpokenBy.FALLBACK
    reply = CounterpartTurn(
        turn=state["turn"],
        text=text,
        spoken_by=spoken_by,
        played=state["staged"].played,
        guard=state["spoken"].findings,
    )
    ended = state["ending"] is not None
    return Command(
        update={"counterpart_turns": [reply], "turn": state["turn"] + (0 if ended else 1)},
        goto="close" if ended else "subject",
    )


async def close(state: DialogueState) -> dict[str, object]:
    if state["ending"] is None:
        raise AssertionError("a dialogue closes for a reason")
    return {}


Graph = CompiledStateGraph[DialogueState, DialogueContext, DialogueState, DialogueState]


def build(checkpointer: BaseCheckpointSaver[str] | None = None) -> Graph:
    graph = StateGraph(DialogueState, context_schema=DialogueContext)
    graph.add_node("open", open_)
    graph.add_node("subject", subject)
    graph.add_node("listen", listen)
    graph.add_node("disclose", disclose_)
    graph.add_node("speak", speak)
    graph.add_node("guard", guard)
    graph.add_node("close", close)
    graph.add_edge(START, "open")
    graph.add_edge("open", "subject")
    graph.add_edge("listen", "disclose")
    graph.add_edge("disclose", "speak")
    graph.add_edge("speak", "guard")
    graph.add_edge("close", END)
    return graph.compile(checkpointer=checkpointer)


@lru_cache(maxsize=1)
def batch_graph() -> Graph:
    """The graph without a checkpointer, compiled once for all dialogues of a process."""
    return build()


def steps_allowed(max_turns: int) -> int:
    """LangGraph's recursion limit for a dialogue: every turn's nodes, the opening, the end, and room to spare."""
    return _NODES_PER_TURN * (max_turns + 1) + 5
