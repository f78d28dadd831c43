from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragqa.index.dense import DenseIndex, DenseWriter


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
