"""A judge made from a causal language model: low-rank adapters that teach it to say one of two tokens.

The recipe is that of the specialised judges in the field: a binary verdict token, low rank, few epochs (LoRA: Hu et al.
2021, arXiv 2106.09685). The loss is on the verdict alone. Long conversations do not fit a small model, so it sees the
assistant's sentences that come nearest to the criterion, as quoted data. Runs on a CPU, slowly; on a GPU where there is
one.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from simulator.errors import LibraryError, MissingExtraError, UsageError
from simulator.judging.learned.card import JudgeCard
from simulator.judging.learned.examples import Example, whole_tasks
from simulator.judging.learned.features import excerpts, rarity_of
from simulator.judging.task import GradingTask
from simulator.judging.verdict import Evidence

ADAPTER, _WORDS = "adapter", "words.json"
YES, NO = " yes", " no"
RECIPE: dict[str, int | float] = {
    "rank": 8,
    "alpha": 16,
    "dropout": 0.05,
    "learning_rate": 2e-4,
    "batch_size": 8,
    "epochs": 3,
    "bytes": 480,
}
"""`bytes`: of the assistant's words, in UTF-8, that the model sees."""
_AT_ONCE = 4
"""Rows computed side by side; the vocabulary makes each token of each row cost memory. Gradients add up to a batch."""


