"""Patterns: words that are recognised in every inflection, with alternatives, options and gaps (docs/patterns.md)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from simulator.text.language import Language
from simulator.text.normal import normalise, tokens

_GAP_TOKENS = {Language.EN: 6, Language.ZH: 12}
_TIMEOUT_SECONDS = 0.5
_MAX_SOURCE = 1_000


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


class _Reader:
    """Recursive descent over one pattern: sequence := (words | group | option | gap)*, with `|` between sequences."""

    def __init__(self, source: str, language: Language) -> None:
        self.source = source
        self.gap = rf"(?:\S+ ){{0,{_GAP_TOKENS[language]}}}?"
        self.at = 0

    def read(self) -> str:
        built = self.alternatives(closing="")
        if self.at < len(self.source):
            raise PatternError(self.source, self.at + 1, f"`{self.source[self.at]}` closes nothing")
        return built

    def alternatives(self, closing: str) -> str:
        branches = [self.sequence(closing)]
        while self.at < len(self.source) and self.source[self.at] == "|":
            self.at += 1
            branches.append(self.sequence(closing))
        return "|".join(branches)

    def sequence(self, closing: str) -> str:
        parts: list[str] = []
        begun = self.at
        only_gaps = True
        while self.at < len(self.source) and self.source[self.at] not in "|)]":
            if self.source.startswith("...", self.at) or self.source[self.at] == "…":
                self.at += 1 if self.source[self.at] == "…" else 3
                parts.append(self.gap)
            elif self.source[self.at] in "([":
                parts.append(self.bracket())
                only_gaps = False
            else:
                words = self.words()
                parts.append(words)
                only_gaps = only_gaps and not words
        if only_gaps:
            raise PatternError(self.source, begun + 1, "an empty alternative" if closing else "there is no word in it")
        return "".join(parts)

    def bracket(self) -> str:
        opening = self.source[self.at]
        closing = {"(": ")", "[": "]"}[opening]
        opened = self.at
        self.at += 1
        inner = self.alternatives(closing)
        if self.at >= len(self.source) or self.source[self.at] != closing:
            raise PatternError(self.source, opened + 1, f"`{opening}` is never closed by `{closing}`")
        self.at += 1
        if self.at < len(self.source) and self.source[self.at] in "?*+{":
            raise PatternError(
                self.source,
                self.at + 1,
                f"`{self.source[self.at]}` means nothing here; write [a|b] for what may be absent",
            )
        return f"(?:{inner})" + ("?" if opening == "[" else "")

    def words(self) -> str:
        begun = self.at
        while (
            self.at < len(self.source)
            and self.source[self.at] not in "|()[]…"
            and not self.source.startswith("...", self.at)
        ):
            self.at += 1
        return "".join(regex.escape(token) + r"\ " for token in tokens(self.source[begun : self.at]))


class Pattern:
    """One compiled pattern. `search` and `finditer` give spans of the text as it was handed in."""

    __slots__ = ("_regex", "language", "source")

    def __init__(self, source: str, language: Language, compiled: regex.Pattern[str]) -> None:
        self.source, self.language, self._regex = source, language, compiled

    @staticmethod
    @lru_cache(maxsize=50_000)
    def compile(source: str, language: Language) -> Pattern:
        """Raises PatternError with the column where the pattern cannot be read."""
        if len(source) > _MAX_SOURCE:
            raise PatternError(source[:40] + "…", _MAX_SOURCE, f"longer than {_MAX_SOURCE} characters")
        built = _Reader(source, language).read()
        compiled = regex.compile(rf"(?<![^ ])(?:{built})")
        if compiled.match("") is not None:
            raise PatternError(source, 1, "everything in it is optional, so it would match any text")
        return Pattern(source, language, compiled)

    def search(self, text: str) -> Match | None:
        """The first match. A search that takes longer than half a second (hostile text) finds nothing."""
        return next(iter(self.finditer(text)), None)

    def finditer(self, text: str) -> tuple[Match, ...]:
        """Every match, in order, not overlapping."""
        normal = normalise(text)
        try:
            found = [match.span() for match in self._regex.finditer(normal.form, timeout=_TIMEOUT_SECONDS)]
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
