"""Dense search: inner products over float16 vectors by FAISS, memory-mapped.

`dense.faiss` serves the search, `vectors.npy` the look-up of single rows. Up to 300,000 chunks, or so many that a filter allows, are
scanned whole: exact to float16 rounding, 3.5 ms for 100,000 chunks of 384 dimensions. Above that `inverted.faiss` takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.index.arrays import ArrayWriter, PartedArray
from ragqa.index.inverted import build_inverted
from ragqa.index.parts import RowMap

EXACT_FILE, INVERTED_FILE, VECTORS_FILE = "dense.faiss", "inverted.faiss", "vectors.npy"
EXACT_UP_TO = 300_000
"""Chunks that are scanned whole; the scan of more takes over 10 ms."""


class DenseWriter:
    """Writes the dense index of a part into its folder; `kind` says in words what was written."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import faiss

        self.kind = "exact"
        self._folder = folder
        self._vectors = ArrayWriter(folder / VECTORS_FILE, dimension)
        self._index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)

    def add(self, vectors: NDArray[np.float16]) -> None:
        """Append vectors of shape (n, dimension), rows of unit length."""
        self._vectors.add(vectors)
        if len(vectors):
            self._index.add(vectors.astype(np.float32))

    def close(self) -> None:
        """Write both files."""
        import faiss

        self._vectors.close()
        if self._vectors.n_rows > EXACT_UP_TO:
            vectors = np.load(self._folder / VECTORS_FILE, mmap_mode="r", allow_pickle=False)
            inverted, recall = build_inverted(self._index, vectors)
            self.kind = f"inverted, nprobe {inverted.nprobe} of {inverted.nlist}, recall@10 {recall:.3f}"
            faiss.write_index(inverted, str(self._folder / INVERTED_FILE))
        faiss.write_index(self._index, str(self._folder / EXACT_FILE))

    def abandon(self) -> None:
        """Close the open file as it is."""
        self._vectors.abandon()


class DenseIndex:
    """Ranks chunks by inner product with a query vector. Safe to share between threads.

    Args:
        folders: Folders of the parts.
        begins: Stored number of the first chunk of each part.
        rows: Translates stored numbers to rows; None where they are the same.
    """

    def __init__(self, folders: Sequence[Path], begins: Sequence[int] = (0,), rows: RowMap | None = None) -> None:
        self._folders = list(folders)
        self._begins = list(begins)
        self.vectors = PartedArray([folder / VECTORS_FILE for folder in folders], begins)
        n_stored = len(self.vectors.parts[0])
        self._map = rows or RowMap(np.zeros(1, np.int64), np.full(1, n_stored, np.int64))
        self._ends = [begin + len(part) for begin, part in zip(self._begins, self.vectors.parts, strict=True)]
        self._has_unused = sum(len(part) for part in self.vectors.parts) > self._map.n_rows

    @classmethod
    def open(cls, folder: Path) -> DenseIndex:
        """Open an index of one part."""
        return cls([folder])

    @property
    def n_rows(self) -> int:
        """Number of chunks."""
        return self._map.n_rows

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.vectors.dimension

    def search(self, vector: NDArray[np.float32], k: int, rows_allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """Return the best k (row, inner product) by descending score, equal scores by ascending row.

        Args:
            vector: Shape (dimension,), unit length.
            k: Length of the result, at most.
            rows_allowed: Shape (n_rows,); rows that may be returned.
        """
        query = np.ascontiguousarray(vector, np.float32)[None, :]
        hits: list[tuple[int, float]] = []
        for (exact, inverted), begin, end in zip(self._indexes, self._begins, self._ends, strict=True):
            if k < 1 or begin == end:
                continue
            is_free = rows_allowed is None and not self._has_unused
            allowed = None if is_free else self._map.is_used(begin, end, rows_allowed)
            n_allowed = end - begin if allowed is None else int(np.count_nonzero(allowed))
            if inverted is None or n_allowed <= EXACT_UP_TO:
                scores, found = exact.search(query, min(k, end - begin), params=None if allowed is None else _only(allowed))
                numbers, inner = found[0][found[0] >= 0] + begin, scores[0][found[0] >= 0]
            else:
                # Where half of the rows are allowed, the nearest lie in twice as many clusters.
                n_clusters = min(inverted.nlist, inverted.nprobe * (end - begin) // n_allowed)
                _, found = inverted.search(query, k, params=_only(np.ones(end - begin, np.bool_) if allowed is None else allowed, n_clusters))
                numbers = found[0][found[0] >= 0] + begin
                # The inverted index keeps 8 bits of a component, so scores are made anew from the vectors.
                inner = self.vectors.take(numbers) @ query[0]
            hits += zip(self._map.rows(numbers).tolist(), inner.tolist(), strict=True)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the inner product of the vector with each row, shape (len(rows),)."""
        return self.vectors.take(self._map.stored(rows)) @ np.asarray(vector, np.float32)

    @cached_property
    def _indexes(self) -> list[tuple[Any, Any]]:
        """Return for each part its exact index, and the inverted one or None."""
        # Opened on the first search: commands that only list documents need no FAISS, whose import takes 0.2 s.
        import faiss

        # Concurrent questions are the parallelism here; more threads for one scan only disturb each other.
        faiss.omp_set_num_threads(1)

        def mapped(path: Path) -> Any:
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC) if path.exists() else None

        return [(mapped(folder / EXACT_FILE), mapped(folder / INVERTED_FILE)) for folder in self._folders]


def _only(allowed: NDArray[np.bool_], n_clusters: int | None = None) -> Any:
    """Return FAISS parameters that leave only allowed numbers, and for an inverted index the number of clusters to look into."""
    import faiss

    # The Python constructors of these classes take arrays and keywords that their type information does not know.
    library: Any = faiss
    selector = library.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    return library.SearchParameters(sel=selector) if n_clusters is None else library.SearchParametersIVF(sel=selector, nprobe=n_clusters)
