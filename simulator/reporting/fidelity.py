"""The audit's figures: tables for people, JSON for programs. Keys stand in docs/fidelity.md and stay stable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.evaluation.fidelity.audit import AuditedTurn
from simulator.evaluation.fidelity.figures import Fidelity, Retrieval
from simulator.evaluation.fidelity.run_audit import RunFidelity
from simulator.reporting.estimates import figure_table, interval_of, mean_of, shown
from simulator.text.inert import inert
from simulator.text.language import Language

Json = dict[str, object]
_RETRIEVAL = ("precision", "recall", "f1", "unprompted", "missed")
_KINDS = ("specific", "needs_context", "multi_fact", "open")
_SHARES = ("false_denials", "unknown_answers", "empty_ask_violations", "orders", "dispositions")
_RUN_SHARES = ("unprompted", "unknown_answers", "false_denials", "heard_alike")


def _shares(source: object, names: Sequence[str]) -> Json:
    """The named estimates of ``source``, and their intervals under ``intervals``."""
    return {
        **{name: mean_of(getattr(source, name)) for name in names},
        "intervals": {name: interval_of(getattr(source, name)) for name in names},
    }


def fidelity_json(figures: Mapping[Language, Fidelity]) -> Json:
    """One object for each language."""
    return {language.value: _language_json(each) for language, each in figures.items()}


def _language_json(figures: Fidelity) -> Json:
    return {
        "n_consultations": figures.n_consultations,
        "n_turns": figures.n_turns,
        **{
            kind: {"n_turns": getattr(figures, kind).n_turns, **_shares(getattr(figures, kind), _RETRIEVAL)}
            for kind in _KINDS
        },
        **_shares(figures, ("kind_accuracy", *_SHARES)),
        "by_category": {
            category: {"n_facts": n, "recall": mean_of(estimate), "interval": interval_of(estimate)}
            for category, (n, estimate) in figures.by_category.items()
        },
    }


def run_fidelity_json(figures: Mapping[Language, RunFidelity]) -> Json:
    """One object for each language of a run."""
    return {
        language.value: {
            "n_turns": each.n_turns,
            "n_facts_told": each.n_facts_told,
            "n_denials": each.n_denials,
            "n_orders": each.n_orders,
            "n_dispositions": each.n_dispositions,
            "n_probes": each.n_probes,
            "withheld": each.withheld,
            **_shares(each, _RUN_SHARES),
        }
        for language, each in figures.items()
    }


def fidelity_tables(
    figures: Mapping[Language, Fidelity], examples: Mapping[Language, Sequence[AuditedTurn]]
) -> RenderableType:
    """Everything that `fidelity_json` holds, and the worst turns with what was told and missed."""
    parts: list[RenderableType] = []
    for language, each in figures.items():
        retrieval = figure_table(
            f"{language.value}: {each.n_consultations} consultations, {each.n_turns} turns",
            ("facts told for turns that are", "turns", "precision", "recall", "F1", "unprompted", "missed"),
        )
        for kind in _KINDS:
            row: Retrieval = getattr(each, kind)
            cells = [shown(getattr(row, name)) for name in _RETRIEVAL]
            retrieval.add_row(kind.replace("_", " "), str(row.n_turns), *cells)
        shares = figure_table("", ("share of turns", "value [95 %]"))
        for name in ("kind_accuracy", *_SHARES):
            shares.add_row(name.replace("_", " "), shown(getattr(each, name)))
        categories = figure_table("", ("category of the fact asked for", "facts", "recall [95 %]"))
        for category, (n, estimate) in each.by_category.items():
            categories.add_row(inert(category), str(n), shown(estimate))
        parts += [retrieval, shares, categories]
        parts += [_example(turn) for turn in examples.get(language, ())]
    return Group(*parts)


def _example(turn: AuditedTurn) -> Text:
    text = Text(f"{inert(turn.consultation)} turn {turn.n}: {inert(turn.question)}\n", overflow="fold")
    for label, facts, style in (
        ("told", turn.hits, "green"),
        ("told unasked", turn.unprompted, "red"),
        ("missed", turn.missed, "yellow"),
    ):
        if facts:
            text.append(f"    {label}: {inert(', '.join(sorted(facts)))}\n", style=style)
    if turn.denied:
        text.append(f"    denied: {inert(', '.join(turn.denied))}\n", style="red" if turn.false_denial else "")
    return text


def run_fidelity_tables(figures: Mapping[Language, RunFidelity]) -> RenderableType:
    """Everything that `run_fidelity_json` holds."""
    parts: list[RenderableType] = []
    for language, each in figures.items():
        table = figure_table(
            f"{language.value}: {each.n_turns} turns, {each.n_facts_told} facts told", ("", "value [95 %]")
        )
        for name in _RUN_SHARES:
            table.add_row(name.replace("_", " "), shown(getattr(each, name)))
        for name in ("n_denials", "n_orders", "n_dispositions", "n_probes"):
            table.add_row(name.removeprefix("n_"), str(getattr(each, name)))
        for reason, times in each.withheld.items():
            table.add_row(f"held back: {reason.replace('_', ' ')}", str(times))
        parts.append(table)
    return Group(*parts)
