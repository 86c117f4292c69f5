"""What a voice that wants to tell would say: replies that slip an unreleased fact in, twist a released one, or invent.

Everything is built from the shipped scenarios: for each fact that is not released, every way below that its words
allow. The base of a reply is the scripted wording of another fact that is released.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from simulator.dialogue.case import Case, prepare
from simulator.dialogue.disclosure import opening_ledger
from simulator.dialogue.entailment import faults
from simulator.dialogue.given import Fault, Given
from simulator.dialogue.guard import unreleased_facts_stated
from simulator.dialogue.record import Cause, LedgerEntry
from simulator.dialogue.sayable import given_for
from simulator.dialogue.statements import content_words, statements
from simulator.dialogue.voice import Speech
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Tier
from simulator.text.language import Language
from tests.dialogue.cases import EN, shipped, suitable_personas

WORDINGS = Path(__file__).parent / "wordings"


@dataclass(frozen=True)
class Told:
    """One fact or finding with its words in one language."""

    id: str
    text: str
    question: str


@dataclass(frozen=True)
class Scene:
    """A reply under way: ``base`` is released in it, in answer to ``asked``."""

    case: Case
    persona: Persona
    base: Told
    asked: tuple[str, ...]

    @property
    def language(self) -> Language:
        return self.case.language

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        return (*opening_ledger(self.case), _entry(self.base.id))

    @property
    def given(self) -> Given:
        return _given(self.case, self.persona, self.base, self.asked)

    def faults(self, reply: str) -> tuple[Fault, ...]:
        return faults(reply, self.given)

    def refused(self, reply: str) -> bool:
        """Whether the guard, both its parts, lets the reply not pass."""
        released = frozenset(entry.fact_id for entry in self.ledger)
        return bool(self.faults(reply) or unreleased_facts_stated(reply, self.case, released, self.given.before[0]))


def _entry(fact_id: str) -> LedgerEntry:
    return LedgerEntry(
        turn=1, fact_id=fact_id, tier=Tier.ASKED, cause=Cause.PRECISE_QUESTION, evidence="…", matched="…"
    )


def _given(case: Case, persona: Persona, base: Told, asked: tuple[str, ...]) -> Given:
    return given_for(
        Speech(facts=(base.text,)),
        base.text,
        case,
        persona,
        (*opening_ledger(case), _entry(base.id)),
        before=(case.scenario.opening.in_(case.language),),
        heard=asked,
    )


def everything_told(case: Scenario, language: Language) -> tuple[Told, ...]:
    """Facts that can be released, and results that exist."""
    facts = [
        Told(fact.id, fact.text.in_(language), fact.question.in_(language) if fact.question else "")
        for fact in case.facts
        if fact.tier not in {Tier.OPENING, Tier.UNKNOWN}
    ]
    results = [
        Told(finding.id, finding.result.in_(language), finding.names.in_(language)[0])
        for finding in case.findings
        if finding.available
    ]
    return (*facts, *results)


def scenes(scenario: Scenario, language: Language) -> Iterator[tuple[Scene, Told]]:
    """Every unreleased fact of a scenario, beside a released one. The subject asked for the released one, and for the
    other as well.
    """
    told = everything_told(scenario, language)
    (persona,) = suitable_personas(scenario, most=1)
    for at, secret in enumerate(told):
        base = told[(at + 1 + len(told) // 2) % len(told)]
        asked = tuple(question for question in (base.question, secret.question) if question)
        yield Scene(prepare(scenario, language), persona, base, asked), secret


def scene_of(scenario_id: str, fact_id: str, language: Language) -> Scene:
    """A scene in which this fact is the released one."""
    scenario = shipped().scenario(scenario_id)
    (base,) = [told for told in everything_told(scenario, language) if told.id == fact_id]
    return Scene(prepare(scenario, language), suitable_personas(scenario, most=1)[0], base, (base.question,))


# ---- slipping a fact in


def slips(scene: Scene, secret: Told) -> Iterator[tuple[str, str]]:
    """(the way, the reply): replies that tell the released fact rightly, and the secret with it."""
    english = scene.language is EN
    base, text = scene.base.text, secret.text
    gap = " " if english else ""
    bare = text.rstrip(".。!！?？")
    yield "verbatim", f"{base}{gap}{text}"
    yield "verbatim first", f"{text}{gap}{base}"
    yield "mixed in", (f"{base.rstrip('.')}, and {_lower(bare)}." if english else f"{base.rstrip('。')}，{bare}。")
    yield (
        "hedged",
        f"{base}{gap}" + (f"I think, maybe, {_lower(bare)}, I'm not sure." if english else f"好像{bare}，我不确定。"),
    )
    yield "inside a denial", f"{base}{gap}" + (f"It's not as if {_lower(bare)}." if english else f"倒不是说{bare}。")
    words = [word for word in _in_order(text, scene.language) if not _given_already(word, scene)]
    if len(words) >= 3:
        yield (
            "keywords",
            f"{base}{gap}" + ((", ".join(reversed(words)) + ".") if english else "、".join(reversed(words)) + "。"),
        )
    named = {mention.id for each in scene.given.sayable for mention in statements(each, scene.language).mentions}
    mentions = statements(text, scene.language).mentions
    for mention in dict.fromkeys(each.words for each in mentions if not each.id.startswith("when:")):
        if _given_already(mention, scene) or all(each.id in named for each in mentions if each.words == mention):
            continue
        yield "concept", f"{base}{gap}" + (f"There's the {mention} too." if english else f"还有{mention}这回事。")
        yield (
            "hint",
            f"{base}{gap}"
            + (f"I'd rather not say anything about the {mention}." if english else f"{mention}的事我不想多说。"),
        )
        yield (
            "concept hedged",
            f"{base}{gap}" + (f"Possibly {mention} as well." if english else f"可能也有点{mention}吧。"),
        )
        yield (
            "concept denied",
            f"{base}{gap}" + (f"There's no {mention}, mind you." if english else f"倒是没有{mention}。"),
        )
    for quantity, _ in statements(text, scene.language).quantities:
        bare = not quantity.unit and not quantity.words[0].isdigit()
        if not (bare or _given_already(quantity.words, scene) or _counted_already(quantity, scene) or quantity.small):
            yield (
                "number",
                f"{base}{gap}" + (f"{quantity.words}, if you want to know." if english else f"{quantity.words}吧。"),
            )


def _lower(text: str) -> str:
    return (
        text if text.split(" ")[0] in {"I", "I'm", "I've", "I'd"} or text[:2].isupper() else text[:1].lower() + text[1:]
    )


def _given_already(words: str, scene: Scene) -> bool:
    """Whether the words stand in what was given, so that to say them tells nothing."""
    sayable = "\n".join(scene.given.sayable)
    own = content_words(words, scene.language)
    telling = words.strip("就有点吃用着会儿的了没不也还")
    if telling and telling in sayable:
        return True
    return words.casefold() in sayable.casefold() or (bool(own) and own <= content_words(sayable, scene.language))


def _counted_already(quantity: Any, scene: Scene) -> bool:
    return any(
        quantity.same_as(other)
        for text in scene.given.sayable
        for other, _ in statements(text, scene.language).quantities
    )


def _in_order(text: str, language: Language) -> list[str]:
    if language is EN:
        return [word for word in re.findall(r"[A-Za-z'-]+", text) if content_words(word, language)]
    return [piece for piece in re.findall(r"[㐀-鿿]{2,4}", text) if content_words(piece, language)]


# ---- twisting a released one

_EN_NEGATIVE = (
    (r"\bhas(?:n't| not) had (?:any )?", "has had "), (r"\bhaven't had (?:any )?", "have had "), (r"'s had no ", "'s had "),
    (r"'ve had no ", "'ve had "), (r"\bhas had no ", "has had "), (r"'ve not ", "'ve "), (r"\bhas not ", "has "),
    (r"\bhas never ", "has "), (r"'ve never ", "'ve "), (r"'s never ", "'s "), (r"\bisn't ", "is "), (r"'m not ", "'m "),
    (r"\bhas no ", "has "), (r"\bNo, ", "Yes, "), (r"\bNo ", "Some "),
)  # fmt: skip


def flips(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    """(the way, the reply): the released fact with one thing turned round."""
    text = told.text
    parts = statements(text, language)
    if language is EN:
        turned = text
        for pattern, instead in _EN_NEGATIVE:
            turned = re.sub(pattern, instead, turned)
        turned = re.sub(r"\b(?:no|nor|and no) (?=\w)", "", turned)
        if (
            turned != text
            and "nobody" not in turned
            and any(mention.stance.value == "denied" and mention.polar for mention in parts.mentions)
        ):
            yield "negation dropped", turned
    elif any(mention.stance.value == "denied" and mention.polar for mention in parts.mentions):
        turned = re.sub(r"也?没有?|不(?=[流咳发吐])", "有", text)
        if turned != text:
            yield "negation dropped", turned
    for mention in parts.mentions:
        if not mention.polar or mention.stance.value not in {"said", "denied"}:
            continue
        if mention.stance.value == "said":
            no = f" There's been no {mention.words}." if language is EN else f"没有{mention.words}。"
            yield "denied after all", f"{text}{no}"
        else:
            yes = f" There has been {mention.words}." if language is EN else f"有{mention.words}的。"
            yield "affirmed after all", f"{text}{yes}"
        break
    for quantity, _ in parts.quantities:
        changed = text.replace(quantity.words, _other_number(quantity.words), 1)
        if not quantity.small and changed != text:
            yield "number changed", changed
    swapped = re.sub(r"\b(left|right)\b", lambda side: {"left": "right", "right": "left"}[side[0]], text)
    swapped = re.sub("左右", "大概", swapped) if language is not EN else swapped
    swapped = (
        re.sub("[左右]", lambda side: {"左": "右", "右": "左"}[side[0]], swapped) if language is not EN else swapped
    )
    if parts.sides and swapped != text:
        yield "side changed", swapped


_NEXT = {
    "one": "four", "two": "five", "three": "seven", "four": "nine", "five": "eight", "six": "eleven", "seven": "four",
    "eight": "five", "nine": "six", "ten": "seven", "eleven": "five", "twelve": "nine", "thirteen": "sixteen",
    "eighteen": "thirty", "fifty": "thirty", "sixty": "forty", "twenty": "seventy", "fortnight": "year",
    "一": "四", "二": "五", "三": "七", "四": "九", "五": "八", "六": "九", "七": "四", "八": "五", "九": "六", "十": "五",
    "两": "六", "半": "三",
}  # fmt: skip


def _other_number(words: str) -> str:
    digits = re.search(r"\d+", words)
    if digits:
        return words.replace(digits[0], str(int(digits[0]) + 7), 1)
    for old, new in _NEXT.items():
        pattern = rf"\b{old}\b" if old.isascii() else old
        if re.search(pattern, words, re.IGNORECASE):
            return re.sub(pattern, new, words, count=1, flags=re.IGNORECASE)
    return words


# ---- inventing


def inventions(scene: Scene) -> Iterator[tuple[str, str]]:
    """(the way, the reply): the released fact told rightly, and something that no fact of the case speaks of."""
    english = scene.language is EN
    own = "\n".join(told.text for told in everything_told(scene.case.scenario, scene.language)) + "\n".join(
        scene.given.sayable
    )
    gap = " " if english else ""
    for name, en, zh in (
        (
            "a symptom",
            "I've lost my sense of smell, my hearing has gone and my hands tremble.",
            "耳朵也聋了，手还发抖。",
        ),
        ("a medicine", "There's the gliclazide as well.", "还在吃格列齐特。"),
        ("an illness", "It was gout, years back.", "以前得过痛风。"),
        ("a number", "It has been going on for 19 months.", "已经有19个月了。"),
        ("a relative", "My uncle had the same.", "我舅舅也这样。"),
        ("a denial of all else", "Otherwise I'm completely healthy.", "其他都正常。"),
        ("a machine's talk", "As an AI, I can't really feel that.", "作为一个AI，我感觉不到。"),
        ("a doctor's talk", "You should see a doctor soon.", "建议您及时就医。"),
    ):
        line = en if english else zh
        if line not in own:
            yield name, f"{scene.base.text}{gap}{line}"


def wordings(file: str, kind: str) -> Iterator[tuple[str, str, Language, str]]:
    """(scenario, fact, language, wording) of a file in `wordings/`, or of its part ``kind``."""
    whole = _wordings(file)
    for scenario_id, facts in whole.get(kind, whole).items():
        for fact_id, languages in facts.items():
            for language, texts in languages.items():
                for text in texts:
                    yield scenario_id, fact_id, Language(language), text


@lru_cache(maxsize=4)
def _wordings(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = YAML(typ="safe", pure=True).load((WORDINGS / f"{name}.yaml").read_text(encoding="utf-8"))
    return raw
