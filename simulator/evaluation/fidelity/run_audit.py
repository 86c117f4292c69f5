"""What a whole run says of the listening. Nobody labelled its turns, so nothing here says what was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.dialogue.case import Case, prepare
from simulator.dialogue.listening import Listener
from simulator.dialogue.record import Cause, DialogueRecord
from simulator.dialogue.understanding import SoFar, Understanding
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Polarity
from simulator.statistics import Estimate, cluster_ratio
from simulator.text.language import Language


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """One turn of a stored dialogue: what was understood and told then, and whether it would be understood so now."""

    scenario: str
    language: Language
    asks: bool
    answered: bool
    elicited: int
    """Facts told because of what the subject said."""
    unprompted: int
    """Facts that the persona or an event brought up by itself."""
    denied: int
    false_denials: int
    """Denied concepts that a present fact of the case speaks of: by the rules there are none."""
    withheld: tuple[str, ...]
    orders: int
    disposition: bool
    probe: bool
    heard_alike: bool
    """Whether listening to it again, by the rules of today, asks for the same facts."""


def audit_records(
    records: Iterable[DialogueRecord], scenarios: Mapping[str, Scenario], listener: Listener
) -> tuple[HeardTurn, ...]:
    """Every turn of every dialogue, in order."""
    found: list[HeardTurn] = []
    for record in records:
        case = prepare(scenarios[record.scenario_id], record.language)
        found.extend(_turn(record, place, case, listener) for place in range(len(record.understandings)))
    return tuple(found)


def _turn(record: DialogueRecord, place: int, case: Case, listener: Listener) -> HeardTurn:
    heard = record.understandings[place]
    number = place + 1
    released = [entry for entry in record.ledger if entry.turn == number]
    again = listener.listen(record.subject_turns[place].text, case, so_far(record, place))
    return HeardTurn(
        scenario=record.scenario_id,
        language=record.language,
        asks=heard.n_questions > 0 and not heard.closing,
        answered=bool(released or heard.denied or any(item.turn == number for item in record.withheld)),
        elicited=sum(entry.cause.elicited for entry in released),
        unprompted=sum(entry.cause in {Cause.VOLUNTEERED, Cause.EVENT} for entry in released),
        denied=len(heard.denied),
        false_denials=sum(_affirmed(words, case) for words in heard.denied),
        withheld=tuple(item.reason.value for item in record.withheld if item.turn == number),
        orders=len(heard.ordered) + len(heard.orders_elsewhere),
        disposition=heard.disposition is not None,
        probe=bool(heard.probe),
        heard_alike=_asked(heard) == _asked(again),
    )


def so_far(record: DialogueRecord, place: int) -> SoFar:
    """What had been said and told before the subject's turn at ``place``, counted from 0."""
    told = [entry for entry in record.ledger if entry.turn <= place]
    return SoFar(
        question=record.subject_turns[place - 1].text if place else "",
        reply=record.counterpart_turns[place].text,
        told=tuple(dict.fromkeys(entry.fact_id for entry in told)),
        told_last=tuple(entry.fact_id for entry in told if entry.turn == place),
    )


def _asked(heard: Understanding) -> frozenset[str]:
    return frozenset((*(item.fact_id for item in heard.asked), *(item.finding_id for item in heard.ordered)))


def _affirmed(words: str, case: Case) -> bool:
    concepts = case.lexicon.concept_index.first_matches(words)
    linked = {fact_id for concept in concepts for fact_id in case.concept_facts[concept.id]}
    return any(case.scenario.fact(fact_id).polarity is Polarity.PRESENT for fact_id in linked)


@dataclass(frozen=True, slots=True)
class RunFidelity:
    """The figures of one language; shares with intervals that resample scenarios."""

    n_turns: int
    n_facts_told: int
    unprompted: Estimate | None
    """Of the facts told after the opening, the share that nobody had asked for."""
    unknown_answers: Estimate | None
    """Of the turns that ask, the share that brought nothing: not told, not held back, not denied."""
    n_denials: int
    false_denials: Estimate | None
    """Of the denials, the share that a present fact of the case contradicts."""
    withheld: dict[str, int]
    n_orders: int
    n_dispositions: int
    n_probes: int
    heard_alike: Estimate | None


def run_fidelity(turns: tuple[HeardTurn, ...]) -> RunFidelity:
    return RunFidelity(
        n_turns=len(turns),
        n_facts_told=sum(turn.elicited + turn.unprompted for turn in turns),
        unprompted=cluster_ratio((turn.scenario, turn.unprompted, turn.elicited + turn.unprompted) for turn in turns),
        unknown_answers=cluster_ratio((turn.scenario, float(not turn.answered), 1.0) for turn in turns if turn.asks),
        n_denials=sum(turn.denied for turn in turns),
        false_denials=cluster_ratio((turn.scenario, turn.false_denials, turn.denied) for turn in turns),
        withheld=dict(Counter(reason for turn in turns for reason in turn.withheld).most_common()),
        n_orders=sum(turn.orders for turn in turns),
        n_dispositions=sum(turn.disposition for turn in turns),
        n_probes=sum(turn.probe for turn in turns),
        heard_alike=cluster_ratio((turn.scenario, float(turn.heard_alike), 1.0) for turn in turns),
    )
