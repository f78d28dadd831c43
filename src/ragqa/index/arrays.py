"""Write an array row by row to a .npy file whose length is not known beforehand, and read several of them as one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


class ArrayWriter:
    """Appends blocks of rows to a float16 .npy file; `close` writes the final shape into the header."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._file = path.open("wb")
        self._dimension = dimension
        self.n_rows = 0
        self._write_header()

    def add(self, rows: NDArray[np.float16]) -> None:
        """Append rows of shape (n, dimension)."""
        self._file.write(np.ascontiguousarray(rows, np.float16).tobytes())
        self.n_rows += len(rows)

    def close(self) -> None:
        """Write the header with the number of rows."""
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is, even where the disk is full."""
        with suppress(OSError):
            self._file.close()

    def _write_header(self) -> None:
        # The format reserves room for the first axis to grow, so the header keeps its length.
        header: dict[str, Any] = {"descr": "<f2", "fortran_order": False, "shape": (self.n_rows, self._dimension)}
        npy.write_array_header_1_0(self._file, header)


class PartedArray:
    """The rows of several memory-mapped .npy files.

    Args:
        paths: One file a part.
        begins: Stored number of the first row of each, ascending.
    """

    def __init__(self, paths: Sequence[Path], begins: Sequence[int]) -> None:
        self.parts: list[NDArray[np.float16]] = [np.load(path, mmap_mode="r", allow_pickle=False) for path in paths]
        self.begins = np.asarray(begins, np.intp)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self.parts[0].shape[1])

    def take(self, numbers: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the rows with the given stored numbers, shape (len(numbers), dimension)."""
        if len(self.parts) == 1:
            only: NDArray[np.float32] = self.parts[0][numbers - self.begins[0]].astype(np.float32)
            return only
        result = np.empty((len(numbers), self.dimension), np.float32)
        owners = np.searchsorted(self.begins, numbers, side="right") - 1
        for owner in np.unique(owners):
            mine = owners == owner
            result[mine] = self.parts[owner][numbers[mine] - self.begins[owner]]
        return result


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of unit length; rows of zeros stay zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: NDArray[np.float32] = rows / lengths
    return unit
