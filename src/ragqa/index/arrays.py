"""Write an array row by row to a .npy file whose length is not known beforehand, and open one memory-mapped."""

from __future__ import annotations

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


def open_array(path: Path) -> NDArray[np.float16]:
    """Return the rows of a .npy file, memory-mapped where there are any."""
    array: NDArray[np.float16] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def unit_rows(rows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return rows as float32 of unit length; rows of zeros stay zero."""
    exact = rows.astype(np.float32)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    exact /= lengths
    return exact
