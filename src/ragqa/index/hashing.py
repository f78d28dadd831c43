"""A small deterministic embedder without a model: for tests, and for trying the pipeline where no model is at hand.

Each analysed term adds +1 or -1 to one of a few components chosen by its hash, so texts that share terms are similar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragqa.text.analyzer import analyze


class HashingEmbedder:
    """Implements `Embedder` by feature hashing of analysed terms.

    Source: Weinberger et al., ICML 2009.
    """

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension
        self.model_id = f"hashing-{dimension}"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length; a text without terms is the first unit vector."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for term in analyze(text):
                position, sign = _place(term, self.dimension)
                vector[position] += sign
            if not vector.any():
                vector[0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` returns: both sides are alike."""
        return self.embed_passages(texts)


@lru_cache(maxsize=100_000)
def _place(term: str, dimension: int) -> tuple[int, float]:
    number = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())
    return (number >> 1) % dimension, 1.0 if number & 1 else -1.0
