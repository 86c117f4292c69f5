"""The seam to whoever judges what no check can decide, and the grader that asks a language model.

A judge may be down, lie, ramble, answer twice or be talked round by the transcript. None of that may move a score: a
criterion is met only with a quote that is found in the subject's turn it names, and whatever cannot be trusted is
unscored, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simulator.dialogue.record import DialogueRecord
from simulator.errors import EndpointError, EndpointRejected, EndpointUnreachable, MissingKeyError
from simulator.judging.answer import Judgement, MalformedAnswerError, Ruling, read_answer, sort_answer
from simulator.judging.prompt import SCHEMA_NAME, answer_schema, judge_messages
from simulator.judging.quotes import find_quote, legible
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict
from simulator.library.rubric import Criterion
from simulator.library.scenario import Scenario
from simulator.models.messages import Chat, ChatMessage, ChatRole
from simulator.models.subject import ReplyStatus
from simulator.text.language import Language

_REASON_LENGTH = 500
"""Characters kept of the judge's reasoning on one criterion."""

ENDPOINT_FAILED = "the judge's endpoint failed"
"""How the reason of a verdict begins that a later attempt may still give."""

_CONTENT_REFUSED = re.compile(
    r"^HTTP (?:400|413|422)\b.*(?:context.?(?:length|size|window)|(?:prompt|input|request).{0,30}too (?:long|large)"
    r"|input length|too many tokens|content.{0,3}(?:filter|policy|management)|data.?inspection|inappropriate)",
    re.IGNORECASE,
)
"""Rejections that are about this transcript (too long, content filter), not about the endpoint or the model's name."""


@dataclass(frozen=True, slots=True)
class GradingTask:
    """The criteria of one dialogue that are left to a judge; at least one."""

    record: DialogueRecord
    scenario: Scenario
    criteria: tuple[Criterion, ...]
    language: Language


class Grader(Protocol):
    @property
    def name(self) -> str:
        """As given on the command line, such as `openai:gpt-5`. Stored with every verdict."""
        ...

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        """One verdict for each criterion of the task, in its order.

        Raises MissingKeyError, EndpointUnreachable or EndpointRejected where nothing can be judged at all; any lesser
        failure is a verdict of UNSCORED with the reason.
        """
        ...


class LlmGrader:
    """Asks a chat model once per dialogue, about all criteria that are left; again where the answer cannot be read.

    ``series`` names a set of verdicts: the same series is replayed from the journal, a new one is paid for anew.
    """

    def __init__(self, model: Chat, name: str, *, max_attempts: int = 3, series: str = "1") -> None:
        if max_attempts < 1:
            raise ValueError("a judge needs at least one attempt")
        self._model = model
        self._name = name
        self._max_attempts = max_attempts
        self._series = series

    @property
    def name(self) -> str:
        return self._name

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        try:
            judgements, failure = await self._ask(task)
        except EndpointError as error:
            if _stops_everything(error):
                raise
            judgements, failure = (), f"{ENDPOINT_FAILED}: {_brief(error.what)}"
        if failure:
            return tuple(self._unscored(criterion, failure) for criterion in task.criteria)
        answer = sort_answer(judgements, [criterion.id for criterion in task.criteria])
        return tuple(
            self._verdict(task.record, criterion, answer.judgements[criterion.id])
            if criterion.id in answer.judgements
            else self._unscored(criterion, answer.unanswered[criterion.id])
            for criterion in task.criteria
        )

    async def _ask(self, task: GradingTask) -> tuple[tuple[Judgement, ...], str]:
        """The entries of the first answer that can be read; or none, and why the last attempt could not be read."""
        messages = judge_messages(task.record, task.scenario, task.criteria, task.language)
        complaint = ""
        for attempt in range(1, self._max_attempts + 1):
            completion = await self._model.complete(
                (*messages, *_again(complaint, task.language)),
                key=f"judge/{self._series}/{self._name}/{task.record.id}/{attempt}",
                seed=task.record.seed,
                response_schema=answer_schema(task.criteria),
                schema_name=SCHEMA_NAME,
            )
            complaint = _NO_ANSWER.get(completion.status, "")
            if complaint:
                continue
            try:
                return read_answer(completion.text), ""
            except MalformedAnswerError as error:
                complaint = str(error)
        return (), f"the judge's answer could not be used after {self._max_attempts} attempts: {complaint}"

    def _verdict(self, record: DialogueRecord, criterion: Criterion, judgement: Judgement) -> Verdict:
        if judgement.verdict is Ruling.CANNOT_TELL:
            return self._unscored(criterion, f"the judge cannot tell: {_brief(judgement.reasoning)}")
        if judgement.verdict is Ruling.NOT_APPLICABLE and criterion.critical:
            return self._unscored(
                criterion, "the judge holds a critical criterion not applicable, which only `applies` may say"
            )
        if judgement.verdict is not Ruling.MET:
            return self._decided(criterion, Outcome(judgement.verdict.value), judgement)
        if judgement.turn is None or not (judgement.quote or "").strip():
            return self._unscored(criterion, "the judge says met and quotes nothing")
        found = _quoted(record, judgement.turn, judgement.quote or "")
        if not found:
            return self._unscored(criterion, f"quote not found in turn {judgement.turn}")
        return self._decided(criterion, Outcome.MET, judgement, found)

    def _decided(
        self, criterion: Criterion, outcome: Outcome, judgement: Judgement, evidence: tuple[Evidence, ...] = ()
    ) -> Verdict:
        return Verdict(
            criterion_id=criterion.id,
            outcome=outcome,
            decided_by=DecidedBy.JUDGE,
            judge=self._name,
            reason=_brief(judgement.reasoning),
            evidence=evidence,
        )

    def _unscored(self, criterion: Criterion, reason: str) -> Verdict:
        return Verdict(
            criterion_id=criterion.id,
            outcome=Outcome.UNSCORED,
            decided_by=DecidedBy.NOBODY,
            judge=self._name,
            reason=reason,
        )


_NO_ANSWER = {
    ReplyStatus.EMPTY: "the answer is empty",
    ReplyStatus.CUT_OFF: "the answer is cut off at the token limit",
    ReplyStatus.REFUSED: "the judge refused to answer",
}

_AGAIN = {
    Language.EN: "Your last answer could not be used ({complaint}). Answer again: exactly one complete JSON object, "
    "one entry for each criterion, one sentence of reasoning each.",
    Language.ZH: "你上一次的回答无法使用（{complaint}）。请重新回答：只给出一个完整的 JSON 对象，"
    "每条标准一项，理由各一句话。",
}


def _again(complaint: str, language: Language) -> Sequence[ChatMessage]:
    """The reminder of a further attempt. It repeats nothing the judge wrote, and makes the request a new one."""
    return (ChatMessage(ChatRole.USER, _AGAIN[language].format(complaint=complaint)),) if complaint else ()


def _quoted(record: DialogueRecord, turn: int, quote: str) -> tuple[Evidence, ...]:
    """The subject's own words behind the quote, which are verbatim; none where that turn does not hold them."""
    text = next((said.text for said in record.subject_turns if said.turn == turn), "")
    return tuple(Evidence(turn=turn, quote=part) for part in find_quote(quote, text))


def _stops_everything(error: EndpointError) -> bool:
    if isinstance(error, EndpointRejected):
        return not _CONTENT_REFUSED.search(error.what)
    return isinstance(error, EndpointUnreachable | MissingKeyError)


def _brief(text: str) -> str:
    line = " ".join(legible(text).split())
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"
