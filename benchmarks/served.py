"""A subject behind an endpoint that costs nothing: the whole run against bare loops over the very same calls."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openai
from openai.types.chat import ChatCompletionMessageParam

from benchmarks.measuring import Ratio, Sample, Spread, interleaved, ratio
from benchmarks.work import CONCURRENCY, dialogues, forget_texts, whole_run
from simulator.dialogue.playing import DialogueSpec, play
from simulator.evaluation.manifest import Settings
from simulator.evaluation.runs import RunReader
from simulator.library.collection import Library
from simulator.models.chat import ChatModel, EndpointConfig
from simulator.models.endpoint_subject import chat_of
from simulator.models.messages import ChatMessage
from simulator.models.subject import SubjectReply, SubjectRequest

_ROOT = Path(__file__).resolve().parent.parent
_MODEL = "fake-model"
_TEXT = "I see. Can you tell me more about that?"
_KEY_VARIABLE = "CLINSIM_BENCHMARK_KEY"
_TIMEOUT_S = 60.0
SIMULATOR, CHAT_MODEL, RAW_SDK = "simulator", "chat_model_loop", "raw_sdk_loop"


@dataclass(frozen=True, slots=True)
class CallSpeed:
    dialogues_per_s: Spread
    calls_per_s: Spread
    cpu_ms_per_call: Spread
    """Of the client process; the server is another one."""


@dataclass(frozen=True, slots=True)
class ServedResult:
    dialogues: int
    calls: int
    """In one pass over the dialogues."""
    mean_messages_per_call: float
    concurrency: int
    latency_ms: float
    rounds: int
    variants: dict[str, CallSpeed]
    ratios: dict[str, Ratio]
    """`A_to_B`: A's time ÷ B's."""
    simulator_cpu_ms_per_call: Spread
    """What the simulator adds to the CPU of the raw SDK's call: dialogue, journal, judge, store."""


@dataclass(frozen=True, slots=True)
class _Call:
    messages: tuple[ChatMessage, ...]
    key: str
    seed: int


class _Recorder:
    """A subject that always says the server's words, and keeps what would have been asked for them."""

    def __init__(self) -> None:
        self.calls: list[_Call] = []

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        self.calls.append(_Call(tuple(chat_of(request)), request.key, request.seed))
        return SubjectReply(_TEXT)


@contextmanager
def _server(latency_ms: float) -> Iterator[str]:
    """The base URL of a fake endpoint in a process of its own. Raises RuntimeError where it does not come up."""
    command = [sys.executable, "-m", "tests.models.fake_server", "--port", "0", "--latency-ms", str(latency_ms)]
    command += ["--text", _TEXT, "--model", _MODEL]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError("the fake endpoint did not start: run this in a checkout, which holds tests/")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


