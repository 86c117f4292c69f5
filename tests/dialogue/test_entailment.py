"""What the guard of a model's voice finds in a reply: leaks, contradictions, inventions, omissions."""

from __future__ import annotations

import pytest

from simulator.dialogue.entailment import faults
from simulator.dialogue.given import Fault, Given, Secret
from simulator.dialogue.record import GuardKind
from simulator.text.language import Language
from simulator.text.pattern import compile_all

EN, ZH = Language.EN, Language.ZH
SECRETS = {
    EN: (
        Secret("dark-stool", ("Three or four times since the summer it's come out nearly black.",)),
        Secret("stopped", ("I've not touched the preventer for two months, it's sitting in a drawer.",)),
        Secret("tablet", ("She takes 50 micrograms of levothyroxine.",)),
    ),
    ZH: (
        Secret("dark-stool", ("入夏以来有三四回大便是黑的。",)),
        Secret("stopped", ("激素那个我两个月前就没再吸了，在抽屉里放着呢。",)),
    ),
}


def found(reply: str, *facts: str, language: Language = EN, **more: object) -> dict[GuardKind, list[str]]:
    given = Given(language, facts=facts, secrets=SECRETS[language], **more)  # type: ignore[arg-type]
    by_kind: dict[GuardKind, list[str]] = {}
    for fault in faults(reply, given):
        by_kind.setdefault(fault.kind, []).append(fault.words)
    return by_kind


# ---- what passes


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("Three days, more or less.", "It has been going on for three days."),
        ("About 3 days now.", "It has been going on for three days."),
        ("Two weeks ago.", "It began a fortnight ago."),
        ("No fever, no.", "I haven't had a fever."),
        ("My left arm, down the inside, it feels heavy.", "My left arm feels heavy down the inside."),
        ("I'm out of breath on the stairs.", "I get puffed on the stairs."),
        ("Warfarin, three milligrams a day.", "I take 3 mg of warfarin every day."),
    ],
)
def test_the_same_in_other_words_passes(reply: str, fact: str) -> None:
    assert found(reply, fact) == {}


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("三天了。", "已经3天了。"),
        ("有两周了吧。", "差不多两个星期了。"),
        ("不发烧。", "没有发烧。"),
        ("左边胳膊里侧发沉。", "左胳膊里侧沉甸甸的。"),
        ("瘦了十二斤，六公斤的样子。", "掉了差不多十二斤，也就是六公斤。"),
    ],
)
def test_the_same_in_other_chinese_words_passes(reply: str, fact: str) -> None:
    assert found(reply, fact, language=ZH) == {}


def test_what_was_said_before_may_be_said_again() -> None:
    assert (
        found("As I said, the chest pain. And it's three days now.", "Three days.", before=("I have chest pain.",))
        == {}
    )


def test_the_subjects_words_may_be_echoed_in_a_question_and_not_asserted() -> None:
    heard = ("Have your stools ever been black?",)
    assert found("Black stools? Why do you ask?", heard=heard) == {}
    assert found("I don't know whether they were black.", heard=heard) == {}
    assert GuardKind.LEAK in found("My stools have been black.", heard=heard)
    assert GuardKind.LEAK in found("My stools have been black, is that bad?", heard=heard)
    assert GuardKind.LEAK in found("I don't know why my stools are black.", heard=heard)


# ---- leaks


@pytest.mark.parametrize(
    "words",
    [
        "There's something about a drawer.",
        "I haven't had black stools, by the way.",
        "It was black, a few times.",
        "It's fifty micrograms.",
        "She takes levothyroxine.",
        "The preventer, two months, not touched.",
    ],
)
def test_what_only_an_unreleased_fact_holds_is_a_leak_in_any_mood(words: str) -> None:
    assert GuardKind.LEAK in found(f"It's been three days. {words}", "It has been three days.")


@pytest.mark.parametrize("words", ["抽屉里那个我不想说。", "大便倒是没黑过。", "有三四回吧。"])
def test_chinese_leaks_are_seen_as_well(words: str) -> None:
    assert GuardKind.LEAK in found(f"三天了。{words}", "三天了。", language=ZH)


def test_the_name_of_the_diagnosis_is_a_leak_unless_the_subject_asks_about_it() -> None:
    diagnosis = compile_all(("appendicitis",), EN)
    assert GuardKind.LEAK in found("It's appendicitis, I think.", diagnosis=diagnosis)
    assert found("Appendicitis? Is that dangerous?", diagnosis=diagnosis, heard=("It may be appendicitis.",)) == {}


def test_the_exact_form_of_a_fact_told_vaguely_stays_secret() -> None:
    secret = (Secret("onset", ("It came on three days ago, while I was reading.",)),)
    given = Given(EN, facts=("It came on a few days ago.",), secrets=secret)
    assert faults("A few days ago, I think.", given) == ()
    assert faults("A few days ago, three days, I think.", given)[0].kind is GuardKind.LEAK


