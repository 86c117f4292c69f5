"""The matcher's networks in torch, as `simulator.dialogue.matching.model` computes them in numpy."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.listening.corpus import Played, Rows
from simulator.dialogue.matching.features import N_FEATURES
from simulator.dialogue.matching.index import TOPICS
from simulator.dialogue.matching.model import KINDS, LEAST_BY_WORDS, N_LEARNED, N_RANKED

N_TOPICS, N_KINDS = len(TOPICS), len(KINDS)


def _flat(bags: list[Rows]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rows = torch.as_tensor(np.concatenate([rows for rows, _ in bags]))
    weights = torch.as_tensor(np.concatenate([weights for _, weights in bags]))
    owner = torch.as_tensor(np.repeat(np.arange(len(bags)), [len(rows) for rows, _ in bags]))
    return rows, weights, owner


class Meaning(nn.Module):
    """Vectors of features, what they say of topic and kind, and a small auxiliary network that is not kept."""

    def __init__(self, vectors: np.ndarray, weight: np.ndarray, hidden: int = 40) -> None:
        super().__init__()
        size = len(vectors)
        self.vectors = nn.Parameter(torch.as_tensor(vectors).float().clone())
        self.weights = nn.ParameterList([nn.Parameter(torch.as_tensor(weight).float().clone()) for _ in range(3)])
        self.turned = nn.Parameter(torch.eye(vectors.shape[1]))
        self.topics = nn.Parameter(torch.zeros(size, N_TOPICS))
        self.kinds = nn.Parameter(torch.zeros(size, 2 * N_KINDS))
        self.topics_bias = nn.Parameter(torch.zeros(N_TOPICS))
        self.kinds_bias = nn.Parameter(torch.zeros(N_KINDS))
        self.first = nn.Linear(N_FEATURES + N_LEARNED + N_TOPICS, hidden)
        self.last = nn.Linear(hidden, 1)

    def bag(self, bags: list[Rows], role: int, drop: float) -> torch.Tensor:
        rows, weights, owner = _flat(bags)
        if drop:
            weights = weights * (torch.rand(len(weights)) > drop)
        weights = weights * torch.exp(self.weights[role][rows])
        summed = torch.zeros(len(bags), self.vectors.shape[1]).index_add(
            0, owner, self.vectors[rows] * weights[:, None]
        )
        if role == 0:
            summed = summed @ self.turned
        return summed / (summed.norm(dim=1, keepdim=True) + 1e-6)

    @staticmethod
    def evidence(table: torch.Tensor, bags: list[Rows], drop: float) -> torch.Tensor:
        rows, weights, owner = _flat(bags)
        if drop:
            weights = weights * (torch.rand(len(weights)) > drop)
        sizes = torch.tensor([1.0 + len(rows) for rows, _ in bags])
        total = torch.zeros(len(bags), table.shape[1]).index_add(0, owner, table[rows] * weights[:, None])
        return total / sizes[:, None].sqrt()

    def learned(
        self, played: Played, at: list[int], drop: float = 0.0
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Turns × facts × `N_LEARNED`, and the log-probabilities of topics and (by words alone) kinds."""
        turns = [played.examples[each] for each in at]
        facts = self.bag(played.fact_rows, 1, drop * 0.4)
        focus = [turn.rows["focus"] for turn in turns]
        whole = [turn.rows["whole"] for turn in turns]
        asked = self.bag(focus, 0, drop)
        context = self.bag([turn.rows["context"] for turn in turns], 2, drop)
        joined = asked + context
        joined = joined / (joined.norm(dim=1, keepdim=True) + 1e-6)
        topics = functional.log_softmax(self.evidence(self.topics, focus, drop) + self.topics_bias, 1)
        kinds = functional.log_softmax(
            self.evidence(self.kinds[:, :N_KINDS], whole, drop)
            + self.evidence(self.kinds[:, N_KINDS:], focus, drop)
            + self.kinds_bias,
            1,
        )
        alone, turn_alike, before, together = (v @ facts.T for v in (asked, self.bag(whole, 0, drop), context, joined))
        topical = topics[:, played.topics]
        lead, nearest, clause_topic = alone - alone.max(1, keepdim=True).values, alone.clone(), topical / 3
        several = [place for place, turn in enumerate(turns) if len(turn.clauses) > 1]
        if several:
            lead, clause_topic = lead.clone(), clause_topic.clone()
            pieces = [clause for place in several for clause in turns[place].clauses]
            apart = self.bag(pieces, 0, drop) @ facts.T
            by_topic = functional.log_softmax(self.evidence(self.topics, pieces, drop) + self.topics_bias, 1)
            begun = 0
            for place in several:
                ended = begun + len(turns[place].clauses)
                mine = apart[begun:ended]
                lead[place] = (mine - mine.max(1, keepdim=True).values).max(0).values
                nearest[place] = mine.max(0).values
                clause_topic[place] = by_topic[begun:ended][:, played.topics].max(0).values / 3
                begun = ended
        likely = kinds.exp()
        n = facts.shape[0]
        columns = [
            alone, turn_alike, before, together,
            alone - alone.max(1, keepdim=True).values, together - together.max(1, keepdim=True).values,
            topical / 3, (topical - topical.max(1, keepdim=True).values) / 3,
            likely[:, :1].expand(-1, n), likely[:, 1:2].expand(-1, n),
            lead, nearest, clause_topic,
        ]  # fmt: skip
        return torch.stack(columns, 2), topics, kinds

    def forward(self, played: Played, at: list[int], drop: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        learned, topics, kinds = self.learned(played, at, drop)
        hidden = torch.relu(self.first(inputs(played.pairs[at], learned, played.topics)))
        odds = self.last(functional.dropout(hidden, 0.1, training=self.training))[:, :, 0]
        return odds, topics, kinds


def inputs(pairs: torch.Tensor, learned: torch.Tensor, topics: torch.Tensor) -> torch.Tensor:
    own = functional.one_hot(topics, N_TOPICS).float()[None].expand(len(pairs), -1, -1)
    return torch.cat([pairs, learned, own], 2)


class Decision(nn.Module):
    """Weighs each fact by itself, then among its rivals."""

    def __init__(self, hidden: int = 40, second: int = 24) -> None:
        super().__init__()
        self.first = nn.Linear(N_FEATURES + N_LEARNED + N_TOPICS, hidden)
        self.last = nn.Linear(hidden, 1)
        self.among = nn.Linear(hidden + N_RANKED, second)
        self.final = nn.Linear(second, 1)

    def forward(self, played: Played, at: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        assert played.learned is not None
        values = inputs(played.pairs[at], played.learned[at], played.topics)
        hidden = functional.dropout(torch.relu(self.first(values)), 0.1, training=self.training)
        odds = self.last(hidden)[:, :, 0]
        likely = torch.sigmoid(odds)
        best = odds.argmax(1)
        rank = torch.argsort(torch.argsort(odds, 1, descending=True), 1).float()
        ahead = (odds[:, None, :] > odds[:, :, None]).float() * likely[:, None, :]
        top = odds.max(1, keepdim=True).values
        n = odds.shape[1]
        ranked = torch.stack(
            [
                odds, likely, odds - top, rank.clamp(max=8) / 4, played.alike[best],
                (played.topics[None, :] == played.topics[best][:, None]).float(),
                (played.absent[None, :] == played.absent[best][:, None]).float(),
                likely.sum(1, keepdim=True).expand(-1, n) / 3,
                (played.alike[None] * ahead).max(2).values, (played.same_topic[None] * ahead).max(2).values,
                torch.sigmoid(top).expand(-1, n),
            ],
            2,
        )  # fmt: skip
        second = functional.dropout(torch.relu(self.among(torch.cat([hidden, ranked], 2))), 0.1, training=self.training)
        return odds + self.final(second)[:, :, 0], odds


class Kind(nn.Module):
    def __init__(self, width: int, hidden: int = 24) -> None:
        super().__init__()
        self.kind = nn.Linear(width, hidden)
        self.kind_out = nn.Linear(hidden, N_KINDS)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        seen = functional.dropout(rows, 0.1, training=self.training)
        return self.kind_out(functional.dropout(torch.relu(self.kind(seen)), 0.15, training=self.training))


def kind_inputs(played: Played, likely: torch.Tensor) -> torch.Tensor:
    """``likely``: turns × facts, the probabilities of the decision."""
    assert played.by_words is not None
    top = likely.sort(1, descending=True).values[:, :2]
    return torch.cat([played.cues, played.by_words.clamp(min=LEAST_BY_WORDS), top, likely.sum(1, keepdim=True) / 2], 1)
