"""Agreement, audits and probes of judges: tables for people, JSON for programs. Keys stand in docs/results.md."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.evaluation.agreement import CHECKS
from simulator.judging.agreement.figures import AgreementReport, JudgeAgreement, JudgeFigures
from simulator.judging.agreement.people import PeopleAgreement
from simulator.judging.agreement.ratings import Raters
from simulator.judging.agreement.references import REFERENCES
from simulator.judging.comparing import Comparison
from simulator.reporting.estimates import figure_table, interval_of, mean_of, shown
from simulator.text.inert import one_line

Json = dict[str, object]
_PEOPLE = ("raw", "fleiss", "alpha", "ac1")
_JUDGE = (
    "accuracy", "precision_met", "recall_met", "f1_met", "precision_not_met", "recall_not_met", "f1_not_met",
    "macro_f1", "kappa", "mcc", "majority_accuracy", "accuracy_over_majority", "brier", "calibration_error",
)  # fmt: skip
_NAMES = {
    "raw": "agreement", "fleiss": "Fleiss' κ", "alpha": "Krippendorff's α", "ac1": "Gwet's AC1",
    "kappa": "κ", "mcc": "MCC", "macro_f1": "macro F1", "f1_met": "F1 met", "f1_not_met": "F1 not met",
    "majority_accuracy": "accuracy of the commoner label", "accuracy_over_majority": "accuracy over that",
    "brier": "Brier score", "calibration_error": "calibration error",
}  # fmt: skip
_RATERS = {
    Raters.PHYSICIANS: "physicians",
    Raters.ANNOTATORS: "annotators (nothing says that they are physicians)",
    Raters.PROJECT: "the project itself, with a language model's help; no physician has seen them",
}
_EXAMPLES = 10


def _figures(source: object, names: Sequence[str]) -> Json:
    return {
        **{name: mean_of(getattr(source, name)) for name in names},
        "intervals": {name: interval_of(getattr(source, name)) for name in names},
    }


def _people_json(people: PeopleAgreement) -> Json:
    return {
        "annotators": list(people.annotators),
        "n_items": people.n_items,
        "n_shared": people.n_shared,
        "n_unsettled": people.n_unsettled,
        **_figures(people, _PEOPLE),
        "pairs": [
            {
                "annotators": [pair.first, pair.second],
                "n_items": pair.n_items,
                **_figures(pair, ("raw", "kappa")),
            }
            for pair in people.pairs
        ],
    }


def _judge_json(figures: JudgeFigures) -> Json:
    return {
        "n_items": figures.n_items,
        "n_scored": figures.n_scored,
        "n_unscored": figures.n_unscored,
        "n_not_applicable": figures.n_not_applicable,
        "n_with_probability": figures.n_with_probability,
        **_figures(figures, _JUDGE),
    }


def agreement_json(report: AgreementReport) -> Json:
    """`{"source", "raters", "people", "judges": {NAME: …}, "references"}`; figures are None where not defined."""
    return {
        "source": report.rated.source,
        "raters": report.rated.raters.value,
        "n_items": len(report.rated.items),
        "n_conversations": len({item.cluster for item in report.rated.items}),
        "people": _people_json(report.people)
        | {
            "by_group": {
                dimension: {value: _people_json(each) for value, each in groups.items()}
                for dimension, groups in report.people_by_group.items()
            }
        },
        "judges": {
            judge.judge: _judge_json(judge.overall)
            | {
                "each_rater": _judge_json(judge.each_rater),
                "by_group": {
                    dimension: {value: _judge_json(each) for value, each in groups.items()}
                    for dimension, groups in judge.by_group.items()
                },
            }
            for judge in report.judges
        },
        "references": [{"what": each.what, "source": each.source, **each.figures} for each in REFERENCES],
    }


def agreement_tables(report: AgreementReport) -> RenderableType:
    """All that `agreement_json` holds, but of groups the main figures alone, and pairs where there is one."""
    conversations = len({item.cluster for item in report.rated.items})
    head = Text(f"{one_line(report.rated.source)}: {len(report.rated.items)} items of {conversations} conversations. ")
    head.append(f"Labels by {_RATERS[report.rated.raters]}.\n")
    parts: list[RenderableType] = [head]
    if report.people.n_shared:
        parts += _people_tables(report)
    else:
        parts.append(Text("No item has two annotators: how far people agree with each other is not known.\n", "yellow"))
    for judge in report.judges:
        parts += _judge_tables(judge)
    if report.judges:
        lines = "".join(f"  {each.what} ({each.source}): {_reference(each.figures)}\n" for each in REFERENCES)
        parts.append(Text(f"For comparison, on other rubrics and with other people:\n{lines}", style="dim"))
    else:
        parts.append(Text("No judge was asked. Name one with --judge.\n", style="dim"))
    return Group(*parts)


def _reference(figures: dict[str, float]) -> str:
    return ", ".join(f"{_NAMES.get(name, name)} {value:.3f}" for name, value in figures.items())


def _people_tables(report: AgreementReport) -> list[RenderableType]:
    people = report.people
    between = figure_table("People with each other", ("", "shared items", *(_NAMES[name] for name in _PEOPLE)))
    cells = [shown(getattr(people, name)) for name in _PEOPLE]
    between.add_row("all", str(people.n_shared), *cells)
    for dimension, groups in report.people_by_group.items():
        for value, each in groups.items():
            if each.n_shared:
                cells = [shown(getattr(each, name)) for name in _PEOPLE]
                between.add_row(f"{dimension}: {one_line(value)}", str(each.n_shared), *cells)
    pairs = figure_table("Pairs", ("annotators", "shared items", "agreement", "Cohen's κ"))
    for pair in people.pairs:
        names = f"{one_line(pair.first)} – {one_line(pair.second)}"
        pairs.add_row(names, str(pair.n_items), shown(pair.raw), shown(pair.kappa))
    for dimension, groups in report.people_by_group.items():
        for value, each in groups.items():
            for pair in each.pairs if len(each.pairs) == 1 else ():
                pairs.add_row(
                    f"  {dimension}: {one_line(value)}", str(pair.n_items), shown(pair.raw), shown(pair.kappa)
                )
    parts: list[RenderableType] = [between, pairs]
    if people.n_unsettled:
        note = (
            f"{people.n_unsettled} shared items have no majority and no adjudication; no judge is held against them.\n"
        )
        parts.append(Text(note, style="yellow"))
    return parts


def _judge_tables(judge: JudgeAgreement) -> list[RenderableType]:
    title = "Checks, which decide without a model" if judge.judge == CHECKS else f"Judge: {one_line(judge.judge)}"
    overall = figure_table(title, ("", "against what was settled", "against each rating"))
    for name in ("n_items", "n_scored", "n_unscored", "n_not_applicable", "n_with_probability"):
        cells = [str(getattr(each, name)) for each in (judge.overall, judge.each_rater)]
        overall.add_row(name.removeprefix("n_").replace("_", " "), *cells)
    for name in _JUDGE:
        estimates = [getattr(each, name) for each in (judge.overall, judge.each_rater)]
        if any(estimates):
            overall.add_row(_NAMES.get(name, name.replace("_", " ")), *map(shown, estimates))
    columns = ("accuracy", "macro_f1", "kappa", "mcc")
    head = ("", "items", "unscored", *(_NAMES.get(name, name) for name in columns))
    groups_table = figure_table("By group", head)
    for dimension, groups in judge.by_group.items():
        for value, each in groups.items():
            cells = [shown(getattr(each, name)) for name in columns]
            groups_table.add_row(f"{dimension}: {one_line(value)}", str(each.n_items), str(each.n_unscored), *cells)
    return [overall, groups_table] if judge.by_group else [overall]


def comparison_json(first: str, second: str, found: Comparison) -> Json:
    return {
        "first": first,
        "second": second,
        "n_compared": found.n_compared,
        "n_undecided": found.n_undecided,
        "agreement": mean_of(found.agreement),
        "interval": interval_of(found.agreement),
        "by_group": {
            dimension: {
                value: {"n": each.n, "agreement": mean_of(each), "interval": interval_of(each)}
                for value, each in groups.items()
            }
            for dimension, groups in found.by_group.items()
        },
        "disagreements": [
            {
                "item": item.item_id,
                "criterion": item.criterion_id,
                "first": item.first.value,
                "second": item.second.value,
                "why_first": item.why_first,
                "why_second": item.why_second,
            }
            for item in found.disagreements
        ],
    }


def comparison_tables(first: str, second: str, found: Comparison, examples: int = _EXAMPLES) -> RenderableType:
    """The share on which both agree, by group, and the first disagreements with both reasons."""
    table = figure_table(f"{first} and {one_line(second)}", ("", "compared", "agreement [95 %]"))
    table.add_row("all", str(found.n_compared), shown(found.agreement))
    for dimension, groups in found.by_group.items():
        for value, each in groups.items():
            table.add_row(f"{dimension}: {one_line(value)}", str(each.n), shown(each))
    notes = Text()
    if found.n_undecided:
        notes.append(f"{found.n_undecided} more were left undecided by one side.\n", style="yellow")
    for item in found.disagreements[:examples]:
        notes.append(f"{one_line(item.item_id)}\n", style="bold")
        notes.append(f"    {first}: {item.first.value.replace('_', ' ')} – {one_line(item.why_first, 160)}\n")
        notes.append(
            f"    {one_line(second)}: {item.second.value.replace('_', ' ')} – {one_line(item.why_second, 160)}\n"
        )
    if len(found.disagreements) > examples:
        notes.append(f"{len(found.disagreements) - examples} more disagreements: --json lists all.\n", style="dim")
    return Group(table, notes)
