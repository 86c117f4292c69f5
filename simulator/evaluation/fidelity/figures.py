"""From audited turns to figures: micro-averaged, with 95 % intervals that resample whole consultations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from simulator.dialogue.understanding import TurnKind
from simulator.evaluation.fidelity.audit import AuditedTurn
from simulator.statistics import Estimate, cluster_ratio

Ratio = Callable[[AuditedTurn], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Facts told beside facts asked for, over one kind of turn. None where nothing of the kind was labelled.

    ``unprompted``: of the facts told (neutral ones aside) the share that was not asked for, 1 - precision.
    ``missed``: of the facts asked for the share that was not told, 1 - recall.
    """

    n_turns: int
    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None
    unprompted: Estimate | None
    missed: Estimate | None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How well one language is listened to."""

    n_consultations: int
    n_turns: int
    kind_accuracy: Estimate | None
    specific: Retrieval
    """Every turn labelled specific, those that ask for nothing the case holds among them."""
    needs_context: Retrieval
    """Specific turns that cannot be understood without the dialogue so far."""
    multi_fact: Retrieval
    """Specific turns that ask for two facts or more."""
    open: Retrieval
    false_denials: Estimate | None
    """Share of the specific turns on which something was denied although a present fact was asked for and not told."""
    unknown_answers: Estimate | None
    """Share of the specific turns with asked facts on which nothing was told or denied: not sure, not understood."""
    empty_ask_violations: Estimate | None
    """Share of the turns that ask for nothing the case holds on which something was told that is not neutral."""
    orders: Estimate | None
    """Recall of ordered tests, over turns with labelled orders; None where there are none."""
    dispositions: Estimate | None
    """Share of the turns with labelled dispositions on which exactly that level was heard."""
    by_category: dict[str, tuple[int, Estimate]]
    """Recall on specific turns by the category of the fact asked for, with the number of facts."""


def _ratio(turns: Iterable[AuditedTurn], ratio: Ratio) -> Estimate | None:
    return cluster_ratio((turn.consultation, *ratio(turn)) for turn in turns)


def retrieval(turns: Sequence[AuditedTurn]) -> Retrieval:
    return Retrieval(
        n_turns=len(turns),
        precision=_ratio(turns, lambda turn: (len(turn.hits), len(turn.hits) + len(turn.unprompted))),
        recall=_ratio(turns, lambda turn: (len(turn.hits), len(turn.asks))),
        f1=_ratio(
            turns, lambda turn: (2 * len(turn.hits), 2 * len(turn.hits) + len(turn.unprompted) + len(turn.missed))
        ),
        unprompted=_ratio(turns, lambda turn: (len(turn.unprompted), len(turn.hits) + len(turn.unprompted))),
        missed=_ratio(turns, lambda turn: (len(turn.missed), len(turn.asks))),
    )


def fidelity(turns: Sequence[AuditedTurn]) -> Fidelity:
    """The figures of one language."""
    specific = [turn for turn in turns if turn.labelled_kind is TurnKind.SPECIFIC]
    asking = [turn for turn in specific if turn.asks]
    empty = [turn for turn in turns if not turn.asks]
    ordering = [turn for turn in turns if turn.orders is not None and turn.orders[0]]
    disposing = [turn for turn in turns if turn.disposition is not None and turn.disposition[0] is not None]
    return Fidelity(
        n_consultations=len({turn.consultation for turn in turns}),
        n_turns=len(turns),
        kind_accuracy=_ratio(turns, lambda turn: (float(turn.heard_kind is turn.labelled_kind), 1.0)),
        specific=retrieval(specific),
        needs_context=retrieval([turn for turn in specific if turn.needs_context]),
        multi_fact=retrieval([turn for turn in specific if len(turn.asks) > 1]),
        open=retrieval([turn for turn in turns if turn.labelled_kind is TurnKind.OPEN]),
        false_denials=_ratio(specific, lambda turn: (float(turn.false_denial), 1.0)),
        unknown_answers=_ratio(asking, lambda turn: (float(not turn.answered), 1.0)),
        empty_ask_violations=_ratio(empty, lambda turn: (float(bool(turn.unprompted)), 1.0)),
        orders=_ratio(ordering, _orders_heard),
        dispositions=_ratio(disposing, _disposition_heard),
        by_category=_by_category(specific),
    )


def _orders_heard(turn: AuditedTurn) -> tuple[float, float]:
    assert turn.orders is not None
    labelled, heard = turn.orders
    found = [name for name in labelled if any(_same(name, each) for each in heard)]
    return float(len(found)), float(len(labelled))


def _same(name: str, heard: str) -> bool:
    one, other = name.casefold(), heard.casefold()
    return one in other or other in one


def _disposition_heard(turn: AuditedTurn) -> tuple[float, float]:
    assert turn.disposition is not None
    labelled, heard = turn.disposition
    return float(labelled is heard), 1.0


def _by_category(turns: Sequence[AuditedTurn]) -> dict[str, tuple[int, Estimate]]:
    found: dict[str, tuple[int, Estimate]] = {}
    for category in sorted({category for turn in turns for category in turn.categories.values()}):

        def told(turn: AuditedTurn, wanted: str = category) -> tuple[float, float]:
            mine = [fact for fact, each in turn.categories.items() if each == wanted]
            return float(sum(fact in turn.released for fact in mine)), float(len(mine))

        estimate = _ratio(turns, told)
        if estimate is not None:
            found[category] = (int(sum(told(turn)[1] for turn in turns)), estimate)
    return found


def worst(turns: Sequence[AuditedTurn], most: int) -> tuple[AuditedTurn, ...]:
    """The turns with the most facts wrongly told or missed, false denials first."""
    wrong = [turn for turn in turns if turn.unprompted or turn.missed or turn.false_denial]
    return tuple(sorted(wrong, key=lambda turn: (-turn.false_denial, -len(turn.unprompted) - len(turn.missed)))[:most])
