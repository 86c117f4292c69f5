"""Patterns find the words a clinician would write them for, and survive whatever anyone writes."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.text.language import Language
from simulator.text.normal import fold, normalise
from simulator.text.pattern import Pattern, PatternError, first_match, plain

EN, ZH = Language.EN, Language.ZH


def found(source: str, text: str, language: Language = EN) -> str | None:
    match = Pattern.compile(source, language).search(text)
    return match.text if match else None


@pytest.mark.parametrize(
    ("source", "text", "verbatim"),
    [
        # inflection
        ("spread", "It spreads to my arm", "spreads"),
        ("spread", "Is it spreading?", "spreading"),
        ("tablet", "Which TABLETS do you take?", "TABLETS"),
        ("allergy", "any allergies", "allergies"),
        ("start", "When has it started?", "started"),
        # words stand next to each other, whatever punctuation is between them
        ("chest pain", "chest-pain", "chest-pain"),
        ("chest pain", "Chest\n pain", "Chest\n pain"),
        ("chest pain", "chest **pain**", "chest **pain"),
        ("500 mg", "take 500mg now", "500mg"),
        ("x ray", "an X-ray", "X-ray"),
        ("0.5", "give 0.5 ml", "0.5"),
        # alternatives and options
        ("(jaw|neck|arm)", "your neck", "neck"),
        ("call [an] ambulance", "call ambulance", "call ambulance"),
        ("call [an|the] ambulance", "call the ambulance", "call the ambulance"),
        ("(chest|(upper|lower) back) pain", "lower back pain", "lower back pain"),
        ("pain [in [the|your]] chest", "pain in your chest", "pain in your chest"),
        ("pain [in [the|your]] chest", "pain chest", "pain chest"),
        # gaps
        ("pain ... spread", "does the pain ever spread", "pain ever spread"),
        ("pain ... spread", "pain spread", "pain spread"),
        ("pain … spread", "pain one two three four five six spread", "pain one two three four five six spread"),
        # apostrophes
        ("don't drive", "Don’t drive!", "Don’t drive"),
        ("what's wrong", "What's wrong?", "What's wrong"),
        # full width
        ("ECG", "an ＥＣＧ please", "ＥＣＧ"),
        ("call 999", "call ９９９", "call ９９９"),
    ],
)
def test_a_pattern_meets_english_words_verbatim(source: str, text: str, verbatim: str) -> None:
    assert found(source, text) == verbatim


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("arm", "alarm"),
        ("arm", "armchair"),
        ("chest pain", "chest and pain"),
        ("pain ... spread", "pain one two three four five six seven spread"),
        ("medicine", "medication"),
        ("feel", "felt"),
        ("50 mg", "500 mg"),
        ("5 mg", "0.5 mg"),
        ("chest pain", ""),
        ("chest pain", "胸痛"),
    ],
)
def test_a_pattern_leaves_other_english_words_alone(source: str, text: str) -> None:
    assert found(source, text) is None


@pytest.mark.parametrize(
    ("source", "text", "verbatim"),
    [
        ("胸痛", "有没有胸痛？", "胸痛"),
        ("(放射|窜)到", "会窜到胳膊吗", "窜到"),
        ("做[个|一个]心电图", "做一个心电图", "做一个心电图"),
        ("做[个|一个]心电图", "做心电图", "做心电图"),
        ("疼 ... 肩膀", "疼得厉害的时候到肩膀", "疼得厉害的时候到肩膀"),
        ("CT", "做个CT吧", "CT"),
        ("CT", "做个ＣＴ吧", "ＣＴ"),
        ("120", "拨打１２０", "１２０"),
        ("胸痛", "胸、痛", "胸、痛"),
        ("300 毫克", "阿司匹林300毫克", "300毫克"),
        ("C反应蛋白", "查c反应蛋白", "c反应蛋白"),
    ],
)
def test_a_pattern_meets_chinese_words_verbatim(source: str, text: str, verbatim: str) -> None:
    assert found(source, text, ZH) == verbatim


@pytest.mark.parametrize(
    ("source", "text"),
    [("疼 ... 肩膀", "疼一二三四五六七八九十一二三肩膀"), ("胸痛", "胸口疼"), ("12", "120"), ("CT", "CTPA")],
)
def test_a_pattern_leaves_other_chinese_words_alone(source: str, text: str) -> None:
    assert found(source, text, ZH) is None


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("", 1),
        ("   ", 1),
        ("...", 1),
        ("?!", 1),
        ("(a", 1),
        ("pain (arm|jaw", 6),
        ("pain [a", 6),
        ("a)", 2),
        ("a]", 2),
        ("(a|)", 4),
        ("(|a)", 2),
        ("[...]", 2),
        ("(a)*", 4),
        ("(a|b)+", 6),
        ("(a){2}", 4),
        ("[a] [b]", 1),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused_with_its_column(source: str, column: int) -> None:
    with pytest.raises(PatternError) as refused:
        Pattern.compile(source, EN)
    assert refused.value.column == column


def test_a_pattern_has_a_greatest_length() -> None:
    with pytest.raises(PatternError, match="longer than"):
        Pattern.compile("pain " * 300, EN)


MARKS = st.sampled_from(["(", ")", "[", "]", "|", "...", "…", " ", "pain", "arm", "胸", "痛", "5", "*", "\\", "?", "."])
HOSTILE = st.one_of(st.text(max_size=80), st.lists(MARKS, max_size=30).map("".join))
LANGUAGES = st.sampled_from(list(Language))


@given(HOSTILE, LANGUAGES)
@example("(" * 400, EN)
@example("(a" + ")" * 400, EN)
@example("[" * 400 + "a" + "]" * 400, EN)
@example("(?R)", EN)
@example("(?P<x>a)", EN)
@example("\ud800", EN)
@settings(max_examples=400, deadline=None)
def test_compiling_any_text_gives_a_pattern_or_a_pattern_error(source: str, language: Language) -> None:
    try:
        pattern = Pattern.compile(source, language)
    except PatternError as error:
        assert 1 <= error.column <= max(len(source), 1) + 1
    else:
        assert pattern.search("") is None
        assert all(match.text for match in pattern.finditer(source))


SOURCES = [
    "chest pain",
    "pain ... (arm|jaw) ... left",
    "(pain|arm) ... (pain|arm) ... (pain|arm) ... jaw",
    "call [an|the] ambulance",
    "胸 ... 痛",
    "(疼|痛) ... (肩|臂)",
    "5 mg",
]
WORDS = st.sampled_from(["pain", "Pains", "arm", "jaw", "left", "chest", "call", "ambulance", "胸", "痛", "疼", "肩", "5", "mg",
                         "５ｍｇ", "…", "\n", " ", "'", "’", "\u200b", "\u202e", "é", "😀"])  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS, max_size=60).map("".join)
)


@given(st.sampled_from(SOURCES), TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_every_match_is_verbatim_and_in_order(source: str, text: str, language: Language) -> None:
    matches = Pattern.compile(source, language).finditer(text)
    for match in matches:
        assert match.text == text[match.start : match.end] != ""
    assert all(one.end <= other.start for one, other in pairwise(matches))


@given(TEXTS)
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(TEXTS)
def test_the_normal_form_leads_back_to_the_original(text: str) -> None:
    normal = normalise(text)
    assert len(normal.starts) == len(normal.spans) == len(normal.form.split())
    for start, span in zip(normal.starts, normal.spans, strict=True):
        assert normal.original(start, start + 1) == span
        assert 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "pain " * 20_000,
        "pain arm " * 20_000,
        "(" * 100_000,
        "疼" * 100_000,
        "疼肩" * 50_000,
        "\u202e" * 100_000,
        "a" * 100_000,
        "\ud800 lone surrogate",
        "\x00\x1b[2J" * 1_000,
    ],
    ids=["pain", "pain-arm", "brackets", "han", "han-pairs", "overrides", "one-word", "surrogate", "control"],
)
@pytest.mark.parametrize(
    "source", ["(pain|arm) ... (pain|arm) ... (pain|arm) ... jaw", "(疼|肩) ... (疼|肩) ... (疼|肩) ... 臂"]
)
def test_a_search_in_hostile_text_ends_soon(source: str, text: str) -> None:
    begun = time.monotonic()
    for language in Language:
        assert Pattern.compile(source, language).search(text) is None
    assert time.monotonic() - begun < 4.0


def test_the_first_pattern_that_matches_wins_whatever_stands_first_in_the_text() -> None:
    patterns = (Pattern.compile("arm", EN), Pattern.compile("pain", EN))
    hit = first_match(patterns, "pain in the arm")
    assert hit is not None
    assert (hit[0].source, hit[1].text) == ("arm", "arm")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("ECG", "ECG"),
        ("(full|complete) blood count", "full blood count"),
        ("chest (x ray|film)", "chest x ray"),
        ("call [an] ambulance", "call ambulance"),
        ("pain ... (arm|jaw)", "pain arm"),
        ("胸部(X光|X线)", "胸部X光"),
        ("a|b", "a"),
    ],
)
def test_a_pattern_can_be_shown_as_plain_words(source: str, shown: str) -> None:
    assert plain(source) == shown


@given(HOSTILE)
def test_plain_words_can_be_had_of_any_pattern_that_compiles(source: str) -> None:
    try:
        Pattern.compile(source, EN)
    except PatternError:
        return
    assert isinstance(plain(source), str)
