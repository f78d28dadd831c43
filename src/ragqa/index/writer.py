"""Write the documents of one part into its folder, one by one, so that memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from ragqa.errors import IndexNotWritable
from ragqa.index.dense import DenseWriter
from ragqa.index.generation import LEXICAL_FOLDER
from ragqa.index.lexical import LexicalWriter
from ragqa.index.parts import Part, Position
from ragqa.index.passages import IndexedDocument
from ragqa.index.store_writer import StoreWriter

_FIRST = Position()


class GenerationWriter:
    """Writes texts, lexical index and vectors of one part; documents must come by ascending source path.

    A context manager: leaving it finishes everything, or closes it as it is where an error is on its way. Raises `IndexNotWritable`
    where the disk does not take what is written.

    Args:
        folder: The folder of the part.
        dimension: Length of a vector.
        begin: Stored numbers of what is added first.
        lexical: The folder of the lexical index, which may hold the files of the generation before; by default one inside the part.
        removed: Stored numbers of documents to remove from it.
    """

    def __init__(self, folder: Path, dimension: int, begin: Position = _FIRST, lexical: Path | None = None, removed: Iterable[int] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._begin = begin
        self._store = StoreWriter(folder, dimension, begin)
        self._lexical = LexicalWriter(lexical or folder / LEXICAL_FOLDER, begin, removed)
        self._dense = DenseWriter(folder, dimension)

    @property
    def part(self) -> Part:
        """Return the part as far as it is written."""
        return Part(self._folder.name, self._begin, self._store.next, self._dense.kind)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._store.abandon()
            self._dense.abandon()

    def add(self, entry: IndexedDocument) -> None:
        """Append one document."""
        try:
            self._store.add(entry)
            self._lexical.add(entry.chunks)
            self._dense.add(entry.chunk_vectors)
        except sqlite3.OperationalError as exc:
            raise self._not_written(exc) from exc

    def _finish(self) -> None:
        try:
            self._store.close()
            self._lexical.close()
            self._dense.close()
        except (sqlite3.OperationalError, ValueError, RuntimeError) as exc:  # What SQLite, tantivy and FAISS raise when a write fails.
            raise self._not_written(exc) from exc

    def _not_written(self, exc: Exception) -> IndexNotWritable:
        return IndexNotWritable(f'the index in "{self._folder.parent}" cannot be written ({exc}). Make room or choose another folder with --index.')
