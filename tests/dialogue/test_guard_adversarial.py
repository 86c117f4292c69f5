"""Can a voice tell what it was not given? Thousands of replies that try, built from the shipped scenarios.

What is claimed: no reply of `slips`, in which an unreleased fact is slipped in verbatim, hedged, inside a denial, by its
key words, by a concept it names, as a hint, or by its number alone, passes the guard. What is not claimed, and measured
below: free paraphrases in everyday words pass (docs/voices.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import pytest

from simulator.dialogue.model_voice import ModelVoice
from simulator.dialogue.playing import DialogueSpec, Models, play
from simulator.dialogue.record import SpokenBy
from simulator.library.persona import PhraseSlot
from simulator.models.journal import Completion
from simulator.models.messages import ChatMessage
from simulator.models.reference import reference_source
from simulator.models.subject import ReplyStatus
from simulator.models.tally import Tally
from simulator.text.language import Language
from tests.dialogue.adversary import (
    Scene,
    Told,
    everything_told,
    flips,
    inventions,
    scene_of,
    scenes,
    slips,
    wordings,
)
from tests.dialogue.cases import names, shipped, shipped_scenarios, suitable_personas

CASES = list(shipped_scenarios())
MOST_FALSE_ALARMS = 0.06
"""Measured: 4.1 % of 532 honest wordings (docs/voices.md)."""
MOST_FALSE_ALARMS_FRESH = 0.10
"""Measured: 8.8 % of 68 honest wordings that were written after the guard was finished."""
LEAST_CAUGHT = {"flips": 0.97, "hidden": 0.88, "fresh": 0.65}
"""Measured: 98.8 % of twisted facts; 90 % and 67 % of free paraphrases, the second unseen when the guard was made."""


@pytest.mark.parametrize(("scenario", "language"), CASES, ids=names(CASES))
def test_no_reply_that_slips_an_unreleased_fact_in_passes(scenario: object, language: Language) -> None:
    tried: Counter[str] = Counter()
    passed = []
    for scene, secret in scenes(scenario, language):
        for way, reply in slips(scene, secret):
            tried[way] += 1
            if not scene.refused(reply):
                passed.append((way, secret.id, reply))
    assert passed == []
    assert sum(tried.values()) > 100
    assert {"verbatim", "mixed in", "hedged", "inside a denial", "keywords", "concept", "hint", "number"} <= set(tried)


@pytest.mark.parametrize(("scenario", "language"), CASES, ids=names(CASES))
def test_the_scripted_wording_of_every_fact_passes(scenario: object, language: Language) -> None:
    for told in everything_told(scenario, language):
        scene = scene_of(scenario.id, told.id, language)
        assert scene.faults(told.text) == ()


@pytest.mark.parametrize(("scenario", "language"), CASES, ids=names(CASES))
def test_no_invention_passes(scenario: object, language: Language) -> None:
    for told in everything_told(scenario, language):
        scene = scene_of(scenario.id, told.id, language)
        for way, reply in inventions(scene):
            assert scene.refused(reply), (way, told.id, reply)


def test_twisted_facts_are_caught_but_for_a_few() -> None:
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for scenario, language in CASES:
        for told in everything_told(scenario, language):
            scene = scene_of(scenario.id, told.id, language)
            for way, reply in flips(told, language):
                tried[way] += 1
                caught[way] += scene.refused(reply)
    print({way: f"{caught[way]} of {tried[way]}" for way in tried})
    assert sum(caught.values()) >= LEAST_CAUGHT["flips"] * sum(tried.values())
    assert caught["number changed"] == tried["number changed"]
    assert sum(tried.values()) > 500


def rate(file: str, *, honest: bool) -> tuple[int, int]:
    """Refused wordings, and all of them. Dishonest ones follow the scripted wording of another fact."""
    n_refused = n = 0
    for scenario_id, fact_id, language, text in wordings(file, "honest" if honest else "hidden"):
        if honest:
            n_refused += bool(scene_of(scenario_id, fact_id, language).faults(text))
        else:
            scene = beside(scenario_id, fact_id, language)
            gap = " " if language is Language.EN else ""
            n_refused += scene.refused(f"{scene.base.text}{gap}{text}")
        n += 1
    return n_refused, n


def beside(scenario_id: str, fact_id: str, language: Language) -> Scene:
    """A scene in which another fact is the released one."""
    told = everything_told(shipped().scenario(scenario_id), language)
    other: Told = next(each for each in told if each.id != fact_id)
    return scene_of(scenario_id, other.id, language)


def test_honest_wordings_pass_but_for_a_few() -> None:
    n_refused, n = rate("honest", honest=True)
    print(f"false alarms: {n_refused} of {n}")
    assert n > 500
    assert n_refused <= MOST_FALSE_ALARMS * n


def test_honest_wordings_written_afterwards_pass_but_for_a_few() -> None:
    n_refused, n = rate("fresh", honest=True)
    print(f"false alarms, unseen: {n_refused} of {n}")
    assert n_refused <= MOST_FALSE_ALARMS_FRESH * n


@pytest.mark.parametrize("file", ["hidden", "fresh"])
def test_free_paraphrases_are_caught_in_part_and_the_docs_say_in_which(file: str) -> None:
    n_caught, n = rate(file, honest=False)
    print(f"free paraphrases ({file}): {n_caught} of {n} caught")
    assert n_caught >= LEAST_CAUGHT[file] * n
    assert n_caught < n, "if the guard has learned to read meanings, docs/voices.md must say so"


class PlainWords:
    """A Chat that, as a voice, says the scripted wording that it is handed."""

    tally = Tally()
    adaptations = ()

    async def complete(self, messages: Sequence[ChatMessage], **_: object) -> Completion:
        to_say = json.loads(messages[1].content.rsplit("\n", 1)[1])
        return Completion(to_say["plain"], ReplyStatus.OK, None, None, "plain")


@pytest.mark.parametrize("name", ["checklist", "careless", "exemplar", "silent"])
async def test_no_scripted_reply_of_a_whole_dialogue_is_refused(name: str) -> None:
    """With every persona that suits a case: denials, echoes, small talk, beats, events, results and leave-taking."""
    library, n = shipped(), 0
    for scenario, language in CASES:
        for persona in suitable_personas(scenario):
            subject = reference_source(name).for_dialogue(scenario, library.rubric(scenario.rubric), language)
            spec = DialogueSpec(f"ref:{name}", scenario.id, persona.id, language, 1, 3)
            models = Models(voice=ModelVoice(PlainWords(), "plain"))
            record = await play(spec, scenario, persona, subject, models=models)
            for reply in record.counterpart_turns[1:]:
                assert (reply.guard, reply.spoken_by) == ((), SpokenBy.MODEL), (spec.id, reply.turn, reply.text)
                n += 1
    assert n > 100


@pytest.mark.parametrize("language", list(Language))
def test_small_talk_in_the_personas_own_words_passes_beside_a_fact(language: Language) -> None:
    gap = " " if language is Language.EN else ""
    for entry in shipped().personas.values():
        persona = entry.value
        cases = [case for case in shipped().scenarios.values() if persona.id in case.value.counterpart.personas]
        if not cases or language not in persona.languages:
            continue
        scenario = cases[0].value
        told = everything_told(scenario, language)[0]
        scene = Scene(scene_of(scenario.id, told.id, language).case, persona, told, (told.question,))
        for slot in (PhraseSlot.EMOTION, PhraseSlot.TANGENT, PhraseSlot.FILLER):
            for line in persona.phrases[slot].in_(language) if slot in persona.phrases else ():
                assert not scene.faults(f"{line}{gap}{told.text}"), line
