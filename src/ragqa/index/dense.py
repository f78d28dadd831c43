"""Dense search: inner products over float16 vectors by FAISS, memory-mapped.

`dense.faiss` serves the search, `vectors.npy` the look-up of single rows. Up to 300,000 chunks, or so many that a filter allows, are
scanned whole: exact to float16 rounding, 3.5 ms for 100,000 chunks of 384 dimensions. Above that `inverted.faiss` takes over. A long scan
is done in two halves side by side, so that a lone question has both of two cores.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragqa.index.arrays import ArrayWriter, PartedArray
from ragqa.index.inverted import build_inverted
from ragqa.index.parts import RowMap

EXACT_FILE, INVERTED_FILE, VECTORS_FILE = "dense.faiss", "inverted.faiss", "vectors.npy"
EXACT_UP_TO = 300_000
"""Chunks that are scanned whole; the scan of more takes over 10 ms."""
_HALVED_FROM = 30_000
"""Chunks to scan from which on it is worth waking a second thread, which takes 0.1 ms."""
_SCANNERS = 2
_PLANS_KEPT = 32
"""Plans that are kept, one a part and filter: a quarter of a byte a chunk, and the mask of a byte a chunk, which its filter keeps anyway."""


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


class _Plan(NamedTuple):
    """How a part is searched: an index, FAISS parameters for each scan of it (one or two of equal work), and whether the scores are exact."""

    index: Any
    selections: Sequence[Any]
    is_exact: bool = True


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
        self._plans: OrderedDict[tuple[int, int], tuple[NDArray[np.bool_] | None, _Plan]] = OrderedDict()
        self._scanners = ThreadPoolExecutor(_SCANNERS, thread_name_prefix="scan")

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
        for part, (begin, end) in enumerate(zip(self._begins, self._ends, strict=True)):
            if k < 1 or begin == end:
                continue
            index, selections, is_exact = self._plan(part, rows_allowed)
            found, inner = self._scan(index, query, min(k, end - begin), selections)
            numbers = found + begin
            if not is_exact:
                # The inverted index keeps 8 bits of a component, so scores are made anew from the vectors.
                inner = self.vectors.take(numbers) @ query[0]
            hits += zip(self._map.rows(numbers).tolist(), inner.tolist(), strict=True)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the inner product of the vector with each row, shape (len(rows),)."""
        return self.vectors.take(self._map.stored(rows)) @ np.asarray(vector, np.float32)

    def _scan(self, index: Any, query: NDArray[np.float32], k: int, selections: Sequence[Any]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return places in a part, with inner products, of the best k of each selection."""
        beside = [self._scanners.submit(_search, index, query, k, selection) for selection in selections[1:]]
        scans = [_search(index, query, k, selections[0]), *(scan.result() for scan in beside)]
        scores, found = (np.concatenate([scan[place][0] for scan in scans]) for place in (0, 1))
        return found[found >= 0], scores[found >= 0]

    def _plan(self, part: int, rows_allowed: NDArray[np.bool_] | None) -> _Plan:
        """Return how a part is searched, kept for masks that nobody can change."""
        kept = self._plans.get((part, id(rows_allowed)))
        # As long as a mask is held here no other array has its id.
        if kept is not None and kept[0] is rows_allowed:
            return kept[1]
        plan = self._make_plan(part, rows_allowed)
        if rows_allowed is None or not rows_allowed.flags.writeable:
            self._plans[part, id(rows_allowed)] = (rows_allowed, plan)
            while len(self._plans) > _PLANS_KEPT:
                self._plans.popitem(last=False)
        return plan

    def _make_plan(self, part: int, rows_allowed: NDArray[np.bool_] | None) -> _Plan:
        exact, inverted = self._indexes[part]
        begin, end = self._begins[part], self._ends[part]
        is_free = rows_allowed is None and not self._has_unused
        allowed = np.ones(end - begin, np.bool_) if is_free else self._map.is_used(begin, end, rows_allowed)
        n_allowed = int(np.count_nonzero(allowed))
        if inverted is not None and n_allowed > EXACT_UP_TO:
            # Where half of the rows are allowed, the nearest lie in twice as many clusters.
            n_clusters = min(inverted.nlist, inverted.nprobe * (end - begin) // n_allowed)
            return _Plan(inverted, [_only(allowed, n_clusters)], is_exact=False)
        if n_allowed < _HALVED_FROM:
            return _Plan(exact, [None if is_free else _only(allowed)])
        middle = int(np.flatnonzero(allowed)[n_allowed // 2])
        is_first = np.arange(end - begin) < middle
        # Where every row counts, bounds cost less than a bit a row.
        return _Plan(exact, [_between(0, middle), _between(middle, end - begin)] if is_free else [_only(allowed & is_first), _only(allowed & ~is_first)])

    @cached_property
    def _indexes(self) -> list[tuple[Any, Any]]:
        """Return for each part its exact index, and the inverted one or None."""
        # Opened on the first search: commands that only list documents need no FAISS, whose import takes 0.2 s.
        import faiss

        def mapped(path: Path) -> Any:
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC) if path.exists() else None

        return [(mapped(folder / EXACT_FILE), mapped(folder / INVERTED_FILE)) for folder in self._folders]


def _search(index: Any, query: NDArray[np.float32], k: int, selection: Any) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Search in this thread alone."""
    import faiss

    # The setting belongs to the calling thread. In any other FAISS would start threads of its own, which wait by spinning.
    faiss.omp_set_num_threads(1)
    found: tuple[NDArray[np.float32], NDArray[np.int64]] = index.search(query, k, params=selection)
    return found


def _between(first: int, last: int) -> Any:
    """Return FAISS parameters that leave only numbers in [first, last)."""
    import faiss

    library: Any = faiss
    return library.SearchParameters(sel=library.IDSelectorRange(first, last))


def _only(allowed: NDArray[np.bool_], n_clusters: int | None = None) -> Any:
    """Return FAISS parameters that leave only allowed numbers, and for an inverted index the number of clusters to look into."""
    import faiss

    # The Python constructors of these classes take arrays and keywords that their type information does not know.
    library: Any = faiss
    selector = library.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    return library.SearchParameters(sel=selector) if n_clusters is None else library.SearchParametersIVF(sel=selector, nprobe=n_clusters)
