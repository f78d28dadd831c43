"""Write an array row by row to a .npy file whose length is not known beforehand, and read several of them as one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_STORED = np.dtype("<f2")


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
    """The rows of several .npy files, as `ArrayWriter` writes them. Safe to share between threads.

    `parts` are memory-mapped, for who goes through them from end to end. Single rows are read instead: the system maps sixteen pages around
    each one that is touched, so a few hundred questions would make the whole of a large file resident in each process. Either way the
    bytes stand once in the memory that all processes share.

    Args:
        paths: One file a part.
        begins: Stored number of the first row of each, ascending.
    """

    def __init__(self, paths: Sequence[Path], begins: Sequence[int]) -> None:
        self.begins = np.asarray(begins, np.int64)
        self.parts: list[NDArray[np.float16]] = []
        self._files: list[int] = []
        offsets: list[int] = []
        for path in paths:
            mapped: np.memmap[Any, np.dtype[np.float16]] = np.load(path, mmap_mode="r", allow_pickle=False)
            if mapped.dtype != _STORED or mapped.ndim != 2:
                raise ValueError(f"{path.name} holds {mapped.dtype} of shape {mapped.shape}, not rows of float16")
            self.parts.append(mapped)
            self._files.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            finalize(self, os.close, self._files[-1])
            offsets.append(mapped.offset)
        self._offsets = np.array(offsets, np.int64)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self.parts[0].shape[1])

    def take(self, numbers: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the rows with the given stored numbers, shape (len(numbers), dimension); raise ValueError where a file does not hold one."""
        if not len(numbers):
            return np.zeros((0, self.dimension), np.float32)
        row_bytes = self.dimension * _STORED.itemsize
        owners = np.searchsorted(self.begins, numbers, side="right") - 1
        # Rows that follow each other, as those of a chunk do, are read at once.
        follows = (numbers[1:] == numbers[:-1] + 1) & (owners[1:] == owners[:-1])
        starts = np.flatnonzero(np.append(True, ~follows))
        parts = owners[starts]
        places = (numbers[starts] - self.begins[parts]) * row_bytes + self._offsets[parts]
        lengths = np.diff(np.append(starts, len(numbers))) * row_bytes
        files = [self._files[part] for part in parts.tolist()]
        data = b"".join(map(os.pread, files, lengths.tolist(), places.tolist()))
        return _single(np.frombuffer(data, _STORED).reshape(len(numbers), -1))


def _single(rows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return finite rows as float32: what `astype` returns, in less than two thirds of its time.

    The bits below the sign are moved to where float32 has them, and the exponent, whose zero lies 112 lower there, is mended by a product.
    """
    bits = rows.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= ~0x70000000
    single = bits.view(np.float32)
    single *= np.float32(2.0**112)
    return single


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring rows to unit length in place and return them; rows of zeros stay zero."""
    # The squares are summed as they are made: half the time of the norm, which writes them down first.
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths == 0] = 1
    rows *= (1 / lengths)[:, None]
    return rows
