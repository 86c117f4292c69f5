"""From the body of a chat completion to a Completion, whichever server wrote it.

Where reasoning is: ``reasoning_content`` (DeepSeek, Qwen, Kimi, vLLM until 0.11), ``reasoning`` (vLLM since, Ollama,
OpenRouter), parts of type ``thinking`` (Mistral), or tags in the text (simulator.models.reasoning).

How the status is told:

==========  ========================================================================================================
REFUSED     ``finish_reason`` is content_filter, or ``refusal`` holds words, which are the text if there is no other
CUT_OFF     ``finish_reason`` is length, and there is text, or reasoning was all that fitted (then the text is empty)
EMPTY       no text but white space
OK          otherwise
==========  ========================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.models.endpoint import ApiKey
from simulator.models.failure import MalformedReply
from simulator.models.journal import Completion
from simulator.models.reasoning import split_reasoning
from simulator.models.subject import ReplyStatus, Usage

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """``text`` with lone surrogates, which no file and no request can hold, replaced by U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def read_completion(body: object, *, asked_model: str, seconds: float, key: ApiKey) -> Completion:
    """The completion in a decoded JSON ``body``; ``seconds`` is how long it took. Raises MalformedReply."""
    if not isinstance(body, Mapping):
        raise MalformedReply(f"the answer is a JSON {type(body).__name__}, not a chat completion")
    message, finish_reason = _first_choice(body)
    content, thinking = _content(message.get("content"))
    field = next((value for name in ("reasoning_content", "reasoning") if (value := message.get(name))), None)
    text, reasoning = split_reasoning(content, field if isinstance(field, str) else thinking)
    usage = body.get("usage")
    refusal = message.get("refusal")
    refusal = refusal.strip() if isinstance(refusal, str) else ""
    if refusal or finish_reason == "content_filter":
        status, text = ReplyStatus.REFUSED, text or refusal
    elif finish_reason == "length" and (text or reasoning or _hidden_reasoning(usage)):
        status = ReplyStatus.CUT_OFF
    else:
        status = ReplyStatus.OK if text else ReplyStatus.EMPTY
    model = body.get("model")
    return Completion(
        text=key.scrub(well_formed(text)),
        status=status,
        reasoning=key.scrub(well_formed(reasoning)) if reasoning else None,
        usage=_usage(usage, seconds),
        model=key.scrub(well_formed(model)) if isinstance(model, str) and model else asked_model,
    )


def _first_choice(body: Mapping[str, object]) -> tuple[Mapping[str, object], str]:
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping):
        error = body.get("error")
        words = error.get("message") if isinstance(error, Mapping) else error
        raise MalformedReply(f"the answer holds no message{f' but an error: {words}' if words else ''}")
    return message, str(choice.get("finish_reason") or "")


def _content(content: object) -> tuple[str, str | None]:
    """Text, and thinking that came as parts of the content."""
    if content is None:
        return "", None
    if isinstance(content, str):
        return content, None
    if not isinstance(content, list):
        raise MalformedReply(f"the message's content is a JSON {type(content).__name__}, not text")
    text, thinking = [], []
    for part in content:
        if isinstance(part, str):
            text.append(part)
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            text.append(part["text"])
        elif isinstance(part, Mapping) and part.get("type") == "thinking":
            thinking.append(_thinking(part.get("thinking")))
    return "".join(text), "\n\n".join(thinking) or None


def _thinking(part: object) -> str:
    if isinstance(part, list):
        return "".join(_thinking(inner.get("text")) for inner in part if isinstance(inner, Mapping))
    return part if isinstance(part, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _usage(usage: object, seconds: float) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    return None if prompt is None or completion is None else Usage(prompt, completion, seconds)


def _hidden_reasoning(usage: object) -> bool:
    """True where the model thought without showing it, as OpenAI's do."""
    details = usage.get("completion_tokens_details") if isinstance(usage, Mapping) else None
    return isinstance(details, Mapping) and bool(_count(details.get("reasoning_tokens")))
