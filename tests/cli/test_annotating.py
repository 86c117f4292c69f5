"""`clinsim annotate` and `clinsim judge agree`: sheets out, verdicts in, and how far people and judges agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from simulator.evaluation.runs import RunReader
from simulator.evaluation.store import RunWriter
from simulator.judging.annotation import Annotation
from simulator.judging.verdict import Outcome
from simulator.library import location
from simulator.library.location import ContentRoot, Roots
from tests.cli.conftest import Invoke, Ran
from tests.evaluation.small import JUDGED, with_a_criterion_to_judge
from tests.interop.sheets import Row, everything_in, fill, rows_of
from tests.library import minimal
from tests.models.fake_server import FakeServer, Request, chat

N_DIALOGUES, N_ROWS = 8, 32
PEOPLE = {"annotators", "n_items", "n_shared", "n_unsettled", "raw", "fleiss", "alpha", "ac1", "intervals", "pairs"}
FIGURES = {
    "n_items", "n_scored", "n_unscored", "n_not_applicable", "n_with_probability", "accuracy", "precision_met",
    "recall_met", "f1_met", "precision_not_met", "recall_not_met", "f1_not_met", "macro_f1", "kappa", "mcc",
    "majority_accuracy", "accuracy_over_majority", "brier", "calibration_error", "intervals",
}  # fmt: skip
MET, NOT_MET, UNSCORED = Outcome.MET, Outcome.NOT_MET, Outcome.UNSCORED


@pytest.fixture
def run(clinsim: Invoke) -> str:
    """The id of a run of two subjects."""
    ran = clinsim("run", "--subject", "ref:exemplar", "--subject", "ref:careless", "--json")
    assert ran.code == 0, ran.err
    return str(ran.json["run"])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "sheets"


Export = Callable[..., Ran]


@pytest.fixture
def export(clinsim: Invoke, run: str, out: Path) -> Export:
    """Exports the run into ``out``; more words are more options."""

    def ran(*words: str) -> Ran:
        found = clinsim("annotate", "export", run, "--out", out, *words)
        assert found.code == 0, found.err
        return found

    return ran


def origin(out: Path, row: Row) -> tuple[str, str]:
    found = json.loads((out / "key.json").read_text(encoding="utf-8"))["rows"][row["row"]]
    return found["dialogue_id"], found["criterion_id"]


def all_of(word: str) -> Callable[[Row], Row]:
    return lambda row: {"verdict": word}


def but(out: Path, word: str, criterion_id: str, other: str) -> Callable[[Row], Row]:
    """``word`` everywhere, and ``other`` of this criterion."""
    return lambda row: {"verdict": other if origin(out, row)[1] == criterion_id else word}


def imported(clinsim: Invoke, out: Path, *words: str | Path) -> Any:
    ran = clinsim("annotate", "import", *words, "--key", out / "key.json", "--json")
    assert ran.code == 0, ran.err
    return ran.json


def stored(runs: Path, run: str) -> tuple[Annotation, ...]:
    with RunReader(runs / run) as reader:
        return reader.annotations()


# ---- export


def test_an_export_says_what_it_wrote_and_what_comes_next(export: Export, out: Path) -> None:
    said = " ".join(export().out.split())
    assert f"{N_DIALOGUES} dialogues, {N_ROWS} rows, for 2 annotators" in said
    assert "keep key.json to yourself" in said
    assert "clinsim annotate import" in said
    assert {each.name for each in out.iterdir()} == {
        "annotator-1.xlsx", "annotator-2.xlsx", "annotator-1.jsonl", "annotator-2.jsonl", "key.json",
    }  # fmt: skip


def test_json_says_it_to_programs(export: Export, out: Path) -> None:
    assert export("--json", "--annotators", "3").json == {
        "folder": str(out),
        "sheets": ["annotator-1.xlsx", "annotator-2.xlsx", "annotator-3.xlsx"],
        "n_dialogues": N_DIALOGUES,
        "n_rows": N_ROWS,
    }


@pytest.mark.parametrize("suffix", [".xlsx", ".jsonl"])
def test_nothing_in_a_sheet_tells_subjects_personas_or_verdicts(
    export: Export, run: str, runs: Path, out: Path, suffix: str
) -> None:
    export()
    with RunReader(runs / run) as reader:
        dialogues = [each.id for each in reader.records()]
        criteria = [each.id for each in reader.rubrics()["chest-pain"].criteria]
        sha256 = reader.content("rubric")["chest-pain"].sha256
    key = (out / "key.json").read_text(encoding="utf-8")
    hidden = [run, sha256, *dialogues, *criteria]
    assert all(word in key for word in hidden)
    for sheet in out.glob(f"*{suffix}"):
        whole = everything_in(sheet)
        for word in (*hidden, "ref:", "exemplar", "careless", "guarded", "not_met", "unscored", "points", "gate"):
            assert word not in whole, word
        assert "It spreads to my left arm." in whole


def test_both_annotators_get_the_same_rows_in_another_order(export: Export, out: Path) -> None:
    export()
    first, second = ([row["row"] for row in rows_of(out / f"annotator-{n}.xlsx")] for n in (1, 2))
    assert sorted(first) == sorted(second)
    assert first != second
    assert first == [row["row"] for row in rows_of(out / "annotator-1.jsonl")]


def test_every_criterion_of_every_dialogue_is_asked_once(export: Export, run: str, runs: Path, out: Path) -> None:
    export()
    with RunReader(runs / run) as reader:
        criteria = [each.id for each in reader.rubrics()["chest-pain"].criteria]
        wanted = sorted((record.id, each) for record in reader.records() for each in criteria)
    assert sorted(origin(out, row) for row in rows_of(out / "annotator-1.xlsx")) == wanted


def test_what_checks_decide_can_be_left_out(export: Export, out: Path) -> None:
    assert export("--criteria", "judge", "--json").json["n_rows"] == N_DIALOGUES
    assert {origin(out, row)[1] for row in rows_of(out / "annotator-1.xlsx")} == {JUDGED}


def test_one_language_can_be_exported(export: Export, out: Path) -> None:
    assert export("--language", "zh", "--json").json["n_dialogues"] == N_DIALOGUES // 2
    assert {row["statement"] for row in rows_of(out / "annotator-1.xlsx")} == {"做到。", "说明原因。"}


def test_some_dialogues_can_be_drawn_and_the_same_again(clinsim: Invoke, export: Export, run: str, out: Path) -> None:
    drawn = export("--dialogues", "3", "--json").json
    assert (drawn["n_dialogues"], drawn["n_rows"]) == (3, 12)
    other = out / "again"
    assert clinsim("annotate", "export", run, "--dialogues", "3", "--out", other).code == 0
    assert (other / "key.json").read_bytes() == (out / "key.json").read_bytes()


def test_a_folder_that_holds_an_annotation_is_left_alone(clinsim: Invoke, export: Export, run: str, out: Path) -> None:
    export()
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    ran = clinsim("annotate", "export", run, "--out", out, "--seed", "2")
    assert ran.code == 2
    assert "this folder holds an annotation already" in ran.err
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before


@pytest.mark.parametrize("left", ["annotator-2.xlsx", "annotator-1.jsonl"])
def test_sheets_are_not_overwritten_where_their_key_was_taken_away(
    clinsim: Invoke, export: Export, run: str, out: Path, left: str
) -> None:
    export()
    for each in list(out.iterdir()):
        if each.name != left:
            each.unlink()
    assert clinsim("annotate", "export", run, "--out", out, "--seed", "2").code == 2
    assert [each.name for each in out.iterdir()] == [left]


def test_a_run_that_is_not_there_is_refused(clinsim: Invoke, run: str, out: Path) -> None:
    assert clinsim("annotate", "export", "nosuchrun", "--out", out).code == 5
    assert not out.exists()


# ---- import


@pytest.mark.parametrize("suffix", [".xlsx", ".jsonl"])
def test_a_filled_sheet_is_stored_with_the_run(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path, suffix: str
) -> None:
    export()
    sheet = fill(out / f"annotator-1{suffix}", lambda row: {"verdict": "yes", "turn": 1, "note": row["row"]})
    found = imported(clinsim, out, sheet, "--annotator", "A7", "--physician")
    assert found == {"run": run, "annotators": ["A7"], "n_rated": N_ROWS, "n_rows": N_ROWS, "n_changed": 0}
    annotations = stored(runs, run)
    assert sorted((each.dialogue_id, each.criterion_id) for each in annotations) == sorted(
        origin(out, row) for row in rows_of(sheet)
    )
    assert {origin(out, {"row": each.note}) == (each.dialogue_id, each.criterion_id) for each in annotations} == {True}
    assert {(each.annotator, each.outcome, each.turn, each.physician) for each in annotations} == {("A7", MET, 1, True)}


def test_an_import_says_what_it_read_and_what_comes_next(clinsim: Invoke, export: Export, run: str, out: Path) -> None:
    export()
    fill(out / "annotator-1.xlsx", but(out, "no", JUDGED, ""))
    ran = clinsim("annotate", "import", out / "annotator-1.xlsx", "--key", out / "key.json")
    assert ran.out == "24 of 32 rows are rated, by annotator-1; 0 replace an earlier verdict.\n"
    assert f"clinsim judge agree {run}" in ran.err


def test_several_sheets_are_read_at_once_each_annotator_by_its_file(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path
) -> None:
    export()
    sheets = [fill(out / "annotator-1.xlsx", all_of("yes")), fill(out / "annotator-2.jsonl", all_of("否"))]
    assert imported(clinsim, out, *sheets)["annotators"] == ["annotator-1", "annotator-2"]
    said = {(each.annotator, each.outcome) for each in stored(runs, run)}
    assert said == {("annotator-1", MET), ("annotator-2", NOT_MET)}


def test_a_sheet_with_faults_names_them_all_and_stores_nothing(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path
) -> None:
    export()
    numbers = iter(range(N_ROWS))
    faults = {4: {"verdict": "maybe"}, 9: {"turn": "soon"}, 20: {"row": "ZZZZ-99"}}
    fill(out / "annotator-1.xlsx", lambda row: {"verdict": "yes", **faults.get(next(numbers), {})})
    ran = clinsim("annotate", "import", out / "annotator-1.xlsx", "--key", out / "key.json")
    assert (ran.code, ran.out) == (2, "")
    for fault in (
        "row 6: “maybe” is no verdict",
        "row 11: “soon” is no turn",
        "row 22: the key knows no row `ZZZZ-99`",
    ):
        assert fault in ran.err
    assert stored(runs, run) == ()


def test_one_faulty_sheet_keeps_the_others_out_too(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path
) -> None:
    export()
    sheets = [fill(out / "annotator-1.xlsx", all_of("yes")), fill(out / "annotator-2.xlsx", all_of("maybe"))]
    assert clinsim("annotate", "import", *sheets, "--key", out / "key.json").code == 2
    assert stored(runs, run) == ()


def test_importing_again_replaces_and_says_how_many_verdicts_changed(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path
) -> None:
    export()
    sheet = fill(out / "annotator-1.xlsx", all_of("yes"))
    assert imported(clinsim, out, sheet)["n_changed"] == 0
    assert imported(clinsim, out, sheet)["n_changed"] == 0
    fill(sheet, but(out, "yes", JUDGED, "no"))
    assert imported(clinsim, out, sheet)["n_changed"] == N_DIALOGUES
    assert len(stored(runs, run)) == N_ROWS
    assert {each.outcome for each in stored(runs, run) if each.criterion_id == JUDGED} == {NOT_MET}


def test_a_row_that_is_left_empty_keeps_what_was_said_before(
    clinsim: Invoke, export: Export, run: str, runs: Path, out: Path
) -> None:
    export()
    sheet = fill(out / "annotator-1.xlsx", all_of("yes"))
    imported(clinsim, out, sheet)
    assert imported(clinsim, out, fill(sheet, all_of("")))["n_rated"] == 0
    assert len(stored(runs, run)) == N_ROWS


def test_storing_is_all_or_nothing(clinsim: Invoke, run: str, runs: Path) -> None:
    def two() -> Any:
        yield Annotation(dialogue_id="d", criterion_id="c", annotator="a", rubric_sha256="0", outcome=MET)
        raise KeyError

    with RunWriter(runs / run) as writer, pytest.raises(KeyError):
        writer.annotate(two())
    assert stored(runs, run) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["annotator-1.xlsx", "annotator-2.xlsx", "--annotator", "A"], "one code for several sheets"),
        (["annotator-1.xlsx", "annotator-1.jsonl"], "two sheets have the same annotator"),
    ],
)
def test_annotators_that_cannot_be_told_apart_are_refused(
    clinsim: Invoke, export: Export, out: Path, words: list[str], said: str
) -> None:
    export()
    files = [out / word if word.startswith("annotator-") else word for word in words]
    ran = clinsim("annotate", "import", *files, "--key", out / "key.json")
    assert ran.code == 2
    assert said in ran.err


def test_a_sheet_is_no_key(clinsim: Invoke, export: Export, out: Path) -> None:
    export()
    ran = clinsim("annotate", "import", out / "annotator-1.xlsx", "--key", out / "annotator-1.jsonl")
    assert ran.code == 2
    assert "the key does not read" in ran.err


# ---- adjudication


@pytest.fixture
def annotated(clinsim: Invoke, export: Export, out: Path) -> Path:
    """The folder of an annotation in which two differ on one criterion of each dialogue."""
    export()
    first = fill(out / "annotator-1.xlsx", all_of("yes"))
    second = fill(out / "annotator-2.xlsx", but(out, "yes", JUDGED, "no"))
    imported(clinsim, out, first, "--annotator", "dr-li")
    imported(clinsim, out, second, "--annotator", "dr-wang")
    return out


def adjudication(clinsim: Invoke, run: str, folder: Path) -> Path:
    ran = clinsim("annotate", "export", run, "--disagreements", "--out", folder, "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["sheets"], ran.json["n_rows"]) == (["adjudicator-1.xlsx"], N_DIALOGUES)
    return folder


def test_a_sheet_for_adjudication_holds_the_disagreements_and_names_nobody(
    clinsim: Invoke, run: str, annotated: Path, tmp_path: Path
) -> None:
    folder = adjudication(clinsim, run, tmp_path / "settle")
    rows = rows_of(folder / "adjudicator-1.xlsx")
    assert {origin(folder, row)[1] for row in rows} == {JUDGED}
    assert {frozenset(row["annotators said"].split("; ")) for row in rows} == {
        frozenset({"yes", "no"}),
        frozenset({"是", "否"}),
    }
    for sheet in folder.glob("adjudicator-*"):
        assert "dr-" not in everything_in(sheet)


def test_what_is_settled_counts_and_is_not_asked_again(
    clinsim: Invoke, run: str, runs: Path, annotated: Path, tmp_path: Path
) -> None:
    assert clinsim("judge", "agree", run, "--json").json["people"]["n_unsettled"] == N_DIALOGUES
    folder = adjudication(clinsim, run, tmp_path / "settle")
    imported(clinsim, folder, fill(folder / "adjudicator-1.xlsx", all_of("no")))
    people = clinsim("judge", "agree", run, "--json").json["people"]
    assert (people["annotators"], people["n_unsettled"]) == (["dr-li", "dr-wang"], 0)
    ran = clinsim("annotate", "export", run, "--disagreements", "--out", tmp_path / "once more")
    assert ran.code == 2
    assert "the annotators differ on nothing that is unsettled" in ran.err


def test_an_annotator_who_settles_keeps_what_they_said_before(
    clinsim: Invoke, run: str, runs: Path, annotated: Path, tmp_path: Path
) -> None:
    folder = adjudication(clinsim, run, tmp_path / "settle")
    sheet = fill(folder / "adjudicator-1.xlsx", all_of("yes"))
    assert imported(clinsim, folder, sheet, "--annotator", "dr-wang")["n_changed"] == 0
    own = {
        (each.adjudicates, each.outcome)
        for each in stored(runs, run)
        if (each.annotator, each.criterion_id) == ("dr-wang", JUDGED)
    }
    assert own == {(False, NOT_MET), (True, MET)}
    people = clinsim("judge", "agree", run, "--json").json["people"]
    assert (people["n_shared"], people["n_unsettled"]) == (N_ROWS, 0)


@pytest.mark.parametrize("annotation", [True, False])
def test_a_sheet_does_not_read_with_the_key_of_the_other_kind(
    clinsim: Invoke, run: str, annotated: Path, tmp_path: Path, annotation: bool
) -> None:
    folder = adjudication(clinsim, run, tmp_path / "settle")
    sheet, key = (annotated / "annotator-1.xlsx", folder) if annotation else (folder / "adjudicator-1.xlsx", annotated)
    assert clinsim("annotate", "import", fill(sheet, all_of("yes")), "--key", key / "key.json").code == 2


def test_without_annotations_there_is_nothing_to_settle(clinsim: Invoke, run: str, out: Path) -> None:
    assert clinsim("annotate", "export", run, "--disagreements", "--out", out).code == 2
    assert not out.exists()


# ---- agreement


def test_agreement_has_exactly_the_documented_keys(clinsim: Invoke, run: str, annotated: Path) -> None:
    found = clinsim("judge", "agree", run, "--json").json
    assert set(found) == {"source", "raters", "n_items", "n_conversations", "people", "judges", "references"}
    assert (found["source"], found["raters"]) == ("annotations of the run", "annotators")
    assert (found["n_items"], found["n_conversations"]) == (N_ROWS, N_DIALOGUES)
    assert set(found["people"]) == PEOPLE | {"by_group"}
    assert set(found["judges"]) == {"checks"}
    assert set(found["judges"]["checks"]) == FIGURES | {"each_rater", "by_group"}
    assert set(found["judges"]["checks"]["each_rater"]) == FIGURES
    assert set(found["people"]["by_group"]["language"]) == {"en", "zh"}


def test_people_and_checks_are_held_against_each_other(clinsim: Invoke, run: str, annotated: Path) -> None:
    found = clinsim("judge", "agree", run, "--json").json
    (pair,) = found["people"]["pairs"]
    assert (pair["annotators"], pair["n_items"], pair["raw"]) == (["dr-li", "dr-wang"], N_ROWS, 0.75)
    checks = found["judges"]["checks"]
    assert (checks["n_items"], checks["n_scored"] + checks["n_not_applicable"]) == (24, 24), "checks leave one out"
    assert checks["precision_met"] == 1.0, "people say that everything is met"
    assert 0 < checks["accuracy"] < 1


def test_the_table_shows_people_and_checks_and_who_the_people_are(clinsim: Invoke, run: str, annotated: Path) -> None:
    table = clinsim("judge", "agree").out
    for words in (
        "annotations of the run: 32 items of 8 conversations",
        "annotators (nothing says that they are physicians)",
        "People with each other",
        "dr-li – dr-wang",
        "Checks, which decide without a model",
        "8 shared items have no majority",
    ):
        assert words in table


def test_physicians_are_called_so(clinsim: Invoke, export: Export, run: str, out: Path) -> None:
    export()
    imported(clinsim, out, fill(out / "annotator-1.xlsx", all_of("yes")), "--physician")
    assert clinsim("judge", "agree", run, "--json").json["raters"] == "physicians"
    assert "No item has two annotators" in clinsim("judge", "agree", run).out


def test_a_run_that_nobody_has_annotated_says_how_to(clinsim: Invoke, run: str) -> None:
    ran = clinsim("judge", "agree", run)
    assert (ran.code, ran.out) == (2, "")
    assert "nobody has annotated this run yet" in ran.err
    assert "clinsim annotate export" in ran.err


def test_annotations_of_other_words_are_left_out_with_a_warning(
    clinsim: Invoke, run: str, annotated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reworded(files: minimal.Files) -> None:
        with_a_criterion_to_judge(files)
        files.rubric["criteria"][-1]["text"] = minimal.local("Says why, in plain words.", "用通俗的话说明原因。")

    minimal.write(tmp_path / "today", reworded)
    monkeypatch.setattr(location, "default_roots", lambda: Roots((ContentRoot.under(tmp_path / "today"),)))
    assert clinsim("rejudge", run, "--current-rubrics").code == 0
    ran = clinsim("judge", "agree", run, "--json")
    assert "warning: 64 annotations are on other wordings of a rubric, and left out" in ran.err
    assert (ran.json["n_items"], ran.json["judges"]) == (0, {})
    assert clinsim("judge", "agree", run).code == 0
    earlier = clinsim("judge", "agree", run, "--verdict-set", "1", "--json")
    assert (earlier.err, earlier.json["n_items"]) == ("", N_ROWS)
    settle = ["annotate", "export", run, "--disagreements", "--out"]
    assert clinsim(*settle, tmp_path / "new words").code == 2, "nobody differs on the new words"
    assert clinsim(*settle, tmp_path / "old words", "--verdict-set", "1").code == 0


# ---- people elsewhere


def judging(request: Request) -> Any:
    """A judge that says met of everything, with the completion's own words."""
    schema = request.body["response_format"]["json_schema"]["schema"]
    ids = schema["properties"]["verdicts"]["items"]["properties"]["id"]["enum"]
    turn, quote = (1, "Call 999 now") if "Call 999 now" in json.dumps(request.body) else (1, "An itchy rash")
    entries = [{"id": each, "reasoning": "r", "verdict": "met", "turn": turn, "quote": quote} for each in ids]
    return chat(json.dumps({"verdicts": entries}))


