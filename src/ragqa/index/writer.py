"""Write the files of one generation into a temporary folder, document by document, so that memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ragqa.errors import IndexNotWritable
from ragqa.index.dense import DenseWriter
from ragqa.index.generation import LEXICAL_FOLDER
from ragqa.index.lexical import LexicalWriter
from ragqa.index.passages import IndexedDocument
from ragqa.index.store_writer import StoreWriter
from ragqa.types import DocumentKind


class GenerationWriter:
    """Writes texts, lexical index and vectors; documents must come by ascending source path."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self.store = StoreWriter(folder, dimension)
        self._lexical = LexicalWriter(folder / LEXICAL_FOLDER)
        self._dense = DenseWriter(folder, dimension)

    def add(self, entry: IndexedDocument) -> None:
        """Append one document to all parts; raise `IndexNotWritable` where the disk does not take it."""
        try:
            self.store.add(entry)
            self._lexical.add(entry.chunks, entry.document.metadata.kind is DocumentKind.GUIDELINE)
            self._dense.add(entry.chunk_vectors)
        except sqlite3.OperationalError as exc:
            raise self._not_written(exc) from exc

    def close(self) -> None:
        """Finish all parts; raise `IndexNotWritable` where the disk does not take them."""
        try:
            self.store.close()
            self._lexical.close()
            self._dense.close()
        except (sqlite3.OperationalError, ValueError, RuntimeError) as exc:  # What SQLite, tantivy and FAISS raise when a write fails.
            raise self._not_written(exc) from exc

    def _not_written(self, exc: Exception) -> IndexNotWritable:
        return IndexNotWritable(f'the index in "{self._folder.parent}" cannot be written ({exc}). Make room or choose another folder with --index.')
