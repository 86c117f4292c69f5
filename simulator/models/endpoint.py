"""Where a model is, and the key that opens it."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from simulator.errors import MissingKeyError, UsageError

OPENAI_BASE_URL = "https://api.openai.com/v1"
DEFAULT_TIMEOUT_S = 120.0
DEFAULT_RETRIES = 6
"""Half a minute of pauses: long enough for the usual limit per minute to let some calls through."""
_KEYLESS = "not-needed"
_SHORTEST_SECRET = 8
"""Keys below this length are placeholders (`EMPTY`, `ollama`) and not scrubbed: the words would vanish from replies."""
_KEY_START = 6
_WORD = re.compile(r"[^\s\"'`<>(){},;:\[\]]+")


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """One model behind an OpenAI-compatible endpoint, and how it is asked. Raises UsageError where it cannot be."""

    model: str
    base_url: str | None = field(default=None, repr=False)
    """Such as ``http://127.0.0.1:8000/v1``. None: OPENAI_BASE_URL of the environment, else OpenAI's own."""
    api_key_env: str = "OPENAI_API_KEY"
    """The environment variable that holds the key. May be unset for a server on this machine."""
    timeout_s: float = DEFAULT_TIMEOUT_S
    """Seconds for one attempt, from sending to the last byte."""
    max_retries: int = DEFAULT_RETRIES
    """Attempts after the first one."""
    max_tokens: int | None = None
    """Bound on one reply, reasoning included. None: the endpoint's own."""
    temperature: float | None = None
    """None: the endpoint's own."""
    identity: str | None = None
    """What stands for the endpoint where requests are compared, instead of its address: a local server's port changes
    from run to run while its weights stay the same."""

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise UsageError("the name of the model is missing", fix="write it after openai:, such as openai:gpt-5")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise UsageError(f"a timeout of {self.timeout_s} s cannot be kept", fix="give a number of seconds above 0")
        if self.max_retries < 0:
            raise UsageError(f"{self.max_retries} retries cannot be made", fix="give 0 or more")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise UsageError(f"a reply of {self.max_tokens} tokens cannot be", fix="give 1 or more")
        if self.temperature is not None and not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise UsageError(f"a temperature of {self.temperature} cannot be", fix="give a number from 0 up")
        if self.base_url is not None:
            checked_url(self.base_url)

    def address(self, environ: Mapping[str, str]) -> str:
        """The base URL that is called. Raises UsageError."""
        return checked_url(self.base_url or environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_BASE_URL)


def checked_url(url: str) -> str:
    """``url`` stripped, if it is an http(s) URL with a host. Raises UsageError."""
    import httpx2  # here, since the command line reads specs long before it needs the network

    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and bool(httpx2.URL(url))
        )
    except (ValueError, httpx2.InvalidURL):
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise UsageError(
            f"“{displayed_url(url)}” is not the base URL of an endpoint",
            fix="write it with its scheme, such as http://127.0.0.1:8000/v1",
        )
    return url


def displayed_url(url: str) -> str:
    """``url`` for people: without user name, password, query and fragment, all of which may hold secrets."""
    bare = re.split(r"[?#]", url.strip(), maxsplit=1)[0]
    scheme, separator, rest = bare.rpartition("://")
    authority, slash, path = rest.partition("/")
    shown = scheme + separator + authority.rpartition("@")[2] + slash + path
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", shown).rstrip("/")


def is_loopback(url: str) -> bool:
    """True where ``url`` names this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that does not show itself."""

    value: str = field(repr=False)
    env: str
    """The environment variable it came from."""

    @property
    def _secret(self) -> bool:
        return len(self.value) >= _SHORTEST_SECRET and self.value != _KEYLESS

    def scrub(self, text: str) -> str:
        """``text`` without the key."""
        return text.replace(self.value, "[key]") if self._secret else text

    def scrub_message(self, text: str) -> str:
        """A server's message without the key, or a word that shares its beginning or end, or one masked by stars."""
        text = self.scrub(text)
        start, end = (self.value[:_KEY_START], self.value[-_KEY_START:]) if self._secret else ("\x00", "\x00")

        def safe(word: re.Match[str]) -> str:
            return "[key]" if start in word[0] or end in word[0] or "***" in word[0] else word[0]

        return _WORD.sub(safe, text)


def find_key(config: EndpointConfig, url: str, environ: Mapping[str, str]) -> ApiKey:
    """The key of the endpoint; a placeholder where the environment has none and ``url`` names this machine.

    Raises MissingKeyError, which names the variable and never the key.
    """
    value = environ.get(config.api_key_env, "").strip()
    if not value and is_loopback(url):
        return ApiKey(_KEYLESS, config.api_key_env)
    if not value:
        raise MissingKeyError(
            f"the environment variable {config.api_key_env} holds no key",
            where=displayed_url(url),
            fix=f"export {config.api_key_env}=…  (any word, if the server asks for none)",
        )
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise MissingKeyError(
            f"the key in {config.api_key_env} holds characters that no key has (a space, a line break, an accent)",
            where=displayed_url(url),
            fix=f"set {config.api_key_env} again, without quotes or further lines",
        )
    return ApiKey(value, config.api_key_env)
