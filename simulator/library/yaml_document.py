"""One YAML file as plain data, with the line and column of everything in it.

The file is parsed once, to ruamel.yaml's node tree: that is faster than its round-trip loader (on a scenario of 480
lines 35 ms against 49 ms, its safe loader takes 42 ms) and knows where each value stands, so reading with positions
costs nothing extra and there is one way to read a file, not a fast and an exact one that could disagree. Scalars mean
what YAML 1.2 says (`no`, `on` and `1:30` are text), and a date is text as well.

Refused, each with a problem of its own: anchors and aliases (a few of them expand without bound, and a case is easier
to review without them), tags, `%` directives (`%YAML 1.1` would turn `no` into false), a second document, duplicate
keys, keys that are not text, files over 1 MiB, and anything but UTF-8 without a byte order mark.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from simulator.library.problem import START, Location, Position, Problem, excerpt, render_path
from simulator.library.yaml_syntax import explain_syntax

MAX_BYTES = 1024 * 1024
_MAX_DEPTH = 40
_CORE = "tag:yaml.org,2002:"
_DIRECTIVE = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\n)*%")

Data = None | bool | int | float | str | list["Data"] | dict[str, "Data"]


class UnreadableFile(Exception):
    """The file is no document. ``problems`` says why; there is at least one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.render() for problem in problems))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: ``data`` holds plain values, the methods say where they stand."""

    text: str
    data: Data
    root: Node

    def position(self, at: Location) -> Position:
        """Where the value at ``at`` stands; where there is none, the nearest value around it that there is."""
        key, node = self._find(at)
        if key is not None and isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index:
            return _position(key)  # an empty value has no place of its own: ruamel puts it at whatever follows
        return _position(node)

    def key_position(self, at: Location) -> Position:
        """Where the key that ends ``at`` stands; the value's position where that is an entry of a list."""
        key, node = self._find(at)
        return _position(node if key is None else key)

    def raw(self, at: Location) -> str:
        """The value at ``at`` as it is written in the file, quotes and all."""
        node = self._find(at)[1]
        return self.text[node.start_mark.index : node.end_mark.index]

    def position_within(self, at: Location, line: int, column: int) -> Position:
        """Where character ``column`` of line ``line`` (from 1) of the text at ``at`` stands in the file.

        Text is meant without the white space around it. Exact for plain, quoted and block scalars, folded over lines
        or not; escapes in double quotes lead to the beginning of the scalar.
        """
        node = self._find(at)[1]
        if not isinstance(node, ScalarNode):
            return _position(node)
        value = node.value.strip()
        lines = value.split("\n")
        wanted = sum(len(passed) + 1 for passed in lines[: line - 1]) + column - 1
        index = _aligned(self.text, *_body(self.text, node), value, wanted)
        if index is None:
            return _position(node)
        return Position(self.text.count("\n", 0, index) + 1, index - self.text.rfind("\n", 0, index))

    def _find(self, at: Location) -> tuple[Node | None, Node]:
        """The key and the value at ``at``, or those of the nearest enclosing value that exists."""
        key: Node | None = None
        node = self.root
        for step in at:
            if isinstance(node, MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == step), None)
                if pair is None:
                    break
                key, node = pair
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
                key, node = None, node.value[step]
            else:
                break
        return key, node


def read_document(file: Path) -> tuple[Document, str]:
    """The document in ``file`` and its content hash. Raises UnreadableFile."""
    content = _read_bytes(file)
    return parse_document(file, content), content_hash(content)


