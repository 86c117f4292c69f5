"""JSON Schemas (draft 2020-12) of what people write, for completion and checking in an editor.

A YAML file asks for its schema in its first line:
``# yaml-language-server: $schema=../docs/schema/scenario.schema.json``.
A schema knows one file at a time: `clinsim check` finds more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: tuple[type[BaseModel], ...] = (Scenario, Persona, Rubric)


def schema_texts() -> dict[str, str]:
    """File name to JSON text, the same for the same models: ``{"scenario.schema.json": "{…}", …}``."""
    return {f"{model.__name__.lower()}.schema.json": _text(model) for model in _MODELS}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Writes the three schemas into ``folder``, which is made if need be. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, text in schema_texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _text(model: type[BaseModel]) -> str:
    schema: dict[str, Any] = {"$schema": _DIALECT, **model.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