class LoraModel:
    """A `Model` of simulator.judging.learned.judge."""

    def __init__(self, model: Any, tokenizer: Any, rarity: Mapping[str, float], size: int) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._rarity = rarity
        self._size = size
        self._yes, self._no = (tokenizer(word, add_special_tokens=False)["input_ids"][-1] for word in (YES, NO))
        if self._yes == self._no:
            raise LibraryError(
                "the base model has no tokens of their own for yes and no", fix="choose another base model"
            )

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        base: str,
        *,
        seed: int,
        epochs: int,
        most: int | None = None,
    ) -> LoraModel:
        """``base``: `smollm2`, a GGUF file or a folder of weights. ``most``: learn from so many examples only.

        Raises MissingExtraError, UsageError and LibraryError.
        """
        torch, transformers, peft = _libraries()
        import random

        transformers.set_seed(seed)
        chosen = list(examples)
        if most is not None and most < len(chosen):
            chosen = random.Random(seed).sample(chosen, most)
        rarity = rarity_of(whole_tasks(examples))
        model, tokenizer = _base(base)
        config = peft.LoraConfig(
            task_type="CAUSAL_LM",
            r=int(RECIPE["rank"]),
            lora_alpha=int(RECIPE["alpha"]),
            lora_dropout=RECIPE["dropout"],
            target_modules="all-linear",
        )
        with _quiet():
            adapted = peft.get_peft_model(model, config)
        made = cls(adapted, tokenizer, rarity, int(RECIPE["bytes"]))
        rows = [made._row(example) for example in chosen]
        arguments = transformers.TrainingArguments(
            output_dir=str(Path("/nonexistent")),  # nothing is saved on the way
            per_device_train_batch_size=_AT_ONCE,
            gradient_accumulation_steps=int(RECIPE["batch_size"]) // _AT_ONCE,
            num_train_epochs=epochs,
            learning_rate=RECIPE["learning_rate"],
            lr_scheduler_type="cosine",
            save_strategy="no",
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            seed=seed,
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = transformers.Trainer(
            model=adapted, args=arguments, train_dataset=rows, data_collator=_Padding(tokenizer.pad_token_id)
        )
        trainer.remove_callback(transformers.PrinterCallback)  # it prints where data belongs
        with _quiet():
            trainer.train()
        adapted.eval()
        return made

    def probabilities(self, task: GradingTask) -> list[tuple[float, Evidence | None]]:
        import torch

        prompts = self._prompts(task)
        found: list[float] = []
        for start in range(0, len(prompts), _AT_ONCE):
            batch = [text for text, _ in prompts[start : start + _AT_ONCE]]
            inputs = self._tokenizer(batch, return_tensors="pt", padding=True, padding_side="left")
            with torch.inference_mode():
                logits = self._model(**inputs.to(self._model.device), logits_to_keep=1).logits[
                    :, -1, [self._yes, self._no]
                ]
            found += torch.softmax(logits.float(), dim=-1)[:, 0].tolist()
        return [(p, evidence) for p, (_, evidence) in zip(found, prompts, strict=True)]

    def write(self, folder: Path) -> None:
        with _quiet():  # False: the vocabulary stays, and nothing is looked up at a hub
            self._model.save_pretrained(folder / ADAPTER, safe_serialization=True, save_embedding_layers=False)
        (folder / ADAPTER / "README.md").unlink(missing_ok=True)  # peft's empty template; the card says what is known
        words = {"rarity": dict(self._rarity), "bytes": self._size}
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, card: JudgeCard) -> LoraModel:
        """Raises MissingExtraError, UsageError where the base model is gone, LibraryError."""
        _, _, peft = _libraries()
        model, tokenizer = _base(card.base_model or "")
        try:
            with _quiet():
                adapted = peft.PeftModel.from_pretrained(model, str(folder / ADAPTER))
            words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            rarity = {str(name): float(value) for name, value in words["rarity"].items()}
            size = int(words["bytes"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise LibraryError(f"the judge does not read: {error}", where=str(folder), fix="train it anew") from None
        adapted.eval()
        return cls(adapted, tokenizer, rarity, size)

    def _prompts(self, task: GradingTask) -> list[tuple[str, Evidence | None]]:
        found = excerpts(task, self._rarity, self._size)
        return [
            (
                f"The assistant said (quoted): {json.dumps(said, ensure_ascii=False)}\n"
                f"Statement: {' '.join(question.text.split())}\n"
                "Is the statement true of what the assistant said?\nAnswer:",
                evidence,
            )
            for question, (said, evidence) in zip(task.questions, found, strict=True)
        ]

    def _row(self, example: Example) -> dict[str, list[int]]:
        ((prompt, _),) = self._prompts(example.task)
        ids = self._tokenizer(prompt)["input_ids"]
        answer = self._yes if example.met else self._no
        return {"input_ids": [*ids, answer], "labels": [-100] * len(ids) + [answer]}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what these libraries warn of one another."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Padding:
    """Rows of one batch to one length; what is padding is neither seen nor learned."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[Mapping[str, list[int]]]) -> dict[str, Any]:
        import torch

        longest = max(len(row["input_ids"]) for row in rows)

        def padded(name: str, filler: int) -> Any:
            return torch.tensor([row[name] + [filler] * (longest - len(row[name])) for row in rows])

        mask = [[1] * len(row["input_ids"]) + [0] * (longest - len(row["input_ids"])) for row in rows]
        return {
            "input_ids": padded("input_ids", self._pad_id),
            "labels": padded("labels", -100),
            "attention_mask": torch.tensor(mask),
        }


def _base(name: str) -> tuple[Any, Any]:
    """Model and tokenizer. Raises UsageError and LibraryError."""
    torch, transformers, _ = _libraries()
    path = _weights(name)
    where: dict[str, str] = {}
    folder = path
    if path.is_file():
        folder, where = path.parent, {"gguf_file": path.name}
    try:
        with redirect_stderr(StringIO()), _quiet():  # a bar for every tensor
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True, **where)
            model = transformers.AutoModelForCausalLM.from_pretrained(
                str(folder), local_files_only=True, dtype=torch.float32, **where
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise LibraryError(
            f"the base model does not load: {str(error).splitlines()[0]}",
            where=str(path),
            fix="name smollm2, a GGUF file, or a folder that transformers can read",
        ) from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config  # the weights were read out of their quantisation: they can be trained
        model.is_quantized = False
    return model, tokenizer


def _weights(name: str) -> Path:
    from simulator.models.local import SMOLLM2, find_weights

    if name == SMOLLM2 or name.endswith(".gguf"):
        return find_weights(name).path
    folder = Path(name).expanduser()
    if not name or not folder.is_dir():
        raise UsageError(f"there is no base model “{name}”", fix="name smollm2, a GGUF file, or a folder of weights")
    return folder


def _libraries() -> tuple[Any, Any, Any]:
    try:
        import accelerate  # noqa: F401
        import gguf  # noqa: F401
        import peft
        import torch
        import transformers
    except ImportError:
        raise MissingExtraError("train", needed_for="tuning a language model as a judge") from None
    loud: Any = transformers.logging
    loud.set_verbosity_error()
    loud.disable_progress_bar()
    return torch, transformers, peft
