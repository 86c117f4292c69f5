"""Does a sentence ask, or does it state; does it hold at once, or only under a condition?"""

from __future__ import annotations

import pytest

from simulator.text.language import Language
from simulator.text.mood import asks, conditional
from simulator.text.sentences import sentences

EN, ZH = Language.EN, Language.ZH

QUESTIONS_EN = [
    "When did it start?", "Does the pain spread anywhere?", "Tell me about your medicines.", "Can you describe the pain?",
    "Any allergies?", "What have you taken so far", "And how long has it lasted", "OK, do you smoke", "Right, any past medical history",
    "I'd like to know whether you take any medicines.", "Please tell me more about the pain.", "Could you tell me what happened.",
    "Describe the pain for me.", "I need to ask about your alcohol intake.", "Walk me through what happened.",
    "I'm wondering whether you have had this before.", "Have you noticed any blood", "Thanks. Are you allergic to anything",
    "Sorry to hear that, but do you smoke?", "What is the blood pressure", "Let me know if you have any allergies.",
]  # fmt: skip
STATEMENTS_EN = [
    "Call 999 now.", "You should see a doctor today.", "I recommend an ECG.", "That is what I would do.", "This may be your heart.",
    "Take paracetamol, which is safe.", "Do not drive.", "Do the ECG first.", "When the ambulance arrives, show them this.",
    "Have an ECG today.", "Anyone with chest pain should call 999.", "Any new symptom needs to be checked.",
    "What you describe worries me.", "How you feel matters.", "Where possible, rest.", "Thank you for telling me.",
    "Any chest pain should be taken seriously.", "Whatever happens, call 999.", "Have your medicines ready.",
    "However mild it is, see a doctor.", "What matters now is speed.",
]  # fmt: skip
QUESTIONS_ZH = [
    "什么时候开始的？", "哪里不舒服？", "疼了多久了", "有没有发烧", "请问您对什么药过敏", "请您描述一下疼痛", "能说说当时的情况吗", "您抽烟吗",
    "我想了解一下您的用药情况", "麻烦您详细说一下", "还想问一下家族史", "是不是一直疼", "具体说一下怎么个疼法", "以前有过类似的情况吗。",
    "疼得厉害吗", "您说说看，怎么回事", "请告诉我孩子的体重", "现在几岁了呢",
]  # fmt: skip
STATEMENTS_ZH = [
    "请立即拨打120。", "建议您今天去医院。", "这可能是心脏的问题。", "不要自己开车。", "注意观察有没有发烧。", "如果出现胸痛，马上去急诊。",
    "无论有没有发烧都要复查。", "需要明确是不是心梗。", "观察孩子有没有精神差。", "先评估是否需要手术。", "过几天就好了。", "谢谢您告诉我。",
    "我知道了。", "监测血压怎么样变化。", "要排除是不是肺炎。", "好的，没有问题。", "记得告诉医生您有没有过敏。", "多喝水，多休息。",
]  # fmt: skip


def only(text: str, language: Language) -> bool:
    """Whether the last sentence of a turn asks."""
    return asks(sentences(text)[-1], language)


@pytest.mark.parametrize("text", QUESTIONS_EN)
def test_an_english_question_asks(text: str) -> None:
    assert only(text, EN)


@pytest.mark.parametrize("text", STATEMENTS_EN)
def test_an_english_statement_does_not_ask(text: str) -> None:
    assert not only(text, EN)


@pytest.mark.parametrize("text", QUESTIONS_ZH)
def test_a_chinese_question_asks(text: str) -> None:
    assert only(text, ZH)


@pytest.mark.parametrize("text", STATEMENTS_ZH)
def test_a_chinese_statement_does_not_ask(text: str) -> None:
    assert not only(text, ZH)


CONDITIONAL_EN = [
    "If it gets worse, call 999.", "Call 999 if it comes back.", "Should it get worse, go to A&E.", "In case of chest pain, call 999.",
    "Unless it settles, see your GP.", "When it gets worse, call 999.", "Whenever you feel faint, sit down.",
    "In the event of bleeding, go to hospital.", "Go to A&E should you feel worse.", "Any of the following means 999:",
    "If you have chest pain, call 999.",
]  # fmt: skip
UNCONDITIONAL_EN = [
    "Call 999 now.", "Please call 999, if possible from a landline.", "If you can, sit down and call 999.", "See your GP this week.",
    "Have an ECG, if at all possible today.", "You should call 999.", "I would call 999.", "If you're able, unlock the door.",
]  # fmt: skip
CONDITIONAL_ZH = [
    "如果加重，马上去急诊。", "若疼痛不缓解，请拨打120。", "一旦出现胸痛，立即打120。", "要是发烧就去医院。", "万一晕倒，叫救护车。",
    "出现呼吸困难时马上去急诊。", "疼痛加重时立即就医。", "体温超过39度的话去医院。", "出现以下情况立即就医：", "如有不适，及时就诊。",
    "必要时去急诊。",
]  # fmt: skip
UNCONDITIONAL_ZH = [
    "请立即拨打120。", "如果方便，请现在就打120。", "今天就去医院。", "建议您一周内去门诊复查。", "如果可以，请家人陪您马上去急诊。",
    "要若干天才能好。", "马上去急诊。",
]  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONAL_EN)
def test_english_advice_under_a_condition_is_conditional(text: str) -> None:
    assert conditional(text, EN)


@pytest.mark.parametrize("text", UNCONDITIONAL_EN)
def test_english_advice_for_now_is_not_conditional(text: str) -> None:
    assert not conditional(text, EN)


@pytest.mark.parametrize("text", CONDITIONAL_ZH)
def test_chinese_advice_under_a_condition_is_conditional(text: str) -> None:
    assert conditional(text, ZH)


@pytest.mark.parametrize("text", UNCONDITIONAL_ZH)
def test_chinese_advice_for_now_is_not_conditional(text: str) -> None:
    assert not conditional(text, ZH)
