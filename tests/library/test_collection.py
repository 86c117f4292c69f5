"""The library: all files of some roots, found by id, with the problems of all files at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import LibraryError, UnknownIdError, UsageError
from simulator.library.collection import position_of, read_library, read_library_leniently
from simulator.library.location import ContentRoot, Roots, default_roots, roots_in
from simulator.library.problem import Position
from simulator.library.selection import select
from simulator.library.vocabulary import Task, Track
from simulator.library.yaml_document import content_hash
from simulator.text.language import Language
from tests.library import minimal


def test_an_entry_has_its_value_its_file_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    entry = read_library(minimal.write(tmp_path)).scenarios["chest-pain"]
    assert entry.value.id == "chest-pain"
    assert entry.file == tmp_path / "scenarios" / "chest-pain.yaml"
    assert entry.sha256 == content_hash(entry.file.read_bytes())


def test_things_are_found_by_id(tmp_path: Path) -> None:
    library = read_library(minimal.write(tmp_path))
    assert library.scenario("chest-pain").task is Task.TRIAGE
    assert library.rubric("chest-pain").criteria[0].id == "ask-radiation"
    assert library.persona("guarded").id == "guarded"


def test_an_unknown_id_is_answered_with_the_nearest_ones(tmp_path: Path) -> None:
    library = read_library(minimal.write(tmp_path))
    with pytest.raises(UnknownIdError, match=r"no scenario `chest-pian`\n  → did you mean `chest-pain`\?"):
        library.scenario("chest-pian")
    with pytest.raises(UnknownIdError, match="`clinsim list` shows every persona"):
        library.persona("xyz")


def break_two_files(files: minimal.Files) -> None:
    files.scenario["version"] = 0
    files.scenario["specialty"] = "Cardiology"
    files.rubric["criteria"][0]["points"] = 0


def test_reading_fails_with_the_problems_of_all_files(tmp_path: Path) -> None:
    with pytest.raises(LibraryError) as raised:
        read_library(minimal.write(tmp_path, break_two_files))
    assert raised.value.what == "3 problems in 2 files of the library"
    assert len(raised.value.problems) == 3
    assert all(problem in str(raised.value) for problem in raised.value.problems)


def test_lenient_reading_keeps_what_can_be_read(tmp_path: Path) -> None:
    library, problems = read_library_leniently(minimal.write(tmp_path, break_two_files))
    assert not library.scenarios
    assert not library.rubrics
    assert sorted(library.personas) == ["guarded", "plain"]
    assert len(problems) == 3


def test_a_file_has_the_name_of_its_id(tmp_path: Path) -> None:
    roots = minimal.write(tmp_path)
    (tmp_path / "scenarios" / "chest-pain.yaml").rename(tmp_path / "scenarios" / "chest.yaml")
    library, problems = read_library_leniently(roots)
    assert not library.scenarios
    assert [(problem.path, problem.fix) for problem in problems] == [("id", "name it `chest-pain.yaml`")]


def test_an_id_in_two_roots_is_a_problem_that_names_both_files(tmp_path: Path) -> None:
    roots = minimal.write(tmp_path / "own") + minimal.write(tmp_path / "shipped")
    library, problems = read_library_leniently(roots)
    assert library.scenarios["chest-pain"].file.is_relative_to(tmp_path / "own")
    assert len(problems) == 4
    for problem in problems:
        assert problem.file.is_relative_to(tmp_path / "shipped")
        assert str(tmp_path / "own") in problem.what


def test_an_own_scenario_can_use_the_personas_of_another_root(tmp_path: Path) -> None:
    shipped = minimal.write(tmp_path / "shipped")
    for file in (tmp_path / "shipped" / "scenarios").iterdir():
        file.unlink()
    minimal.put(tmp_path / "own" / "scenarios" / "chest-pain.yaml", minimal.scenario())
    library = read_library(roots_in(tmp_path / "own") + shipped)
    assert library.scenario("chest-pain").counterpart.personas[0] in library.personas


def test_the_same_root_twice_is_read_once(tmp_path: Path) -> None:
    roots = minimal.write(tmp_path)
    assert (roots + roots).roots == roots.roots


def test_a_yml_file_is_not_silently_left_out_and_hidden_files_are(tmp_path: Path) -> None:
    roots = minimal.write(tmp_path)
    (tmp_path / "scenarios" / "other.yml").write_text("id: other\n")
    (tmp_path / "scenarios" / ".chest-pain.yaml.swp.yaml").write_text("\x00")
    (tmp_path / "scenarios" / "README.md").write_text("Notes")
    _, problems = read_library_leniently(roots)
    assert [(problem.file.name, problem.fix) for problem in problems] == [("other.yml", "name it `other.yaml`")]


def test_positions_are_those_of_the_value_or_of_what_is_around_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("facts:\n  - id: a\n    ask:\n      en: [b, c]\n    vague:\nlast: 1\n")
    assert position_of(file, ("facts", 0, "ask", "en", 1)) == Position(4, 15)
    assert position_of(file, ("facts", 0, "question", "en")) == Position(2, 5)
    assert position_of(file, ("facts", 0, "vague")) == Position(5, 5)
    assert position_of(file, ("facts", 7)) == Position(2, 3)
    assert position_of(tmp_path / "absent.yaml", ("facts",)) == Position(1, 1)


def test_an_own_folder_needs_one_of_the_three_folders(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such folder"):
        roots_in(tmp_path / "absent")
    with pytest.raises(LibraryError, match="`scenarios/`, `personas/`, `rubrics/`"):
        roots_in(tmp_path)
    (tmp_path / "rubrics").mkdir()
    assert read_library(roots_in(tmp_path)).rubrics == {}


def test_shipped_content_lies_in_the_wheel_or_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "simulator"
    (package / "library").mkdir(parents=True)
    with pytest.raises(LibraryError, match="the shipped scenarios are missing"):
        default_roots(package)
    (tmp_path / "scenarios").mkdir()
    assert default_roots(package) == Roots((ContentRoot.under(tmp_path),))
    (package / "_content" / "scenarios").mkdir(parents=True)
    assert default_roots(package) == Roots((ContentRoot.under(package / "_content"),))


@pytest.fixture
def three(tmp_path: Path) -> Roots:
    roots = minimal.write(tmp_path)
    for name, languages in (("chest-cold", ["en"]), ("knee-pain", ["en", "zh"])):
        minimal.put(tmp_path / "scenarios" / f"{name}.yaml", {**minimal.scenario(), "id": name, "languages": languages})
    return roots


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], ["chest-cold", "chest-pain", "knee-pain"]),
        (["knee-pain"], ["knee-pain"]),
        (["chest-*"], ["chest-cold", "chest-pain"]),
        (["knee-pain", "*-pain"], ["chest-pain", "knee-pain"]),
    ],
)
def test_scenarios_are_selected_by_id_and_pattern_in_the_order_of_ids(
    three: Roots, wanted: list[str], expected: list[str]
) -> None:
    assert [scenario.id for scenario in select(read_library(three), wanted)] == expected


def test_scenarios_are_selected_by_track_task_and_language(three: Roots) -> None:
    library = read_library(three)
    assert [scenario.id for scenario in select(library, language=Language.ZH)] == ["chest-pain", "knee-pain"]
    assert len(select(library, track=Track.SMARTSERV, task=Task.TRIAGE)) == 3
    with pytest.raises(UsageError, match=r"no scenario meets all of: chest-cold, zh"):
        select(library, ["chest-cold"], language=Language.ZH)


def test_a_pattern_that_meets_nothing_is_an_unknown_id(three: Roots) -> None:
    with pytest.raises(UnknownIdError, match="did you mean `chest-"):
        select(read_library(three), ["knee-pain", "chests-*"])
