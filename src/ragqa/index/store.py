"""Read the texts of a generation: documents, pages, chunks, sentences and their tags.

The SQLite file is opened immutable and read-only. A server's threads come and go, so they borrow one of a few connections; these are
opened at once, so that a generation can be read to the end of a request even if its folder is deleted meanwhile. Decoded sentences are
kept, since neighbouring questions read the same ones.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import DocumentNotFound, GenerationCorrupt
from ragqa.index.arrays import open_array, unit_rows
from ragqa.index.codec import from_json, load
from ragqa.index.store_writer import SENTENCES_FILE, STORE_FILE
from ragqa.types import Chunk, DocumentRecord, DocumentSection, Facet, Page, Reference, Sentence, SentenceRecord

_KEPT_SENTENCES = 50_000
"""Decoded sentences kept in memory, about 2 kB each."""
_CONNECTIONS = 4
"""Threads that read at the same moment; a further one waits its millisecond."""
_VARIABLES = 30_000
"""Most values in one SQL statement; SQLite allows 32,766."""


class Store:
    """Implements `Library` for one generation. Safe to share between threads."""

    def __init__(self, folder: Path, version: str, frequencies: Callable[[Sequence[str]], list[int]]) -> None:
        self.version = version
        self._frequencies = frequencies
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for _ in range(_CONNECTIONS):
            uri = f"{(folder / STORE_FILE).absolute().as_uri()}?mode=ro&immutable=1"
            self._idle.put(sqlite3.connect(uri, uri=True, check_same_thread=False))
        self.all_sentence_vectors = open_array(folder / SENTENCES_FILE)
        self._decoded: dict[int, SentenceRecord] = {}
        self._sections: dict[int, dict[int, DocumentSection]] = {}
        try:
            rows = self._rows("SELECT record, first_chunk, n_chunks, first_sentence, n_sentences FROM document ORDER BY row")
        except GenerationCorrupt:
            self.close()
            raise
        self._documents = tuple(load(DocumentRecord, row[0]) for row in rows)
        self._number_of = {document.document_id: number for number, document in enumerate(self._documents)}
        self._places = np.array([row[1:] for row in rows], np.int64).reshape(-1, 4)

    @property
    def n_documents(self) -> int:
        """Number of documents."""
        return len(self._documents)

    @property
    def n_chunks(self) -> int:
        """Number of chunks."""
        return int(self._places[:, 1].sum())

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return len(self.all_sentence_vectors)

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return every document, by ascending source path."""
        return self._documents

    def document(self, document_id: str) -> DocumentRecord:
        """Return one document by id, unique prefix of an id, or slug; raise `DocumentNotFound`."""
        return self._documents[self._number(document_id)]

    def chunk_rows(self, document_id: str) -> range:
        """Return the rows of a document's chunks."""
        first, count = self._places[self._number(document_id), :2].tolist()
        return range(first, first + count)

    def page_text(self, document_id: str, page: int) -> str:
        """Return the stored text of a page; raise `DocumentNotFound` where there is no such page."""
        number = self._number(document_id)
        rows = self._rows("SELECT text FROM page WHERE document = ? AND number = ?", (number, page))
        if not rows:
            document = self._documents[number]
            raise DocumentNotFound(f'document {document.document_id} ("{document.source}") has no page {page}; its pages run from 1 to {document.n_pages}.')
        return str(rows[0][0])

    def pages(self, document_id: str) -> tuple[Page, ...]:
        """Return the pages of a document in order, with what is known of their label and size."""
        rows = self._rows("SELECT body, text FROM page WHERE document = ? ORDER BY number", (self._number(document_id),))
        return tuple(from_json(Page, json.loads(body) | {"text": text}) for body, text in rows)

    def sections(self, document_id: str) -> tuple[DocumentSection, ...]:
        """Return the sections of a document by ordinal."""
        return tuple(self._sections_of(self._number(document_id)).values())

    def references(self, document_id: str) -> tuple[Reference, ...]:
        """Return the document's own reference list."""
        ((text,),) = self._rows("SELECT reference_list FROM document WHERE row = ?", (self._number(document_id),))
        return tuple(from_json(Reference, item) for item in json.loads(text))

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """Return chunks in the order of rows."""
        found = {row: load(Chunk, body) for row, body in self._by_row("SELECT row, body FROM chunk WHERE row IN", rows)}
        return [found[int(row)] for row in rows]

    def sentences_of(self, chunk_rows: Sequence[int]) -> list[SentenceRecord]:
        """Return the sentences of chunks, each once, by ascending row."""
        ranges = self._by_row("SELECT first_sentence, last_sentence FROM chunk WHERE row IN", chunk_rows)
        return self.sentences(sorted({row for first, last in ranges for row in range(first, last + 1)}))

    def sentences(self, rows: Sequence[int]) -> list[SentenceRecord]:
        """Return sentences in the order of rows."""
        wanted = [int(row) for row in rows]
        found = {row: record for row in wanted if (record := self._decoded.get(row))}
        missing = [row for row in wanted if row not in found]
        for row, number, body in self._by_row("SELECT row, document, body FROM sentence WHERE row IN", missing):
            sentence = load(Sentence, body)
            found[row] = SentenceRecord(row, self._documents[number].document_id, self._sections_of(number)[sentence.section], sentence)
        if len(self._decoded) + len(missing) > _KEPT_SENTENCES:
            self._decoded = {}
        self._decoded.update((row, found[row]) for row in missing)
        return [found[row] for row in wanted]

    def document_sentences(self, document_id: str) -> list[SentenceRecord]:
        """Return every sentence of a document in order."""
        first, count = self._places[self._number(document_id), 2:].tolist()
        return self.sentences(range(first, first + count))

    def tagged(
        self, *, populations: Sequence[str] = (), drugs: Sequence[str] = (), facets: Sequence[Facet] = (), trials: Sequence[str] = (), limit: int = 400
    ) -> list[int]:
        """Return rows of sentences that carry one of the names of every list that is given, by ascending row."""
        given = [(what, tuple(names)) for what, names in (("population", populations), ("drug", drugs), ("facet", facets), ("trial", trials)) if names]
        if not given:
            return []
        each = [f"SELECT sentence FROM tag WHERE what = ? AND name IN ({_marks(names)})" for _, names in given]  # noqa: S608  (only question marks are put in)
        values = [str(value) for what, names in given for value in (what, *names)]
        return [row for (row,) in self._rows(f"{' INTERSECT '.join(each)} ORDER BY sentence LIMIT {int(limit)}", values)]

    def sentence_vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return shape (len(rows), dimension), rows of unit length; zeros for sentences outside every chunk."""
        return unit_rows(self.all_sentence_vectors[np.asarray(rows, np.intp)])

    def chunk_frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each analysed term the number of chunks that hold it."""
        return self._frequencies(terms)

    def abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Return for each short form its long forms with the number of documents that define it so, most frequent first."""
        return self._abbreviations

    def tag_names(self, what: str) -> dict[str, int]:
        """Return the names in use as "population", "drug", "trial" or "facet" with the number of sentences that carry each."""
        return dict(self._rows("SELECT name, count(*) FROM tag WHERE what = ? GROUP BY name ORDER BY name", (what,)))

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get().close()

    @cached_property
    def _abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        result: dict[str, tuple[tuple[str, int], ...]] = {}
        for short, long, count in self._rows("SELECT short, long, count(*) AS n FROM abbreviation GROUP BY short, long ORDER BY short, n DESC, long"):
            result[short] = (*result.get(short, ()), (long, count))
        return result

    def _number(self, document_id: str) -> int:
        exact = self._number_of.get(document_id)
        if exact is not None:
            return exact
        matches = [number for key, number in self._number_of.items() if document_id and key.startswith(document_id)]
        matches = matches or [number for number, document in enumerate(self._documents) if document.slug == document_id]
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(self._documents[number].document_id for number in matches[:5])
            raise DocumentNotFound(f'"{document_id}" means {len(matches)} documents ({names}); give more of the id.')
        raise DocumentNotFound(f'no document has the id "{document_id}". "ragqa docs list" shows the ids.')

    def _sections_of(self, number: int) -> dict[int, DocumentSection]:
        sections = self._sections.get(number)
        if sections is None:
            bodies = self._rows("SELECT ordinal, body FROM section WHERE document = ? ORDER BY ordinal", (number,))
            sections = self._sections[number] = {ordinal: load(DocumentSection, body) for ordinal, body in bodies}
        return sections

    def _by_row(self, select: str, rows: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        wanted = [int(row) for row in rows]
        for start in range(0, len(wanted), _VARIABLES):
            part = wanted[start : start + _VARIABLES]
            yield from self._rows(f"{select} ({_marks(part)})", part)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._connection() as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise GenerationCorrupt(
                f'the texts of generation {self.version} cannot be read ({exc}). Run "ragqa index verify", then "ragqa index build".'
            ) from exc

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
