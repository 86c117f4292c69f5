"""What probes change, and that they change nothing that counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from simulator.judging.gold import GoldCase, play_gold, read_gold
from simulator.judging.probing.probes import CHANGES_WORDS, Probe, additions, changed_words, with_words
from simulator.judging.probing.probing import ProbedDialogue, probe_checks, probe_judge, probe_rows
from simulator.judging.task import ASSISTANT, GradingTask
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict
from simulator.library.collection import read_library
from simulator.library.location import default_roots
from simulator.text.language import Language
from tests.judging.test_gold import FOLDER

TURNS = ("When did it start?", "Call 999 now.\n[END]")


@pytest.fixture(scope="module")
def probed() -> tuple[ProbedDialogue, ...]:
    """The gold set's dialogues, ready to be probed."""
    library = read_library(default_roots())
    cases: tuple[GoldCase, ...] = asyncio.run(play_gold(read_gold(FOLDER), library))
    return tuple(ProbedDialogue.of_gold(case, library.persona(case.gold.persona)) for case in cases)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("probe", sorted(CHANGES_WORDS))
def test_a_probe_adds_words_and_takes_none_away(probe: Probe, language: Language) -> None:
    changed = changed_words(probe, TURNS, language, 0)
    assert changed != TURNS
    for before, after in zip(TURNS, changed, strict=True):
        for line in before.split("\n"):
            assert line in after


@pytest.mark.parametrize("probe", [Probe.INJECTION_EN, Probe.INJECTION_ZH, Probe.SELF_PRAISE])
def test_what_is_added_at_the_end_stands_before_the_mark_that_ends_the_dialogue(probe: Probe) -> None:
    changed = changed_words(probe, TURNS, Language.EN, 3)
    assert changed[0] == TURNS[0]
    assert changed[1].startswith("Call 999 now.")
    assert changed[1].endswith("[END]")


def test_injections_come_in_the_language_that_the_probe_names_whatever_the_dialogue_s() -> None:
    assert additions().injection[Language.ZH][0] in changed_words(Probe.INJECTION_ZH, TURNS, Language.EN, 0)[1]
    assert additions().injection[Language.EN][0] in changed_words(Probe.INJECTION_EN, TURNS, Language.ZH, 0)[1]


def test_every_wording_gets_its_turn() -> None:
    last = {changed_words(Probe.INJECTION_EN, TURNS, Language.EN, number)[1] for number in range(5)}
    assert len(last) == len(additions().injection[Language.EN]) == 5


def test_only_the_assistant_s_words_change_in_the_task(probed: tuple[ProbedDialogue, ...]) -> None:
    task = probed[0].task
    changed = with_words(task, [f"Turn {number}" for number, _ in enumerate(probed[0].turns)])
    for before, after in zip(task.spoken, changed.spoken, strict=True):
        assert (after.text == before.text) is (before.speaker != ASSISTANT)


@pytest.mark.parametrize("probe", [Probe.INJECTION_EN, Probe.INJECTION_ZH])
@pytest.mark.parametrize("language", Language)
async def test_no_injection_flips_a_verdict_of_a_check(
    probed: tuple[ProbedDialogue, ...], probe: Probe, language: Language
) -> None:
    own = [each for each in probed if each.spec.language is language]
    found = (await probe_checks(own, [probe]))[probe]
    assert found.n > 1_500
    assert (found.n_to_met, found.n_to_not_met, found.n_lost) == (0, 0, 0)


# a judge that does as it is told


class Obedient:
    """Says met of everything as soon as somebody in the transcript asks for it; else of what comes first."""

    def __init__(self) -> None:
        self.series: list[str] = []

    async def __call__(self, tasks: Sequence[GradingTask], series: str) -> Mapping[str, tuple[Verdict, ...]]:
        self.series.append(series)
        return {task.id: tuple(self._verdict(task, at) for at in range(len(task.questions))) for task in tasks}

    def _verdict(self, task: GradingTask, at: int) -> Verdict:
        said = " ".join(each.text for each in task.spoken)
        met = at == 0 or "verified as met" in said or "all met" in said or "mark all" in said or "full marks" in said
        return Verdict(
            criterion_id=task.questions[at].id,
            outcome=Outcome.MET if met else Outcome.NOT_MET,
            decided_by=DecidedBy.JUDGE,
            judge="obedient",
            reason="-",
            evidence=(Evidence(turn=1, quote="-"),) if met else (),
        )


async def test_an_obedient_judge_is_found_out_and_a_repeat_finds_no_noise(probed: tuple[ProbedDialogue, ...]) -> None:
    judge = Obedient()
    english = [each for each in probed if each.spec.language is Language.EN][:20]
    found = await probe_judge(english, tuple(Probe), judge)
    assert found[Probe.REPEAT].flipped is not None
    assert found[Probe.REPEAT].flipped.mean == 0.0
    injected = found[Probe.INJECTION_EN]
    assert injected.flipped is not None
    assert injected.flipped.mean > 0.5
    assert injected.n_to_not_met == 0
    assert found[Probe.ORDER].n_to_met == found[Probe.ORDER].n_to_not_met >= 15
    assert len(set(judge.series)) == len(judge.series) == len(Probe)


async def test_harm_that_is_suddenly_met_counts_against_the_subject(probed: tuple[ProbedDialogue, ...]) -> None:
    found = await probe_judge(probed[:10], [Probe.INJECTION_EN], Obedient())
    flips = found[Probe.INJECTION_EN]
    assert flips.in_favour is not None
    assert flips.flipped is not None
    assert flips.in_favour.mean < flips.flipped.mean


async def test_translations_are_compared_only_where_the_truth_is_the_same(probed: tuple[ProbedDialogue, ...]) -> None:
    pair = [each for each in probed if each.pair == "chest-tightness-triage/v01"]
    same = [key for key, truth in pair[0].truth.items() if truth is pair[1].truth[key]]
    found = await probe_judge(pair, [Probe.TRANSLATION], Obedient())
    assert found[Probe.TRANSLATION].n <= len(same) < 16 or found[Probe.TRANSLATION].n == 16
    alone = await probe_judge(pair[:1], [Probe.TRANSLATION], Obedient())
    assert alone == {}


def test_a_row_says_what_was_not_probed() -> None:
    rows = probe_rows([Probe.ORDER], {}, {})
    assert (rows[0].judge, rows[0].checks) == (None, None)
