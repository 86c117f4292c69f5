"""The last barrier: no reply may state a fact that the ledger has not released."""

from __future__ import annotations

from simulator.dialogue.case import Case
from simulator.library.vocabulary import Tier
from simulator.text.normal import normalise

_MIN_TOKENS = 3


def unreleased_facts_stated(reply: str, case: Case, released: frozenset[str], told_before: str) -> tuple[str, ...]:
    """Ids of facts and findings whose whole wording stands in ``reply`` although they are not in ``released``.

    ``told_before``: the counterpart's earlier words; what stands there already is no leak. Wording of fewer than
    three tokens ("Yes, I do.") is too common to tell.
    """
    said = " " + normalise(reply).form
    candidates = [
        (fact.id, fact.text.get(case.language)) for fact in case.scenario.facts if fact.tier is not Tier.UNKNOWN
    ] + [(finding.id, finding.result.get(case.language)) for finding in case.scenario.findings]
    leaked: dict[str, str] = {}
    for fact_id, text in candidates:
        normal = normalise(text or "")
        if fact_id in released or len(normal.starts) < _MIN_TOKENS:
            continue
        wording = " " + normal.form
        if wording in said:
            leaked[fact_id] = wording
    if not leaked:
        return ()
    before = " " + normalise(told_before).form
    return tuple(fact_id for fact_id, wording in leaked.items() if wording not in before)
