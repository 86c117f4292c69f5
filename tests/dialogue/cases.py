"""A small case that holds every tier, with whom to play it and how: the dialogue is tested on it, not on the content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from simulator.dialogue.case import Case, prepare
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.playing import DialogueSpec, play
from simulator.dialogue.record import DialogueRecord
from simulator.dialogue.understanding import Understanding
from simulator.library.collection import Library, read_library
from simulator.library.location import default_roots
from simulator.library.persona import Persona
from simulator.library.scenario import Scenario
from simulator.models.subject import SubjectReply, SubjectRequest
from simulator.text.language import Language

EN, ZH = Language.EN, Language.ZH

PROVENANCE = {
    "author": "tests",
    "machine_assisted": True,
    "sources": [{"title": "None: a made-up case", "publisher": "tests", "year": 2026}],
}


def both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def each(en: list[str], zh: list[str]) -> dict[str, list[str]]:
    return {"en": en, "zh": zh}


FACTS: list[dict[str, Any]] = [
    {
        "id": "headache",
        "topic": "complaint",
        "tier": "opening",
        "text": both("My head has been hurting.", "我头一直疼。"),
    },
    {
        "id": "fears",
        "topic": "concerns",
        "tier": "volunteered",
        "text": both("I'm afraid that it's something bad.", "我怕是什么不好的病。"),
    },
    {
        "id": "screens",
        "topic": "ideas",
        "tier": "volunteered",
        "text": both("I look at a screen all day long.", "我一天到晚盯着电脑屏幕。"),
    },
    {
        "id": "onset",
        "topic": "onset",
        "tier": "asked",
        "text": both("It came on three days ago, while I was reading.", "三天前看书的时候开始的。"),
        "vague": both("It came on a few days ago, I think.", "好像是前几天开始的。"),
        "question": both("When did it start?", "什么时候开始的？"),
        "ask": each(["when ... (start|begin|began)"], ["什么时候 ... 开始"]),
    },
    {
        "id": "severity",
        "topic": "severity",
        "tier": "asked",
        "text": both("I'd say it's a seven out of ten.", "满分十分的话有七分。"),
        "question": both("How bad is it out of ten?", "满分十分的话有几分疼？"),
        "ask": each(["how bad", "out of ten"], ["几分", "多疼"]),
    },
    {
        "id": "vomiting",
        "topic": "associated",
        "tier": "asked",
        "text": both("I was sick twice this morning.", "今天早上吐了两次。"),
        "question": both("Have you been sick?", "有没有吐？"),
        "ask": each(["been sick", "(vomit|throw up|thrown up)"], ["(呕吐|吐过|有没有吐|吐了)"]),
    },
    {
        "id": "no-fever",
        "topic": "associated",
        "tier": "asked",
        "polarity": "absent",
        "text": both("No, I haven't had a temperature.", "没有发过烧。"),
        "question": both("Have you had a fever?", "有没有发烧？"),
        "ask": each(["(fever|temperature)"], ["(发烧|发热)"]),
    },
    {
        "id": "tablets",
        "topic": "medicines",
        "tier": "asked",
        "text": both("I swallow a couple of ibuprofen most days.", "我差不多天天吃两片布洛芬。"),
        "question": both("What medicines do you take?", "您在吃什么药？"),
        "ask": each(["what medicine", "painkiller"], ["吃什么药", "止痛药"]),
    },
    {
        "id": "double-vision",
        "topic": "associated",
        "tier": "specific",
        "text": both("For a minute this morning I saw two of everything.", "今天早上有一小会儿看东西是两个的。"),
        "question": both("Have you seen double at all?", "看东西有没有重影？"),
        "ask": each(["see double", "seen double", "(double|blurred) vision"], ["(重影|复视|看东西 ... 两个)"]),
    },
    {
        "id": "vodka",
        "topic": "social",
        "tier": "trust",
        "text": both("I've been getting through half a bottle of vodka a day.", "我现在一天要喝半斤白酒。"),
        "question": both("How much alcohol do you drink?", "您平时喝多少酒？"),
        "ask": each(["alcohol", "how much ... drink", "do you drink"], ["(喝酒|喝多少酒|饮酒)"]),
    },
    {
        "id": "diagnosis",
        "topic": "diagnosis",
        "tier": "unknown",
        "text": both("That it is a raised pressure in the head.", "这是颅内压增高。"),
        "ask": each(["what do you think it is", "diagnosis"], ["觉得是什么病", "诊断是什么"]),
    },
]
FINDINGS: list[dict[str, Any]] = [
    {
        "id": "blood-pressure",
        "names": each(["blood pressure", "BP"], ["血压", "量血压"]),
        "result": both("My machine says 150 over 90.", "家里的血压计量的是150、90。"),
    },
    {
        "id": "pulse",
        "names": each(["pulse", "heart rate"], ["脉搏", "心率"]),
        "result": both("I count 84 beats in a minute.", "我数了一下，一分钟84下。"),
    },
    {
        "id": "ct-head",
        "names": each(["CT [of the] head", "head CT", "CT [scan]"], ["头颅CT", "CT"]),
        "result": both("The scan shows nothing new.", "片子没看到新的问题。"),
        "available": False,
        "unavailable": both("I can't get a scan from my kitchen.", "我在家里做不了CT。"),
    },
    {
        "id": "mri-head",
        "names": each(["MRI [of the] head", "MRI"], ["头颅核磁", "核磁"]),
        "result": both("The magnet picture shows nothing new.", "核磁没看到新的问题。"),
        "available": False,
    },
]
BEAT_SLEEP: dict[str, Any] = {
    "id": "sleep-it-off",
    "when": "turn >= 3 or closing",
    "say": both("Can't I just sleep it off?", "我睡一觉不就行了吗？"),
    "answered_by": each(["(not|don't) ... sleep"], ["(不要|别|不能) ... 睡"]),
    "exemplar": both("Please don't sleep it off.", "请不要睡一觉了事。"),
}
BEAT_DRIVE: dict[str, Any] = {
    "id": "drive-myself",
    "when": "disposition(emergency)",
    "say": both("I'll drive myself, then.", "那我自己开车去。"),
    "answered_by": each(["(not|don't) drive"], ["(不要|别) ... 开车"]),
}
EVENT_WORSE: dict[str, Any] = {
    "id": "gets-worse",
    "turn": 4,
    "unless": "disposition(emergency)",
    "say": both(
        "For a minute this morning I saw two of everything. It is back.",
        "今天早上有一小会儿看东西是两个的。现在又来了。",
    ),
    "reveals": ["double-vision"],
}


def scenario(**changes: Any) -> Scenario:
    """The small case; keywords replace parts of it. It has no beats and no events of its own."""
    return Scenario.model_validate(
        {
            "id": "headache-triage",
            "version": 1,
            "title": both("A head that hurts", "头疼"),
            "track": "smartserv",
            "task": "triage",
            "specialty": "neurology",
            "languages": ["en", "zh"],
            "brief": both("You are a doctor on the telephone.", "您是电话分诊的医生。"),
            "counterpart": {"role": "patient", "age": 40, "sex": "female", "personas": ["plain"]},
            "opening": both("Hello, my head has been hurting.", "您好，我头一直疼。"),
            "facts": FACTS,
            "findings": FINDINGS,
            "answer_key": {
                "dispositions": ["emergency"],
                "diagnosis": each(["raised intracranial pressure"], ["颅内压增高"]),
                "summary": both("To the emergency department now.", "现在去急诊。"),
            },
            "exemplar": both("Go to the emergency department now. [END]", "请立即去急诊。[END]"),
            "rubric": "headache-triage",
            "provenance": PROVENANCE,
            **changes,
        }
    )


def persona(**changes: Any) -> Persona:
    """Open, clear, calm: keywords make it harder."""
    return Persona.model_validate(
        {
            "id": "plain",
            "version": 1,
            "roles": ["patient", "caregiver", "clinician"],
            "languages": ["en", "zh"],
            "title": both("Plain", "直爽"),
            "description": both("Answers plainly.", "有问有答。"),
            "provenance": PROVENANCE,
            **changes,
        }
    )


@lru_cache(maxsize=4)
def small_case(language: Language) -> Case:
    return prepare(scenario(), language)


def hear(text: str, language: Language = EN, case: Case | None = None) -> Understanding:
    """What the listener makes of one turn in the small case."""
    return RuleListener().listen(text, case or small_case(language))


@dataclass
class Says:
    """A subject that says these texts in turn, the last one again and again, and remembers what it was shown."""

    texts: tuple[str, ...]
    requests: list[SubjectRequest] = field(default_factory=list)

    async def reply(self, request: SubjectRequest) -> SubjectReply:
        self.requests.append(request)
        return SubjectReply(text=self.texts[min(request.turn, len(self.texts)) - 1])


def spec(language: Language = EN, seed: int = 7, **names: str) -> DialogueSpec:
    return DialogueSpec(
        subject="says",
        scenario_id=names.get("scenario_id", "headache-triage"),
        persona_id=names.get("persona_id", "plain"),
        language=language,
        epoch=1,
        seed=seed,
    )


async def played(
    *texts: str,
    language: Language = EN,
    seed: int = 7,
    case: Scenario | None = None,
    who: Persona | None = None,
    max_turns: int | None = None,
    budget_spent: Callable[[], bool] = lambda: False,
) -> DialogueRecord:
    """The record of a dialogue in which the subject says these texts."""
    chosen, person = case or scenario(), who or persona()
    return await play(
        spec(language, seed, scenario_id=chosen.id, persona_id=person.id),
        chosen,
        person,
        Says(texts),
        max_turns=max_turns,
        budget_spent=budget_spent,
    )


@lru_cache(maxsize=1)
def shipped() -> Library:
    return read_library(default_roots())


def shipped_scenarios() -> Iterator[tuple[Scenario, Language]]:
    """Every shipped scenario in each of its languages."""
    for entry in shipped().scenarios.values():
        for language in entry.value.languages:
            yield entry.value, language


def suitable_personas(case: Scenario, most: int | None = None) -> tuple[Persona, ...]:
    return tuple(shipped().persona(name) for name in case.counterpart.personas[:most])


def names(cases: Iterable[tuple[Scenario, Language]]) -> list[str]:
    return [f"{case.id}-{language.value}" for case, language in cases]
