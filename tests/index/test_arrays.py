from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragqa.index.arrays import ArrayWriter, PartedArray, unit_rows


@pytest.mark.parametrize("sizes", [(), (0,), (3,), (1, 0, 2000, 7)])
def test_blocks_of_rows_read_back_as_one_array(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    """The file is an ordinary .npy file of all rows in order, whatever the number of blocks."""
    blocks = [np.arange(size * 5, dtype=np.float16).reshape(size, 5) for size in sizes]
    writer = ArrayWriter(tmp_path / "rows.npy", 5)
    for block in blocks:
        writer.add(block)
    writer.close()

    expected = np.concatenate([np.zeros((0, 5), np.float16), *blocks])
    assert np.array_equal(PartedArray([tmp_path / "rows.npy"], [0]).parts[0], expected)
    assert np.array_equal(np.load(tmp_path / "rows.npy"), expected)


def test_unit_rows_keeps_zeros() -> None:
    """(3, 4) has length 5, so it becomes (0.6, 0.8); a row of zeros has no direction and stays."""
    assert unit_rows(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]