def asked(clinsim: Invoke, server: FakeServer, *words: str | Path) -> Any:
    server.respond = judging
    ran = clinsim(
        "judge", "agree", *words, "--judge", "openai:fake-model", "--judge-base-url", server.base_url, "--json"
    )
    assert ran.code == 0, ran.err
    return ran.json


def healthbench(folder: Path) -> Path:
    shared = {
        "prompt": [{"role": "user", "content": "My chest hurts."}],
        "completion": "Call 999 now.",
        "category": "c",
    }
    labels = {"Names a number.": [True, True], "Explains why.": [False, False], "Is polite.": [True, False]}
    lines = [json.dumps({**shared, "rubric": text, "binary_labels": own}) for text, own in labels.items()]
    path = folder / "meta.jsonl"
    path.write_text("\n".join(lines))
    return path


def craft_md(folder: Path) -> Path:
    for name, answers in (
        ("clinicalllm_patientai_d1", ("yes", "no", "no")),
        ("clinicalllm_patientai_d2", ("yes", "no", "yes")),
    ):
        book = Workbook()
        book.worksheets[0].append(["case_id"])
        talk = "Doctor-AI: What is it?\nPatient-AI: An itchy rash."
        book.worksheets[0].append([1, "Vignette.", "", talk, "", "", *answers])
        book.save(folder / f"validation_{name}.xlsx")
    return folder


