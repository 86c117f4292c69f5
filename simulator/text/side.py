# ruff: noqa: E501 - a list of units and cues reads better unbroken
"""Left and right: which side a text speaks of, and of which part of the body where it says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from simulator.text.language import Language
from simulator.text.normal import fold

_EN_PARTS = (
    "arm|leg|calf|foot|ankle|knee|hip|thigh|shoulder|hand|wrist|elbow|eye|ear|lung|breast|kidney|flank|groin|jaw|cheek|"
    "temple|side|chest|base|heart|ventricle|iliac fossa|lower abdomen|abdomen|popliteal vein|buttock|toe|finger|thumb|"
    "nostril|tonsil|ovary|testicle|collarbone|ribs?"
)
_EN_SIDE = regex.compile(
    rf"\b(?P<side>left|right)(?:[- ]hand(?= side))?(?:[- ](?:(?:lower|upper|inner|outer|big|little) )?(?P<part>{_EN_PARTS})s?\b)"
    r"|(?<=\b(?:the|my|her|his) )(?P<side>left|right)(?= (?:one|than)\b|[,.;:!?]|$| and| or)"
    r"|(?<=\b(?:on|low|lower|to) (?:the )?)(?P<side>left|right)\b(?! (?:now|away|time|thing))",
    regex.IGNORECASE,
)
_EN_BOTH = regex.compile(
    r"\bboth (?:sides|arms|legs|calves|feet|ankles|knees|hips|shoulders|hands|eyes|ears|lungs)\b", regex.IGNORECASE
)
_ZH_PARTS = "小腿|大腿|腿|胳膊|手臂|手|脚踝|脚|膝盖|膝|肩膀|肩|眼|耳|肺|胸口|胸|乳房|腰|下腹|上腹|腹|肋|脸|牙|室|下肢|上肢|腘|半身|侧|边|面"
_ZH_SIDE = regex.compile(rf"(?P<side>左|右)(?:侧|边|面)?(?P<part>{_ZH_PARTS})?(?!转|右|甲状)")
_ZH_NO_SIDE = regex.compile(r"左右")
_ZH_BOTH = regex.compile(r"(?:两边|双侧|两侧|双)(?:肩膀|腿|下肢|小腿|眼|耳|肺|手|脚|膝|肾)?")
_GENERAL = frozenset({"", "side", "侧", "边", "面"})

OPPOSITE = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Side:
    """``side``: left, right or both. ``part``: the part of the body beside it; empty where none stands there."""

    side: str
    part: str
    words: str
    start: int


@lru_cache(maxsize=4_096)
def sides(text: str, language: Language) -> tuple[Side, ...]:
    """The sides that ``text`` names, in order. "Right, I see" and 左右 (about) name none."""
    folded = fold(text)
    english = language is Language.EN
    if not english:
        folded = _ZH_NO_SIDE.sub("  ", folded)
    found = []
    for match in (_EN_SIDE if english else _ZH_SIDE).finditer(folded):
        side = {"左": "left", "右": "right"}.get(match["side"], match["side"].lower())
        part = (match["part"] or "").lower()
        found.append(Side(side, "" if part in _GENERAL else part, match.group(), match.start()))
    found += [
        Side("both", "", match.group(), match.start()) for match in (_EN_BOTH if english else _ZH_BOTH).finditer(folded)
    ]
    return tuple(sorted(found, key=lambda side: side.start))