def content_hash(content: bytes) -> str:
    """sha256 (hex) of a file's bytes, line ends normalised, so that a checkout on Windows has the same hash."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).hexdigest()


def parse_document(file: Path, content: bytes) -> Document:
    """The document that ``content`` holds; ``file`` only names it. Raises UnreadableFile."""
    text = _decode(file, content).replace("\r\n", "\n").replace("\r", "\n")
    if directive := _DIRECTIVE.match(text):
        line = text.count("\n", 0, directive.end()) + 1
        raise _unreadable(file, Position(line, 1), "a `%` directive", "remove the line: files are YAML 1.2")
    root = _compose(file, text)
    if root is None:
        raise _unreadable(file, START, "the file is empty", "write a scenario, persona or rubric, or remove the file")
    builder = _Builder(file)
    data = builder.build(root, ())
    if builder.problems:
        raise UnreadableFile(tuple(builder.problems))
    return Document(text, data, root)


def _read_bytes(file: Path) -> bytes:
    if file.is_dir():
        raise _unreadable(file, START, "this is a folder", "a YAML file is wanted here")
    try:
        if file.exists() and not file.is_file():
            raise _unreadable(file, START, "this is no regular file", "a YAML file is wanted here")
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _unreadable(file, START, f"the file cannot be read: {reason}", "check its path and rights") from None
    if len(content) > MAX_BYTES:
        raise _unreadable(file, START, "the file is larger than 1 MiB", "one file holds one case: split it")
    return content


def _decode(file: Path, content: bytes) -> str:
    save = "save it as UTF-8 without BOM"
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(file, START, "the file begins with a byte order mark", save)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        what = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        raise _unreadable(file, Position(line, column), what, save) from None


def _compose(file: Path, text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _unreadable(file, *explain_syntax(error)) from None
    except ReaderError as error:
        before = text[: error.position]
        at = Position(before.count("\n") + 1, error.position - before.rfind("\n"))
        raise _unreadable(
            file, at, f"the control character U+{error.character:04X}", "remove it, or write it as `\\x…` in quotes"
        ) from None
    except Exception as error:  # ruamel raises bare ValueErrors and others for some broken escapes and tags
        raise _unreadable(
            file, START, f"this is not YAML ({excerpt(str(error))})", "look for broken escapes and `!`"
        ) from None
    return node


def _unreadable(file: Path, at: Position, what: str, fix: str) -> UnreadableFile:
    return UnreadableFile((Problem(file, at.line, at.column, "", what, fix),))


def _position(node: Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


def _body(text: str, node: ScalarNode) -> tuple[int, int]:
    """From where to where the scalar's own characters stand in ``text``: without quotes or the `|` line."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("|", ">"):
        return text.find("\n", start) + 1, end
    return (start + 1, end - 1) if node.style in ("'", '"') else (start, end)


def _aligned(text: str, start: int, end: int, value: str, wanted: int) -> int | None:
    """The index in ``text[start:end]`` of ``value[wanted]``, found by pairing what is not white space.

    ``wanted`` may be the end of ``value``: just after its last character. None where the two do not pair.
    """
    index = start
    for character in value[: wanted + 1].rstrip() if wanted < len(value) else value:
        if character.isspace():
            continue
        while index < end and text[index].isspace():
            index += 1
        if index >= end or text[index] != character:
            return None
        index += 1
    return index if wanted >= len(value) else index - 1


@dataclass(slots=True)
class _Builder:
    """Turns nodes to plain data and collects what this project refuses."""

    file: Path
    problems: list[Problem] = field(default_factory=list)
    _anchored: set[int] = field(default_factory=set)

    def build(self, node: Node, at: Location) -> Data:
        if node.anchor is not None:
            if id(node) not in self._anchored:
                self._anchored.add(id(node))
                self._refuse(node, at, f"the anchor `&{node.anchor}`", "write the text out, or quote it")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, at)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*at, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, at)

    def _mapping(self, node: MappingNode, at: Location) -> Data:
        lines: dict[str, int] = {}
        data: dict[str, Data] = {}
        for key, child in node.value:
            if key.anchor is not None:
                self.build(key, at)
                continue
            name = self._scalar(key, at) if isinstance(key, ScalarNode) else None
            if not isinstance(name, str):
                written = excerpt(str(key.value)) if isinstance(key, ScalarNode) else "…"
                self._refuse(key, at, f"the key `{written}` is not text", "put it in quotes, or name a key")
                continue
            here = (*at, name)
            if name in lines:
                self._refuse(key, here, f"the key `{name}` stands in line {lines[name]} already", "remove one of them")
                continue
            lines[name] = key.start_mark.line + 1
            data[name] = self.build(child, here)
        return data

    def _scalar(self, node: Node, at: Location) -> Data:
        kind = str(node.tag).removeprefix(_CORE)
        make = _SCALARS.get(kind)
        try:
            if make is None:
                self._refuse(node, at, f"the tag `{excerpt(str(node.tag))}`", "remove it, or quote the text")
                return None
            value = make(node.value)
            if isinstance(value, str):
                value.encode()  # an escape such as "\ud800" makes half a character
        except UnicodeEncodeError:
            self._refuse(node, at, "an escape that is half a character", "write the character itself")
            return None
        except ValueError:
            self._refuse(node, at, f"`{excerpt(node.value)}` is no number that can be read", "put it in quotes")
            return None
        return value

    def _refuse(self, node: Node, at: Location, what: str, fix: str) -> None:
        place = _position(node)
        self.problems.append(Problem(self.file, place.line, place.column, render_path(at), what, fix))


def _integer(written: str) -> int:
    digits = written.replace("_", "").lower()
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits.lstrip("+-")[:2], 10)
    return int(digits, base)


def _float(written: str) -> float:
    return float(written.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: dict[str, Callable[[str], Data]] = {
    "str": str,
    "timestamp": str,
    "merge": str,
    "value": str,
    "null": lambda _: None,
    "bool": lambda written: written.lower() == "true",
    "int": _integer,
    "float": _float,
}
