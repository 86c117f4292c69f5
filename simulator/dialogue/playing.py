"""Play one dialogue from its opening to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from langchain_core.runnables import RunnableConfig

from simulator.dialogue.case import prepare
from simulator.dialogue.graph import DialogueContext, DialogueState, batch_graph, initial_state, steps_allowed
from simulator.dialogue.listening import Listener, RuleListener
from simulator.dialogue.model_listener import ModelListener
from simulator.dialogue.model_voice import ModelVoice
from simulator.dialogue.record import DialogueRecord
from simulator.dialogue.voice import ScriptedVoice, Voice
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.models.subject import Subject
from simulator.text.language import Language


@dataclass(frozen=True, slots=True)
class Models:
    """The models that help the counterpart; None: rules and scripted words alone."""

    listener: ModelListener | None = None
    voice: ModelVoice | None = None


NO_MODELS = Models()


@dataclass(frozen=True, slots=True)
class DialogueSpec:
    """One dialogue of a plan, by name. The same spec and the same replies give the same record, byte for byte."""

    subject: str
    scenario_id: str
    persona_id: str
    language: Language
    epoch: int
    """From 1; repeats of the same dialogue differ in nothing but the seed."""
    seed: int

    @property
    def id(self) -> str:
        return f"{self.subject}/{self.scenario_id}/{self.persona_id}/{self.language.value}/{self.epoch}"


def record_of(state: DialogueState, spec: DialogueSpec) -> DialogueRecord:
    """The record of a finished dialogue."""
    ending = state["ending"]
    if ending is None:
        raise ValueError("the dialogue has not ended")
    return DialogueRecord(
        id=spec.id,
        scenario_id=spec.scenario_id,
        persona_id=spec.persona_id,
        subject=spec.subject,
        language=spec.language,
        epoch=spec.epoch,
        seed=spec.seed,
        subject_turns=tuple(state["subject_turns"]),
        understandings=tuple(state["understandings"]),
        counterpart_turns=tuple(state["counterpart_turns"]),
        ledger=tuple(state["ledger"]),
        withheld=tuple(state["withheld"]),
        end_reason=ending.reason,
        end_detail=ending.detail,
    )


def context_for(
    spec: DialogueSpec,
    scenario: Scenario,
    persona: Persona,
    subject: Subject | None,
    *,
    listener: Listener | None = None,
    voice: Voice | None = None,
    models: Models = NO_MODELS,
    max_turns: int | None = None,
    budget_spent: Callable[[], bool] = lambda: False,
) -> DialogueContext:
    return DialogueContext(
        case=prepare(scenario, spec.language),
        persona=persona,
        listener=listener or RuleListener(),
        voice=voice or ScriptedVoice(),
        seed=spec.seed,
        key=spec.id,
        subject=subject,
        reviser=models.listener,
        reworder=models.voice,
        max_turns=max_turns or scenario.max_turns,
        budget_spent=budget_spent,
    )


async def play(
    spec: DialogueSpec,
    scenario: Scenario,
    persona: Persona,
    subject: Subject,
    *,
    models: Models = NO_MODELS,
    max_turns: int | None = None,
    budget_spent: Callable[[], bool] = lambda: False,
) -> DialogueRecord:
    """Plays one dialogue.

    Raises EndpointUnreachable, EndpointRejected or MissingKeyError where no dialogue with this subject can succeed; a
    subject that fails in this dialogue alone ends it with SUBJECT_FAILURE.
    """
    context = context_for(
        spec, scenario, persona, subject, models=models, max_turns=max_turns, budget_spent=budget_spent
    )
    config = RunnableConfig(recursion_limit=steps_allowed(context.max_turns))
    state = await batch_graph().ainvoke(initial_state(), config, context=context)
    return record_of(cast(DialogueState, state), spec)
