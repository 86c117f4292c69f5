"""Items that people rated, written as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from simulator.judging.agreement.ratings import RatedItem
from simulator.judging.verdict import DecidedBy, Outcome, Verdict

SAID = {
    "m": Outcome.MET,
    "n": Outcome.NOT_MET,
    "a": Outcome.NOT_APPLICABLE,
    "?": Outcome.UNSCORED,
}
"""`.` is no rating at all."""


def item(
    at: object,
    row: str,
    *,
    cluster: str | None = None,
    adjudicated: str | None = None,
    groups: Mapping[str, str] | None = None,
    names: Sequence[str] = "ABCDEFGHIJKLMN",
) -> RatedItem:
    """``row``: one letter for each annotator."""
    return RatedItem(
        id=str(at),
        cluster=f"talk-{at}" if cluster is None else cluster,
        labels={name: SAID[letter] for name, letter in zip(names, row, strict=False) if letter != "."},
        adjudicated=SAID[adjudicated] if adjudicated else None,
        groups=groups or {},
        question_id=f"q-{at}",
    )


def items(rows: Iterable[str], *, per_cluster: int = 1) -> list[RatedItem]:
    return [item(at, row, cluster=f"talk-{at // per_cluster:03}") for at, row in enumerate(rows)]


def verdict(outcome: str, probability: float | None = None) -> Verdict:
    return Verdict(
        criterion_id="c",
        outcome=SAID[outcome],
        decided_by=DecidedBy.NOBODY if outcome == "?" else DecidedBy.JUDGE,
        judge="judge",
        reason="r",
        probability=probability,
    )


def verdicts(letters: str) -> dict[str, Verdict]:
    """By item id 0, 1, …; `.`: the judge was not asked."""
    return {str(at): verdict(letter) for at, letter in enumerate(letters) if letter != "."}
