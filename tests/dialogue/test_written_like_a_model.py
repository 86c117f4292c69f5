"""Final answers and requests in the style that language models write: headings, lists, conditions, side remarks."""

from __future__ import annotations

import pytest

from simulator.dialogue.case import prepare
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.understanding import Understanding
from simulator.library.collection import read_library
from simulator.library.location import default_roots
from simulator.text.language import Language
from simulator.text.pattern import Pattern
from simulator.text.speech import mentions, utterances

LIBRARY = read_library(default_roots())


def heard(text: str, language: str, scenario: str = "anaemia-report") -> Understanding:
    return RuleListener().listen(text, prepare(LIBRARY.scenario(scenario), Language(language)))


def disposition(text: str, language: str) -> str | None:
    stated = heard(text, language).disposition
    return stated.level.value if stated else None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("别慌，按我说的做：\n- 马上打120\n- 坐着别动", "emergency"),
        ("不用太担心，请这样做：\n- 两天内去消化科就诊", "within_week"),
        ("不能等了，现在要做：\n1. 打120", "emergency"),
        ("今天就带孩子到儿科就诊，必要时查肝功能。", "same_day"),
        ("这两周内去消化科就诊，若再黑便立即去急诊。", "within_week"),
        ("您三五天内到消化内科挂号看一下。", "within_week"),
        ("请48小时之内到呼吸科复诊。", "within_week"),
        ("**马上打120的情况**：\n- 呕血\n- 晕倒", None),
        ("### 何时立即就医\n- 再次黑便就去急诊", None),
        ("**立即去急诊的信号：**\n- 呕血，马上去急诊", None),
        ("再出现黑便就立刻去急诊。", None),
        ("先躺一会儿，半小时不缓解再打120。", None),
        ("先观察，不行就打120。", None),
    ],
)
def test_a_chinese_answer_gives_the_disposition_that_a_reader_takes_from_it(text: str, level: str | None) -> None:
    assert disposition(text, "zh") == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Don't panic, here is what to do:\n- Call 999 now\n- Sit down", "emergency"),
        ("See your GP this week, and if you faint, call 999.", "within_week"),
        ("Please see your GP within 48 hours.", "within_week"),
        ("Call 999 if it gets worse.", None),
        ("**When to call 999:**\n- any black stool\n- fainting", None),
        ("Go to A&E if any of the following happen:\n- go pale\n- faint", None),
    ],
)
def test_an_english_answer_gives_the_disposition_that_a_reader_takes_from_it(text: str, level: str | None) -> None:
    assert disposition(text, "en") == level


def test_the_end_marker_closes_whatever_question_stands_beside_it() -> None:
    for text in ("**是不是癌？**\n现在还不能下结论。\n[END]", "您愿意这周去做肠镜吗？\n[END]"):
        assert heard(text, "zh").closing
    assert heard("Is it cancer?\nNobody can say yet.\n[END]", "en").closing
    assert not heard("Take care! But first, when did it start?", "en").closing


@pytest.mark.parametrize(
    "text",
    [
        "请补充：药物过敏史；既往病史。",
        "还需补充以下信息：\n- 青霉素过敏时的具体反应",
        "告诉我他对青霉素过敏时的具体反应。",
    ],
)
def test_a_request_to_a_colleague_needs_no_question_mark(text: str) -> None:
    asked = {item.fact_id for item in heard(text, "zh", "pneumonia-treatment").asked}
    assert asked, text
    if "具体" in text:
        allergy = {fact.id for fact in LIBRARY.scenario("pneumonia-treatment").facts if fact.topic == "allergies"}
        assert asked & allergy


@pytest.mark.parametrize(
    "text",
    [
        "It won't hurt to drive such a short distance.",
        "There's no reason you shouldn't drive.",
        "I don't see a problem with you driving there.",
        "No harm in driving yourself.",
    ],
)
def test_an_idiom_of_permission_is_no_refusal(text: str) -> None:
    patterns = (Pattern.compile("(drive|driving)", Language.EN),)
    (utterance,) = utterances(text, Language.EN)
    assert mentions(patterns, utterance, Language.EN) is not None


@pytest.mark.parametrize(
    "text", ["Have your wife call 999.", "**Do this now:**\n- Call 999", "No urine for 12 hours → call 999"]
)
def test_an_instruction_is_neither_a_question_nor_negated(text: str) -> None:
    assert disposition(text, "en") == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "Call 999 if you can't speak in sentences.",
        "Call 999 straight away for: blue lips.",
        "Red flags (go to the emergency department immediately): fainting, chest pain.",
    ],
)
def test_a_safety_net_is_no_disposition(text: str) -> None:
    assert disposition(text, "en") is None
