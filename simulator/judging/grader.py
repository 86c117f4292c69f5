"""The seam to whoever judges what no check can decide, and the grader that asks a language model.

A judge may be down, lie, ramble, answer twice or be talked round by the transcript. None of that may move a score: a
criterion is met only with a quote that is found in the subject's turn it names, and whatever cannot be trusted is
unscored, with the reason.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from simulator.errors import EndpointError, EndpointRejected, EndpointUnreachable, MissingKeyError
from simulator.judging.answer import Judgement, MalformedAnswerError, Ruling, read_answer, sort_answer
from simulator.judging.asking import CallMode
from simulator.judging.prompt import SCHEMA_NAME, answer_schema, judge_messages
from simulator.judging.quotes import find_quote, legible
from simulator.judging.task import GradingTask, Question
from simulator.judging.verdict import ENDPOINT_FAILED, DecidedBy, Evidence, Outcome, Verdict
from simulator.models.messages import Chat, ChatMessage, ChatRole
from simulator.models.subject import ReplyStatus
from simulator.text.language import Language

_REASON_LENGTH = 500
"""Characters kept of the judge's reasoning on one criterion."""

_CONTENT_REFUSED = re.compile(
    r"^HTTP (?:400|413|422)\b.*(?:context.?(?:length|size|window)|(?:prompt|input|request).{0,30}too (?:long|large)"
    r"|input length|too many tokens|content.{0,3}(?:filter|policy|management)|data.?inspection|inappropriate)",
    re.IGNORECASE,
)
"""Rejections that are about this transcript (too long, content filter), not about the endpoint or the model's name."""


class Grader(Protocol):
    @property
    def name(self) -> str:
        """As given on the command line, such as `openai:gpt-5`. Stored with every verdict."""
        ...

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        """One verdict for each question of the task, in its order.

        Raises MissingKeyError, EndpointUnreachable or EndpointRejected where nothing can be judged at all; any lesser
        failure is a verdict of UNSCORED with the reason.
        """
        ...


class LlmGrader:
    """Asks a chat model, again where the answer cannot be read, all within one budget of attempts a call.

    ``series`` names a set of verdicts: the same series is replayed from the journal, a new one is paid for anew.
    """

    def __init__(
        self,
        model: Chat,
        name: str,
        *,
        mode: CallMode = CallMode.RUBRIC,
        max_attempts: int = 3,
        series: str = "1",
    ) -> None:
        if not name.strip():
            raise ValueError("a judge has a name, since its verdicts are stored under it")
        if max_attempts < 1:
            raise ValueError("a judge needs at least one attempt")
        self._model = model
        self._name = name
        self._mode = mode
        self._max_attempts = max_attempts
        self._series = series

    @property
    def name(self) -> str:
        return self._name

    async def grade(self, task: GradingTask) -> tuple[Verdict, ...]:
        parts = self._calls(task)
        outcomes = await asyncio.gather(
            *(self._grade_call(part, task, call) for call, part in parts), return_exceptions=True
        )
        found: dict[str, Verdict] = {}
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            found |= {verdict.criterion_id: verdict for verdict in outcome}
        return tuple(found[question.id] for question in task.questions)

    def _calls(self, task: GradingTask) -> list[tuple[str, tuple[Question, ...]]]:
        """What is asked together, under the name that the call has in the journal."""
        if self._mode is CallMode.CRITERION:
            return [(question.id, (question,)) for question in task.questions]
        keyed = tuple(question for question in task.questions if question.needs_key)
        plain = tuple(question for question in task.questions if not question.needs_key)
        return [(name, part) for name, part in (("rubric", plain), ("rubric+key", keyed)) if part]

    async def _grade_call(self, questions: tuple[Question, ...], whole: GradingTask, call: str) -> tuple[Verdict, ...]:
        task = replace(whole, questions=questions)
        try:
            judgements, failure = await self._ask(task, call)
        except EndpointError as error:
            if _stops_everything(error):
                raise
            judgements, failure = (), f"{ENDPOINT_FAILED}: {_brief(error.what)}"
        if failure:
            return tuple(self._unscored(question, failure) for question in questions)
        answer = sort_answer(judgements, [question.id for question in questions])
        return tuple(
            self._verdict(task, question, answer.judgements[question.id])
            if question.id in answer.judgements
            else self._unscored(question, answer.unanswered[question.id])
            for question in questions
        )

    async def _ask(self, task: GradingTask, call: str) -> tuple[tuple[Judgement, ...], str]:
        """The entries of the first answer that can be read; or none, and why the last attempt could not be read."""
        messages = judge_messages(task)
        complaint = ""
        for attempt in range(1, self._max_attempts + 1):
            completion = await self._model.complete(
                (*messages, *_again(complaint, task.language)),
                key=f"judge/{self._series}/{self._name}/{task.id}/{call}/{attempt}",
                seed=task.seed,
                response_schema=answer_schema(task.questions),
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

    def _verdict(self, task: GradingTask, question: Question, judgement: Judgement) -> Verdict:
        if judgement.verdict is Ruling.CANNOT_TELL:
            return self._unscored(question, f"the judge cannot tell: {_brief(judgement.reasoning)}")
        if judgement.verdict is Ruling.NOT_APPLICABLE and question.critical:
            return self._unscored(
                question, "the judge holds a critical criterion not applicable, which only `applies` may say"
            )
        if judgement.verdict is not Ruling.MET:
            return self._decided(question, Outcome(judgement.verdict.value), judgement)
        if judgement.turn is None or not (judgement.quote or "").strip():
            return self._unscored(question, "the judge says met and quotes nothing")
        found = _quoted(task, judgement.turn, judgement.quote or "")
        if not found:
            return self._unscored(question, f"quote not found in turn {judgement.turn}")
        return self._decided(question, Outcome.MET, judgement, found)

    def _decided(
        self, question: Question, outcome: Outcome, judgement: Judgement, evidence: tuple[Evidence, ...] = ()
    ) -> Verdict:
        return Verdict(
            criterion_id=question.id,
            outcome=outcome,
            decided_by=DecidedBy.JUDGE,
            judge=self._name,
            reason=_brief(judgement.reasoning),
            evidence=evidence,
            probability=_probability(outcome, judgement.confidence),
        )

    def _unscored(self, question: Question, reason: str) -> Verdict:
        return Verdict(
            criterion_id=question.id,
            outcome=Outcome.UNSCORED,
            decided_by=DecidedBy.NOBODY,
            judge=self._name,
            reason=reason,
        )


def _probability(outcome: Outcome, confidence: float | None) -> float | None:
    """That the criterion is met, by what the judge says of its own certainty."""
    if confidence is None or outcome not in {Outcome.MET, Outcome.NOT_MET}:
        return None
    return confidence if outcome is Outcome.MET else 1.0 - confidence


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


def _quoted(task: GradingTask, turn: int, quote: str) -> tuple[Evidence, ...]:
    """The words of the turn that the quote quotes, which are verbatim; none where that turn does not hold them."""
    for text in task.quotable(turn):
        if found := find_quote(quote, text):
            return tuple(Evidence(turn=turn, quote=part) for part in found)
    return ()


def _stops_everything(error: EndpointError) -> bool:
    if isinstance(error, EndpointRejected):
        return not _CONTENT_REFUSED.search(error.what)
    return isinstance(error, EndpointUnreachable | MissingKeyError)


def _brief(text: str) -> str:
    line = " ".join(legible(text).split())
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"