def test_a_judge_is_held_against_healthbench_s_physicians(clinsim: Invoke, server: FakeServer, tmp_path: Path) -> None:
    found = asked(clinsim, server, "--healthbench", healthbench(tmp_path))
    assert (found["raters"], found["n_items"], found["n_conversations"]) == ("physicians", 3, 1)
    judge = found["judges"]["openai:fake-model"]
    assert (judge["n_items"], judge["n_scored"], judge["accuracy"]) == (2, 2, 0.5), "one item has no majority"
    assert judge["each_rater"]["n_items"] == 6
    assert server.received == 1, "the criteria of a conversation are one call"
    asked(clinsim, server, "--healthbench", healthbench(tmp_path))
    assert server.received == 1, "no answer is paid for twice"


def test_a_judge_is_held_against_craft_md_s_dermatologists(clinsim: Invoke, server: FakeServer, tmp_path: Path) -> None:
    found = asked(clinsim, server, "--craft-md", craft_md(tmp_path))
    assert (found["source"], found["raters"], found["n_items"]) == ("CRAFT-MD, dermatologists", "physicians", 3)
    judge = found["judges"]["openai:fake-model"]
    assert (judge["n_items"], judge["n_scored"], judge["accuracy"]) == (2, 2, 0.5)


@pytest.mark.parametrize("option", ["--healthbench", "--craft-md"])
def test_people_elsewhere_are_compared_with_each_other_without_a_judge(
    clinsim: Invoke, tmp_path: Path, option: str
) -> None:
    source = {"--healthbench": healthbench, "--craft-md": craft_md}[option](tmp_path)
    found = clinsim("judge", "agree", option, source, "--json").json
    assert (found["judges"], found["people"]["n_shared"]) == ({}, 3)
    assert "No judge was asked. Name one with --judge." in clinsim("judge", "agree", option, source).out


@pytest.mark.parametrize("words", [["RUN", "--craft-md", "x"], ["--healthbench", "x", "--craft-md", "x"]])
def test_one_source_at_a_time(clinsim: Invoke, words: list[str]) -> None:
    ran = clinsim("judge", "agree", *words)
    assert ran.code == 2
    assert "agreement is measured on one source at a time" in ran.err


@pytest.mark.parametrize("option", ["--healthbench", "--craft-md"])
def test_a_source_that_is_not_there_is_refused_with_its_name(clinsim: Invoke, tmp_path: Path, option: str) -> None:
    ran = clinsim("judge", "agree", option, tmp_path / "gone")
    assert ran.code == 2
    assert f"{tmp_path / 'gone'}" in ran.err
