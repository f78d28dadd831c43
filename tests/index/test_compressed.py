from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragqa.index.compressed import COMPRESSED_FILE
from ragqa.index.dense import DenseIndex, DenseWriter

N, DIMENSION = 3000, 32


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Return 3,000 unit vectors around 60 centres."""
    random = np.random.default_rng(4)
    centres = random.normal(size=(60, DIMENSION))
    points = (centres[random.integers(60, size=N)] + 0.5 * random.normal(size=(N, DIMENSION))).astype(np.float32)
    unit: NDArray[np.float32] = points / np.linalg.norm(points, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def folder(vectors: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a part that is large for its limit of 1,000 chunks."""
    path = tmp_path_factory.mktemp("dense")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ragqa.index.dense.EXACT_UP_TO", 1000)
        writer = DenseWriter(path, DIMENSION)
        writer.add(vectors.astype(np.float16))
        writer.close()
    assert writer.kind.startswith("compressed, ")
    assert float(writer.kind.rsplit(" ", 1)[1]) >= 0.98
    return path


def recall(index: DenseIndex, vectors: NDArray[np.float32], mask: NDArray[np.bool_] | None) -> float:
    """Return the mean share of the exact ten nearest that are found, over 100 questions near stored vectors."""
    random = np.random.default_rng(9)
    exact = vectors.astype(np.float16).astype(np.float32)
    found = 0
    for row in range(0, N, N // 100):
        question = exact[row] + random.normal(size=DIMENSION).astype(np.float32) * 0.05
        scores = exact @ question
        if mask is not None:
            scores[~mask] = -9
        hits = index.search(question, 10, mask)
        assert [score for _, score in hits] == pytest.approx([float(scores[hit]) for hit, _ in hits], abs=1e-5), "scores are those of the vectors"
        found += len({hit for hit, _ in hits} & set(np.argsort(-scores)[:10].tolist()))
    return found / 1000


def test_a_large_part_finds_nearly_all_of_the_nearest(folder: Path, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a mask and with one that allows most, the calibrated search misses about one in fifty; it is not an exact scan."""
    monkeypatch.setattr("ragqa.index.dense._SCANNED_UP_TO", 500)
    index = DenseIndex.open(folder)
    compressed = index._indexes[0].compressed
    assert compressed is not None
    assert compressed[1].n < N / 2

    assert 0.95 <= recall(index, vectors, None) <= 1
    assert 0.95 <= recall(index, vectors, np.arange(N) % 5 > 0) <= 1


def test_a_narrow_mask_is_exact(folder: Path, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a filter allows no more than can be scanned, nothing is missed."""
    monkeypatch.setattr("ragqa.index.dense._SCANNED_UP_TO", 500)

    assert recall(DenseIndex.open(folder), vectors, np.arange(N) % 7 == 0) == 1


def test_a_mask_that_lies_elsewhere_is_exact(folder: Path, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a filter allows many chunks but none near the question, the likeliest few hundred hold too few of them, and the allowed are scanned."""
    monkeypatch.setattr("ragqa.index.dense._SCANNED_UP_TO", 500)
    question = vectors[0]
    scores = vectors.astype(np.float16).astype(np.float32) @ question
    mask = scores < np.median(scores)
    expected = np.argsort(np.where(mask, -scores, 9))[:10]

    hits = DenseIndex.open(folder).search(question, 10, mask)

    assert [row for row, _ in hits] == expected.tolist()


def test_a_small_part_has_no_compressed_index(vectors: NDArray[np.float32], tmp_path: Path) -> None:
    """Up to the limit the scan is exact and costs nothing to build."""
    writer = DenseWriter(tmp_path, DIMENSION)
    writer.add(vectors.astype(np.float16))
    writer.close()

    assert writer.kind == "exact"
    assert not (tmp_path / COMPRESSED_FILE).exists()
    assert recall(DenseIndex.open(tmp_path), vectors, None) == 1
