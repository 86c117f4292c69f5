"""Orders of tests, and the goodbye."""

from __future__ import annotations

import pytest

from simulator.dialogue.case import Case, prepare
from simulator.text.language import Language
from tests.dialogue.cases import EN, ZH, hear, scenario

CLINICIAN = scenario(
    track="smartcare", task="assisted_diagnosis",
    counterpart={"role": "clinician", "age": 40, "sex": "female", "personas": ["plain"]},
)  # fmt: skip


def ordered(text: str, language: Language, case: Case | None = None) -> set[str]:
    return {item.finding_id for item in hear(text, language, case).ordered}


ORDERS = [
    (EN, "I'd like to order a CT head.", {"ct-head"}),
    (EN, "Please check your blood pressure.", {"blood-pressure"}),
    (EN, "Can you take your blood pressure for me?", {"blood-pressure"}),
    (EN, "What is the blood pressure?", {"blood-pressure"}),
    (EN, "What did the CT show?", {"ct-head"}),
    (EN, "You need an urgent CT scan.", {"ct-head"}),
    (EN, "I'd recommend:\n- CT head\n- MRI\n- blood pressure", {"ct-head", "mri-head", "blood-pressure"}),
    (EN, "I'd recommend the following tests:\n1. **CT head** – to exclude a bleed\n2. Pulse", {"ct-head", "pulse"}),
    (EN, "Order a CT head, an MRI and check the pulse.", {"ct-head", "mri-head", "pulse"}),
    (EN, "Let's get a head CT first.", {"ct-head"}),
    (EN, "An MRI should be done today.", {"mri-head"}),
    (EN, "Please tell me your heart rate.", {"pulse"}),
    (EN, "No MRI; please do a CT.", {"ct-head"}),
    (EN, "**Tests**\n- CT head\n- pulse", {"ct-head", "pulse"}),
    (ZH, "请做头颅CT。", {"ct-head"}),
    (ZH, "建议查头颅CT和核磁。", {"ct-head", "mri-head"}),
    (ZH, "请量一下血压。", {"blood-pressure"}),
    (ZH, "血压多少？", {"blood-pressure"}),
    (ZH, "CT结果怎么样？", {"ct-head"}),
    (ZH, "请完善以下检查：\n- 头颅CT\n- 核磁\n- 血压", {"ct-head", "mri-head", "blood-pressure"}),
    (ZH, "建议：\n1. 头颅CT\n2. 测脉搏", {"ct-head", "pulse"}),
    (ZH, "不用做核磁，做个CT就行。", {"ct-head"}),
    (ZH, "安排头颅核磁检查。", {"mri-head"}),
    (ZH, "脉搏是多少？", {"pulse"}),
]
NO_ORDERS = [
    (EN, "There's no need for a CT."),
    (EN, "I would not order an MRI."),
    (EN, "You don't need a CT scan."),
    (EN, "A CT is not needed."),
    (EN, "We should avoid a CT."),
    (EN, "I wouldn't do a CT or an MRI now."),
    (EN, "Not needed now:\n- CT head\n- MRI"),
    (EN, "Do not order:\n- CT head\n- MRI"),
    (EN, "If it gets worse, we will do a CT."),
    (EN, "If the pain persists, an MRI is the next test."),
    (EN, "High blood pressure can cause headaches."),
    (EN, "Thank you."),
    (ZH, "不用做CT。"),
    (ZH, "目前没必要做核磁。"),
    (ZH, "不建议做头颅CT。"),
    (ZH, "CT先不做。"),
    (ZH, "以下检查暂时不需要：\n- 头颅CT\n- 核磁"),
    (ZH, "如果加重，再做CT。"),
    (ZH, "CT暂时不需要做。"),
    (ZH, "高血压会引起头疼。"),
    (ZH, "谢谢。"),
]


@pytest.mark.parametrize(("language", "text", "findings"), ORDERS)
def test_an_order_is_heard(language: Language, text: str, findings: set[str]) -> None:
    assert ordered(text, language) == findings


@pytest.mark.parametrize(("language", "text", "findings"), ORDERS)
def test_an_order_to_a_clinician_is_heard_as_well(language: Language, text: str, findings: set[str]) -> None:
    assert ordered(text, language, prepare(CLINICIAN, language)) == findings


@pytest.mark.parametrize(("language", "text"), NO_ORDERS)
def test_what_is_not_ordered_is_not_heard_as_ordered(language: Language, text: str) -> None:
    assert not ordered(text, language)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        (EN, "I'd like to order a full blood count.", "full blood count"),
        (EN, "Please arrange an ECG and a CT.", "ECG"),
        (EN, "I'd recommend:\n- D-dimer", "D-dimer"),
        (ZH, "请查血常规。", "血常规"),
        (ZH, "建议做心电图。", "心电图"),
    ],
)
def test_a_test_that_the_case_does_not_hold_is_named(language: Language, text: str, name: str) -> None:
    assert name in hear(text, language).orders_elsewhere


@pytest.mark.parametrize(
    ("language", "text"),
    [(EN, "There's no need for an ECG."), (ZH, "不用做心电图。"), (EN, "If it recurs, do an ECG.")],
)
def test_a_test_that_is_not_ordered_is_not_named(language: Language, text: str) -> None:
    assert not hear(text, language).orders_elsewhere


def test_an_order_shows_the_words_that_ordered_it() -> None:
    (item,) = hear("I'd like to order a CT head.").ordered
    assert item.evidence == "CT head"


# ---- goodbye

CLOSES = [
    (EN, "Call 999 now.\n[END]", "[END]"),
    (EN, "Call 999 now.\n**[END]**", "END"),
    (EN, "Call 999 now. [end]", "[end]"),
    (EN, "Goodbye, and get well soon.", "Goodbye"),
    (EN, "Take care!", "Take care"),
    (EN, "Take care of yourself.", "Take care of yourself"),
    (EN, "Have a nice day.", "Have a nice day"),
    (EN, "Bye now.", "Bye"),
    (EN, "I wish you all the best.", "wish you all the best"),
    (ZH, "请打120。\n[END]", "[END]"),
    (ZH, "请打120。\n【END】", "END"),
    (ZH, "再见。", "再见"),
    (ZH, "祝您早日康复！", "祝您早日康复"),
    (ZH, "好的，那就这样，再见。", "再见"),
    (ZH, "祝孩子早日恢复健康。", "祝孩子"),
]
DOES_NOT_CLOSE = [
    (EN, "When did it start? Take care."),
    (EN, "When did it start?\n[END]"),
    (EN, "What brings you in? Goodbye."),
    (EN, "Please take care of the wound with clean water."),
    (EN, "I'm glad you are taking care of yourself."),
    (EN, "Thank you."),
    (EN, "In the END it is up to you."),
    (EN, "The weekend is near."),
    (ZH, "什么时候开始的？再见。"),
    (ZH, "哪里不舒服？\n[END]"),
    (ZH, "谢谢您。"),
    (ZH, "以后再见到这种情况要就医。"),
]


@pytest.mark.parametrize(("language", "text", "words"), CLOSES)
def test_a_goodbye_or_the_end_marker_closes(language: Language, text: str, words: str) -> None:
    assert words in hear(text, language).closing


@pytest.mark.parametrize(("language", "text"), DOES_NOT_CLOSE)
def test_a_turn_that_asks_or_only_sounds_like_a_goodbye_does_not_close(language: Language, text: str) -> None:
    assert not hear(text, language).closing
