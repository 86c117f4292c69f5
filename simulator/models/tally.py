"""What the calls of a session cost so far: for the progress bar and the bill."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.models.journal import Completion


@dataclass(slots=True)
class Tally:
    """Counts of one session. Replies that the journal replayed are counted, their tokens are not: they are paid for."""

    calls: int = 0
    """Completed calls to the endpoint."""
    replayed: int = 0
    """Calls that the journal answered."""
    retries: int = 0
    """Attempts repeated after a failure that may pass: rate limits, dropped connections, server errors."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    """Wall time of the attempts that succeeded; calls run side by side, so it exceeds the session's own time."""
    calls_without_usage: int = 0
    """Completed calls for which the endpoint reported no tokens: where it is not 0, the tokens are a lower bound."""

    def count(self, completion: Completion, seconds: float) -> None:
        """Adds one completed call that took ``seconds``."""
        self.calls += 1
        self.seconds += seconds
        if completion.usage is None:
            self.calls_without_usage += 1
        else:
            self.prompt_tokens += completion.usage.prompt_tokens
            self.completion_tokens += completion.usage.completion_tokens

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            calls=self.calls + other.calls,
            replayed=self.replayed + other.replayed,
            retries=self.retries + other.retries,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
            calls_without_usage=self.calls_without_usage + other.calls_without_usage,
        )
