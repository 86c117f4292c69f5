"""A model that words the counterpart's replies. The scripted words come first, and stay where the model's do not pass.

The model is handed a `VoiceRequest` and a way to have its words checked; it never meets the case. Its words are asked
for three times at most; then, or where its endpoint fails, the scripted words are said.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.dialogue.given import Fault
from simulator.dialogue.record import GuardFinding, GuardKind, SpokenBy
from simulator.dialogue.voice_prompt import VoiceRequest, again, voice_messages
from simulator.errors import EndpointError
from simulator.models.journal import Completion
from simulator.models.messages import Chat
from simulator.models.subject import ReplyStatus
from simulator.text.language import Language, dominant_language
from simulator.text.quoted import visible

MAX_ATTEMPTS = 3
_ROOM = {Language.EN: 240, Language.ZH: 100}
"""Characters that a reply may have beyond twice its draft."""
_NAMED = re.compile(
    r"^(?:(?:the )?(?:patient|caregiver|clinician|doctor|relative)|患者家属|患者|家属|医生)\s*[:：]\s*", re.I
)
_QUOTED = {'"': '"', "“": "”", "「": "」", "'": "'"}
_NO_WORDS = {
    ReplyStatus.EMPTY: "it was empty",
    ReplyStatus.CUT_OFF: "it was cut off",
    ReplyStatus.REFUSED: "it was a refusal",
}

_log = logging.getLogger(__name__)
Check = Callable[[str], tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One reply as it will be said, who worded it, and what was wrong with the attempts before."""

    text: str = ""
    by: SpokenBy = SpokenBy.SCRIPTED
    findings: tuple[GuardFinding, ...] = ()


class ModelVoice:
    """Words replies through a chat model. Holds no state between replies, and any number of dialogues may share it."""

    def __init__(self, chat: Chat, name: str) -> None:
        """``name``: as given on the command line, such as `openai:gpt-5`."""
        self._chat = chat
        self.name = name

    async def reword(self, request: VoiceRequest, check: Check) -> Spoken:
        """The reply in the model's words, if they pass ``check`` within three attempts; else the draft.

        Raises nothing of an endpoint: its failure is a finding. What a journal raises passes through.
        """
        findings: list[GuardFinding] = []
        faults: tuple[Fault, ...] = ()
        language = request.moment.language
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                completion = await self._chat.complete(
                    (*voice_messages(request), *again(faults, language)),
                    key=f"{request.key}#voice-{request.moment.turn}-{attempt}",
                    seed=request.seed,
                )
            except EndpointError as error:
                _log.warning("voice %s, %s, turn %d: %s", self.name, request.key, request.moment.turn, error.what)
                findings.append(GuardFinding(attempt=attempt, kind=GuardKind.ENDPOINT_FAILED, words=error.what))
                break
            text = _cleaned(completion.text)
            faults = _unusable(completion, text, request.draft, language) or check(text)
            if not faults:
                by = SpokenBy.MODEL if attempt == 1 else SpokenBy.MODEL_REPAIRED
                return Spoken(text, by, tuple(findings))
            findings += _noted(faults, attempt)
        return Spoken(request.draft, SpokenBy.FALLBACK, tuple(findings))


def _noted(faults: Sequence[Fault], attempt: int) -> list[GuardFinding]:
    return [GuardFinding(attempt=attempt, kind=fault.kind, words=fault.words) for fault in faults]


def _cleaned(text: str) -> str:
    """The words without a name before them or quotation marks around them; on one line."""
    plain = " ".join(visible(text).split())
    plain = _NAMED.sub("", plain)
    if len(plain) > 2 and _QUOTED.get(plain[0]) == plain[-1] and plain[0] not in plain[1:-1]:
        plain = plain[1:-1].strip()
    return plain


def _unusable(completion: Completion, text: str, draft: str, language: Language) -> tuple[Fault, ...]:
    if completion.status is not ReplyStatus.OK or not text:
        return (Fault(GuardKind.UNUSABLE, _NO_WORDS.get(completion.status, "it was empty")),)
    if len(text) > 2 * len(draft) + _ROOM[language]:
        return (Fault(GuardKind.UNUSABLE, "it was far too long"),)
    if dominant_language(text) not in {None, language}:
        return (Fault(GuardKind.UNUSABLE, "it was in another language"),)
    return ()
