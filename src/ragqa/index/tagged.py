"""Which sentences carry a tag: an array of stored numbers for each name, so that two tags of a million chunks meet in milliseconds.

Whether some given sentences carry tags is asked a few dozen times for a question. For kinds of few names ("facet", "population") that is read from
one number a sentence, a bit a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.index.parts import RowMap
from ragqa.index.store_writer import TAG_NUMBERS

_KEPT = 1024
"""Combinations of tags whose first rows are kept."""
_MOST_BITS = 64
"""Names of a kind of tag up to which a sentence's are kept as the bits of one number, eight bytes a sentence and kind."""
_Read = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


class TaggedSentences:
    """Looks up tags in the table `tag`. Safe to share between threads.

    Args:
        read: Runs one SQL statement with values and returns its rows.
        sentences: Translates stored numbers to rows.
        has_removed: Whether some stored documents are out of use.
    """

    def __init__(self, read: _Read, sentences: RowMap, *, has_removed: bool) -> None:
        self._read = read
        self._map = sentences
        self._has_removed = has_removed
        # Bound to the reading alone: a reference to this object would keep all that reads the generation alive until it is collected.
        # All that were read are kept, four bytes a tag: 100 MB for a million chunks.
        self._numbers = cache(partial(_read_numbers, read))
        self._bits: dict[str, tuple[dict[str, int], NDArray[np.uint64]] | None] = {}
        self._first: dict[tuple[object, int], NDArray[np.intp]] = {}
        self._counted: dict[str, dict[str, int]] = {}

    def rows(self, given: Sequence[tuple[str, Sequence[str]]]) -> NDArray[np.intp]:
        """Return the rows, ascending, of the sentences that carry one of the names of every (kind of tag, names) pair."""
        carry = sorted(([self._numbers(what, str(name)) for name in names] for what, names in given), key=lambda lists: sum(map(len, lists)))
        numbers = carry[0][0] if len(carry[0]) == 1 else np.unique(np.concatenate(carry[0]))
        for lists in carry[1:]:
            holds = np.zeros(int(numbers[-1]) + 1 if len(numbers) else 0, np.bool_)
            for others in lists:
                holds[others[: np.searchsorted(others, len(holds))]] = True
            numbers = numbers[holds[numbers]]
        rows = self._map.rows_in_use(numbers)
        return rows if self._map.is_identity else np.sort(rows)

    def first_rows(self, given: Sequence[tuple[str, Sequence[str]]], limit: int) -> NDArray[np.intp]:
        """Return the first so many of `rows`; what was asked for is kept, since follow-up questions ask for the same few in every answer."""
        key = (tuple((what, tuple(map(str, names))) for what, names in given), limit)
        found = self._first.get(key)
        if found is None:
            if len(self._first) == _KEPT:
                self._first = {}
            found = self._first[key] = self.rows(given)[:limit].copy()
        return found

    def carry(self, rows: Sequence[int] | NDArray[np.int64], what: str, names: Iterable[str]) -> NDArray[np.bool_]:
        """Return shape (len(rows),): whether each sentence carries one of the names."""
        numbers = self._map.stored(rows)
        if bits := self._bits_of(what):
            bit_of, held_by = bits
            wanted = np.uint64(sum({bit_of.get(str(name), 0) for name in names}))
            found: NDArray[np.bool_] = held_by[numbers] & wanted != 0
            return found
        numbers = numbers.astype(TAG_NUMBERS)
        held = np.zeros(len(numbers), np.bool_)
        for name in names:
            carriers = self._numbers(what, str(name))
            if len(carriers):
                held |= carriers[np.minimum(np.searchsorted(carriers, numbers), len(carriers) - 1)] == numbers
        return held

    def _bits_of(self, what: str) -> tuple[dict[str, int], NDArray[np.uint64]] | None:
        """Return the bit of each name of a kind of tag, and by stored number those that a sentence carries; None where there are too many names."""
        if what not in self._bits:
            names = list(self.counts(what))
            if len(names) > _MOST_BITS:
                self._bits[what] = None
                return None
            carried = np.zeros(self._map.n_stored, np.uint64)
            for place, name in enumerate(names):
                numbers = self._numbers(what, name)
                carried[numbers[: np.searchsorted(numbers, len(carried))]] |= np.uint64(1 << place)
            self._bits[what] = ({name: 1 << place for place, name in enumerate(names)}, carried)
        return self._bits[what]

    def counts(self, what: str) -> dict[str, int]:
        """Return the names in use of one kind of tag with the number of sentences that carry each."""
        if what not in self._counted:
            counts: dict[str, int] = dict(self._read("SELECT name, sum(n) FROM tag WHERE what = ? GROUP BY name ORDER BY name", (what,)))
            if self._has_removed:
                in_use = {name: len(self._map.rows_in_use(self._numbers(what, name))) for name in counts}
                counts = {name: count for name, count in in_use.items() if count}
            self._counted[what] = counts
        return dict(self._counted[what])


def _read_numbers(read: _Read, what: str, name: str) -> NDArray[np.intp]:
    """Return the stored numbers of the sentences that carry a tag, ascending, those out of use included."""
    blobs = read("SELECT sentences FROM tag WHERE what = ? AND name = ? ORDER BY part", (what, name))
    return np.concatenate([np.zeros(0, np.intp), *(np.frombuffer(blob, TAG_NUMBERS) for (blob,) in blobs)])
