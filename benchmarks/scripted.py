"""A scripted subject: what a turn costs without any model, and which part of the simulator it goes to."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from benchmarks.bare import STAGES, StageClock, play_bare
from benchmarks.measuring import Ratio, Sample, Spread, interleaved, ratio
from benchmarks.work import CONCURRENCY, context_of, dialogues, forget_texts, records_of, whole_run
from simulator.dialogue.case import prepare
from simulator.dialogue.graph import (
    STATE_TYPES,
    DialogueContext,
    DialogueState,
    Graph,
    batch_graph,
    build,
    initial_state,
    steps_allowed,
)
from simulator.dialogue.playing import DialogueSpec, record_of
from simulator.dialogue.record import DialogueRecord
from simulator.evaluation.manifest import Settings
from simulator.evaluation.running import begin_run
from simulator.evaluation.store import RunWriter
from simulator.judging.judge import JudgedDialogue, judge_dialogue
from simulator.library.collection import Library
from simulator.models.sources import open_subject

SUBJECT = "ref:checklist"
BARE, GRAPH, RUN = "bare_functions", "compiled_graph", "whole_run"
_SAVER = "graph_with_saver"
_SOME = 4
"""Every fourth dialogue is enough to see what a checkpointer costs."""


@dataclass(frozen=True, slots=True)
class Speed:
    dialogues_per_s: Spread
    turns_per_s: Spread
    cpu_ms_per_turn: Spread


@dataclass(frozen=True, slots=True)
class ScriptedResult:
    subject: str
    dialogues: int
    turns: int
    """Of the subject, in one pass over the dialogues."""
    concurrency: int
    """Of the whole run; the other variants play one dialogue after the other."""
    rounds: int
    variants: dict[str, Speed]
    ratios: dict[str, Ratio]
    """`A_to_B`: A's time ÷ B's."""
    cpu_ms_per_turn: dict[str, Spread]
    """What every turn costs, part by part. `graph` is a difference of two variants, so it carries the noise of both."""
    cpu_s_per_run: dict[str, Spread]
    """What is paid once a run, however many dialogues it has: `prepare` compiles the run's cases; `rest` is whatever no
    other part accounts for (begin, read back, leaderboard, several dialogues at a time), again a difference."""
    checkpointer_to_none: Ratio
    """The graph with an in-memory checkpoint at every step ÷ the graph without one, over a quarter of the dialogues."""


class _Passes:
    """One pass over the same dialogues, in every variant."""

    def __init__(self, library: Library, plan: tuple[DialogueSpec, ...]) -> None:
        self.library = library
        self.plan = plan
        self.source = open_subject(SUBJECT)
        self.clocks: list[StageClock] = []
        """One for each pass of `bare`."""

    def _context(self, spec: DialogueSpec) -> DialogueContext:
        scenario = self.library.scenario(spec.scenario_id)
        subject = self.source.for_dialogue(scenario, self.library.rubric(scenario.rubric), spec.language)
        return context_of(spec, self.library, subject)

    def bare(self) -> list[DialogueRecord]:
        clock = StageClock()
        self.clocks.append(clock)

        async def play_all() -> list[DialogueRecord]:
            return [await play_bare(spec, self._context(spec), clock) for spec in self.plan]

        forget_texts()
        return asyncio.run(play_all())

    def graph(self) -> list[DialogueRecord]:
        return self._with(batch_graph(), self.plan)

    def some_without_saver(self) -> list[DialogueRecord]:
        return self._with(batch_graph(), self.plan[::_SOME])

    def some_with_saver(self) -> list[DialogueRecord]:
        """With the checkpointer of an interactive session, a checkpoint at every step."""
        saver = InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=STATE_TYPES))
        return self._with(build(saver), self.plan[::_SOME])

    def _with(self, graph: Graph, plan: tuple[DialogueSpec, ...]) -> list[DialogueRecord]:
        async def play_one(spec: DialogueSpec) -> DialogueRecord:
            context = self._context(spec)
            config = RunnableConfig(
                configurable={"thread_id": spec.id}, recursion_limit=steps_allowed(context.max_turns)
            )
            state = await graph.ainvoke(initial_state(), config, context=context)
            return record_of(cast("DialogueState", state), spec)

        async def play_all() -> list[DialogueRecord]:
            return [await play_one(spec) for spec in plan]

        forget_texts()
        return asyncio.run(play_all())

    def run(self) -> tuple[Path, object]:
        forget_texts()
        return whole_run(self.library, self.plan, Settings(subjects=(SUBJECT,), concurrency=CONCURRENCY))

    def prepare(self) -> float:
        """CPU seconds of preparing every case anew: a run reads its cases from its own file, so none is cached."""
        fresh = [
            (self.library.scenario(scenario).model_copy(), language)
            for scenario, language in dict.fromkeys((spec.scenario_id, spec.language) for spec in self.plan)
        ]
        forget_texts()
        begun = time.process_time()
        for scenario, language in fresh:
            prepare(scenario, language)
        return time.process_time() - begun

    def judge(self, records: list[DialogueRecord]) -> tuple[list[JudgedDialogue], float]:
        """The verdicts by checks alone, and their CPU seconds."""

        async def judge_all() -> list[JudgedDialogue]:
            scenarios = [self.library.scenario(record.scenario_id) for record in records]
            return [
                await judge_dialogue(record, scenario, self.library.rubric(scenario.rubric), None)
                for record, scenario in zip(records, scenarios, strict=True)
            ]

        begun = time.process_time()
        judged = asyncio.run(judge_all())
        return judged, time.process_time() - begun

    def store(self, records: list[DialogueRecord], judged: list[JudgedDialogue]) -> float:
        """CPU seconds of writing the dialogues and their verdicts."""
        with tempfile.TemporaryDirectory(prefix="clinsim-bench-") as kept:
            folder = begin_run(Path(kept), self.library, self.plan, Settings(subjects=(SUBJECT,)))
            with RunWriter(folder) as writer:
                begun = time.process_time()
                for record, verdicts in zip(records, judged, strict=True):
                    writer.finish(record)
                    writer.judged(1, record.id, verdicts)
                return time.process_time() - begun


def measure_scripted(
    library: Library, n_dialogues: int, rounds: int, on_round: Callable[[int], None] = lambda _: None
) -> ScriptedResult:
    """Raises AssertionError where the variants do not give the same records: then there is nothing to compare."""
    passes = _Passes(library, dialogues(library, SUBJECT, n_dialogues))
    records = passes.bare()
    folder, _kept = passes.run()
    assert records == passes.graph() == list(records_of(folder)), "the variants differ"
    assert records[::_SOME] == passes.some_with_saver(), "the checkpointer changes a record"
    passes.clocks.clear()

    parts: dict[str, list[float]] = {"judge": [], "store": [], "prepare": []}

    def also(made: int) -> None:
        passes.judge(records)  # so that the caches hold what they hold in a run, when its judge looks at a dialogue
        judged, judge_s = passes.judge(records)
        parts["judge"].append(judge_s)
        parts["store"].append(passes.store(records, judged))
        parts["prepare"].append(passes.prepare())
        on_round(made)

    samples = interleaved({BARE: passes.bare, GRAPH: passes.graph, RUN: passes.run}, rounds, also)
    some = interleaved({GRAPH: passes.some_without_saver, _SAVER: passes.some_with_saver}, rounds)
    n_turns = sum(len(record.subject_turns) for record in records)
    per_turn, per_run = _split(samples, passes.clocks, parts, n_turns)
    return ScriptedResult(
        subject=SUBJECT,
        dialogues=n_dialogues,
        turns=n_turns,
        concurrency=CONCURRENCY,
        rounds=rounds,
        variants={name: _speed(found, n_dialogues, n_turns) for name, found in samples.items()},
        ratios={f"{a}_to_{b}": ratio(samples[a], samples[b]) for a, b in ((GRAPH, BARE), (RUN, BARE), (RUN, GRAPH))},
        cpu_ms_per_turn=per_turn,
        cpu_s_per_run=per_run,
        checkpointer_to_none=ratio(some[_SAVER], some[GRAPH]),
    )


def _speed(samples: list[Sample], n_dialogues: int, n_turns: int) -> Speed:
    return Speed(
        Spread.of(n_dialogues / sample.wall_s for sample in samples),
        Spread.of(n_turns / sample.wall_s for sample in samples),
        Spread.of(1000 * sample.cpu_s / n_turns for sample in samples),
    )


def _split(
    samples: dict[str, list[Sample]], clocks: list[StageClock], parts: dict[str, list[float]], n_turns: int
) -> tuple[dict[str, Spread], dict[str, Spread]]:
    """Milliseconds per turn, and seconds per run."""
    bare, graph, run = ([sample.cpu_s for sample in samples[name]] for name in (BARE, GRAPH, RUN))
    turn: dict[str, list[float]] = {stage: [clock.cpu_s[stage] for clock in clocks] for stage in STAGES}
    turn["graph"] = [with_it - without for with_it, without in zip(graph, bare, strict=True)]
    turn |= {name: parts[name] for name in ("judge", "store")}
    known = zip(graph, *parts.values(), strict=True)
    once = {
        "prepare": parts["prepare"],
        "rest": [whole - sum(each) for whole, each in zip(run, known, strict=True)],
    }
    return (
        {name: Spread.of(1000 * seconds / n_turns for seconds in values) for name, values in turn.items()},
        {name: Spread.of(values) for name, values in once.items()},
    )
