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


@pytest.mark.parametrize("numbers", [[], [0], [9, 8, 9], [2, 3, 5, 7, 8, 11, 0, 1], [0, 1, 2, 3, 5, 7, 8, 9, 10, 11]])
def test_rows_of_several_files_are_taken_as_of_one(tmp_path: Path, numbers: list[int]) -> None:
    """Files of 4, 1 and 5 rows that begin at 0, 5 and 7; any float16 comes back as its float32, the smallest and the largest included."""
    choice = np.random.default_rng(0)
    rows = choice.standard_normal((12, 3)).astype(np.float16)
    rows[3] = [6e-8, -65504, 0]
    begins, paths = (0, 5, 7), [tmp_path / f"{begin}.npy" for begin in (0, 5, 7)]
    for begin, end, path in zip(begins, (4, 6, 12), paths, strict=True):
        writer = ArrayWriter(path, 3)
        writer.add(rows[begin:end])
        writer.close()

    taken = PartedArray(paths, begins).take(np.array(numbers, np.intp))

    assert taken.dtype == np.float32
    assert np.array_equal(taken, rows[numbers].astype(np.float32))


def test_a_row_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Nothing is made up for a row behind the end of a file; an array of another kind is refused."""
    writer = ArrayWriter(tmp_path / "rows.npy", 3)
    writer.add(np.ones((2, 3), np.float16))
    writer.close()
    np.save(tmp_path / "other.npy", np.ones((2, 3)))

    with pytest.raises(ValueError, match="cannot reshape"):
        PartedArray([tmp_path / "rows.npy"], [0]).take(np.array([1, 2]))
    with pytest.raises(ValueError, match="not rows of float16"):
        PartedArray([tmp_path / "other.npy"], [0])


def test_unit_rows_keeps_zeros() -> None:
    """(3, 4) has length 5, so it becomes (0.6, 0.8); a row of zeros has no direction and stays."""
    assert unit_rows(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]
