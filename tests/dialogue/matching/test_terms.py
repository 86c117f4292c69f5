"""The term lexicon gives different words the same meaning, in both languages."""

from __future__ import annotations

from collections import Counter

import pytest

from simulator.dialogue.matching.terms import term_entries, term_lexicon
from simulator.text.language import Language
from simulator.text.normal import tokens


def named(text: str, language: Language) -> set[str]:
    lexicon = term_lexicon(language)
    return set(lexicon.expand(lexicon.named(tokens(text))))


def test_every_term_has_wordings_in_both_languages_and_existing_broader_terms() -> None:
    entries = term_entries()  # raises for an id that is there twice, or a broader term that is not
    assert len(entries) > 800
    assert all(entry.en and entry.zh for entry in entries)


@pytest.mark.parametrize("language", list(Language))
def test_no_wording_belongs_to_two_terms(language: Language) -> None:
    owners = Counter(
        tokens(wording)
        for entry in term_entries()
        for wording in {tokens(each): each for each in (entry.en if language is Language.EN else entry.zh)}.values()
    )
    assert [wording for wording, times in owners.items() if times > 1] == []


@pytest.mark.parametrize("language", list(Language))
def test_no_wording_is_empty_once_it_is_taken_apart(language: Language) -> None:
    for entry in term_entries():
        for wording in entry.en if language is Language.EN else entry.zh:
            assert tokens(wording), (entry.id, wording)


@pytest.mark.parametrize(
    ("one", "other", "shared", "language"),
    [
        ("How are the waterworks?", "I pee fine.", "urine", Language.EN),
        ("Any pain in your head?", "I get headaches.", "pain", Language.EN),
        ("Do you work?", "I'm a plumber.", "job", Language.EN),
        ("Are you on any medicines?", "I take metformin.", "medicine", Language.EN),
        ("解大便怎么样？", "拉得挺正常", "stool", Language.ZH),
        ("您做什么工作？", "我是司机", "job", Language.ZH),
        ("平时吃什么药？", "我吃二甲双胍", "medicine", Language.ZH),
        ("父母身体好吗？", "我妈有糖尿病", "family", Language.ZH),
    ],
)
def test_a_question_and_its_fact_name_the_same_thing_in_other_words(
    one: str, other: str, shared: str, language: Language
) -> None:
    assert shared in named(one, language) & named(other, language)


def test_the_longest_wording_counts_and_a_broader_term_weighs_less() -> None:
    lexicon = term_lexicon(Language.EN)
    weights = lexicon.expand(lexicon.named(tokens("penicillin")))
    assert max(weights, key=lambda term: weights[term]) == "penicillin"
    assert 0 < weights["medicine"] < 1
