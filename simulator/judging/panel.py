"""Several judges on one dialogue: what they agree on is decided, what they do not is unscored, and the votes are kept.

A panel of judges from different families is less biased than one judge (Verga et al. 2024, arXiv 2404.18796). A verdict
needs more than half of all members, those included that could not decide: a member that failed never makes the others
more sure. A critical criterion, one that can fail the gate, needs all of them where `PanelRule` says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from simulator.judging.asking import PanelRule
from simulator.judging.grader import Grader
from simulator.judging.task import GradingTask, Question
from simulator.judging.verdict import DecidedBy, Outcome, Verdict, Vote


class Panel:
    """A Grader made of graders."""

    def __init__(self, members: Sequence[Grader], rule: PanelRule = PanelRule.UNANIMOUS) -> None:
        """Raises ValueError with fewer than two members, or two of one name."""
        names = [member.name for member in members]
        if len(names) < 2 or len(set(names)) != len(names):
            raise ValueError("a panel has two or more members of different names")
        self._members = tuple(members)
        self._rule = rule

    @property
    def name(self) -> str:
        return panel_name([member.name for member in self._members])

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        answers = await asyncio.gather(*(member.grade(task) for member in self._members), return_exceptions=True)
        verdicts: list[tuple[Verdict, ...]] = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            verdicts.append(answer)
        return tuple(
            self._decide(question, each)
            for question, each in zip(task.questions, zip(*verdicts, strict=True), strict=True)
        )

    def _decide(self, question: Question, given: tuple[Verdict, ...]) -> Verdict:
        votes = tuple(
            Vote(judge=member.name, outcome=verdict.outcome, reason=verdict.reason)
            for member, verdict in zip(self._members, given, strict=True)
        )
        outcome, n_for = Counter(verdict.outcome for verdict in given).most_common(1)[0]
        everyone = question.critical and self._rule is PanelRule.UNANIMOUS
        needed = len(given) if everyone else len(given) // 2 + 1
        if outcome is Outcome.UNSCORED or n_for < needed:
            return self._unscored(question, given, votes, everyone=everyone)
        winners = [verdict for verdict in given if verdict.outcome is outcome]
        probabilities = [verdict.probability for verdict in given if verdict.probability is not None]
        return Verdict(
            criterion_id=question.id,
            outcome=outcome,
            decided_by=DecidedBy.JUDGE,
            judge=self.name,
            reason=winners[0].reason,
            evidence=winners[0].evidence,
            probability=sum(probabilities) / len(probabilities) if probabilities else None,
            votes=votes,
        )

    def _unscored(
        self, question: Question, given: tuple[Verdict, ...], votes: tuple[Vote, ...], *, everyone: bool
    ) -> Verdict:
        undecided = [verdict for verdict in given if verdict.outcome is Outcome.UNSCORED]
        failed = next((each.reason for each in undecided if each.endpoint_failed), None)
        said = ", ".join(f"{vote.outcome.value.replace('_', ' ')} ({vote.judge})" for vote in votes)
        if failed is not None:  # begins with the words that a resume looks for: asked again, it may be decided
            reason = f"{failed}; the panel: {said}"
        elif len(undecided) == len(given):
            reason = f"no member of the panel could decide: {undecided[0].reason}"
        else:
            reason = f"the panel is not {'unanimous' if everyone else 'of one mind by majority'}: {said}"
        return Verdict(
            criterion_id=question.id,
            outcome=Outcome.UNSCORED,
            decided_by=DecidedBy.NOBODY,
            judge=self.name,
            reason=reason,
            votes=votes,
        )


def panel_name(names: Sequence[str]) -> str:
    """One judge's own name; a panel's members, joined."""
    return " + ".join(names)
