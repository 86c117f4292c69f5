from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.text.sentences import sentences


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


def leads(text: str) -> dict[str, str]:
    return {sentence.text: sentence.lead for sentence in sentences(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 999. Do not drive.", ["Call 999.", "Do not drive."]),
        ("How bad is it? When did it start?", ["How bad is it?", "When did it start?"]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("您好。哪里不舒服？什么时候开始的？", ["您好。", "哪里不舒服？", "什么时候开始的？"]),
        ("先别动；我叫120。", ["先别动；", "我叫120。"]),
        ("one line\nanother line", ["one line", "another line"]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        ("**Call 999.** Now.", ["**Call 999.**", "Now."]),
        ("Wait… what?", ["Wait…", "what?"]),
        # decimals, doses, abbreviations
        ("Give 0.5 ml. Then wait.", ["Give 0.5 ml.", "Then wait."]),
        ("His temperature is 38.5 now.", ["His temperature is 38.5 now."]),
        ("体温38.5度。", ["体温38.5度。"]),
        ("Dr. Smith will see you.", ["Dr. Smith will see you."]),
        ("Use painkillers, e.g. paracetamol.", ["Use painkillers, e.g. paracetamol."]),
        ("Rest vs. activity matters.", ["Rest vs. activity matters."]),
        ("Mr. and Mrs. Lee came.", ["Mr. and Mrs. Lee came."]),
        ("", []),
        (" \n\t\n ", []),
        ("...", ["..."]),
    ],
)
def test_a_turn_falls_into_its_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I'd recommend:\n- ECG\n- troponin",
        "I'd recommend:\n* ECG\n* troponin",
        "I'd recommend:\n1. ECG\n2. troponin",
        "I'd recommend:\n1) ECG\n2) troponin",
        "I'd recommend:\n\n- ECG\n- troponin",
        "I'd recommend:\n  • ECG\n\n  • troponin",
    ],
)
def test_every_kind_of_list_item_inherits_its_lead(text: str) -> None:
    assert leads(text) == {"I'd recommend:": "", "ECG": "I'd recommend:", "troponin": "I'd recommend:"}


@pytest.mark.parametrize(
    "text",
    [
        "请查：\n1、心电图\n2、肌钙蛋白",
        "请查：\n（1）心电图\n（2）肌钙蛋白",
        "请查：\n一、心电图\n二、肌钙蛋白",
        "请查：\n- 心电图\n- 肌钙蛋白",
    ],
)
def test_every_kind_of_chinese_list_item_inherits_its_lead(text: str) -> None:
    assert leads(text) == {"请查：": "", "心电图": "请查：", "肌钙蛋白": "请查："}


def test_a_lead_in_bold_is_a_lead() -> None:
    assert leads("**Do not take:**\n- ibuprofen")["ibuprofen"] == "**Do not take:**"


def test_a_list_without_a_lead_inherits_nothing() -> None:
    assert set(leads("- ECG\n- troponin").values()) == {""}


def test_a_lead_ends_with_its_list() -> None:
    said = leads("Avoid:\n- ibuprofen\n\nTake paracetamol.\n- with water")
    assert said["ibuprofen"] == "Avoid:"
    assert said["Take paracetamol."] == said["with water"] == ""


def test_a_second_lead_replaces_the_first() -> None:
    said = leads("Avoid:\n- ibuprofen\nTake:\n- paracetamol")
    assert (said["ibuprofen"], said["paracetamol"]) == ("Avoid:", "Take:")


def test_a_list_item_that_ends_in_a_colon_is_no_lead_of_its_siblings() -> None:
    assert leads("Plan:\n- Tests:\n- ECG")["ECG"] == "Plan:"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Does it hurt?", True),
        ("疼吗？", True),
        ("**Does it hurt?**", True),
        ("“Does it hurt?”", True),
        ("It hurts.", False),
        ("", False),
    ],
)
def test_a_question_mark_at_the_end_is_seen_through_quotes_and_stars(text: str, asked: bool) -> None:
    assert any(sentence.ends_as_question for sentence in sentences(text)) is asked


PIECES = st.sampled_from(["Call 999", ".", "?", "。", "？", "\n", " ", "- ", "1. ", "1、", "（一）", ":", "：", "…", "e.g.", "3.5", "ECG", "**",
                          "”", "心电图", "\r\n", "\u2028", "\t"])  # fmt: skip
TURNS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TURNS)
def test_every_sentence_and_every_lead_is_a_part_of_the_turn(text: str) -> None:
    for sentence in sentences(text):
        assert sentence.text
        assert sentence.text in text
        assert sentence.lead in text


@given(TURNS)
def test_sentences_stand_in_the_order_of_the_turn(text: str) -> None:
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence.text, at) + len(sentence.text)


@given(st.lists(st.sampled_from(["Call 999", "Do not drive", "胸口疼", "An ECG"]), max_size=8))
def test_no_word_of_a_turn_is_lost(clauses: list[str]) -> None:
    assert " ".join(split(". ".join(clauses))).count("Call") == clauses.count("Call 999")


@pytest.mark.parametrize(
    "heading", ["### Medicines to avoid", "**Do not take**", "__Do not take__", "**以下药物不要吃**"]
)
def test_a_heading_leads_the_list_below_it(heading: str) -> None:
    assert leads(f"{heading}\n\n- ibuprofen")["ibuprofen"] == heading


@pytest.mark.parametrize(
    "line", ["**Call 999 now.**", "**Do not drive!**", "**Are you alone?**", "I *would* go **now**"]
)
def test_a_sentence_in_bold_is_no_heading(line: str) -> None:
    assert leads(f"{line}\n- rest")["rest"] == ""


@pytest.mark.parametrize("text", ["Plan:\n- Avoid:\n  - ibuprofen\n- ECG", "Plan:\n1. Avoid:\n- ibuprofen\n2. ECG"])
def test_an_item_that_leads_further_items_lends_them_its_words(text: str) -> None:
    said = leads(text)
    assert (said["ibuprofen"], said["ECG"]) == ("Avoid:", "Plan:")


def test_bold_text_at_the_start_of_a_line_is_no_list_item() -> None:
    assert split("**Call 999.** Now.") == ["**Call 999.**", "Now."]


def test_a_plain_no_is_a_sentence_and_a_number_is_none() -> None:
    assert split("Any surgery? No. It hurts.") == ["Any surgery?", "No.", "It hurts."]
    assert split("Bed no. 5 is free.") == ["Bed no. 5 is free."]


def test_a_decimal_at_the_start_of_a_line_is_no_list_item() -> None:
    assert split("38.9 on the thermometer.") == ["38.9 on the thermometer."]
