"""Replaying labelled consultations: what the listener releases for each turn, beside what the turn asks for.

Every turn is heard after what had really been said before it, so one mistake is one mistake. Released is what the turn
asks for by the listener's understanding, gated for a forthcoming speaker with room for everything. A question that is
asked twice asks twice: what is told again counts as told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from simulator.dialogue.case import Case, prepare
from simulator.dialogue.disclosure import History, disclose
from simulator.dialogue.listening import Listener
from simulator.dialogue.record import Cause, LedgerEntry
from simulator.dialogue.understanding import TurnKind, Understanding
from simulator.evaluation.fidelity.imported import as_scenario, fact_id
from simulator.evaluation.fidelity.labelled import Consultation, LabelledTurn
from simulator.library.base import LocalText
from simulator.library.persona import Persona
from simulator.library.provenance import Provenance, Source
from simulator.library.vocabulary import Disposition, Polarity, Role, Tier
from simulator.text.language import Language


@dataclass(frozen=True, slots=True)
class AuditedTurn:
    """One turn: what it asks for by the labels, and what was made of it. Facts by the consultation's own ids."""

    consultation: str
    language: Language
    n: int
    question: str
    labelled_kind: TurnKind
    heard_kind: TurnKind | None
    asks: frozenset[str]
    neutral: frozenset[str]
    released: frozenset[str]
    needs_context: bool
    answered: bool
    """Anything was released or denied; otherwise the speaker is not sure, or did not understand."""
    denied: tuple[str, ...]
    false_denial: bool
    """It was denied although the case affirms it: the turn asks for a present fact that was not told in the reply."""
    orders: tuple[tuple[str, ...], tuple[str, ...]] | None
    """Tests by the labels, and as heard; None where nobody labelled them."""
    disposition: tuple[Disposition | None, Disposition | None] | None
    categories: Mapping[str, str]
    """The categories of the facts asked for, by fact."""

    @property
    def hits(self) -> frozenset[str]:
        return self.asks & self.released

    @property
    def unprompted(self) -> frozenset[str]:
        return self.released - self.asks - self.neutral

    @property
    def missed(self) -> frozenset[str]:
        return self.asks - self.released


def audit_consultation(consultation: Consultation, listener: Listener) -> tuple[AuditedTurn, ...]:
    """Every turn of the consultation, heard and gated."""
    case = prepare(as_scenario(consultation), consultation.lang)
    to_case = {fact.id: fact_id(place) for place, fact in enumerate(consultation.facts)}
    from_case = {each: own for own, each in to_case.items()}
    audited: list[AuditedTurn] = []
    for turn, so_far in consultation.played():
        here = replace(
            so_far,
            told=tuple(to_case[each] for each in so_far.told),
            told_last=tuple(to_case[each] for each in so_far.told_last),
        )
        heard = listener.listen(turn.question, case, here)
        released = frozenset(from_case[each] for each in _released(heard, case, here.told))
        audited.append(_audited(consultation, turn, heard, released))
    return tuple(audited)


def _released(heard: Understanding, case: Case, told: tuple[str, ...]) -> Iterable[str]:
    """Facts that the reply tells, new or again."""
    before = tuple(
        LedgerEntry(turn=1, fact_id=each, tier=Tier.ASKED, cause=Cause.PRECISE_QUESTION, evidence="", matched="")
        for each in told
    )
    outcome = disclose(heard, case, FORTHCOMING, History(ledger=before), turn=2, room=len(case.facts))
    return (*(entry.fact_id for entry in outcome.released), *outcome.repeated)


def _audited(
    consultation: Consultation, turn: LabelledTurn, heard: Understanding, released: frozenset[str]
) -> AuditedTurn:
    facts = {fact.id: fact for fact in consultation.facts}
    asks = frozenset(turn.asks)
    untold = [each for each in asks - released if facts[each].polarity is Polarity.PRESENT]
    ordered = (*(item.evidence for item in heard.ordered), *heard.orders_elsewhere)
    return AuditedTurn(
        consultation=consultation.id,
        language=consultation.lang,
        n=turn.n,
        question=turn.question,
        labelled_kind=turn.kind,
        heard_kind=heard.kind,
        asks=asks,
        neutral=turn.neutral,
        released=released,
        needs_context=turn.needs_context,
        answered=bool(released or heard.denied),
        denied=heard.denied,
        false_denial=bool(heard.denied and untold),
        orders=None if turn.orders is None else (turn.orders, ordered),
        disposition=None
        if turn.orders is None
        else (turn.disposition, heard.disposition.level if heard.disposition else None),
        categories={each: facts[each].category for each in turn.asks},
    )


FORTHCOMING = Persona(
    id="forthcoming",
    version=1,
    roles=tuple(Role),
    languages=tuple(Language),
    title=LocalText(en="forthcoming", zh="有问必答"),
    description=LocalText(en="Answers everything.", zh="有问必答。"),
    provenance=Provenance(
        author="audit", machine_assisted=False, sources=(Source(title="none", publisher="none", year=2026),)
    ),
)
"""A speaker in whom nothing but the listening shows."""
