"""A model's answer read strictly: exactly one JSON object that has a given key.

Code fences and prose around the object are put up with, since endpoints without structured outputs add them. Two
objects that differ are no answer: nothing says which one is meant.
"""

from __future__ import annotations

import json

_MAX_LENGTH = 50_000
_MAX_OBJECTS = 50


class NoObjectError(ValueError):
    """The text holds no such object; the message says why in our words, never in the model's."""


def one_object(text: str, key: str) -> str:
    """The one object with ``key`` in ``text``, as canonical JSON. Raises NoObjectError."""
    if len(text) > _MAX_LENGTH:
        raise NoObjectError(f"it is longer than {_MAX_LENGTH} characters")
    decoder = json.JSONDecoder(object_pairs_hook=_without_repeats)
    found: list[str] = []
    at = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if at < 0:
            break
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            end = at + 1
        except (RecursionError, OverflowError):
            raise NoObjectError("it is nested too deeply") from None
        else:
            canonical = json.dumps(value, sort_keys=True)
            if key in value and canonical not in found:
                found.append(canonical)
        at = text.find("{", end)
    if len(found) != 1:
        raise NoObjectError("it answers twice, differently" if found else f"no JSON object with `{key}` in it")
    return found[0]


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        raise NoObjectError("it gives one key twice in the same object")
    return entry
