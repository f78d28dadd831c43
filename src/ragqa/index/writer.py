"""Write the files of one generation into a temporary folder, document by document, so that memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from ragqa.errors import IndexNotWritable
from ragqa.index.dense import DenseWriter
from ragqa.index.generation import LEXICAL_FOLDER
from ragqa.index.lexical import LexicalWriter
from ragqa.index.passages import IndexedDocument
from ragqa.index.store_writer import StoreWriter


class GenerationWriter:
    """Writes texts, lexical index and vectors; documents must come by ascending source path.

    A context manager: leaving it finishes all parts, or closes them as they are where an error is on its way. Raises
    `IndexNotWritable` where the disk does not take what is written.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self.store = StoreWriter(folder, dimension)
        self._lexical = LexicalWriter(folder / LEXICAL_FOLDER)
        self._dense = DenseWriter(folder, dimension)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self.store.abandon()
            self._dense.abandon()

    def add(self, entry: IndexedDocument) -> None:
        """Append one document to all parts."""
        try:
            self.store.add(entry)
            self._lexical.add(entry.chunks)
            self._dense.add(entry.chunk_vectors)
        except sqlite3.OperationalError as exc:
            raise self._not_written(exc) from exc

    def _finish(self) -> None:
        try:
            self.store.close()
            self._lexical.close()
            self._dense.close()
        except (sqlite3.OperationalError, ValueError, RuntimeError) as exc:  # What SQLite, tantivy and FAISS raise when a write fails.
            raise self._not_written(exc) from exc

    def _not_written(self, exc: Exception) -> IndexNotWritable:
        return IndexNotWritable(f'the index in "{self._folder.parent}" cannot be written ({exc}). Make room or choose another folder with --index.')
