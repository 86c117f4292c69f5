"""A dialogue with a human in the subject's chair: pausing for each turn, and stepping back.

The same graph as in a batch run, compiled with a checkpointer: LangGraph's interrupts do the pausing, its checkpoints
the stepping back.
"""

from __future__ import annotations

from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.types import Command

from simulator.dialogue.graph import STATE_TYPES, DialogueState, build, initial_state, steps_allowed
from simulator.dialogue.playing import NO_MODELS, DialogueSpec, Models, context_for, record_of
from simulator.dialogue.record import DialogueRecord
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario


class Session:
    """One sitting. `start` first; then `say` each turn until `ended`; then `record`."""

    def __init__(
        self,
        spec: DialogueSpec,
        scenario: Scenario,
        persona: Persona,
        *,
        models: Models = NO_MODELS,
        max_turns: int | None = None,
    ) -> None:
        self.spec = spec
        self._graph = build(InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=STATE_TYPES)))
        self._context = context_for(spec, scenario, persona, None, models=models, max_turns=max_turns)
        self._newest = RunnableConfig(
            configurable={"thread_id": spec.id}, recursion_limit=steps_allowed(self._context.max_turns)
        )
        self._config = self._newest

    @property
    def counterpart(self) -> str:
        """The role of whom the human talks with."""
        return self._context.case.scenario.counterpart.role.value

    @property
    def state(self) -> DialogueState:
        return cast("DialogueState", self._graph.get_state(self._config).values)

    @property
    def ended(self) -> bool:
        return self.state["ending"] is not None

    async def start(self) -> str:
        """The counterpart's opening words."""
        await self._graph.ainvoke(initial_state(), self._config, context=self._context)
        return self.state["counterpart_turns"][0].text

    async def say(self, text: str) -> str:
        """The counterpart's reply to the subject's next turn. Raises ValueError once the dialogue has ended."""
        if self.ended:
            raise ValueError("the dialogue has ended")
        await self._graph.ainvoke(Command(resume=text), self._config, context=self._context)
        self._config = self._newest  # after a step back, what follows lies on the new branch
        return self.state["counterpart_turns"][-1].text

    def back_to(self, turn: int) -> None:
        """Steps back to just before the subject's turn ``turn`` (from 1). Raises ValueError where it has not been."""
        snapshot = self._graph.get_state(self._config)
        while not (snapshot.next == ("subject",) and snapshot.values["turn"] == turn):
            if snapshot.parent_config is None:
                raise ValueError(f"the dialogue has not come to turn {turn}")
            snapshot = self._graph.get_state(snapshot.parent_config)  # its own past, not that of an abandoned branch
        # A checkpoint of its own: the one that was stepped back to still holds the words that answered it.
        forked = self._graph.update_state(snapshot.config, {}, as_node="open")
        self._config = RunnableConfig(
            configurable=forked["configurable"], recursion_limit=self._config["recursion_limit"]
        )

    def record(self) -> DialogueRecord:
        """The record. Raises ValueError while the dialogue goes on."""
        return record_of(self.state, self.spec)
