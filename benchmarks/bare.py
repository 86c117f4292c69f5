"""One dialogue without LangGraph: the very functions of the graph's nodes, called in a loop, each on the clock."""

from __future__ import annotations

import operator
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, cast, get_args, get_type_hints

from langgraph.runtime import Runtime
from langgraph.types import Command

from simulator.dialogue import graph
from simulator.dialogue.graph import DialogueContext, DialogueState, initial_state
from simulator.dialogue.playing import DialogueSpec, record_of
from simulator.dialogue.record import DialogueRecord

STAGES = ("subject", "listen", "disclose", "speak", "guard")
"""The nodes of one turn, in order."""

_GROWING = frozenset(
    name for name, hint in get_type_hints(DialogueState, include_extras=True).items() if operator.add in get_args(hint)
)
_Step = Callable[[DialogueState, Runtime[DialogueContext]], object]


@dataclass(slots=True)
class StageClock:
    """CPU seconds of this process by stage."""

    cpu_s: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, cpu_s: float) -> None:
        self.cpu_s[stage] = self.cpu_s.get(stage, 0.0) + cpu_s


async def _take(step: _Step, state: DialogueState, runtime: Runtime[DialogueContext]) -> str:
    """Takes one step, changes the state as LangGraph would, and returns where the step wants to go, if it says so."""
    outcome = step(state, runtime)
    if isawaitable(outcome):
        outcome = await cast("Awaitable[object]", outcome)
    update = outcome.update if isinstance(outcome, Command) else outcome
    values = cast("dict[str, Any]", state)
    for name, value in cast("Mapping[str, Any]", update or {}).items():
        values[name] = values[name] + value if name in _GROWING else value
    return str(outcome.goto) if isinstance(outcome, Command) else ""


async def play_bare(spec: DialogueSpec, context: DialogueContext, clock: StageClock) -> DialogueRecord:
    """The record that `simulator.dialogue.playing.play` would give for the same context."""
    runtime = Runtime(context=context)
    steps: dict[str, _Step] = {
        "subject": graph.subject,
        "listen": graph.listen,
        "disclose": graph.disclose_,
        "speak": graph.speak,
        "guard": graph.guard,
    }
    state = initial_state()
    await _take(graph.open_, state, runtime)
    while True:
        for stage in STAGES:
            started = time.process_time()
            goto = await _take(steps[stage], state, runtime)
            clock.add(stage, time.process_time() - started)
            if goto == "close":
                return record_of(state, spec)
