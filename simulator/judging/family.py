"""Do two models come from one family? A judge favours its own kind, so such a pair earns a warning.

Self-preference of language-model judges: Panickssery et al. 2024, arXiv 2404.13076; Zheng et al. 2023,
arXiv 2306.05685, section 3.3. The family is guessed from the model's name, since an endpoint states nothing more. A
distilled model belongs to both its families (`DeepSeek-R1-Distill-Qwen-7B`).
"""

from __future__ import annotations

import re

_FAMILIES = {
    "openai": r"gpt|(?<![a-z0-9.])o[1-9](?![a-z0-9.])|davinci",
    "anthropic": r"claude",
    "google": r"gemini|gemma|(?<![a-z])palm",
    "deepseek": r"deepseek",
    "qwen": r"qwen|qwq|qvq|tongyi",
    "moonshot": r"kimi|moonshot",
    "glm": r"(?<![a-z])(?:chat)?glm",
    "llama": r"(?<!o)llama",
    "mistral": r"(?:mis|mix|minis|codes|magis|devs|pix|vox)tral",
    "yi": r"(?<![a-z])yi(?![a-z])",
    "baichuan": r"baichuan",
    "doubao": r"doubao|(?<![a-z])seed(?![a-z])",
    "ernie": r"ernie|wenxin",
    "hunyuan": r"hunyuan",
    "minimax": r"minimax|(?<![a-z])abab",
    "internlm": r"internlm",
    "grok": r"grok",
    "phi": r"(?<![a-z])phi(?![a-z])",
    "smollm": r"smollm",
}
_PATTERNS = {family: re.compile(pattern) for family, pattern in _FAMILIES.items()}


def same_family(subject: str, judge: str) -> bool:
    """True where the names of subject and judge (`openai:gpt-5-mini`, `local:smollm2`) share a family.

    The part before the first colon says how a model is reached, not what it is: `openai:qwen3` is a Qwen. A model that
    no family is known for is its own. Reference subjects (`ref:careless`) are no models: False.
    """
    if subject.startswith("ref:") or judge.startswith("ref:"):
        return False
    one, other = _model(subject), _model(judge)
    return one == other or bool(_families(one) & _families(other))


def _model(spec: str) -> str:
    """The model's own name, in lower case: without the way there, an endpoint's address or the folders of a file."""
    way, colon, name = spec.strip().lower().partition(":")
    if not colon:
        name, way = spec.strip().lower(), ""
    name = name.split("@", 1)[0]
    return re.split(r"[\\/]", name)[-1].removesuffix(".gguf") if way == "local" else name


def _families(model: str) -> set[str]:
    return {family for family, pattern in _PATTERNS.items() if pattern.search(model)}
