"""Dense search: inner products over float16 vectors by FAISS, memory-mapped.

`dense.faiss` serves the search, `vectors.npy` the look-up of single rows. Up to 300,000 chunks, or so many that a filter allows, are
scanned whole: exact to float16 rounding, 3.5 ms for 100,000 chunks of 384 dimensions. Above that `compressed.py` takes over. A long scan
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
from ragqa.index.compressed import DEPTH, Taken, read_compressed, write_compressed
from ragqa.index.parts import RowMap

EXACT_FILE, VECTORS_FILE = "dense.faiss", "vectors.npy"
EXACT_UP_TO = 300_000
"""Chunks that are scanned whole; the scan of more takes over 10 ms."""
_SCANNED_UP_TO = 50_000
"""The same where a filter leaves no more of a large part than so many."""
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
            self.kind = write_compressed(self._folder, self._index, vectors) or self.kind
        faiss.write_index(self._index, str(self._folder / EXACT_FILE))

    def abandon(self) -> None:
        """Close the open file as it is."""
        self._vectors.abandon()


class _Exact(NamedTuple):
    """How a part is scanned whole: an index, and FAISS parameters for each scan of it (one or two of equal work)."""

    index: Any
    selections: Sequence[Any]


class _Compressed(NamedTuple):
    """How a part is searched by its compressed index: how many are taken out so that enough of them are allowed, and which are (None for all).

    Where the allowed ones lie elsewhere than the question, too few are among them: then they are scanned whole.
    """

    index: Any
    n_taken: int
    n_enough: int
    allowed: NDArray[np.bool_] | None
    whole: _Exact


class _PartIndexes(NamedTuple):
    exact: Any
    compressed: tuple[Any, Taken] | None


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
        self._plans: OrderedDict[tuple[int, int], tuple[NDArray[np.bool_] | None, _Exact | _Compressed]] = OrderedDict()
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
            plan = self._plan(part, rows_allowed)
            taken = None if isinstance(plan, _Exact) else _taken_out(plan, query, k)
            if taken is None:
                found, inner = self._scan(plan if isinstance(plan, _Exact) else plan.whole, query, min(k, end - begin))
            else:
                found, inner = taken, self.vectors.take(taken + begin) @ query[0]
            hits += zip(self._map.rows(found + begin).tolist(), inner.tolist(), strict=True)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the inner product of the vector with each row, shape (len(rows),)."""
        return self.vectors.take(self._map.stored(rows)) @ np.asarray(vector, np.float32)

    def _scan(self, plan: _Exact, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return places in a part, with inner products, of the best k of each selection."""
        beside = [self._scanners.submit(_search, plan.index, query, k, selection) for selection in plan.selections[1:]]
        scans = [_search(plan.index, query, k, plan.selections[0]), *(scan.result() for scan in beside)]
        scores, found = (np.concatenate([scan[place][0] for scan in scans]) for place in (0, 1))
        return found[found >= 0], scores[found >= 0]

    def _plan(self, part: int, rows_allowed: NDArray[np.bool_] | None) -> _Exact | _Compressed:
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

    def _make_plan(self, part: int, rows_allowed: NDArray[np.bool_] | None) -> _Exact | _Compressed:
        exact, compressed = self._indexes[part]
        begin, end = self._begins[part], self._ends[part]
        is_free = rows_allowed is None and not self._has_unused
        allowed = np.ones(end - begin, np.bool_) if is_free else self._map.is_used(begin, end, rows_allowed)
        n_allowed = int(np.count_nonzero(allowed))
        whole = _whole(exact, allowed, n_allowed, is_free=is_free)
        if compressed is None or n_allowed <= _SCANNED_UP_TO:
            return whole
        index, taken = compressed
        # Where half of the rows are allowed, the nearest allowed ones lie among twice as many.
        return _Compressed(index, -(-taken.n * (end - begin) // n_allowed), taken.n // 2, None if is_free else allowed, whole)

    @cached_property
    def _indexes(self) -> list[_PartIndexes]:
        # Opened on the first search: commands that only list documents need no FAISS, whose import takes 0.2 s.
        import faiss

        files = [(folder / EXACT_FILE, folder) for folder in self._folders]
        return [_PartIndexes(faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC) if file.exists() else None, read_compressed(folder)) for file, folder in files]


def _whole(exact: Any, allowed: NDArray[np.bool_], n_allowed: int, *, is_free: bool) -> _Exact:
    """Return how the allowed places of a part are scanned whole; free means that all of them are."""
    n = len(allowed)
    if n_allowed < _HALVED_FROM:
        return _Exact(exact, [None if is_free else _only(allowed)])
    middle = int(np.flatnonzero(allowed)[n_allowed // 2])
    is_first = np.arange(n) < middle
    # Where every row counts, bounds cost less than a bit a row.
    return _Exact(exact, [_between(0, middle), _between(middle, n)] if is_free else [_only(allowed & is_first), _only(allowed & ~is_first)])


def _taken_out(plan: _Compressed, query: NDArray[np.float32], k: int) -> NDArray[np.int64] | None:
    """Return the places in a part that are to be scored anew for a list of k, ascending so that neighbours are read at once; None where they are too few."""
    lists = max(1, -(-k // DEPTH))
    found = _search(plan.index, query, lists * plan.n_taken, None)[1][0]
    found = np.sort(found[found >= 0])
    if plan.allowed is None:
        return found
    found = found[plan.allowed[found]]
    return found if len(found) >= lists * plan.n_enough else None


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


def _only(allowed: NDArray[np.bool_]) -> Any:
    """Return FAISS parameters that leave only allowed numbers."""
    import faiss

    # The Python constructors of these classes take arrays and keywords that their type information does not know.
    library: Any = faiss
    return library.SearchParameters(sel=library.IDSelectorBitmap(np.packbits(allowed, bitorder="little")))
