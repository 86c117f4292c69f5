"""The models of one session of a run: opened, checked and counted; each part with its own endpoint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from enum import StrEnum

from simulator.dialogue.model_listener import ModelListener
from simulator.dialogue.model_voice import ModelVoice
from simulator.dialogue.playing import NO_MODELS
from simulator.dialogue.playing import Models as CounterpartModels
from simulator.evaluation.manifest import Manifest, Settings
from simulator.judging.grader import Grader, LlmGrader
from simulator.judging.learned.judge import learned_folder, open_learned
from simulator.judging.panel import Panel
from simulator.models.journal import Journal
from simulator.models.messages import Chat
from simulator.models.sources import EndpointDefaults, open_chat, open_subject, preflight, subject_name
from simulator.models.subject import SubjectSource
from simulator.models.tally import Tally


class Part(StrEnum):
    """What a model does in a run."""

    SUBJECT = "subject"
    JUDGE = "judge"
    VOICE = "voice"
    LISTENER = "listener"


def endpoint_defaults(settings: Settings, part: Part = Part.SUBJECT) -> EndpointDefaults:
    """What holds for the models of one part. Judge and listener decide, so they are asked at temperature 0; the voice
    keeps its endpoint's own.
    """
    urls = {
        Part.SUBJECT: (settings.base_url, settings.api_key_env),
        Part.JUDGE: (settings.judge_base_url, settings.judge_api_key_env),
        Part.VOICE: (settings.voice_base_url, settings.voice_api_key_env),
        Part.LISTENER: (settings.listener_base_url, settings.listener_api_key_env),
    }
    temperatures = {Part.SUBJECT: settings.temperature, Part.JUDGE: 0.0, Part.VOICE: None, Part.LISTENER: 0.0}
    base_url, api_key_env = urls[part]
    return EndpointDefaults(
        base_url=base_url,
        api_key_env=api_key_env,
        timeout_s=settings.timeout_s,
        max_retries=settings.max_retries,
        max_tokens=settings.max_tokens if part is Part.SUBJECT else None,
        temperature=temperatures[part],
    )


def open_model(settings: Settings, part: Part, spec: str, journal: Journal, run_id: str) -> Chat:
    """The model of a judge, voice or listener; the caller closes it. Raises as `open_chat`."""
    return open_chat(
        spec,
        defaults=endpoint_defaults(settings, part),
        journal=journal,
        run_id=run_id,
        concurrency=settings.concurrency,
    )


def open_counterpart(settings: Settings, opened: Callable[[Part, str], Chat]) -> tuple[CounterpartModels, list[Chat]]:
    """The models that help the counterparts, and the chats behind them, which ``opened`` opens and somebody closes."""
    listener = opened(Part.LISTENER, settings.listener) if settings.listener else None
    voice = opened(Part.VOICE, settings.voice) if settings.voice else None
    models = CounterpartModels(
        listener=ModelListener(listener, subject_name(settings.listener)) if listener and settings.listener else None,
        voice=ModelVoice(voice, subject_name(settings.voice)) if voice and settings.voice else None,
    )
    return models, [chat for chat in (listener, voice) if chat is not None]


def open_grader(
    settings: Settings, opened: Callable[[Part, str], Chat], series: str = "1"
) -> tuple[Grader | None, list[Chat]]:
    """The judge of ``settings``, a panel where it names several, None where it names none; and the chats behind it,
    which ``opened`` opens and somebody closes. Raises as `open_chat` and `open_learned`.
    """
    members: list[Grader] = []
    chats: list[Chat] = []
    for spec in settings.judges:
        if learned := learned_folder(spec):
            members.append(open_learned(learned, spec))
            continue
        chats.append(opened(Part.JUDGE, spec))
        members.append(LlmGrader(chats[-1], subject_name(spec), mode=settings.judge_calls, series=series))
    if len(members) < 2:
        return (members[0] if members else None), chats
    return Panel(members, settings.panel_rule), chats


class SessionModels:
    """Who speaks and judges in this session: opened, checked, and closed by ``stack``."""

    def __init__(
        self,
        manifest: Manifest,
        journal: Journal,
        stack: AsyncExitStack,
        *,
        plays: bool,
        judges: bool,
        tokens_spent: int,
    ) -> None:
        """``plays``, ``judges``: whether anything is left to play or to judge; models that are not needed stay closed.
        ``tokens_spent``: by the run's earlier sessions.
        """
        settings = manifest.settings
        self.sources: dict[str, SubjectSource] = {}
        self.grader: Grader | None = None
        self._judges: list[Chat] = []
        self._spent_before = tokens_spent
        self._budget = settings.max_total_tokens
        for subject in settings.subjects if plays else ():
            source = open_subject(
                subject,
                defaults=endpoint_defaults(settings),
                journal=journal,
                run_id=manifest.run_id,
                concurrency=settings.concurrency,
            )
            stack.push_async_callback(source.aclose)
            self.sources[subject_name(subject)] = source

        def opened(part: Part, spec: str) -> Chat:
            chat = open_model(settings, part, spec, journal, manifest.run_id)
            stack.push_async_callback(chat.aclose)
            return chat

        self.counterpart: CounterpartModels = NO_MODELS
        self._counterpart: list[Chat] = []
        if plays:
            self.counterpart, self._counterpart = open_counterpart(settings, opened)
        if judges:
            self.grader, self._judges = open_grader(settings, opened)

    async def preflight(self) -> tuple[str, ...]:
        """Warnings. Raises EndpointError where an endpoint cannot be used: before anything is paid for."""
        checked = [await preflight(source) for source in self.sources.values()]
        checked += [await chat.preflight() for chat in self._beside()]
        return tuple(warning for warning in checked if warning)

    def _beside(self) -> list[Chat]:
        """Every model but the subjects'."""
        return [*self._counterpart, *self._judges]

    def tallies(self) -> Tally:
        """The subjects' calls."""
        found = (getattr(source, "tally", None) for source in self.sources.values())
        return sum((tally for tally in found if isinstance(tally, Tally)), Tally())

    def counterpart_tally(self) -> Tally:
        """The calls of the counterpart's voice and listener."""
        return sum((chat.tally for chat in self._counterpart), Tally())

    def budget_spent(self) -> bool:
        if self._budget is None:
            return False
        session = sum((chat.tally for chat in self._beside()), self.tallies())
        return self._spent_before + session.prompt_tokens + session.completion_tokens >= self._budget

    def adaptations(self) -> tuple[str, ...]:
        chats = [chat for source in self.sources.values() if (chat := getattr(source, "chat", None)) is not None]
        chats += self._beside()
        return tuple(line for chat in chats for line in chat.adaptations)
