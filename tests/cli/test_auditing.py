"""`clinsim audit`: figures of the listening, as tables and as JSON."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Invoke
from tests.evaluation.fidelity.consultations import SORE_THROAT, written

LANGUAGE_KEYS = {
    "n_consultations", "n_turns", "specific", "needs_context", "multi_fact", "open", "kind_accuracy", "false_denials",
    "unknown_answers", "empty_ask_violations", "orders", "dispositions", "intervals", "by_category",
}  # fmt: skip
RETRIEVAL_KEYS = {"n_turns", "precision", "recall", "f1", "unprompted", "missed", "intervals"}
RUN_KEYS = {
    "n_turns", "n_facts_told", "n_denials", "n_orders", "n_dispositions", "n_probes", "withheld", "unprompted",
    "unknown_answers", "false_denials", "heard_alike", "intervals",
}  # fmt: skip


def test_labelled_consultations_give_figures_for_each_language(clinsim: Invoke, tmp_path: Path) -> None:
    chinese = {
        **SORE_THROAT,
        "id": "zh",
        "lang": "zh",
        "facts": [{"id": "throat", "category": "symptom", "text": "嗓子疼"}],
        "turns": [{"n": 1, "kind": "open", "question": "您哪里不舒服？", "asks": ["throat"]}],
    }
    path = written(tmp_path, SORE_THROAT, chinese)
    figures = clinsim("audit", "--labelled", path, "--json").json
    assert set(figures) == {"en", "zh"}
    assert set(figures["en"]) == LANGUAGE_KEYS
    for kind in ("specific", "needs_context", "multi_fact", "open"):
        assert set(figures["en"][kind]) == RETRIEVAL_KEYS
    assert figures["en"]["n_turns"] == 6
    assert figures["zh"]["specific"]["f1"] is None  # nothing specific was asked: no figure, and no zero
    assert set(clinsim("audit", "--labelled", path, "--language", "en", "--json").json) == {"en"}


def test_the_table_shows_the_figures_and_the_worst_turns(clinsim: Invoke, tmp_path: Path) -> None:
    wrong = {**SORE_THROAT["turns"][2], "asks": ["smoker"]}
    path = written(tmp_path, {**SORE_THROAT, "turns": [SORE_THROAT["turns"][0], wrong]})
    shown = clinsim("audit", "--labelled", path).out
    assert "precision" in shown and "kind accuracy" in shown
    assert "Any fever or cough?" in shown and "missed: smoker" in shown
    assert "Any fever or cough?" not in clinsim("audit", "--labelled", path, "--examples", "0").out


def test_what_is_in_the_file_is_shown_inert(clinsim: Invoke, tmp_path: Path) -> None:
    turn = {**SORE_THROAT["turns"][2], "question": "\x1b[31m[bold]Any fever?\u202e", "asks": ["smoker"]}
    path = written(tmp_path, {**SORE_THROAT, "turns": [turn]})
    shown = clinsim("audit", "--labelled", path)
    assert b"\x1b[31m" not in shown.raw and "\u202e" not in shown.out
    assert "[bold]" in shown.out


def test_a_whole_run_is_audited(clinsim: Invoke) -> None:
    assert clinsim("run", "--subject", "ref:checklist").code == 0
    figures = clinsim("audit", "--last", "--json").json
    assert set(figures) == {"en", "zh"}
    assert set(figures["en"]) == RUN_KEYS
    assert figures["en"]["heard_alike"] == 1.0  # it was heard by this very listener
    assert figures["en"]["false_denials"] in {None, 0.0}
    assert "facts told" in clinsim("audit").out


def test_bad_input_is_one_clear_error(clinsim: Invoke, tmp_path: Path) -> None:
    missing = clinsim("audit", "--labelled", tmp_path / "none.jsonl")
    assert (missing.code, missing.out) == (3, "") and "cannot be read" in missing.err
    (tmp_path / "broken.jsonl").write_text("{}\n")
    broken = clinsim("audit", "--labelled", tmp_path / "broken.jsonl")
    assert broken.code == 3 and "broken.jsonl:1" in broken.err
    path = written(tmp_path, SORE_THROAT)
    assert clinsim("audit", "RUN", "--labelled", path).code == 2
    assert clinsim("audit", "--labelled", path, "--language", "zh").code == 2
    assert clinsim("audit", "no-such-run").code == 5
