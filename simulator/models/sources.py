"""From the words of a command line to whoever speaks: ``openai:MODEL``, ``local:WEIGHTS``, ``ref:NAME``.

``openai:`` is any OpenAI-compatible endpoint. Several endpoints fit in one run, since a model may bring its own:
``openai:MODEL@http://host:8000/v1``, and with a key of its own ``openai:MODEL@https://host/v1#KEY_VARIABLE``. Without
one, the run's default endpoint is meant. What comes after ``#`` is the name of an environment variable, never a key.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.models.endpoint import DEFAULT_RETRIES, DEFAULT_TIMEOUT_S, EndpointConfig, displayed_url
from simulator.models.journal import Journal
from simulator.models.subject import SubjectSource

if TYPE_CHECKING:
    from simulator.models.messages import Chat

SCHEMES = ("openai", "local", "ref")
_OWN_ENDPOINT = re.compile(r"(?P<model>.*?)@(?P<url>https?://[^#]*)(?:#(?P<env>.*))?", re.S)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACEHOLDER = "model"


@dataclass(frozen=True, slots=True)
class EndpointDefaults:
    """What holds for every model of a run that does not bring its own. Fields as in ``EndpointConfig``."""

    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    timeout_s: float = DEFAULT_TIMEOUT_S
    max_retries: int = DEFAULT_RETRIES
    max_tokens: int | None = None
    temperature: float | None = None

    def config(self, model: str) -> EndpointConfig:
        """Raises UsageError where a value cannot be."""
        return EndpointConfig(
            model=model,
            base_url=self.base_url,
            api_key_env=self.api_key_env,
            timeout_s=self.timeout_s,
            max_retries=self.max_retries,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
        )


def open_subject(
    spec: str,
    *,
    defaults: EndpointDefaults | None = None,
    journal: Journal | None = None,
    run_id: str | None = None,
    concurrency: int = 8,
) -> SubjectSource:
    """The source of subjects that ``spec`` names; the caller closes it. ``run_id`` as in ``ChatModel``.

    Raises UsageError for a spec that names nothing, MissingKeyError, LibraryError (a file that is no GGUF) and
    MissingExtraError. No call is made yet, and no process started: see ``preflight``.
    """
    scheme, rest = _parted(spec, SCHEMES)
    if scheme == "ref":
        from simulator.models.reference import REFERENCE_NAMES, reference_source

        if rest not in REFERENCE_NAMES:
            raise _unknown(f"no reference subject is called “{rest}”", _nearest("ref:", rest, REFERENCE_NAMES))
        return reference_source(rest)

    from simulator.models.endpoint_subject import EndpointSource
    from simulator.models.local import LocalChat, LocalSource

    chat = open_chat(spec, defaults=defaults, journal=journal, run_id=run_id, concurrency=concurrency)
    name = subject_name(spec)
    return LocalSource(chat, name=name) if isinstance(chat, LocalChat) else EndpointSource(chat, name=name)


def open_chat(
    spec: str,
    *,
    defaults: EndpointDefaults | None = None,
    journal: Journal | None = None,
    run_id: str | None = None,
    concurrency: int = 8,
) -> Chat:
    """The chat model that ``openai:…`` or ``local:…`` names, for judges and voices. Raises as ``open_subject``."""
    scheme, rest = _parted(spec, ("openai", "local"))
    defaults = defaults or EndpointDefaults()
    if scheme == "local":
        from simulator.models.local import LocalChat, find_weights, local_config

        config = local_config(rest, defaults.config(_PLACEHOLDER))
        return LocalChat(find_weights(rest), config, journal=journal, run_id=run_id, concurrency=concurrency)

    from simulator.models.chat import ChatModel

    return ChatModel(endpoint_config(rest, defaults), journal=journal, run_id=run_id, concurrency=concurrency)


def endpoint_config(rest: str, defaults: EndpointDefaults) -> EndpointConfig:
    """The endpoint of ``MODEL``, ``MODEL@URL`` or ``MODEL@URL#KEY_VARIABLE``. Raises UsageError."""
    own = _OWN_ENDPOINT.fullmatch(rest)
    if own is None:
        return defaults.config(rest)
    env = own["env"]
    if env is not None and not _VARIABLE.fullmatch(env):
        fix = "write the variable's name, such as openai:MODEL@https://host/v1#HOST_API_KEY"
        raise UsageError("what follows # in a model is no name of an environment variable", fix=fix)
    return replace(defaults.config(own["model"]), base_url=own["url"], api_key_env=env or defaults.api_key_env)


def subject_name(spec: str) -> str:
    """``spec`` as reports show it: without the credentials or the query that an address may hold."""
    own = _OWN_ENDPOINT.fullmatch(spec)
    return f"{own['model']}@{displayed_url(own['url'])}" if own else spec


async def preflight(source: SubjectSource) -> str | None:
    """Checks before a run that ``source`` can speak; loads local weights. A warning, or None. Raises EndpointError."""
    from simulator.models.endpoint_subject import EndpointSource

    return await source.preflight() if isinstance(source, EndpointSource) else None


def _parted(spec: str, schemes: tuple[str, ...]) -> tuple[str, str]:
    scheme, colon, rest = spec.strip().partition(":")
    if colon and scheme in schemes and rest.strip():
        return scheme, rest.strip()
    if scheme in schemes:
        raise _unknown(f"“{subject_name(spec)}” names no model", _examples(scheme))
    if colon and scheme in SCHEMES:
        raise _unknown(f"“{subject_name(spec)}” cannot be used here", " or ".join(map(_examples, schemes)))
    near = difflib.get_close_matches(scheme.lower(), schemes, n=1)
    hints = [_examples(near[0])] if near and colon else [_examples(each) for each in schemes]
    raise _unknown(f"“{subject_name(spec)}” names no model", ", or ".join(hints))


def _examples(scheme: str) -> str:
    if scheme == "openai":
        return "openai:MODEL for an endpoint"
    if scheme == "local":
        return "local:smollm2 or local:PATH.gguf for weights on this machine"
    from simulator.models.reference import REFERENCE_NAMES

    return " or ".join(f"ref:{name}" for name in REFERENCE_NAMES)


def _nearest(prefix: str, word: str, words: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, words, n=2)
    return " or ".join(f"{prefix}{each}" for each in (near or words))


def _unknown(what: str, suggestion: str) -> UsageError:
    return UsageError(what, fix=f"write {suggestion}")
