"""The subject behind a chat model: the brief is the system message, the counterpart the user, the subject the
assistant.

Servers refuse an assistant message without content, or read it as the place to begin writing. So an earlier turn in
which the subject said nothing is sent as "…": the order of turns stays whole, and the model sees that it was silent.
"""

from __future__ import annotations

from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.models.messages import Chat, ChatMessage, ChatRole
from simulator.models.subject import Message, Speaker, SubjectReply, SubjectRequest
from simulator.models.tally import Tally
from simulator.text.language import Language

SILENCE = "…"


class EndpointSubject:
    """One subject for any number of dialogues: all it knows comes with each request."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        """The model's next turn. Raises EndpointError."""
        completion = await self._chat.complete(chat_of(request), key=request.key, seed=request.seed)
        return SubjectReply(completion.text, completion.status, completion.reasoning)


def chat_of(request: SubjectRequest) -> list[ChatMessage]:
    """The chat that a model under test receives."""
    brief = [ChatMessage(ChatRole.SYSTEM, request.brief)] if request.brief.strip() else []
    return [*brief, *(_turn(message) for message in request.messages)]


def _turn(message: Message) -> ChatMessage:
    role = ChatRole.ASSISTANT if message.speaker is Speaker.SUBJECT else ChatRole.USER
    return ChatMessage(role, message.text if message.text.strip() else SILENCE)


class EndpointSource:
    """A ``SubjectSource`` over a chat model, which it closes."""

    def __init__(self, chat: Chat, *, name: str) -> None:
        self.chat = chat
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def tally(self) -> Tally:
        return self.chat.tally

    def for_dialogue(self, scenario: Scenario, rubric: Rubric, language: Language) -> EndpointSubject:  # noqa: ARG002
        return EndpointSubject(self.chat)

    async def preflight(self) -> str | None:
        """Checks before a run that the model answers. A warning in words, or None. Raises EndpointError."""
        return await self.chat.preflight()

    async def aclose(self) -> None:
        await self.chat.aclose()
