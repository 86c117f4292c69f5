"""The plan of a run: which dialogues are played, in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from simulator.dialogue.playing import DialogueSpec
from simulator.errors import UsageError
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.text.language import Language


def suitable_personas(scenario: Scenario, wanted: Sequence[str], most: int | None) -> tuple[str, ...]:
    """The scenario's personas that are wanted (ids or globs; none for all), in its order, at most ``most``."""
    chosen = [
        persona
        for persona in scenario.counterpart.personas
        if not wanted or any(fnmatchcase(persona, pattern) for pattern in wanted)
    ]
    return tuple(chosen if most is None else chosen[:most])


def make_plan(
    scenarios: Sequence[Scenario],
    personas: Sequence[Persona],
    subjects: Sequence[str],
    *,
    wanted_personas: Sequence[str] = (),
    personas_per_scenario: int | None = None,
    languages: Sequence[Language] = (),
    epochs: int = 1,
    seed: int = 0,
) -> tuple[DialogueSpec, ...]:
    """Every subject with every scenario, suitable persona, language and epoch. Subjects alternate, so that a run that
    is looked at half-way compares them on the same cases. Epoch n has the seed ``seed + n - 1``.

    Raises UsageError where nothing would be played.
    """
    known = {persona.id for persona in personas}
    for pattern in wanted_personas:
        if not any(fnmatchcase(persona, pattern) for persona in known):
            raise UsageError(f"no persona is called `{pattern}`", fix="`clinsim list personas` shows them")
    specs: list[DialogueSpec] = []
    for epoch in range(1, epochs + 1):
        for scenario in scenarios:
            for persona in suitable_personas(scenario, wanted_personas, personas_per_scenario):
                for language in scenario.languages:
                    if languages and language not in languages:
                        continue
                    specs.extend(
                        DialogueSpec(subject, scenario.id, persona, language, epoch, seed + epoch - 1)
                        for subject in subjects
                    )
    if not specs:
        raise UsageError(
            "nothing would be played: no chosen scenario has a chosen persona and language",
            fix="`clinsim list scenarios` shows which personas and languages each scenario has",
        )
    return tuple(specs)
