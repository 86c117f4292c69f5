"""Every problem of a file at once, each in one line that says where, what, and what would be right."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.library.base import Authored, LocalText
from simulator.library.problem import Problem
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.yaml_document import MAX_BYTES, UnreadableFile, content_hash, parse_document
from simulator.library.yaml_reading import read_yaml
from tests.library import minimal


def scenario_problems(folder: Path, change: minimal.Change) -> tuple[Problem, ...]:
    files = minimal.Files()
    change(files)
    return read_yaml(minimal.put(folder / "chest-pain.yaml", files.scenario), Scenario).problems


def rubric_problems(folder: Path, change: minimal.Change) -> tuple[Problem, ...]:
    files = minimal.Files()
    change(files)
    return read_yaml(minimal.put(folder / "chest-pain.yaml", files.rubric), Rubric).problems


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, [problem.render() for problem in problems]
    return problems[0]


def line_of(problem: Problem) -> str:
    """The file from the problem's place on, to the end of that line."""
    return problem.file.read_text(encoding="utf-8").split("\n")[problem.line - 1][problem.column - 1 :]


def test_the_minimal_files_read(tmp_path: Path) -> None:
    assert scenario_problems(tmp_path, lambda files: None) == ()
    assert rubric_problems(tmp_path, lambda files: None) == ()


def test_a_problem_is_one_line_that_an_editor_can_jump_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario["facts"][1].update(tier="often")))
    place = f"chest-pain.yaml:{problem.line}:{problem.column}"
    assert problem.render() == (
        f"{place} facts[1].tier – `often` is not one of the allowed values"
        " – one of: opening, volunteered, asked, specific, trust, ordered, unknown"
    )
    assert line_of(problem) == "often"


def test_all_problems_of_a_file_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    def change(files: minimal.Files) -> None:
        files.scenario["version"] = 0
        files.scenario["counterpart"]["sex"] = "m"
        files.scenario["facts"][0]["topci"] = "onset"
        del files.scenario["facts"][1]["text"]

    problems = scenario_problems(tmp_path, change)
    assert [problem.path for problem in problems] == ["version", "counterpart.sex", "facts[0].topci", "facts[1].text"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_an_unknown_key_is_pointed_at_and_the_nearest_known_one_is_offered(tmp_path: Path) -> None:
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario["facts"][1].update(aks={"en": ["arm"]})))
    assert (problem.path, problem.what, problem.fix) == ("facts[1].aks", "unknown key", "did you mean `ask`?")
    assert line_of(problem) == "aks:"


def test_an_unknown_phrase_slot_of_a_persona_is_an_unknown_key(tmp_path: Path) -> None:
    from simulator.library.persona import Persona

    data = minimal.persona()
    data["phrases"]["fillers"] = {"en": ["Well, "]}
    problem = only(read_yaml(minimal.put(tmp_path / "plain.yaml", data), Persona).problems)
    assert (problem.path, problem.fix) == ("phrases.fillers", "did you mean `filler`?")
    assert line_of(problem) == "fillers:"


def test_a_missing_key_is_explained_at_its_parent(tmp_path: Path) -> None:
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario["answer_key"].pop("summary")))
    assert problem.what == "`summary` is missing"
    assert problem.fix == "add it: The right answer in two or three sentences, for the judge."
    assert line_of(problem) == "dispositions:"


def test_an_enum_slip_is_answered_with_the_nearest_value(tmp_path: Path) -> None:
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario["facts"][1].update(tier="specfic")))
    assert problem.fix.startswith("did you mean `specific`? one of: opening, ")


def test_an_id_with_capitals_is_shown_what_an_id_looks_like(tmp_path: Path) -> None:
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario["facts"][1].update(id="Left_Arm")))
    assert problem.what == "`Left_Arm` is not an id"
    assert "`chest-pain-triage`" in problem.fix


