"""A judge trained here: it learns, it is measured on what it never saw, and its files are what its card says."""

from __future__ import annotations

import json
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import LibraryError, UsageError
from simulator.judging.learned.card import CARD, JudgeCard, JudgeKind
from simulator.judging.learned.classifier import Classifier
from simulator.judging.learned.examples import examples_of, on_side, split_by_scenario, whole_tasks
from simulator.judging.learned.judge import LearnedGrader, learned_folder, open_learned
from simulator.judging.learned.training import Recipe, train_judge
from simulator.judging.task import GradingTask, Scope, Spoken
from simulator.judging.verdict import Outcome
from simulator.text.language import Language
from tests.judging.learned.made_up import labelled

RATED = labelled()
EXAMPLES = examples_of(RATED)
RECIPE = Recipe(
    kind=JudgeKind.CLASSIFIER,
    fit=lambda train: Classifier.train(train, seed=1, embeddings=False),
    settings={"seed": 1},
    libraries=("scikit-learn", "skops"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained judge."""
    out = tmp_path_factory.mktemp("judges") / "mine"
    split = split_by_scenario(EXAMPLES, seed=1)
    train_judge(RATED, EXAMPLES, split, RECIPE, out, name="mine", data={"gold.jsonl": "0" * 64})
    return out


def copied(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


# the split


@pytest.mark.parametrize("seed", range(6))
def test_no_scenario_is_on_two_sides_and_none_is_lost(seed: int) -> None:
    split = split_by_scenario(EXAMPLES, seed=seed)
    sides = [*split.train, *split.validation, *split.test]
    assert sorted(sides) == sorted({example.scenario for example in EXAMPLES})
    assert len(sides) == len(set(sides))


def test_a_scenario_that_is_named_is_the_test() -> None:
    split = split_by_scenario(EXAMPLES, seed=1, test=["s3"])
    assert split.test == ("s3",)
    assert len(split.train) + len(split.validation) == 5


def test_a_test_that_is_not_there_and_too_few_scenarios_are_refused() -> None:
    with pytest.raises(UsageError, match="no example is of scenario `nowhere`"):
        split_by_scenario(EXAMPLES, seed=1, test=["nowhere"])
    with pytest.raises(UsageError, match="too few"):
        split_by_scenario(on_side(EXAMPLES, ["s1", "s2"]), seed=1)


def test_what_nobody_settled_teaches_nothing() -> None:
    first = RATED.items[0]
    undecided = replace(first, labels={"one": Outcome.MET, "two": Outcome.NOT_MET})
    cannot_tell = replace(first, labels={"one": Outcome.UNSCORED})
    assert examples_of(replace(RATED, items=(undecided, cannot_tell))) == ()


# the judge


async def test_a_judge_opened_from_its_folder_rules_on_scenarios_it_never_saw(folder: Path) -> None:
    grader = open_learned(folder, f"learned:{folder}")
    card = JudgeCard.read(folder)
    held_back = on_side(EXAMPLES, card.split.test)
    met = {(example.task.id, example.question.id): example.met for example in held_back}
    verdicts = [(task.id, verdict) for task in whole_tasks(held_back) for verdict in await grader.grade(task)]
    right = [(verdict.outcome is Outcome.MET) is met[task, verdict.criterion_id] for task, verdict in verdicts]
    assert sum(right) / len(right) > 0.9
    for _, verdict in verdicts:
        assert verdict.judge == f"learned:{folder}"
        assert verdict.probability is not None
        assert (verdict.probability >= 0.5) is (verdict.outcome is Outcome.MET)
        assert bool(verdict.evidence) is (verdict.outcome is Outcome.MET)


async def test_its_evidence_is_verbatim(folder: Path) -> None:
    grader = open_learned(folder, "learned:mine")
    task = RATED.tasks[0]
    for verdict in await grader.grade(task):
        for each in verdict.evidence:
            assert any(each.quote in text for text in task.quotable(each.turn))


async def test_a_conversation_without_the_assistant_s_words_and_a_question_about_both_are_unscored(
    folder: Path,
) -> None:
    grader = open_learned(folder, "learned:mine")
    silent = GradingTask("x", (Spoken(0, "patient", "Hello?"),), RATED.tasks[0].questions, Language.EN)
    about_both = replace(RATED.tasks[0], scope=Scope.CONVERSATION)
    for task in (silent, about_both):
        assert {verdict.outcome for verdict in await grader.grade(task)} == {Outcome.UNSCORED}


async def test_a_turn_without_a_sentence_is_never_met_without_words_for_it(folder: Path) -> None:
    grader = open_learned(folder, "learned:mine")
    marks = replace(RATED.tasks[0], spoken=(Spoken(1, "assistant", "…"),))
    for verdict in await grader.grade(marks):
        assert verdict.outcome is not Outcome.MET or verdict.evidence


def test_the_same_seed_makes_the_same_judge() -> None:
    split = split_by_scenario(EXAMPLES, seed=1)
    train = on_side(EXAMPLES, split.train)
    task = RATED.tasks[0]
    one, other = (Classifier.train(train, seed=1, embeddings=False).probabilities(task) for _ in range(2))
    assert one == other


# the card


def test_the_card_says_what_it_learned_from_and_how_well_it_agrees(folder: Path) -> None:
    card = JudgeCard.read(folder)
    assert (card.kind, card.name, card.data) == (JudgeKind.CLASSIFIER, "mine", {"gold.jsonl": "0" * 64})
    assert set(card.libraries) == {"scikit-learn", "skops"}
    assert card.n_train + card.n_validation + card.n_test == len(EXAMPLES)
    assert card.agreement is not None
    assert card.agreement.labels_by == "project"
    assert card.agreement.n_items == card.n_test
    assert card.agreement.accuracy_over_majority is not None
    assert (card.agreement.accuracy_over_majority.low or 0) > 0
    assert set(card.files) == {"classifier.skops", "words.json"}


def test_a_file_that_is_not_the_card_s_is_not_used(folder: Path, tmp_path: Path) -> None:
    forged = copied(folder, tmp_path / "forged")
    words = json.loads((forged / "words.json").read_text(encoding="utf-8"))
    (forged / "words.json").write_text(json.dumps({**words, "rarity": {}}), encoding="utf-8")
    with pytest.raises(LibraryError, match="not the one that the card speaks of"):
        open_learned(forged, "learned:forged")


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("ran",))


@pytest.mark.parametrize("kind", ["pickle", "archive"])
def test_a_judge_s_file_that_would_run_code_is_refused_and_runs_none(
    folder: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = copied(folder, tmp_path / "hostile")
    if kind == "pickle":
        (hostile / "classifier.skops").write_bytes(pickle.dumps(_Trap()))
    else:
        import skops.io

        skops.io.dump(_Trap, hostile / "classifier.skops")
        assert zipfile.is_zipfile(hostile / "classifier.skops")
    card = JudgeCard.model_validate_json((hostile / CARD).read_text(encoding="utf-8"))
    from simulator.judging.learned.card import sha256_of

    files = {name: sha256_of(hostile / name) for name in card.files}
    card.model_copy(update={"files": files}).write(hostile)
    with pytest.raises(LibraryError):
        open_learned(hostile, "learned:hostile")
    assert capsys.readouterr().out == ""


def test_a_folder_without_a_judge_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no trained judge is here"):
        open_learned(tmp_path, "learned:nothing")
    with pytest.raises(UsageError, match="names no judge"):
        learned_folder("learned: ")
    assert learned_folder("openai:learned") is None


def test_a_folder_that_holds_a_judge_is_not_written_over(folder: Path) -> None:
    split = split_by_scenario(EXAMPLES, seed=1)
    with pytest.raises(UsageError, match="holds a judge already"):
        train_judge(RATED, EXAMPLES, split, RECIPE, folder, name="mine", data={})


async def test_a_grader_needs_no_card_while_it_is_trained() -> None:
    model = Classifier.train(EXAMPLES, seed=1, embeddings=False)
    verdicts = await LearnedGrader("fresh", model).grade(RATED.tasks[0])
    assert len(verdicts) == len(RATED.tasks[0].questions)
