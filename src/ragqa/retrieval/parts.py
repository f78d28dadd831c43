"""The two parts that retrieval fuses, as it sees them.

Rows are chunk rows of one generation. A search returns (row, score) by descending score; `rows_allowed` has one truth value a chunk,
and None allows all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WeightedTerm = tuple[str, float]
"""An analysed term and what it counts; the words of the question count 1."""

RowMask = NDArray[np.bool_]
"""Shape (n_chunks,): which chunks may be found."""


class LexicalPart(Protocol):
    """Scores chunks by the terms they share with a question (BM25)."""

    def search(self, terms: Sequence[WeightedTerm], k: int, rows_allowed: RowMask | None) -> list[tuple[int, float]]:
        """Return the best k chunks that hold a term."""

    def scores(self, terms: Sequence[WeightedTerm], rows: Sequence[int]) -> NDArray[np.float32]:
        """Return shape (len(rows),); 0 where a chunk holds none of the terms."""


class DensePart(Protocol):
    """Scores chunks by the cosine of their vector with that of a question."""

    def search(self, vector: NDArray[np.float32], k: int, rows_allowed: RowMask | None) -> list[tuple[int, float]]:
        """Return the k nearest chunks."""

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Return shape (len(rows),)."""
