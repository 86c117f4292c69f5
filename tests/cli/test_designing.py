"""`check`, `schema` and `--library`: for people who write cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke
from tests.library.minimal import persona, put, rubric, scenario


def own_case(folder: Path) -> Path:
    """A library of one's own: one more case, with the rubric and personas that are there already."""
    data = scenario()
    data["id"] = data["rubric"] = "my-case"
    sheet = rubric()
    sheet["id"] = "my-case"
    put(folder / "scenarios" / "my-case.yaml", data)
    put(folder / "rubrics" / "my-case.yaml", sheet)
    return folder


def test_a_good_library_is_counted_and_ends_with_zero(clinsim: Invoke) -> None:
    ran = clinsim("check")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "1 scenarios, 2 personas, 1 rubrics: 0 errors, 0 warnings\n"
    assert clinsim("check", "--json").json == {
        "n_scenarios": 1, "n_personas": 2, "n_rubrics": 1, "n_errors": 0, "n_warnings": 0, "errors": [], "warnings": [],
    }  # fmt: skip


def test_ones_own_cases_stand_beside_the_shipped_ones(clinsim: Invoke, tmp_path: Path) -> None:
    own = own_case(tmp_path / "own")
    assert clinsim("check", "--library", own, "--json").json["n_scenarios"] == 2
    assert {row["id"] for row in clinsim("list", "--library", own, "--json").json["scenarios"]} == {
        "chest-pain",
        "my-case",
    }
    assert clinsim("show", "my-case", "--library", own).code == 0
    ran = clinsim("run", "my-case", "--subject", "ref:exemplar", "--library", own, "--json")
    assert ran.json["subjects"]["ref:exemplar"]["n_dialogues"] == 4
    assert clinsim("play", "my-case", "--library", own, stdin="Call 999. [END]\n").code == 0


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("scenarios/broken.yaml", "id: broken\nfacts: [\n", "scenarios/broken.yaml:3:1"),
        ("scenarios/broken.yaml", "id: broken\nversion: one\n", "scenarios/broken.yaml:2:10 version"),
        ("personas/odd.yaml", "id: odd\nid: again\n", "personas/odd.yaml:2:1"),
        ("rubrics/odd.yaml", "- a list\n", "rubrics/odd.yaml:1:1"),
        ("rubrics/odd.yaml", "\xff", "rubrics/odd.yaml:1:"),
    ],
)
def test_a_bad_file_is_named_by_line_and_column(
    clinsim: Invoke, tmp_path: Path, file: str, text: str, line: str
) -> None:
    own = own_case(tmp_path / "own")
    (own / file).parent.mkdir(exist_ok=True)
    (own / file).write_bytes(text.encode("latin-1"))
    ran = clinsim("check", "--library", own)
    assert ran.code == 3
    assert any(each.startswith("error: ") and line in each for each in ran.out.splitlines()), ran.out
    found = clinsim("check", "--library", own, "--json")
    assert found.code == 3
    assert any(line in each for each in found.json["errors"])
    for words in (["list"], ["run"], ["play", "my-case"]):
        refused = clinsim(*words, "--library", own)
        assert (refused.code, refused.out) == (3, ""), "no verb goes on with half a library"
        assert line in refused.err


def test_a_broken_design_rule_is_an_error_with_its_place(clinsim: Invoke, tmp_path: Path) -> None:
    own = own_case(tmp_path / "own")
    data = scenario()
    data["id"], data["rubric"] = "my-case", "nowhere"
    put(own / "scenarios" / "my-case.yaml", data)
    ran = clinsim("check", "--library", own)
    assert ran.code == 3
    assert "rubric-unknown: no rubric `nowhere`" in ran.out
    assert "my-case.yaml:" in ran.out


def test_a_library_that_is_not_there_is_refused(clinsim: Invoke, tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        ran = clinsim("check", "--library", folder)
        assert (ran.code, ran.out) == (3, "")
        assert str(folder) in ran.err


def test_an_id_that_is_taken_is_refused(clinsim: Invoke, tmp_path: Path) -> None:
    put(tmp_path / "personas" / "plain.yaml", persona("plain"))
    ran = clinsim("check", "--library", tmp_path)
    assert ran.code == 3
    assert "the id `plain` is used by" in ran.out


def test_hostile_words_in_a_file_do_nothing_to_the_terminal(clinsim: Invoke, tmp_path: Path) -> None:
    own = own_case(tmp_path / "own")
    file = own / "scenarios" / "my-case.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("A man with", '"\\e]0;owned\\a\\u202e[red]', 1), encoding="utf-8"
    )
    data = scenario()
    data["id"] = data["rubric"] = "my-case"
    data["title"] = {"en": "\x1b]0;owned\x07 \u202e [red]title[/red]", "zh": "标题"}
    put(file, data)
    ran = clinsim("show", "my-case", "--library", own)
    assert ran.code in {0, 3}
    for raw in (ran.raw, ran.raw_err):
        assert b"\x1b" not in raw
        assert b"\x07" not in raw
        assert "\u202e".encode() not in raw


def test_the_schemas_are_written_and_named(clinsim: Invoke, tmp_path: Path) -> None:
    ran = clinsim("schema", tmp_path / "schema")
    files = [Path(line) for line in ran.out.splitlines()]
    assert [file.name for file in files] == ["scenario.schema.json", "persona.schema.json", "rubric.schema.json"]
    assert all(json.loads(file.read_text(encoding="utf-8"))["$schema"] for file in files)


def test_schemas_that_cannot_be_written_are_a_store_error(clinsim: Invoke, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = clinsim("schema", tmp_path / "file")
    assert (ran.code, ran.out) == (5, "")
    assert "could not be written" in ran.err
