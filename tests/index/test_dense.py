from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragqa.index.dense import DenseIndex, DenseWriter, _Exact


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Return 200 random unit vectors of 48 dimensions."""
    random = np.random.default_rng(3).normal(size=(200, 48)).astype(np.float32)
    unit: NDArray[np.float32] = random / np.linalg.norm(random, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def index(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> DenseIndex:
    """Return an index of the vectors, added in blocks of 60, 60, 80 and 0."""
    folder = tmp_path_factory.mktemp("dense")
    writer = DenseWriter(folder, 48)
    for start in (0, 60, 120):
        writer.add(vectors[start : start + 60 if start < 120 else 200].astype(np.float16))
    writer.add(vectors[:0].astype(np.float16))
    writer.close()
    return DenseIndex.open(folder)


def test_the_search_is_exact(index: DenseIndex, vectors: NDArray[np.float32]) -> None:
    """The ranking is that of the exact inner products, to float16 rounding."""
    query = vectors[17]
    exact = vectors.astype(np.float16).astype(np.float32) @ query

    found = index.search(query, 10)

    assert [row for row, _ in found] == np.argsort(-exact)[:10].tolist()
    assert [score for _, score in found] == pytest.approx(np.sort(exact)[::-1][:10].tolist(), abs=1e-5)
    assert found[0][0] == 17


@pytest.mark.parametrize("step", [1, 7, 150])
def test_a_mask_is_exact(index: DenseIndex, vectors: NDArray[np.float32], step: int) -> None:
    """Only allowed rows come back, the best of them first, and fewer than k where fewer are allowed."""
    mask = np.arange(200) % step == 0
    exact = vectors.astype(np.float16).astype(np.float32) @ vectors[5]
    expected = [row for row in np.argsort(-exact).tolist() if mask[row]][:20]

    assert [row for row, _ in index.search(vectors[5], 20, mask)] == expected


def test_scores_of_rows_equal_those_of_the_search(index: DenseIndex, vectors: NDArray[np.float32]) -> None:
    """Looked-up scores come in the order asked for."""
    found = dict(index.search(vectors[5], 200))
    rows = [199, 0, 5, 5, 42]

    assert index.scores(vectors[5], rows).tolist() == pytest.approx([found[row] for row in rows], abs=1e-5)
    assert index.scores(vectors[5], []).shape == (0,)


def test_more_than_all_rows_gives_all_rows(index: DenseIndex, vectors: NDArray[np.float32]) -> None:
    """The number asked for is a maximum."""
    assert len(index.search(vectors[0], 1000)) == 200
    assert index.search(vectors[0], 0) == []


def test_an_index_without_chunks_opens_and_finds_nothing(tmp_path: Path) -> None:
    """A corpus may hold documents without a single passage."""
    DenseWriter(tmp_path, 8).close()

    assert DenseIndex.open(tmp_path).search(np.ones(8, np.float32), 5) == []


@pytest.fixture(scope="module")
def long_index(tmp_path_factory: pytest.TempPathFactory) -> tuple[DenseIndex, NDArray[np.float32]]:
    """Return an index so long that it is scanned in halves, and its vectors as they are kept."""
    random = np.random.default_rng(5).normal(size=(40_000, 16)).astype(np.float32)
    stored = (random / np.linalg.norm(random, axis=1, keepdims=True)).astype(np.float16)
    folder = tmp_path_factory.mktemp("long")
    writer = DenseWriter(folder, 16)
    writer.add(stored)
    writer.close()
    return DenseIndex.open(folder), stored.astype(np.float32)


@pytest.mark.parametrize("first", [None, 0, 3_000, 39_000])
def test_halves_give_what_one_scan_gives(long_index: tuple[DenseIndex, NDArray[np.float32]], first: int | None) -> None:
    """Without a mask, with masks that leave a long scan, and with one that leaves so little that it is not halved."""
    index, vectors = long_index
    mask = None if first is None else np.arange(40_000) >= first
    # The nearest is the row at which the second half begins.
    query = vectors[((first or 0) + 40_000) // 2]
    exact = vectors @ query
    expected = [row for row in np.argsort(-exact, kind="stable").tolist() if mask is None or mask[row]][:50]

    found = index.search(query, 50, mask)

    assert [row for row, _ in found] == expected
    assert [score for _, score in found] == pytest.approx(exact[expected].tolist(), abs=1e-6)
    plan = index._plan(0, mask)
    assert isinstance(plan, _Exact)
    assert len(plan.selections) == (1 if first == 39_000 else 2)


def test_what_is_kept_of_a_mask_is_not_used_for_another(long_index: tuple[DenseIndex, NDArray[np.float32]]) -> None:
    """A mask that may change is read anew; of one that cannot, its plan is kept with it."""
    index, vectors = long_index
    mask = np.ones(40_000, np.bool_)
    assert index.search(vectors[9], 1, mask)[0][0] == 9
    mask[9] = False
    assert index.search(vectors[9], 1, mask)[0][0] != 9

    mask.flags.writeable = False

    assert index._plan(0, mask) is index._plan(0, mask)
    assert index._plan(0, mask) is not index._plan(0, mask.copy())


def test_a_search_starts_no_threads_of_the_engine_in_any_thread(index: DenseIndex, vectors: NDArray[np.float32]) -> None:
    """The number of FAISS's threads belongs to the thread that asks; where it is not set, they wait by spinning."""
    import faiss

    def search() -> int:
        index.search(vectors[0], 3)
        return int(faiss.omp_get_max_threads())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(search).result() == 1
