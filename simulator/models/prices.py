"""What tokens cost, where the user said so. No price is built in: they change, and a guess would pass for a fact."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.errors import UsageError
from simulator.models.tally import Tally

_FIX = "write the US dollars per million prompt and completion tokens, such as 0.15,0.60"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    prompt_per_million: float
    completion_per_million: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars."""
        return (prompt_tokens * self.prompt_per_million + completion_tokens * self.completion_per_million) / 1e6


def parse_price(text: str) -> Price:
    """``0.15,0.60`` as a price. Raises UsageError."""
    try:
        prompt, completion = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"“{text}” is not a price", fix=_FIX) from None
    if not all(math.isfinite(part) and part >= 0 for part in (prompt, completion)):
        raise UsageError(f"“{text}” is not a price: both parts are numbers from 0 up", fix=_FIX)
    return Price(prompt, completion)


def cost(tally: Tally, price: Price | None) -> float | None:
    """US dollars for the calls of this session; None where no price was given, or a call did not report its tokens."""
    if price is None or tally.calls_without_usage:
        return None
    return price.of(tally.prompt_tokens, tally.completion_tokens)
