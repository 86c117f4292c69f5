"""Which scenarios a run plays: by id, by pattern, by track, task and language."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from simulator.errors import UnknownIdError, UsageError
from simulator.library.collection import Library, nearest_ids
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Task, Track
from simulator.text.language import Language


def select(
    library: Library,
    wanted: Sequence[str] = (),
    *,
    track: Track | None = None,
    task: Task | None = None,
    language: Language | None = None,
) -> tuple[Scenario, ...]:
    """The scenarios that meet every filter, each once, in the order of their ids.

    ``wanted``: ids and patterns (`chest-*`, with `*`, `?` and `[abc]`), any of which is enough; none means every
    scenario. Raises UnknownIdError for an id or pattern that meets nothing in the library, UsageError where the
    filters together leave nothing.
    """
    named = {scenario_id for one in wanted for scenario_id in _matches(library, one)} if wanted else library.scenarios
    chosen = tuple(
        entry.value
        for scenario_id, entry in library.scenarios.items()
        if scenario_id in named
        and (track is None or entry.value.track is track)
        and (task is None or entry.value.task is task)
        and (language is None or language in entry.value.languages)
    )
    if not chosen:
        filters = [*wanted, *(value.value for value in (track, task, language) if value is not None)]
        raise UsageError(
            f"no scenario meets all of: {', '.join(filters)}" if filters else "the library holds no scenario",
            fix="drop a filter; `clinsim list` shows what there is",
        )
    return chosen


def _matches(library: Library, wanted: str) -> tuple[str, ...]:
    found = tuple(scenario_id for scenario_id in library.scenarios if fnmatchcase(scenario_id, wanted))
    if not found:
        raise UnknownIdError(
            f"no scenario `{wanted}`", fix=nearest_ids(wanted.strip("*?"), tuple(library.scenarios), "scenario")
        )
    return found
