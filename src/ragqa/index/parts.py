"""A generation is a list of parts, so that adding one paper does not write the whole index again.

Each part holds some documents, is never changed, and is shared between generations by hard links. A document that changed or went is
left out by the generation and stays in its part until the part is written anew. Documents, chunks and sentences carry stored numbers,
given when a part was written; readers see rows, which count the documents in use by ascending source path. So the rows, and with them
every ranking, are those of an index built at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_PARTS = 8
"""SQLite attaches ten files at most."""
_WORTH_PARTS = 200
"""Below so many documents the whole index is written anew within seconds, which keeps it in one part."""
_MOST_DEAD = 0.1
"""Share of chunks out of use from which on everything is written anew: they still count in the mean length of a chunk (`lexical.py`)."""


@dataclass(frozen=True, slots=True)
class Position:
    """Stored numbers of the next document, chunk and sentence."""

    document: int = 0
    chunk: int = 0
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a generation: its folder below the generation's, and the stored numbers that it begins and ends with."""

    name: str
    begin: Position
    end: Position
    dense: str = "exact"
    """How its vectors are searched."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What a build needs to know of a document that is in the index: what it was made from, and its digest."""

    number: int
    source: str
    key: str
    digest: str
    vectors_key: str
    n_chunks: int
    n_sentences: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which parts a new generation takes over, which stored documents in them are out of use, and which go from the word index."""

    parts: tuple[Part, ...]
    removed: tuple[int, ...]
    kept: Mapping[str, StoredDocument]
    """By key."""

    @property
    def begin(self) -> Position:
        """Return where a new part begins."""
        ends = [part.end for part in self.parts]
        return Position(*(max((getattr(end, name) for end in ends), default=0) for name in ("document", "chunk", "sentence")))


def plan_parts(parts: Sequence[Part], stored: Sequence[StoredDocument], wanted: Sequence[str]) -> Plan:
    """Decide what of the current generation the next one takes over.

    Small parts at the end are written anew together with what is added, so that the sizes of parts at least double and their number
    grows with the logarithm of the corpus.

    Args:
        parts: Parts of the current generation, in order.
        stored: Its documents in use.
        wanted: Keys of the documents that the next generation shall hold.
    """
    by_key = {document.key: document for document in stored}
    useful = [by_key[key] for key in wanted if key in by_key]
    members = {part.name: [document for document in useful if part.begin.document <= document.number < part.end.document] for part in parts}
    kept_parts = [part for part in parts if members[part.name]]
    n_written = len(wanted) - len(useful)
    while kept_parts and (len(kept_parts) >= _MOST_PARTS or len(members[kept_parts[-1].name]) <= 2 * n_written):
        n_written += len(members[kept_parts.pop().name])
    n_stored = sum(part.end.chunk - part.begin.chunk for part in kept_parts)
    n_kept = sum(document.n_chunks for part in kept_parts for document in members[part.name])
    if len(wanted) < _WORTH_PARTS or n_stored - n_kept > _MOST_DEAD * n_stored:
        return Plan((), (), {})
    kept = {document.number: document for part in kept_parts for document in members[part.name]}
    removed = tuple(number for part in kept_parts for number in range(part.begin.document, part.end.document) if number not in kept)
    return Plan(tuple(kept_parts), removed, {document.key: document for document in kept.values()})


class RowMap:
    """Translates between rows, which readers see, and stored numbers.

    Args:
        begins: Stored number of the first row of each document, in the order of rows.
        counts: Rows of each document.
    """

    def __init__(self, begins: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        ends = np.cumsum(counts)
        self.n_rows = int(ends[-1]) if len(ends) else 0
        self._stored: NDArray[np.int32] = (np.arange(self.n_rows) + np.repeat(begins - (ends - counts), counts)).astype(np.int32)
        self.is_identity = bool(np.array_equal(self._stored, np.arange(self.n_rows)))
        self._rows = np.full(int(self._stored.max(initial=-1)) + 1, -1, np.int32)
        self._rows[self._stored] = np.arange(self.n_rows, dtype=np.int32)

    @property
    def n_stored(self) -> int:
        """One more than the largest stored number in use."""
        return len(self._rows)

    def stored(self, rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the stored numbers of rows."""
        return np.asarray(rows, np.intp) if self.is_identity else self._stored[np.asarray(rows, np.intp)].astype(np.intp)

    def rows(self, stored: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows of stored numbers that are in use."""
        return np.asarray(stored, np.intp) if self.is_identity else self._rows[np.asarray(stored, np.intp)].astype(np.intp)

    def rows_in_use(self, stored: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows of those of the stored numbers that are in use, in their order."""
        if self.is_identity:
            return np.asarray(stored, np.intp)
        rows = self._rows[stored[stored < len(self._rows)]]
        return rows[rows >= 0].astype(np.intp)

    def is_used(self, begin: int, end: int, rows_allowed: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Return for each stored number from begin to end whether it is in use and, where a mask over rows is given, allowed."""
        rows = np.full(end - begin, -1, np.int32)
        known = self._rows[begin:end]
        rows[: len(known)] = known
        return rows >= 0 if rows_allowed is None else (rows >= 0) & np.append(rows_allowed, False)[rows]
