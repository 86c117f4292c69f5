"""The schemas that editors use say what the models say."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.library.schema import schema_texts, write_schemas

COMMITTED = Path(__file__).parents[2] / "docs" / "schema"


def test_the_committed_schemas_are_current() -> None:
    for name, text in schema_texts().items():
        assert (COMMITTED / name).read_text(encoding="utf-8") == text, "run simulator.library.schema.write_schemas"
    assert {path.name for path in COMMITTED.iterdir()} == set(schema_texts())


def test_writing_makes_the_folder_and_three_files(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "docs" / "schema")
    names = ["scenario.schema.json", "persona.schema.json", "rubric.schema.json"]
    assert [path.name for path in written] == names
    assert all(path.read_bytes().endswith(b"}\n") for path in written)


def test_every_schema_is_closed_titled_and_described() -> None:
    for text in schema_texts().values():
        schema = json.loads(text)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert "$id" not in schema
        assert schema["title"]
        assert schema["description"]
        assert schema["additionalProperties"] is False
        for key, value in schema["properties"].items():
            assert "description" in value or "$ref" in value, key
