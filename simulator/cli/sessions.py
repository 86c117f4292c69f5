"""What the verbs that open models share: checking them before anything is written, warning, and stopping cleanly."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from simulator.cli.common import stderr
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.evaluation.manifest import Settings

T = TypeVar("T")
_THREADS = 2
"""What the dialogues compute runs beside the event loop. More threads would be no faster, since one at a time holds the
interpreter, and would keep the loop from storing an answer as soon as it arrives."""

ConcurrencyOption = Annotated[int, typer.Option("--concurrency", "-c", min=1, max=512, help="Dialogues at a time.")]


def to_end(work: Coroutine[object, object, T]) -> T:
    """Runs to the end; SIGTERM stops it as Ctrl-C does, with everything finished stored."""

    async def guarded() -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        if task is not None:
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        loop.set_default_executor(ThreadPoolExecutor(_THREADS, "dialogue"))
        return await work

    return asyncio.run(guarded())


def warn_of_family(subjects: Iterable[str], judges: Iterable[str]) -> None:
    from simulator.judging.family import same_family

    for subject, judge in product(subjects, judges):
        if same_family(subject, judge):
            stderr().print(
                f"warning: {judge} judges {subject}, a model of its own family: expect self-preference", style="yellow"
            )


def check_models(settings: Settings) -> None:
    """Refuses what could never play before anything is written: no model, no key, no address; and stored secrets."""
    from simulator.evaluation.session_models import Part, endpoint_defaults
    from simulator.judging.learned.judge import learned_folder, open_learned
    from simulator.models.endpoint import displayed_url
    from simulator.models.sources import open_chat, open_subject, subject_name

    judges = [(Part.JUDGE, judge) for judge in settings.judges]
    named = [*judges, (Part.VOICE, settings.voice), (Part.LISTENER, settings.listener)]
    helpers = [(part, spec) for part, spec in named if spec is not None]
    urls = (settings.base_url, settings.judge_base_url, settings.voice_base_url, settings.listener_base_url)
    shown = [
        (spec.partition("#")[0], subject_name(spec)) for spec in (*settings.subjects, *(spec for _, spec in helpers))
    ]
    shown += [(url, displayed_url(url)) for url in urls if url]
    if any(given.strip().rstrip("/") != safe.rstrip("/") for given, safe in shown):
        raise UsageError(
            "an address with a password, a query or a fragment in it would be stored with the run",
            fix="give the plain address, and the key in an environment variable (--api-key-env)",
        )
    names = [subject_name(one) for one in settings.subjects]
    if len(set(names)) != len(names):
        raise UsageError("a subject is named twice", fix="name each once; use --epochs to repeat dialogues")

    if len({subject_name(judge) for judge in settings.judges}) != len(settings.judges):
        raise UsageError("a judge is named twice", fix="a panel has members of different names")

    async def open_all() -> None:
        for subject in settings.subjects:
            await open_subject(subject, defaults=endpoint_defaults(settings)).aclose()
        for part, spec in helpers:
            if learned := learned_folder(spec) if part is Part.JUDGE else None:
                open_learned(learned, spec)
                continue
            await open_chat(spec, defaults=endpoint_defaults(settings, part)).aclose()

    asyncio.run(open_all())
