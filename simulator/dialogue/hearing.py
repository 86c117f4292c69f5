"""What has been gathered of one turn so far, while it is listened to."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.dialogue.understanding import Asked, DispositionHeard, Manner, OrderedItem
from simulator.library.vocabulary import Tier, Topic

GUARDED = frozenset({Tier.SPECIFIC, Tier.TRUST})
"""Tiers of facts that only a precise question reaches."""


@dataclass(slots=True)
class Hearing:
    """What has been gathered of one turn so far."""

    asked: dict[str, Asked] = field(default_factory=dict)
    topics: list[Topic] = field(default_factory=list)
    ordered: dict[str, OrderedItem] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    jargon: list[str] = field(default_factory=list)
    open_question: str = ""
    probe: str = ""
    n_questions: int = 0
    disposition: DispositionHeard | None = None
    advice: bool = False
    empathy: bool = False
    goodbye: str = ""

    def ask(self, fact_id: str, manner: Manner, evidence: str, matched: str) -> None:
        known = self.asked.get(fact_id)
        if known is None or (known.manner is not Manner.PRECISE and manner is Manner.PRECISE):
            self.asked[fact_id] = Asked(fact_id=fact_id, manner=manner, evidence=evidence, matched=matched)
