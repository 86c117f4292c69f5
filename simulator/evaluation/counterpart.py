"""How the counterparts of a run were heard and voiced: what models did in them, and how often rules stood in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.dialogue.record import DialogueRecord, GuardKind, SpokenBy
from simulator.dialogue.understanding import HeardBy


@dataclass(frozen=True, slots=True)
class CounterpartWork:
    """Counts over finished dialogues. Openings are authored, and not counted."""

    spoken_by: dict[str, int]
    """Replies by who worded them: `scripted`, `model`, `model_repaired`, `fallback`."""
    guard: dict[str, int]
    """What the guard found in the attempts of a model's voice, by kind; one attempt can have several faults."""
    heard_by: dict[str, int]
    """Turns of the subjects by whose understanding of them counts: `rules`, `both`, `model`."""
    n_listener_failures: int
    """Turns in which a listening model was asked and could not be used."""

    @property
    def n_replies(self) -> int:
        return sum(self.spoken_by.values())

    @property
    def n_voice_failures(self) -> int:
        """Replies for which the voice's endpoint gave no answer."""
        return self.guard.get(GuardKind.ENDPOINT_FAILED.value, 0)


LISTENER_FAILED = ("the endpoint failed", "the answer could not be used")
"""How the note of an understanding begins where a listening model was asked in vain."""


def counterpart_work(records: Iterable[DialogueRecord]) -> CounterpartWork:
    spoken: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    failures = 0
    for record in records:
        for reply in record.counterpart_turns:
            if reply.turn > 0:
                spoken[reply.spoken_by.value] += 1
            faults.update(finding.kind.value for finding in reply.guard)
        for understood in record.understandings:
            heard[understood.heard_by.value] += 1
            failures += understood.listener_note.startswith(LISTENER_FAILED)
    return CounterpartWork(
        spoken_by={each.value: spoken[each.value] for each in SpokenBy if spoken[each.value]},
        guard={each.value: faults[each.value] for each in GuardKind if faults[each.value]},
        heard_by={each.value: heard[each.value] for each in HeardBy if heard[each.value]},
        n_listener_failures=failures,
    )
