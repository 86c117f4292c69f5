"""The card of a trained judge as a table."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.judging.learned.card import CardFigure, JudgeCard
from simulator.reporting.estimates import figure_table
from simulator.text.inert import one_line

_ROWS = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "f1_met": "F1 met",
    "kappa": "κ",
    "majority_accuracy": "accuracy of the commoner label",
    "accuracy_over_majority": "accuracy over that",
}


def card_table(card: JudgeCard) -> RenderableType:
    head = Text(
        f"{one_line(card.name)}: {card.kind.value}, trained on {card.n_train} criteria of {len(card.split.train)} "
        f"scenarios\n"
    )
    if card.agreement is None:
        return Group(head, Text("Nothing was held back, so nothing is known about it.", style="yellow"))
    found = card.agreement
    title = f"On {found.n_items} criteria of scenarios it never saw: {one_line(', '.join(card.split.test))}"
    table = figure_table(title, ("", "value [95 %, over dialogues]"))
    for name, shown in _ROWS.items():
        table.add_row(shown, _cell(getattr(found, name)))
    over = found.accuracy_over_majority
    note = Text(f"Labels by: {found.labels_by}. ")
    if over is None or over.low is None or over.low <= 0:
        note.append("It is not better than always giving the commoner label, as far as these can tell.", style="yellow")
    return Group(head, table, note)


def _cell(figure: CardFigure | None) -> str:
    if figure is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"