class _Passes:
    """One pass over the same calls, in every variant."""

    def __init__(self, library: Library, plan: tuple[DialogueSpec, ...], url: str, max_turns: int) -> None:
        self.library = library
        self.plan = plan
        self.url = url
        self.max_turns = max_turns
        self.calls = asyncio.run(self._recorded())
        """Those of each dialogue, in order."""

    async def _recorded(self) -> list[list[_Call]]:
        found = []
        for spec in self.plan:
            recorder = _Recorder()
            scenario, persona = self.library.scenario(spec.scenario_id), self.library.persona(spec.persona_id)
            await play(spec, scenario, persona, recorder, max_turns=self.max_turns)
            found.append(recorder.calls)
        return found

    def simulator(self) -> int:
        """Returns the number of calls it made."""
        forget_texts()
        settings = Settings(
            subjects=(f"openai:{_MODEL}",),
            base_url=self.url,
            api_key_env=_KEY_VARIABLE,
            concurrency=CONCURRENCY,
            max_turns=self.max_turns,
        )
        folder, _kept = whole_run(self.library, self.plan, settings)
        with RunReader(folder) as reader:
            return reader.n_calls()

    def chat_model(self) -> None:
        """Our client, without a journal."""

        async def work() -> None:
            config = EndpointConfig(model=_MODEL, base_url=self.url, api_key_env=_KEY_VARIABLE)
            chat = ChatModel(config, concurrency=CONCURRENCY)

            async def ask(call: _Call) -> None:
                completion = await chat.complete(call.messages, key=call.key, seed=call.seed)
                assert completion.text == _TEXT

            await self._all(ask)
            await chat.aclose()

        asyncio.run(work())

    def raw_sdk(self) -> None:
        """What a plain script would do: the openai SDK with its own defaults, no retries."""

        async def work() -> None:
            client = openai.AsyncOpenAI(api_key="none", base_url=self.url, max_retries=0, timeout=_TIMEOUT_S)

            async def ask(call: _Call) -> None:
                completion = await client.chat.completions.create(
                    model=_MODEL, messages=_params(call.messages), seed=call.seed
                )
                assert completion.choices[0].message.content == _TEXT

            await self._all(ask)
            await client.close()

        asyncio.run(work())

    async def _all(self, ask: Callable[[_Call], Awaitable[None]]) -> None:
        """Dialogues side by side, the calls of each in order: the shape that a conversation forces on them."""
        waiting = deque(self.calls)

        async def worker() -> None:
            while waiting:
                for call in waiting.popleft():
                    await ask(call)

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))


def _params(messages: Sequence[ChatMessage]) -> list[ChatCompletionMessageParam]:
    made: list[ChatCompletionMessageParam] = []
    for message in messages:
        match message.role.value:
            case "system":
                made.append({"role": "system", "content": message.content})
            case "user":
                made.append({"role": "user", "content": message.content})
            case _:
                made.append({"role": "assistant", "content": message.content})
    return made


def measure_served(
    library: Library,
    n_dialogues: int,
    rounds: int,
    *,
    max_turns: int,
    latency_ms: float = 0.0,
    on_round: Callable[[int], None] = lambda _: None,
) -> ServedResult:
    """Raises AssertionError where the simulator does not make exactly the calls of the bare loops."""
    with _server(latency_ms) as url:
        passes = _Passes(library, dialogues(library, f"openai:{_MODEL}", n_dialogues), url, max_turns)
        n_calls = sum(map(len, passes.calls))
        assert passes.simulator() == n_calls, "the simulator makes other calls than the loops"
        passes.chat_model()
        passes.raw_sdk()
        variants = {SIMULATOR: passes.simulator, CHAT_MODEL: passes.chat_model, RAW_SDK: passes.raw_sdk}
        samples = interleaved(variants, rounds, on_round)
    pairs = zip(samples[SIMULATOR], samples[RAW_SDK], strict=True)
    return ServedResult(
        dialogues=n_dialogues,
        calls=n_calls,
        mean_messages_per_call=sum(len(call.messages) for calls in passes.calls for call in calls) / n_calls,
        concurrency=CONCURRENCY,
        latency_ms=latency_ms,
        rounds=rounds,
        variants={name: _speed(found, n_dialogues, n_calls) for name, found in samples.items()},
        ratios={
            f"{a}_to_{b}": ratio(samples[a], samples[b])
            for a, b in ((SIMULATOR, RAW_SDK), (SIMULATOR, CHAT_MODEL), (CHAT_MODEL, RAW_SDK))
        },
        simulator_cpu_ms_per_call=Spread.of(1000 * (ours.cpu_s - bare.cpu_s) / n_calls for ours, bare in pairs),
    )


def _speed(samples: list[Sample], n_dialogues: int, n_calls: int) -> CallSpeed:
    return CallSpeed(
        Spread.of(n_dialogues / sample.wall_s for sample in samples),
        Spread.of(n_calls / sample.wall_s for sample in samples),
        Spread.of(1000 * sample.cpu_s / n_calls for sample in samples),
    )
