"""Agreement and comparisons for people and for programs: the same numbers, and nothing that a name says does anything."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console, RenderableType

from simulator.cli.common import InertConsole
from simulator.evaluation.agreement import CHECKS
from simulator.judging.agreement.figures import AgreementReport, agreement_report
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.agreement.references import REFERENCES
from simulator.judging.comparing import Compared, Comparison, comparison
from simulator.judging.verdict import Outcome
from simulator.reporting.agreement import agreement_json, agreement_tables, comparison_json, comparison_tables
from tests.judging.agreement.items import item, verdict
from tests.reporting.test_hostile import ATTACKS, FORBIDDEN

pytest.importorskip("sklearn")
pytest.importorskip("statsmodels")
pytest.importorskip("krippendorff")

ROWS = ["mmm", "mmn", "nnn", "nn.", "mnm", "nnn", "mm.", "nmn", "mma", "mn."]


def rated(names: str = "ABC", *, source: str = "here", raters: Raters = Raters.ANNOTATORS) -> RatedSet:
    items = tuple(
        item(at, row, cluster=f"talk-{at // 2}", groups={"language": "zh" if at % 4 < 2 else "en"}, names=names)
        for at, row in enumerate(ROWS)
    )
    return RatedSet(source, raters, items)


def report(judge: str = "openai:judge") -> AgreementReport:
    letters = "mmnn?nmnam"
    said = {str(at): verdict(letter, 0.8 if letter == "m" else 0.3) for at, letter in enumerate(letters)}
    return agreement_report(rated(), {judge: said, CHECKS: {"0": verdict("m"), "2": verdict("m")}})


def shown(renderable: RenderableType, width: int = 160) -> str:
    out = io.StringIO()
    Console(file=out, width=width, markup=False, highlight=False).print(renderable)
    return out.getvalue()


def cells(text: str, first: str) -> str:
    """The rest of the one line that begins with this."""
    (line,) = (line.strip() for line in text.splitlines() if re.match(rf"\s*{re.escape(first)}(\s|$)", line))
    return line.removeprefix(first).strip()


def told(text: str, value: float) -> bool:
    """Whether the text holds this figure, which both sides round."""
    return any(abs(float(number) - value) < 0.00056 for number in re.findall(r"-?\d\.\d{3}\b", text))


def estimates(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every figure of a JSON, by name, wherever it stands."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in {"intervals", "references", "by_group"}:
                yield from estimates(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from estimates(each, name)
    elif isinstance(value, float):
        yield name, value


# ---- agreement


def test_the_tables_hold_every_overall_figure_that_the_json_holds_with_its_interval() -> None:
    found = report()
    text, as_json = shown(agreement_tables(found)), agreement_json(found)
    figures = list(estimates(as_json))
    assert {"ac1", "alpha", "fleiss", "raw", "kappa", "brier", "calibration_error", "macro_f1"} <= {
        name for name, _ in figures
    }
    for name, value in figures:
        assert told(text, value), name
    judge: Any = as_json["judges"]
    low, high = judge["openai:judge"]["intervals"]["mcc"]
    settled, each = judge["openai:judge"]["mcc"], judge["openai:judge"]["each_rater"]["mcc"]
    row = cells(text.partition("Judge:")[2].partition("By group")[0], "MCC")
    assert f"[{low:.2f}, {high:.2f}]" in row
    assert told(row, settled)
    assert told(row, each)


def test_the_counts_stand_beside_each_other_against_what_was_settled_and_each_rating() -> None:
    found = report()
    below = shown(agreement_tables(replace(found, judges=found.judges[:1]))).partition("Judge:")[2]
    judge: Any = agreement_json(found)["judges"]
    for name in ("items", "scored", "unscored", "not applicable", "with probability"):
        key = "n_" + name.replace(" ", "_")
        overall = judge["openai:judge"]
        assert cells(below.partition("By group")[0], name).split() == [
            str(overall[key]),
            str(overall["each_rater"][key]),
        ]
    assert (overall["n_items"], overall["n_unscored"], overall["n_not_applicable"]) == (9, 1, 1)


def test_groups_show_what_the_json_holds_of_them() -> None:
    found = report()
    text = shown(agreement_tables(replace(found, judges=found.judges[:1])))
    judge: Any = agreement_json(found)["judges"]
    by_language = judge["openai:judge"]["by_group"]["language"]
    assert set(by_language) == {"en", "zh"}
    below = text.partition("By group")[2]
    for language, figures in by_language.items():
        row = cells(below, f"language: {language}")
        assert row.split()[:2] == [str(figures["n_items"]), str(figures["n_unscored"])]
        for name in ("accuracy", "macro_f1", "kappa", "mcc"):
            assert told(row, figures[name])
    people: Any = agreement_json(found)["people"]
    above = text.partition("Pairs")[0]
    for language, figures in people["by_group"]["language"].items():
        assert told(cells(above, f"language: {language}"), figures["ac1"])


def test_a_figure_that_is_not_defined_is_a_dash_and_none_and_never_zero() -> None:
    found = agreement_report(rated(), {"judge": {"0": verdict("m"), "1": verdict("m")}})
    judge: Any = agreement_json(found)["judges"]
    assert (judge["judge"]["kappa"], judge["judge"]["intervals"]["kappa"]) == (None, None)
    below = shown(agreement_tables(found)).partition("Judge: judge")[2]
    assert cells(below, "κ").split()[0] == "–"
    assert "Brier" not in below, "a row of which nothing is defined is left out"


def test_the_json_is_json_and_says_where_the_labels_come_from() -> None:
    found = agreement_json(report())
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["source"], found["raters"], found["n_items"], found["n_conversations"]) == (
        "here",
        "annotators",
        10,
        5,
    )
    assert [each["source"] for each in found["references"]] == [each.source for each in REFERENCES]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("raters", "words"),
    [
        (Raters.PHYSICIANS, "Labels by physicians."),
        (Raters.ANNOTATORS, "nothing says that they are physicians"),
        (Raters.PROJECT, "no physician has seen them"),
    ],
)
def test_the_head_says_who_gave_the_labels(raters: Raters, words: str) -> None:
    text = shown(agreement_tables(agreement_report(rated(raters=raters), {})))
    assert text.startswith("here: 10 items of 5 conversations. ")
    assert words in text


def test_one_annotator_and_no_judge_are_said_and_not_shown_as_tables() -> None:
    alone = RatedSet("here", Raters.PROJECT, (item(0, "m"), item(1, "n")))
    text = shown(agreement_tables(agreement_report(alone, {})))
    assert "No item has two annotators" in text
    assert "No judge was asked" in text
    assert "κ" not in text
    assert "arXiv" not in text


def test_what_people_did_not_settle_is_said() -> None:
    found = report()
    assert found.people.n_unsettled == 1
    assert "1 shared items have no majority and no adjudication" in shown(agreement_tables(found))


def test_the_checks_are_called_what_they_are() -> None:
    text = shown(agreement_tables(report()))
    assert "Checks, which decide without a model" in text
    assert "Judge: checks" not in text


# ---- comparisons


def compared(n: int = 3, **more: Any) -> Comparison:
    whole: dict[str, Any] = {"groups": {"language": "en"}, "why_first": "because", "why_second": "although"} | more
    pairs = [Compared(f"t/{at}", f"t{at}", "c", Outcome.MET, Outcome.NOT_APPLICABLE, **whole) for at in range(n)]
    return comparison([*pairs, Compared("t/same", "t9", "c", Outcome.MET, Outcome.MET, **whole)], 2)


def test_a_comparison_shows_what_its_json_holds() -> None:
    found = compared()
    as_json: Any = comparison_json("checks", "judge", found)
    text = shown(comparison_tables("checks", "judge", found))
    low, high = as_json["interval"]
    assert (as_json["agreement"], as_json["n_compared"], as_json["n_undecided"]) == (0.25, 4, 2)
    assert cells(text, "all") == f"4   0.250 [{low:.2f}, {high:.2f}]"
    assert cells(text, "language: en") == cells(text, "all")
    assert as_json["by_group"]["language"]["en"]["n"] == 4
    assert "2 more were left undecided by one side." in text
    for each in as_json["disagreements"]:
        assert each["item"] in text
    assert as_json["disagreements"][0] == {
        "item": "t/0", "criterion": "c", "first": "met", "second": "not_applicable",
        "why_first": "because", "why_second": "although",
    }  # fmt: skip
    assert "checks: met – because" in text
    assert "judge: not applicable – although" in text


def test_many_disagreements_are_cut_for_people_and_whole_for_programs() -> None:
    found = compared(30)
    text = shown(comparison_tables("checks", "judge", found, examples=4))
    assert text.count("because") == 4
    assert "26 more disagreements: --json lists all." in text
    assert len(comparison_json("checks", "judge", found)["disagreements"]) == 30  # type: ignore[arg-type]


def test_nothing_compared_is_a_dash_and_none() -> None:
    found = comparison([], 0)
    assert comparison_json("a", "b", found)["agreement"] is None
    assert cells(shown(comparison_tables("a", "b", found)), "all").split() == ["0", "–"]


# ---- hostile names


def hostile(attack: str) -> list[RenderableType]:
    names = [f"{attack}{at}" for at in range(2)]
    items = tuple(
        RatedItem(
            str(at),
            attack + str(at // 2),
            dict(zip(names, labels, strict=True)),
            groups={"category": attack + str(at % 2)},
        )
        for at, labels in enumerate([(Outcome.MET, Outcome.MET), (Outcome.NOT_MET, Outcome.MET)] * 3)
    )
    said = {attack: {str(at): verdict("mn"[at % 2]) for at in range(6)}}
    pairs = compared(2, groups={"category": attack}, why_first=attack, why_second=attack)
    return [
        agreement_tables(agreement_report(RatedSet(attack, Raters.ANNOTATORS, items), said)),
        comparison_tables("checks", attack, pairs),
    ]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("console", [Console, InertConsole])
def test_names_of_judges_annotators_groups_and_sources_are_read_and_do_nothing(
    attack: str, console: type[Console]
) -> None:
    for table in hostile(attack):
        out = io.StringIO()
        console(file=out, width=200, markup=False, highlight=False, emoji=False).print(table)
        for sequence in FORBIDDEN:
            assert sequence not in out.getvalue().encode(), sequence
        if "[" in attack and "\x1b" not in attack:
            assert attack in out.getvalue(), "markup is shown as it was written"


def test_a_name_with_line_breaks_starts_no_row_of_its_own() -> None:
    for table in hostile("x\nall 999 1.000 "):
        assert not re.search(r"^\s*all 999", shown(table), re.MULTILINE)
