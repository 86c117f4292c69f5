"""Many patterns at once: only those are tried that have a word of theirs in the text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from simulator.text.normal import normalise
from simulator.text.pattern import Match, Pattern

Key = TypeVar("Key", bound=Hashable)


class PatternIndex(Generic[Key]):
    """Patterns grouped by key. A lookup costs what the text's own words cost, however many patterns there are."""

    def __init__(self, groups: Iterable[tuple[Key, tuple[Pattern, ...]]]) -> None:
        self._patterns: list[tuple[Key, Pattern]] = [(key, pattern) for key, patterns in groups for pattern in patterns]
        self._by_anchor: dict[str, list[int]] = {}
        self._always: list[int] = []
        for at, (_, pattern) in enumerate(self._patterns):
            if pattern.anchors is None:
                self._always.append(at)
            for anchor in pattern.anchors or ():
                self._by_anchor.setdefault(anchor, []).append(at)

    def first_matches(self, text: str) -> dict[Key, tuple[Pattern, Match]]:
        """For each key that matches: its first pattern that does, in the order given, with the match."""
        candidates = set(self._always)
        for word in normalise(text).words:
            candidates.update(self._by_anchor.get(word, ()))
        found: dict[Key, tuple[Pattern, Match]] = {}
        for at in sorted(candidates):
            key, pattern = self._patterns[at]
            if key not in found and (match := pattern.search(text)) is not None:
                found[key] = (pattern, match)
        return found
