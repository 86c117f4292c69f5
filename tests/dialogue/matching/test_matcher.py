"""The matcher finds the fact that a question means, whatever its words, and the same one every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dialogue.matching.features import RuleHints
from simulator.dialogue.matching.index import Matchable
from simulator.dialogue.matching.matcher import Matched, Matcher
from simulator.dialogue.matching.model import choose
from simulator.dialogue.understanding import SoFar, TurnKind
from simulator.library.vocabulary import Polarity, Topic
from simulator.text.language import Language

EN = (
    Matchable("cough", Topic.COMPLAINT, Polarity.PRESENT, "I've got a nasty cough."),
    Matchable("since", Topic.DURATION, Polarity.PRESENT, "It's been going on for three weeks."),
    Matchable("phlegm", Topic.ASSOCIATED, Polarity.PRESENT, "I bring up green stuff."),
    Matchable("no-blood", Topic.ASSOCIATED, Polarity.ABSENT, "There's been no blood."),
    Matchable("no-fever", Topic.ASSOCIATED, Polarity.ABSENT, "I haven't felt hot or shivery."),
    Matchable("pee", Topic.GENERAL, Polarity.PRESENT, "I pee fine."),
    Matchable("plumber", Topic.SOCIAL, Polarity.PRESENT, "I'm a plumber."),
    Matchable("smokes", Topic.SOCIAL, Polarity.PRESENT, "I get through ten cigarettes a day."),
    Matchable("metformin", Topic.MEDICINES, Polarity.PRESENT, "I take metformin."),
    Matchable("no-allergy", Topic.ALLERGIES, Polarity.ABSENT, "Nothing brings me out in a rash or anything."),
    Matchable("worry", Topic.CONCERNS, Polarity.PRESENT, "I'm scared it's cancer."),
)
ZH = (
    Matchable("cough", Topic.COMPLAINT, Polarity.PRESENT, "老是咳嗽"),
    Matchable("since", Topic.DURATION, Polarity.PRESENT, "有三个星期了"),
    Matchable("phlegm", Topic.ASSOCIATED, Polarity.PRESENT, "能咳出绿痰"),
    Matchable("no-fever", Topic.ASSOCIATED, Polarity.ABSENT, "不发烧"),
    Matchable("stool", Topic.GENERAL, Polarity.PRESENT, "拉得挺正常"),
    Matchable("driver", Topic.SOCIAL, Polarity.PRESENT, "我是开出租的"),
    Matchable("smokes", Topic.SOCIAL, Polarity.PRESENT, "一天一包烟"),
    Matchable("metformin", Topic.MEDICINES, Polarity.PRESENT, "吃着二甲双胍"),
    Matchable("mother", Topic.FAMILY, Polarity.PRESENT, "我妈有高血压"),
    Matchable("no-surgery", Topic.SURGERY, Polarity.ABSENT, "没开过刀"),
)
FACTS = {Language.EN: EN, Language.ZH: ZH}
AFTER_COUGH = SoFar("What's brought you in?", "I've got a nasty cough.", ("cough",), ("cough",))


def match(text: str, language: Language, so_far: SoFar = AFTER_COUGH) -> Matched:
    matcher = Matcher.shipped(language)
    return matcher.match(text, matcher.prepare(FACTS[language]), so_far, RuleHints())


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("And how long have you had it?", "since"),
        ("How are the waterworks?", "pee"),
        ("What do you do for a living?", "plumber"),
        ("Do you smoke?", "smokes"),
        ("Are you on any tablets?", "metformin"),
        ("Any allergies?", "no-allergy"),
        ("Any temperature with it?", "no-fever"),
        ("Is there anything in particular that you're worried about?", "worry"),
    ],
)
def test_an_english_question_finds_its_fact_in_other_words(question: str, fact: str) -> None:
    assert match(question, Language.EN).asked[:1] == (fact,)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("多长时间了？", "since"),
        ("大便怎么样？", "stool"),
        ("您做什么工作？", "driver"),
        ("抽烟吗？", "smokes"),
        ("平时吃什么药吗？", "metformin"),
        ("体温高不高？", "no-fever"),
        ("父母身体怎么样？", "mother"),
        ("以前做过手术没有？", "no-surgery"),
    ],
)
def test_a_chinese_question_finds_its_fact_in_other_words(question: str, fact: str) -> None:
    so_far = SoFar("哪里不舒服？", "老是咳嗽", ("cough",), ("cough",))
    assert match(question, Language.ZH, so_far).asked[:1] == (fact,)


def test_a_question_with_two_parts_finds_both_facts() -> None:
    assert set(match("Do you smoke, and what's your job?", Language.EN).asked) == {"smokes", "plumber"}


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Good morning, what can I do for you today?", Language.EN, TurnKind.OPEN),
        ("Any fever?", Language.EN, TurnKind.SPECIFIC),
        (
            "I think this is a chest infection, so I'd like to give you a course of antibiotics. OK?",
            Language.EN,
            TurnKind.EXPLAIN,
        ),
        ("All the best then, bye bye.", Language.EN, TurnKind.CLOSE),
        ("您哪里不舒服？", Language.ZH, TurnKind.OPEN),
        ("发烧吗？", Language.ZH, TurnKind.SPECIFIC),
        ("考虑是支气管炎，我给您开点药，多喝水，三天后复查。", Language.ZH, TurnKind.EXPLAIN),
        ("好的，再见。", Language.ZH, TurnKind.CLOSE),
    ],
)
def test_a_turn_is_taken_for_what_it_is(text: str, language: Language, kind: TurnKind) -> None:
    first = kind is TurnKind.OPEN
    assert match(text, language, SoFar() if first else AFTER_COUGH).kind is kind


@given(st.text(max_size=300), st.sampled_from(list(Language)))
def test_whatever_is_said_the_answer_is_well_formed_and_the_same_again(text: str, language: Language) -> None:
    found = match(text, language)
    assert set(found.likely) == {fact.id for fact in FACTS[language]}
    assert all(0 <= chance <= 1 for chance in found.likely.values())
    assert len(set(found.asked)) == len(found.asked)
    assert found.shares <= set(found.asked)
    assert sum(found.kinds.values()) == pytest.approx(1, abs=1e-3)
    assert match(text, language) == found


def test_a_case_without_facts_has_nothing_to_find() -> None:
    matcher = Matcher.shipped(Language.EN)
    found = matcher.match("Any fever?", matcher.prepare(()), SoFar(), RuleHints())
    assert found.asked == () and found.likely == {}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(-1, 2))
def test_the_facts_chosen_are_the_likeliest_ones(chances: list[float], caution: float) -> None:
    likely = np.array(chances, dtype=np.float32)
    chosen = choose(likely, caution)
    left = [float(chance) for at, chance in enumerate(likely) if at not in chosen]
    assert not chosen or not left or min(float(likely[at]) for at in chosen) >= max(left) or len(chosen) == 8


def test_nothing_is_chosen_where_nothing_is_likely_and_all_where_all_is_sure() -> None:
    assert choose(np.full(10, 0.01, dtype=np.float32), 0.0) == []
    assert sorted(choose(np.array([0.99, 0.98, 0.01], dtype=np.float32), 0.0)) == [0, 1]
