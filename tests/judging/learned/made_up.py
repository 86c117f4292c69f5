"""A labelled set that a classifier can learn: whether the assistant says a thing, over made-up cases in two languages."""

from __future__ import annotations

import random

from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.task import GradingTask, Question, Spoken
from simulator.judging.verdict import Outcome
from simulator.library.vocabulary import CriterionKind
from simulator.text.language import Language

_THINGS = {
    Language.EN: (
        "aspirin", "an ambulance", "the inhaler", "paracetamol", "a blood test", "the rash", "your weight",
        "an ECG", "insulin", "the antibiotic", "a chest X-ray", "your blood pressure",
    ),
    Language.ZH: (
        "阿司匹林", "救护车", "吸入器", "对乙酰氨基酚", "血常规", "皮疹", "体重", "心电图", "胰岛素", "抗生素", "胸片", "血压",
    ),
}  # fmt: skip
_SAYS = {Language.EN: "Please remember {}, it matters here.", Language.ZH: "请记住{}，这很重要。"}
_STATES = {Language.EN: "Mentions {}", Language.ZH: "提到{}"}
_ELSE = {Language.EN: "How are you feeling today?", Language.ZH: "您今天感觉怎么样？"}


def labelled(n_scenarios: int = 6, n_dialogues: int = 8, seed: int = 1) -> RatedSet:
    """Every dialogue mentions some of six things, and is asked about all of them."""
    draw = random.Random(seed)
    items, tasks = [], []
    for scenario in range(n_scenarios):
        language = Language.EN if scenario % 2 else Language.ZH
        things = draw.sample(_THINGS[language], 6)
        for number in range(n_dialogues):
            said = {thing for thing in things if draw.random() < 0.45}
            spoken = [Spoken(1, "assistant", _ELSE[language])]
            spoken += [
                Spoken(at + 2, "assistant", _SAYS[language].format(thing)) for at, thing in enumerate(sorted(said))
            ]
            questions = tuple(
                Question(f"c{at}", _STATES[language].format(thing), kind=CriterionKind.MUST_SAY)
                for at, thing in enumerate(things)
            )
            task = GradingTask(f"s{scenario}/d{number}", tuple(spoken), questions, language)
            tasks.append(task)
            items += [
                RatedItem(
                    id=f"{task.id}/{question.id}",
                    cluster=task.id,
                    labels={"one": Outcome.MET if thing in said else Outcome.NOT_MET},
                    groups={"scenario": f"s{scenario}", "language": language.value},
                    question_id=question.id,
                )
                for question, thing in zip(questions, things, strict=True)
            ]
    return RatedSet("made up", Raters.PROJECT, tuple(items), tuple(tasks))
