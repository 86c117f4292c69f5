"""Patterns: words that are recognised in every inflection, with alternatives, options and gaps (docs/patterns.md)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import regex

from simulator.text.language import Language
from simulator.text.normal import normalise, tokens

_GAP_TOKENS = {Language.EN: 6, Language.ZH: 12}
_TIMEOUT_SECONDS = 0.5
_MAX_SOURCE = 1_000
_MAX_DEPTH = 20


class PatternError(ValueError):
    """A pattern that cannot be read; ``column`` counts from 1."""

    def __init__(self, source: str, column: int, what: str) -> None:
        self.source, self.column, self.what = source, column, what
        super().__init__(f"pattern `{source}`: {what} (column {column})")


@dataclass(frozen=True, slots=True)
class Match:
    """A span of the text that was searched, and the words in it, verbatim."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    """``regex`` over the normal form. ``anchors``: tokens one of which stands in every match; None: nobody knows.

    ``optional``: whether it also matches nothing at all.
    """

    regex: str
    anchors: frozenset[str] | None = None
    optional: bool = True


def _sharpest(anchors: list[frozenset[str] | None]) -> frozenset[str] | None:
    return min((each for each in anchors if each is not None), key=len, default=None)


class _Reader:
    """Recursive descent over one pattern: sequence := (words | group | option | gap)*, with `|` between sequences."""

    def __init__(self, source: str, language: Language) -> None:
        self.source = source
        self.gap = rf"(?:\S+ ){{0,{_GAP_TOKENS[language]}}}?"
        self.at = 0
        self.depth = 0

    def read(self) -> _Part:
        built = self.alternatives(closing="")
        if self.at < len(self.source):
            raise PatternError(self.source, self.at + 1, f"`{self.source[self.at]}` closes nothing")
        return built

    def alternatives(self, closing: str) -> _Part:
        branches = [self.sequence(closing)]
        while self.at < len(self.source) and self.source[self.at] == "|":
            self.at += 1
            branches.append(self.sequence(closing))
        known = [branch.anchors for branch in branches if branch.anchors is not None]
        anchors = frozenset[str]().union(*known) if len(known) == len(branches) else None
        optional = any(branch.optional for branch in branches)
        return _Part("|".join(branch.regex for branch in branches), anchors, optional)

    def sequence(self, closing: str) -> _Part:
        parts: list[_Part] = []
        begun = self.at
        only_gaps = True
        while self.at < len(self.source) and self.source[self.at] not in "|)]":
            if self.source.startswith("...", self.at) or self.source[self.at] == "…":
                self.at += 1 if self.source[self.at] == "…" else 3
                parts.append(_Part(self.gap))
            elif self.source[self.at] in "([":
                parts.append(self.bracket())
                only_gaps = False
            else:
                words = self.words()
                parts.append(words)
                only_gaps = only_gaps and not words.regex
        if only_gaps:
            raise PatternError(self.source, begun + 1, "an empty alternative" if closing else "there is no word in it")
        return _Part(
            "".join(part.regex for part in parts),
            _sharpest([part.anchors for part in parts]),
            all(part.optional for part in parts),
        )

    def bracket(self) -> _Part:
        opening = self.source[self.at]
        closing = {"(": ")", "[": "]"}[opening]
        opened = self.at
        self.at += 1
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise PatternError(self.source, opened + 1, f"brackets nest deeper than {_MAX_DEPTH}")
        inner = self.alternatives(closing)
        self.depth -= 1
        if self.at >= len(self.source) or self.source[self.at] != closing:
            raise PatternError(self.source, opened + 1, f"`{opening}` is never closed by `{closing}`")
        self.at += 1
        if self.at < len(self.source) and self.source[self.at] in "?*+{":
            raise PatternError(
                self.source,
                self.at + 1,
                f"`{self.source[self.at]}` means nothing here; write [a|b] for what may be absent",
            )
        if opening == "[":
            return _Part(f"(?:{inner.regex})?")
        return _Part(f"(?:{inner.regex})", inner.anchors, inner.optional)

    def words(self) -> _Part:
        begun = self.at
        while (
            self.at < len(self.source)
            and self.source[self.at] not in "|()[]…"
            and not self.source.startswith("...", self.at)
        ):
            self.at += 1
        found = tokens(self.source[begun : self.at])
        built = "".join(regex.escape(token) + r"\ " for token in found)
        return _Part(built, frozenset({max(found, key=len)}), optional=False) if found else _Part(built)


class Pattern:
    """One pattern that was read. `search` and `finditer` give spans of the text as it was handed in."""

    def __init__(self, source: str, language: Language, built: _Part) -> None:
        self.source, self.language, self._built = source, language, built

    @property
    def anchors(self) -> frozenset[str] | None:
        """Tokens of the normal form one of which stands in every text that matches; None where nobody knows."""
        return self._built.anchors

    @cached_property
    def _regex(self) -> regex.Pattern[str]:
        """Compiled when a text first holds an anchor: of thousands of patterns most never meet one."""
        return regex.compile(rf"(?<![^ ])(?:{self._built.regex})")

    @staticmethod
    @lru_cache(maxsize=50_000)
    def compile(source: str, language: Language) -> Pattern:
        """Raises PatternError with the column where the pattern cannot be read."""
        if len(source) > _MAX_SOURCE:
            raise PatternError(source[:40] + "…", _MAX_SOURCE, f"longer than {_MAX_SOURCE} characters")
        built = _Reader(source, language).read()
        if built.optional:
            raise PatternError(source, 1, "everything in it is optional, so it would match any text")
        return Pattern(source, language, built)

    def search(self, text: str) -> Match | None:
        """The first match. A search that takes longer than half a second (hostile text) finds nothing."""
        return next(iter(self._matches(text, most=1)), None)

    def finditer(self, text: str) -> tuple[Match, ...]:
        """Every match, in order, not overlapping."""
        return self._matches(text, most=None)

    def _matches(self, text: str, most: int | None) -> tuple[Match, ...]:
        normal = normalise(text)
        if self._built.anchors is not None and self._built.anchors.isdisjoint(normal.words):
            return ()
        try:
            hits = self._regex.finditer(normal.form, timeout=_TIMEOUT_SECONDS)
            found = [match.span() for match in islice(hits, most)]
        except TimeoutError:
            return ()
        spans = [normal.original(start, end) for start, end in found if end > start]
        return tuple(Match(start, end, text[start:end]) for start, end in spans)


def first_match(patterns: tuple[Pattern, ...], text: str) -> tuple[Pattern, Match] | None:
    """The first pattern, in the order given, that matches, with its match."""
    for pattern in patterns:
        if (match := pattern.search(text)) is not None:
            return pattern, match
    return None


def compile_all(sources: tuple[str, ...], language: Language) -> tuple[Pattern, ...]:
    return tuple(Pattern.compile(source, language) for source in sources)


def plain(source: str) -> str:
    """A pattern as words to show or say: the first alternative of every group, without options and gaps."""
    text = regex.sub(r"\[[^\[\]()]*\]", "", source)
    while (simpler := regex.sub(r"\(([^()|]*)(?:\|[^()]*)?\)", r"\1", text)) != text:
        text = simpler
    text = regex.sub(r"\[.*?\]", "", text).split("|")[0]
    return " ".join(text.replace("...", " ").replace("…", " ").split())
