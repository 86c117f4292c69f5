"""A journal that fits in a file of its own: for a sitting that goes on turn by turn, and pays for no call twice."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.evaluation.store import completion_from, completion_json
from simulator.models.journal import Completion


class KeptCalls:
    """A Journal in memory, made of and turned into what JSON can hold."""

    def __init__(self, kept: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """``kept``: what `as_json` gave. Raises ValueError, KeyError or TypeError where it is something else."""
        self._calls: dict[str, tuple[str, Completion]] = {
            key: (call["request_hash"], completion_from(call["completion"])) for key, call in (kept or {}).items()
        }

    def lookup(self, key: str, request_hash: str) -> Completion | None:
        known_hash, completion = self._calls.get(key, ("", None))
        return completion if known_hash == request_hash else None

    def record(self, key: str, request_hash: str, completion: Completion) -> None:
        self._calls[key] = (request_hash, completion)

    def as_json(self) -> dict[str, dict[str, str]]:
        return {
            key: {"request_hash": request_hash, "completion": completion_json(completion)}
            for key, (request_hash, completion) in self._calls.items()
        }