@pytest.mark.parametrize(
    ("change", "path", "what"),
    [
        (lambda data: data.update(opening="Hello"), "opening", "text where a mapping is wanted"),
        (lambda data: data.update(facts="none"), "facts", "text where a list is wanted"),
        (lambda data: data.update(facts={"id": "a"}), "facts", "a mapping where a list is wanted"),
        (lambda data: data.update(facts=[]), "facts", "the list is too short"),
        (lambda data: data.update(version="1"), "version", "text where a whole number is wanted"),
        (lambda data: data.update(version=1.5), "version", "a number where a whole number is wanted"),
        (lambda data: data.update(version=True), "version", "`true` or `false` where a whole number is wanted"),
        (lambda data: data.update(max_turns=61), "max_turns", "61 is too large"),
        (lambda data: data["opening"].update(en=["a"]), "opening.en", "a list where one text is wanted"),
        (lambda data: data["opening"].update(en=""), "opening.en", "the text is empty"),
        (lambda data: data.update(title=None), "title", "there is nothing here"),
        (
            lambda data: data["findings"][1].update(available="no"),
            "findings[1].available",
            "text where yes or no is wanted",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_in_plain_words(tmp_path: Path, change, path: str, what: str) -> None:  # type: ignore[no-untyped-def]
    problem = only(scenario_problems(tmp_path, lambda files: change(files.scenario)))
    assert (problem.path, problem.what) == (path, what)
    assert "pydantic" not in problem.render()
    assert "Input" not in problem.render()


class Card(Authored):
    text: LocalText


def read_card(folder: Path, en: str) -> tuple[LocalText | None, tuple[Problem, ...]]:
    file = folder / "card.yaml"
    file.write_text(f"text:\n  en: {en}\n", encoding="utf-8")
    reading = read_yaml(file, Card)
    return (reading.value.text if reading.value else None), reading.problems


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "n", "1:30", "2020-01-01", "=", "No, never"])
def test_words_that_older_yaml_took_for_something_else_are_text(tmp_path: Path, word: str) -> None:
    text, problems = read_card(tmp_path, word)
    assert problems == ()
    assert text is not None
    assert text.en == word


@pytest.mark.parametrize("word", ["12", "1.5", "true", "False", "012", "0x1F", "1e3", ".inf"])
def test_a_bare_number_or_truth_value_where_text_is_wanted_has_to_be_quoted(tmp_path: Path, word: str) -> None:
    _, problems = read_card(tmp_path, word)
    assert only(problems).fix == f'put it in quotes: "{word}"'
    text, problems = read_card(tmp_path, f'"{word}"')
    assert problems == ()
    assert text is not None
    assert text.en == word


def test_our_own_rules_point_at_the_value_that_breaks_them(tmp_path: Path) -> None:
    problem = only(rubric_problems(tmp_path, lambda files: files.rubric["criteria"][1].update(points=-3)))
    assert (problem.path, problem.what) == ("criteria[1].points", "a `must_say` criterion with -3 points")
    assert line_of(problem) == "-3"
    problem = only(scenario_problems(tmp_path, lambda files: files.scenario.update(task="record_writing")))
    assert (problem.path, problem.fix) == ("task", "`track: smartcare`, or another task")


CONDITION_STYLES = {
    "plain": "check: elicited(a) and elicitd(b)",
    "double quotes": 'check: "elicited(a) and elicitd(b)"',
    "single quotes": "check: '  elicited(a) and elicitd(b)'",
    "plain over lines": "check: elicited(a)\n  and\n  elicitd(b)",
    "quoted over lines": 'check: "elicited(a)\n  and\n\n  elicitd(b)"',
    "literal block": "check: |\n  elicited(a) and\n    elicitd(b)",
    "literal block, chomped and indented": "check: |2-\n    elicited(a) and\n    elicitd(b)",
    "folded block": "check: >-\n  elicited(a)\n  and\n  elicitd(b)",
}


@pytest.mark.parametrize("style", CONDITION_STYLES)
def test_an_error_in_a_condition_is_found_inside_the_yaml_text(tmp_path: Path, style: str) -> None:
    from simulator.library.condition import ConditionText

    class Checked(Authored):
        check: ConditionText

    file = tmp_path / "checked.yaml"
    file.write_text("# first\n" + CONDITION_STYLES[style] + "\n", encoding="utf-8")
    problem = only(read_yaml(file, Checked).problems)
    assert problem.what == "the condition cannot be read: unexpected `elicitd`"
    assert problem.fix == "did you mean `elicited`?"
    assert line_of(problem).startswith("elicitd(b)")


def test_a_condition_that_ends_too_early_is_pointed_at_behind_its_last_word(tmp_path: Path) -> None:
    problem = only(rubric_problems(tmp_path, lambda files: files.rubric["criteria"][0].update(check="elicited(a) and")))
    assert problem.what == "the condition cannot be read: the condition ends too early"
    assert line_of(problem) == ""


BROKEN = {
    "a tab": ("a:\n\t- b\n", 2, "a tab where YAML wants spaces"),
    "a colon in text": ("a: b: c\n", 1, "a `:` inside unquoted text"),
    "an open quote": ("a: 1\nb: 'x\n\n", 2, "quoted text that is never closed"),
    "an open list": ("a: [1, 2\nb: 3\n", 2, "a list in `[…]` that is not closed"),
    "an open mapping": ("a: {b: 1\n", 2, "a mapping in `{…}` that is not closed"),
    "a bad start": ("a: @b\n", 1, "a character that unquoted text cannot begin with"),
    "a bad escape": ('a: "\\q"\n', 1, "an unknown `\\` escape"),
    "half a character": ('a: "\\ud800"\n', 1, "an escape that is half a character"),
    "an impossible escape": ('a: "\\UFFFFFFFF"\n', 1, "this is not YAML"),
    "an alias": ("a: *b\n", 1, "text that begins with `*`"),
    "an anchor": ("a: &b 1\n", 1, "the anchor `&b`"),
    "an anchor on a key": ("&b a: 1\n", 1, "the anchor `&b`"),
    "anchors that multiply": (
        "a: &a [x, x]\nb: [*a, *a, *a, *a, *a, *a, *a, *a]\n", 1, "the anchor `&a`",
    ),
    "a tag": ("a: !!python/object:os.system x\n", 1, "the tag `"),
    "a tag that does not fit": ("a: !!int x\n", 1, "`x` is no number"),
    "a number of 5000 digits": (f"a: {'9' * 5000}\n", 1, "is no number that can be read"),
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "the key `a` stands in line 1 already"),
    "a key that is a number": ("1: a\n", 1, "the key `1` is not text"),
    "a key that is a list": ("? [a]\n: 1\n", 1, "is not text"),
    "a second document": ("a: 1\n---\nb: 2\n", 2, "a second document"),
    "a directive": ("# x\n%YAML 1.1\n---\na: no\n", 2, "a `%` directive"),
    "a control character": ("a: x\nb: \x07\n", 2, "the control character U+0007"),
    "a wrong indentation": ("a:\n    b: 1\n  c: 2\n", 3, "a line that is not in line with its neighbours"),
    "deep nesting": ("a: " + "[" * 100_000 + "\n", 1, "nested too deeply"),
    "nothing": ("", 1, "the file is empty"),
    "only a comment": ("# later\n", 1, "the file is empty"),
    "a list instead of keys": ("- a\n", 1, "a list where a mapping is wanted"),
    "a sentence": ("hello\n", 1, "text where a mapping is wanted"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_yaml_gives_exactly_one_clear_problem(tmp_path: Path, name: str) -> None:
    text, line, what = BROKEN[name]
    file = tmp_path / "broken.yaml"
    file.write_text(text, encoding="utf-8")
    problem = only(read_yaml(file, Scenario).problems)
    assert what in problem.what
    assert problem.line == line
    assert problem.fix
    assert "\n" not in problem.render()


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        (b"\xef\xbb\xbfa: 1\n", (1, 1), "byte order mark"),
        ("a: 胸痛\n".encode("utf-16"), (1, 1), "byte order mark"),
        ("a: 1\nb: 胸痛\n".encode("gb18030"), (2, 4), "the byte 0xd0 is not UTF-8"),
        (b"a" * (MAX_BYTES + 1), (1, 1), "larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_plain_utf8_give_exactly_one_problem(
    tmp_path: Path, content: bytes, place: tuple[int, int], what: str
) -> None:
    file = tmp_path / "bytes.yaml"
    file.write_bytes(content)
    problem = only(read_yaml(file, Scenario).problems)
    assert what in problem.what
    assert (problem.line, problem.column) == place


def test_what_is_no_file_gives_exactly_one_problem(tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    assert only(read_yaml(folder, Scenario).problems).what == "this is a folder"
    assert "No such file" in only(read_yaml(tmp_path / "absent.yaml", Scenario).problems).what
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert only(read_yaml(pipe, Scenario).problems).what == "this is no regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_gives_exactly_one_problem(tmp_path: Path) -> None:
    file = minimal.put(tmp_path / "secret.yaml", minimal.scenario())
    file.chmod(0)
    assert "Permission denied" in only(read_yaml(file, Scenario).problems).what


def test_a_problem_cannot_smuggle_control_characters_into_a_terminal(tmp_path: Path) -> None:
    data = minimal.scenario()
    data["facts"][0]["tier"] = "\x1b[31mred\x9b"
    rendered = only(read_yaml(minimal.put(tmp_path / "chest-pain.yaml", data), Scenario).problems).render()
    assert rendered.isprintable()


def test_the_hash_is_the_same_on_every_system_and_another_for_another_text() -> None:
    unix = b"a: 1\nb: 2\n"
    assert content_hash(unix) == content_hash(unix.replace(b"\n", b"\r\n")) == content_hash(unix.replace(b"\n", b"\r"))
    assert content_hash(unix) != content_hash(b"a: 1\nb: 3\n")
    assert len(content_hash(unix)) == 64


def test_windows_line_ends_move_no_position(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"text:\r\n  en: hello\r\n  zh: 12\r\n")
    problem = only(read_yaml(file, Card).problems)
    assert (problem.line, problem.column) == (3, 7)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab01 \n\t:-[]{}#&*!|>'\"%@`,?~=<\\.é胸\x07"), max_size=60))
def test_whatever_a_file_holds_it_reads_or_has_problems_and_never_a_traceback(text: str) -> None:
    try:
        document = parse_document(Path("x.yaml"), text.encode())
    except UnreadableFile as unreadable:
        assert unreadable.problems
        for problem in unreadable.problems:
            assert problem.line >= 1
            assert problem.column >= 1
            assert problem.what
            assert problem.fix
    else:
        assert document.position(("a", 0)).line >= 1


def test_the_text_of_a_condition_may_hold_comments_of_yaml_around_it(tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_text(
        dedent("""\
            text:  # the words
              en: Hello  # said softly
              nope: 1
        """),
        encoding="utf-8",
    )
    problem = only(read_yaml(file, Card).problems)
    assert (problem.path, problem.line, problem.column) == ("text.nope", 3, 3)
