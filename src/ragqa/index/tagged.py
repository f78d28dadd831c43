"""Which sentences carry a tag: an array of stored numbers for each name, so that two tags of a million chunks meet in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.index.parts import RowMap
from ragqa.index.store_writer import TAG_NUMBERS

_Read = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
_KEPT = 64
"""Arrays of the names asked for last; the most frequent one of a million chunks takes 8 MB."""


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
        self._numbers = lru_cache(_KEPT)(partial(_read_numbers, read))

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

    def counts(self, what: str) -> dict[str, int]:
        """Return the names in use of one kind of tag with the number of sentences that carry each."""
        counts: dict[str, int] = dict(self._read("SELECT name, sum(n) FROM tag WHERE what = ? GROUP BY name ORDER BY name", (what,)))
        if not self._has_removed:
            return counts
        in_use = {name: len(self._map.rows_in_use(self._numbers(what, name))) for name in counts}
        return {name: count for name, count in in_use.items() if count}


def _read_numbers(read: _Read, what: str, name: str) -> NDArray[np.intp]:
    """Return the stored numbers of the sentences that carry a tag, ascending, those out of use included."""
    blobs = read("SELECT sentences FROM tag WHERE what = ? AND name = ? ORDER BY part", (what, name))
    return np.concatenate([np.zeros(0, np.intp), *(np.frombuffer(blob, TAG_NUMBERS) for (blob,) in blobs)])
