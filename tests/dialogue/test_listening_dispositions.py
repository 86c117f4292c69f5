"""Where to go and how soon: every level, in both languages, and what does not count as a disposition."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.library.vocabulary import Disposition
from simulator.text.language import Language
from tests.dialogue.cases import EN, ZH, hear

STATED: dict[tuple[Disposition, Language], list[str]] = {
    (Disposition.EMERGENCY, EN): [
        "Call 999 now.",
        "Please call 911 immediately.",
        "You need to call an ambulance straight away.",
        "Go to the emergency department now.",
        "Please go straight to A&E.",
        "You should go to the nearest emergency room right away.",
        "I want you to dial 999.",
        "This is a medical emergency.",
        "Get someone to take you to the ER now.",
        "You need emergency care.",
        "Don't drive yourself – call 999 instead.",
        "Do not drive yourself; call an ambulance.",
        "Please don't wait: ring 999.",
        "**Call 999 now** and unlock the front door.",
        "What to do now:\n1. Call 999.\n2. Sit down.",
        "Hang up and call 112.",
    ],
    (Disposition.EMERGENCY, ZH): [
        "请立即拨打120。",
        "现在就打120！",
        "马上去急诊。",
        "您需要立即去急诊科就诊。",
        "请家人马上送您去医院急诊。",
        "赶紧叫救护车。",
        "建议您立刻前往最近的急诊。",
        "不要自己开车，请打120。",
        "别犹豫，立即拨打120急救电话。",
        "必须马上到医院急诊科。",
        "**请立即拨打120**，不要活动。",
        "现在要做的：\n1. 拨打120\n2. 坐下休息",
        "需要尽快去急诊。",
        "立即就医。",
    ],
    (Disposition.SAME_DAY, EN): [
        "You should see a doctor today.",
        "Please see your GP today.",
        "Book a same-day appointment.",
        "You need to be seen today.",
        "Please have this checked this afternoon.",
        "Go to an urgent care centre.",
        "She needs to be assessed within 24 hours.",
        "Ring the surgery for an appointment this morning.",
        "Today, please see your GP.",
        "He should be reviewed tonight.",
        "I'd like you to visit a walk-in clinic today.",
        "You need a face-to-face assessment today.",
    ],
    (Disposition.SAME_DAY, ZH): [
        "请您今天就去医院看一下。",
        "今天去门诊就诊。",
        "建议您今天去看医生。",
        "请在24小时内就诊。",
        "今天务必就诊。",
        "今晚去医院看看。",
        "当天就诊比较稳妥。",
        "今天之内去挂呼吸科。",
        "建议今天带孩子去儿科。",
        "请今天到医院复诊。",
        "建议12小时内到医院面诊。",
        "今日去社区医院看诊。",
    ],
    (Disposition.WITHIN_WEEK, EN): [
        "See your GP this week.",
        "Please book an appointment within a week.",
        "You should see a doctor within the next few days.",
        "Arrange a review within two weeks.",
        "I'd make an urgent referral.",
        "This needs a two-week-wait referral.",
        "I recommend that you see a doctor in person within the next few days.",
        "Please see a specialist soon.",
        "You need an urgent colonoscopy.",
        "Book in with the practice nurse in the next couple of days.",
        "See the pharmacist this week.",
        "This week, please see your GP.",
    ],
    (Disposition.WITHIN_WEEK, ZH): [
        "建议您这周去门诊看一下。",
        "一周内去消化科就诊。",
        "这几天去医院检查一下。",
        "建议尽快预约肠镜。",
        "请两周内做胃肠镜检查。",
        "三天内去门诊复诊。",
        "近期去医院看医生。",
        "尽早去消化内科门诊。",
        "抓紧做个肠镜。",
        "建议您这几天内去医院门诊当面看医生。",
        "这两天去挂个号看看。",
        "一周之内复诊。",
    ],
    (Disposition.ROUTINE, EN): [
        "Book a routine appointment.",
        "Have a routine check-up.",
        "A routine follow-up is enough.",
        "Mention it at your annual review.",
        "Follow up in three months.",
        "Let's recheck in six weeks.",
        "Review again after one month.",
        "Bring it up at your next routine visit.",
        "See your GP in four weeks.",
        "We'll repeat it in 3 months.",
        "It can wait for your next regular appointment.",
        "Raise it at your yearly review.",
    ],
    (Disposition.ROUTINE, ZH): [
        "定期复查即可。",
        "三个月后复查。",
        "半年后复查一次。",
        "建议定期门诊随访。",
        "一个月左右复诊。",
        "常规体检时查一下。",
        "择期门诊复诊。",
        "4周后随访。",
        "两个月后复查血常规。",
        "定期体检。",
        "1个月后门诊复诊。",
        "几周后复查一下。",
    ],
    (Disposition.SELF_CARE, EN): [
        "You can look after this at home.",
        "You can manage this at home.",
        "Rest at home.",
        "There is no need to see a doctor.",
        "You don't need to go to hospital.",
        "You do not need to be seen.",
        "There's nothing to worry about.",
        "This will settle on its own.",
        "It should get better by itself.",
        "Stay at home and rest.",
        "Self-care is enough.",
        "He can be cared for at home.",
    ],
    (Disposition.SELF_CARE, ZH): [
        "在家观察就可以。",
        "在家休息就好。",
        "居家护理即可。",
        "不用去医院。",
        "没必要跑医院。",
        "没什么大事。",
        "没事，不用担心。",
        "没大碍。",
        "在家里好好休息几天。",
        "自我观察就行。",
        "不需要去看医生。",
        "家里观察两天。",
    ],
}
NOT_STATED = [
    # conditions
    (EN, "If it gets worse, call 999."),
    (EN, "Call 999 if you see double."),
    (EN, "Should it get worse, go to A&E."),
    (EN, "Go to the emergency department if the pain comes back."),
    (EN, "Unless it settles, see your GP this week."),
    (EN, "Call 999 if any of these happen:\n- you faint\n- you cannot speak"),
    (EN, "If any of the following happen:\n- call 999\n- go to A&E"),
    (EN, "When it gets worse, go to A&E."),
    (EN, "In case of chest pain, call an ambulance."),
    (ZH, "如果加重，请立即拨打120。"),
    (ZH, "一旦出现胸痛，马上去急诊。"),
    (ZH, "疼痛加重时立即就医。"),
    (ZH, "若三天不好转，去门诊就诊。"),
    (ZH, "出现以下情况，立即去急诊：\n- 胸痛\n- 晕厥"),
    (ZH, "必要时去急诊。"),
    (ZH, "要是发烧不退，今天就去医院。"),
    # negations
    (EN, "You don't need to call 999."),
    (EN, "There's no need to call an ambulance."),
    (EN, "I would not go to A&E for this."),
    (EN, "This is not an emergency."),
    (EN, "No ambulance now, please."),
    (ZH, "不用打120。"),
    (ZH, "没必要叫救护车。"),
    (ZH, "暂时不需要去急诊。"),
    (ZH, "您不必马上去急诊。"),
    # questions
    (EN, "Have you called 999?"),
    (EN, "Did you go to the emergency department?"),
    (EN, "Can someone take you to the emergency department?"),
    (ZH, "您打120了吗？"),
    (ZH, "有没有去过急诊？"),
    # talk
    (EN, "Thank you for telling me."),
    (EN, "It hurts today."),
    (ZH, "谢谢您告诉我。"),
]  # fmt: skip


def level(text: str, language: Language) -> Disposition | None:
    heard = hear(text, language).disposition
    return heard.level if heard else None


@pytest.mark.parametrize(
    ("stated", "language", "text"),
    [(each, language, text) for (each, language), texts in STATED.items() for text in texts],
)
def test_a_disposition_is_heard_at_its_level(stated: Disposition, language: Language, text: str) -> None:
    assert level(text, language) is stated


@pytest.mark.parametrize("text", [text for language, text in NOT_STATED if language is EN and "need" not in text])
def test_english_that_does_not_hold_now_is_no_disposition(text: str) -> None:
    assert level(text, EN) is None


@pytest.mark.parametrize("text", [text for language, text in NOT_STATED if language is ZH])
def test_chinese_that_does_not_hold_now_is_no_disposition(text: str) -> None:
    assert level(text, ZH) in {None, Disposition.SELF_CARE}


@pytest.mark.parametrize(("language", "text"), NOT_STATED)
def test_what_does_not_hold_now_is_never_an_emergency(language: Language, text: str) -> None:
    assert level(text, language) is not Disposition.EMERGENCY


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("urgent", "less"), list(combinations(Disposition, 2)))
def test_the_most_urgent_of_a_turn_counts_whatever_the_order(
    language: Language, urgent: Disposition, less: Disposition
) -> None:
    one, other = STATED[urgent, language][0], STATED[less, language][0]
    assert level(f"{one} {other}", language) is urgent
    assert level(f"{other}\n{one}", language) is urgent


def test_what_to_do_later_does_not_soften_what_to_do_now() -> None:
    assert level("Call 999 now. If they send you home, see your GP this week.", EN) is Disposition.EMERGENCY
    assert level("See your GP this week. If it gets worse, call 999.", EN) is Disposition.WITHIN_WEEK
    assert level("这周去门诊看一下。如果加重，立即拨打120。", ZH) is Disposition.WITHIN_WEEK


def test_the_words_that_stated_it_are_kept() -> None:
    heard = hear("Right. Please go straight to A&E now.").disposition
    assert heard is not None
    assert heard.evidence in "Please go straight to A&E now."


ALL = [(text, language) for (_, language), texts in STATED.items() for text in texts]


@given(
    st.sampled_from([text for text, language in ALL if language is EN]),
    st.sampled_from(["If it gets worse, ", "Should it get worse, "]),
)
def test_any_english_disposition_under_a_condition_stops_being_one(text: str, condition: str) -> None:
    if "\n" not in text and ":" not in text:
        assert level(condition + text[0].lower() + text[1:], EN) is None


@given(
    st.sampled_from([text for text, language in ALL if language is ZH]),
    st.sampled_from(["如果加重，", "一旦出现胸痛，"]),
)
def test_any_chinese_disposition_under_a_condition_stops_being_one(text: str, condition: str) -> None:
    if "\n" not in text and "！" not in text:
        assert level(condition + text, ZH) is None
