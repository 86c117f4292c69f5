from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.models.reasoning import split_reasoning

PAIRS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<Think>", "</THINK>"),
]
_ALL_TAGS = re.compile(r"</?(?:think|thinking|thought|reasoning|seed:think|answer)>|◁/?think▷|\[/?think\]", re.I)
words = st.text(st.characters(exclude_characters="<>[]◁▷`~#", exclude_categories=["Cs"]), max_size=60)
pieces = st.lists(
    st.one_of(
        words, st.sampled_from([tag for pair in PAIRS for tag in pair]), st.sampled_from(["\n", "`", "```\n", " "])
    ),
    max_size=12,
)


def kept(text: str) -> list[str]:
    return sorted(_ALL_TAGS.sub("", text).replace("\n", " ").split())


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_a_leading_block_is_reasoning_and_the_rest_is_text(opening: str, closing: str) -> None:
    assert split_reasoning(f"{opening}\nhm, fever\n{closing}\n\nDrink water.") == ("Drink water.", "hm, fever")


@pytest.mark.parametrize(
    ("content", "text", "reasoning"),
    [
        ("Drink water.", "Drink water.", None),
        ("", "", None),
        ("<think>\n\n</think>\n\nDrink water.", "Drink water.", None),
        ("\n <think>a</think><think>b</think>Drink.", "Drink.", "a\n\nb"),
        ("<think>never closed, since the limit", "", "never closed, since the limit"),
        ("opened by the template\n</think>\n\nDrink.", "Drink.", "opened by the template"),
        ("glued</think>喝水。", "喝水。", "glued"),
        ("cut at the tag\n</think>", "", "cut at the tag"),
        ("One.\n<think>\nhm\n</think>\nTwo.", "One.\n\nTwo.", "hm"),
        ("<think>a</think>One.\n<think>b</think>\nTwo.", "One.\n\nTwo.", "a\n\nb"),
        ("<think>a</think>\n<answer>\nDrink.\n</answer>", "Drink.", "a"),
        ("<think>a</think><answer>Dri", "Dri", "a"),
        ("## Thinking\n\nfever\n\n## Final Response\n\nDrink.", "Drink.", "fever"),
        ("<think>I may write `</think>` here</think>Drink.", "Drink.", "I may write `</think>` here"),
    ],
)
def test_what_models_emit(content: str, text: str, reasoning: str | None) -> None:
    assert split_reasoning(content) == (text, reasoning)


@pytest.mark.parametrize(
    "content",
    [
        "The tag </think> ends a thought.",
        "Write `</think>`\nto end it.",
        "```\n<think>\nx\n</think>\n```\nis how it looks.",
        "In HTML, <think>x</think> means nothing.",
        "Take it at night.\n<think> is what it printed.",
        "## Thinking\n\nis a heading like any other.",
        "<answer>without a thought</answer>",
    ],
)
def test_a_tag_that_is_only_mentioned_stays_in_the_text(content: str) -> None:
    assert split_reasoning(content) == (content, None)


def test_a_field_of_its_own_is_the_reasoning() -> None:
    assert split_reasoning("Drink.", " hm \n") == ("Drink.", "hm")
    assert split_reasoning("Drink.", "  ") == ("Drink.", None)
    assert split_reasoning("<think>b</think>Drink.", "a") == ("Drink.", "a\n\nb")


def test_with_a_field_of_its_own_a_later_closing_tag_ends_nothing() -> None:
    assert split_reasoning("Drink.\n</think>\nRest.", "hm") == ("Drink.\n</think>\nRest.", "hm")
    assert split_reasoning("</think>\n\nDrink.", "hm") == ("Drink.", "hm")


@given(words)
def test_without_tags_nothing_changes(text: str) -> None:
    assert split_reasoning(text) == (text.strip(), None)


@given(words, words, st.sampled_from(PAIRS))
def test_thought_and_answer_come_apart_whatever_they_say(thought: str, answer: str, pair: tuple[str, str]) -> None:
    expected = (answer.strip(), thought.strip() or None)
    assert split_reasoning(f"{pair[0]}{thought}{pair[1]}\n{answer}") == expected
    assert split_reasoning(f"{pair[0]}{thought}") == ("", thought.strip() or None)


@given(pieces, st.one_of(st.none(), words))
def test_nothing_but_tags_and_white_space_is_lost(parts: list[str], field: str | None) -> None:
    content = " ".join(parts)
    text, reasoning = split_reasoning(content, field)
    assert kept(f"{text} {reasoning or ''}") == kept(f"{content} {field or ''}")
    assert reasoning is None or reasoning.strip() == reasoning != ""
    assert text == text.strip()


@pytest.mark.parametrize(
    "piece",
    ["<think>", "</think>", " </think> ", "\n<think>", "`", "` ", "```\n", "<think>`</think>`", "<answer>", " "],
)
def test_time_is_linear_in_hostile_text(piece: str) -> None:
    started = time.perf_counter()
    split_reasoning(piece * 40_000)
    assert time.perf_counter() - started < 2
