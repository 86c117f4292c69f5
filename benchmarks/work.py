"""The dialogues that every variant plays."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from simulator.dialogue.case import prepare
from simulator.dialogue.graph import DialogueContext
from simulator.dialogue.playing import DialogueSpec, context_for
from simulator.dialogue.record import DialogueRecord
from simulator.evaluation.manifest import Settings
from simulator.evaluation.plan import make_plan
from simulator.evaluation.running import begin_run, continue_run
from simulator.evaluation.runs import RunReader
from simulator.library.collection import Library, read_library
from simulator.library.location import default_roots
from simulator.models.subject import Subject
from simulator.text.normal import normalise
from simulator.text.sentences import sentences
from simulator.text.speech import utterances

CONCURRENCY = 8
"""Dialogues at a time, as `clinsim run` does by default."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """CPU seconds that a process spends once, before its first dialogue."""

    read_library_s: float
    prepare_cases_s: float
    """Compiling the lexicon and every case, nothing being cached yet."""


def opened_library() -> tuple[Library, StartUp]:
    """The shipped library, every case prepared. Tells the start-up cost only when called before any other dialogue."""
    begun = time.process_time()
    library = read_library(default_roots())
    read = time.process_time()
    for entry in library.scenarios.values():
        for language in entry.value.languages:
            prepare(entry.value, language)
    return library, StartUp(read - begun, time.process_time() - read)


def dialogues(library: Library, subject: str, wanted: int) -> tuple[DialogueSpec, ...]:
    """``wanted`` dialogues spread evenly over the whole library; over several epochs where it has fewer."""
    scenarios = [entry.value for entry in library.scenarios.values()]
    personas = [entry.value for entry in library.personas.values()]
    once = len(make_plan(scenarios, personas, [subject]))
    plan = make_plan(scenarios, personas, [subject], epochs=-(-wanted // once))
    return tuple(plan[at * len(plan) // wanted] for at in range(wanted))


def context_of(spec: DialogueSpec, library: Library, subject: Subject, max_turns: int | None = None) -> DialogueContext:
    return context_for(
        spec, library.scenario(spec.scenario_id), library.persona(spec.persona_id), subject, max_turns=max_turns
    )


def forget_texts() -> None:
    """Empties the caches of texts, so that a pass meets its texts as if for the first time: a real subject's words are
    new in every run. Compiled patterns stay, as they do in a process.
    """
    for cache in (normalise, sentences, utterances):
        cache.cache_clear()


def whole_run(library: Library, plan: tuple[DialogueSpec, ...], settings: Settings) -> tuple[Path, object]:
    """All that `clinsim run` does between reading the library and printing: the folder, and what keeps it on disk."""
    kept = tempfile.TemporaryDirectory(prefix="clinsim-bench-")
    folder = begin_run(Path(kept.name), library, plan, settings)
    asyncio.run(continue_run(folder))
    return folder, kept


def records_of(folder: Path) -> tuple[DialogueRecord, ...]:
    with RunReader(folder) as reader:
        return tuple(reader.records())
