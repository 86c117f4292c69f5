"""Dialogues listen side by side in threads: what a word means must not depend on who else is listening."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.text.normal import stem

WORDS = [
    "spreading", "headaches", "breathlessness", "generously", "university", "organisation", "tightness", "medicines",
    "abdominal", "hopefulness", "consultations", "relational", "happily", "dying", "communism", "conditional",
]  # fmt: skip


@pytest.fixture
def busy_threads() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("busy_threads")
def test_a_word_has_the_same_stem_in_every_thread() -> None:
    uncached = stem.__wrapped__
    alone = [uncached(word) for word in WORDS]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [uncached(word) for word in WORDS], range(200)))
    assert all(stems == alone for stems in together)