# ---- contradictions


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("I've had a fever.", "I haven't had a fever."),
        ("I haven't had any chest pain.", "I've had chest pain."),
        ("Five days ago it began.", "It began three days ago."),
        ("My right calf is swollen.", "My left calf is swollen."),
        ("I don't take warfarin.", "I take warfarin."),
    ],
)
def test_the_opposite_of_a_released_fact_is_a_contradiction(reply: str, fact: str) -> None:
    assert GuardKind.CONTRADICTION in found(reply, fact)


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("有点发烧。", "没有发烧。"),
        ("五天前开始的。", "三天前开始的。"),
        ("右小腿肿。", "左小腿肿。"),
        ("没吃华法林。", "在吃华法林。"),
    ],
)
def test_the_opposite_in_chinese_is_a_contradiction(reply: str, fact: str) -> None:
    assert GuardKind.CONTRADICTION in found(reply, fact, language=ZH)


def test_something_told_in_an_earlier_turn_cannot_be_taken_back() -> None:
    assert GuardKind.CONTRADICTION in found(
        "Three days. I don't take warfarin.", "Three days.", before=("I take warfarin.",)
    )


# ---- inventions


@pytest.mark.parametrize(
    "words",
    [
        "I've been coughing as well.",
        "My husband noticed it.",
        "I'm on metformin.",
        "It was 17 years ago.",
        "On the left side.",
        "Otherwise I'm perfectly healthy.",
        "I broke my violin yesterday.",
    ],
)
def test_what_stands_in_nothing_given_is_an_invention(words: str) -> None:
    assert GuardKind.INVENTION in found(f"It's bad. {words}", "It's bad.")


@pytest.mark.parametrize("reply", ["Yes.", "Yes, I do.", "No, never.", "Yes, but why do you ask?"])
def test_a_bare_yes_or_no_answers_what_was_not_given(reply: str) -> None:
    assert GuardKind.INVENTION in found(reply, draft="Why do you need to know that?", heard=("Do you drink?",))
    assert found(reply.replace(", but why do you ask?", ", it is."), "It's bad.", draft="It's bad.").get(
        GuardKind.INVENTION
    ) is None  # fmt: skip


def test_advice_may_be_acknowledged_in_its_own_words() -> None:
    heard = ("Take two paracetamol and drink water.",)
    assert found("All right, two paracetamol and plenty of water.", acknowledges=True, heard=heard) == {}
    assert GuardKind.INVENTION in found("All right, two paracetamol.", heard=heard)


@pytest.mark.parametrize(
    "words", ["As an AI, I have no body.", "You should see a doctor.", "How can I help you today?"]
)
def test_words_out_of_its_role_are_unusable(words: str) -> None:
    assert GuardKind.UNUSABLE in found(f"It's bad. {words}", "It's bad.")


# ---- omissions


@pytest.mark.parametrize(
    ("reply", "fact"),
    [
        ("It's been a while.", "It has been going on for three days."),
        ("Just the one tablet.", "I take warfarin."),
        ("One of my arms.", "My left arm feels heavy."),
        ("I'm not feeling great.", "I've vomited and I've had a fever."),
        ("It was the pharmacist.", "A video said they make you fat."),
    ],
)
def test_a_released_fact_that_is_not_told_would_make_the_ledger_lie(reply: str, fact: str) -> None:
    assert fact in found(reply, fact)[GuardKind.OMISSION]


def test_a_line_of_a_beat_has_to_be_said() -> None:
    line = "Can't I just sleep it off?"
    assert found("Three days. Couldn't I sleep it off?", "Three days.", lines=(line,)) == {}
    assert found("Three days.", "Three days.", lines=(line,)) == {GuardKind.OMISSION: [line]}


def test_what_is_denied_has_to_be_denied() -> None:
    assert found("No, nothing like that.", denials=("night sweats",)) == {}
    assert found("No, I don't get night sweats.", denials=("night sweats",)) == {}
    assert GuardKind.OMISSION in found("I see.", denials=("night sweats",))
    assert GuardKind.CONTRADICTION in found("Yes, I get night sweats.", denials=("night sweats",))


def test_what_the_question_named_need_not_be_named_again() -> None:
    assert (
        found(
            "Twenty a day since I was eighteen.",
            "I smoke twenty a day, since I was eighteen.",
            heard=("Do you smoke?",),
        )
        == {}
    )


def test_leaks_stand_first() -> None:
    kinds = [
        fault.kind
        for fault in faults("Coal in a drawer, 3 days.", Given(EN, facts=("Two days.",), secrets=SECRETS[EN]))
    ]
    assert kinds[0] is GuardKind.LEAK
    assert kinds == sorted(kinds, key=list(GuardKind).index)


def test_a_fault_names_words_of_the_reply_or_what_it_leaves_out() -> None:
    assert faults("I cough.", Given(EN, draft="It's bad.")) == (Fault(GuardKind.INVENTION, "cough"),)
