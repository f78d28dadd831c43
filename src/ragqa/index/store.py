"""Read the texts of a generation: documents, pages, chunks, sentences and their tags.

`index/attached.py` reads the files of all parts as one. Decoded sentences and chunks are kept, since neighbouring questions read the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ragqa.codec import from_json, load
from ragqa.errors import DocumentNotFound
from ragqa.index.arrays import PartedArray, unit_rows
from ragqa.index.attached import AttachedFiles
from ragqa.index.parts import Part, RowMap, StoredDocument
from ragqa.index.recent import Recent
from ragqa.index.store_writer import SENTENCES_FILE, STORE_FILE
from ragqa.index.tagged import TaggedSentences
from ragqa.types import Chunk, DocumentRecord, DocumentSection, Facet, Page, Reference, Sentence, SentenceRecord

_KEPT_SENTENCES = 20_000
"""Decoded sentences kept in memory, about 2 kB each."""
_KEPT_CHUNKS = 5_000
_UNREAD = -1
_KEPT_SECTIONS = 10_000
_SECTIONS_AT_ONCE = 10_000
_KEPT_PAGES = 256
"""Texts of pages kept in memory, some kB each: all that one answer quotes, and is checked against."""
_SECTIONS_AT = "SELECT document, ordinal, body FROM (VALUES {}) AS place CROSS JOIN section ON document = place.column1 AND ordinal = place.column2"


class Store:
    """Implements `Library` for one generation. Safe to share between threads.

    Args:
        folder: The folder of the generation.
        version: Name and digest of the generation.
        frequencies: Counts chunks by term; the lexical index does.
        parts: The parts of the generation; by default the folder is the only one.
        removed: Stored numbers of documents out of use.
    """

    def __init__(
        self, folder: Path, version: str, frequencies: Callable[[Sequence[str]], list[int]], parts: Sequence[Part] = (), removed: Sequence[int] = ()
    ) -> None:
        self.version = version
        self._frequencies = frequencies
        folders = [folder / part.name for part in parts] or [folder]
        self.all_sentence_vectors = PartedArray([part / SENTENCES_FILE for part in folders], [part.begin.sentence for part in parts] or [0])
        self._decoded: Recent[int, SentenceRecord] = Recent(_KEPT_SENTENCES)
        self._decoded_chunks: Recent[int, Chunk] = Recent(_KEPT_CHUNKS)
        self._row_at: Recent[tuple[str, int, int], int] = Recent(_KEPT_SENTENCES)
        self._sections: Recent[tuple[int, int], DocumentSection] = Recent(_KEPT_SECTIONS)
        self._pages: Recent[tuple[int, int], str] = Recent(_KEPT_PAGES)
        self._files = AttachedFiles([part / STORE_FILE for part in folders], removed, version)
        try:
            # A single part is written in the order of sources, or in the one its writer chose.
            order = "source" if len(folders) > 1 else "document"
            rows = self._files.rows(f"SELECT document, record, first_chunk, n_chunks, first_sentence, n_sentences FROM document ORDER BY {order}")  # noqa: S608  (one of two words)
        except BaseException:
            self.close()
            raise
        self._documents = tuple(load(DocumentRecord, row[1]) for row in rows)
        self._stored_number = [row[0] for row in rows]
        self._order_of = {number: order for order, number in enumerate(self._stored_number)}
        self._by_id = {document.document_id: order for order, document in enumerate(self._documents)}
        places = np.array([row[2:] for row in rows], np.int64).reshape(-1, 4)
        self.chunk_map = RowMap(places[:, 0], places[:, 1])
        self._sentence_map = RowMap(places[:, 2], places[:, 3])
        self._tagged = TaggedSentences(self._files.rows, self._sentence_map, has_removed=bool(removed))
        self.document_of_chunk: NDArray[np.int64] = np.repeat(np.array(self._stored_number, np.int64), places[:, 1])
        """Shape (n_chunks,): the stored number of the document of each chunk row."""
        self._chunk_ends, self._sentence_ends = np.cumsum(places[:, 1]), np.cumsum(places[:, 3])
        # (first, last + 1) sentence rows, read as chunks are first ranked.
        self._lock = Lock()
        self._sentence_ranges = np.full((self.n_chunks, 2), _UNREAD, np.int32)

    @property
    def n_documents(self) -> int:
        """Number of documents."""
        return len(self._documents)

    @property
    def n_chunks(self) -> int:
        """Number of chunks."""
        return self.chunk_map.n_rows

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return self._sentence_map.n_rows

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return every document, by ascending source path."""
        return self._documents

    def document(self, document_id: str) -> DocumentRecord:
        """Return one document by id, unique prefix of an id, or slug; raise `DocumentNotFound`."""
        return self._documents[self._order(document_id)]

    def chunk_rows(self, document_id: str) -> range:
        """Return the rows of a document's chunks."""
        order = self._order(document_id)
        return _range(self._chunk_ends, order)

    def page_text(self, document_id: str, page: int) -> str:
        """Return the stored text of a page; raise `DocumentNotFound` where there is no such page."""
        order = self._order(document_id)
        if kept := self._pages.found([(order, page)]):
            return kept[order, page]
        rows = self._files.rows("SELECT text FROM page WHERE document = ? AND number = ?", (self._stored_number[order], page))
        if not rows:
            document = self._documents[order]
            raise DocumentNotFound(f'document {document.document_id} ("{document.source}") has no page {page}; its pages run from 1 to {document.n_pages}.')
        text = str(rows[0][0])
        self._pages.keep({(order, page): text})
        return text

    def pages(self, document_id: str) -> tuple[Page, ...]:
        """Return the pages of a document in order, with what is known of their label and size."""
        rows = self._files.rows("SELECT body, text FROM page WHERE document = ? ORDER BY number", (self._stored_number[self._order(document_id)],))
        return tuple(from_json(Page, json.loads(body) | {"text": text}) for body, text in rows)

    def sections(self, document_id: str) -> tuple[DocumentSection, ...]:
        """Return the sections of a document by ordinal."""
        number = self._stored_number[self._order(document_id)]
        return tuple(load(DocumentSection, body) for (body,) in self._files.rows("SELECT body FROM section WHERE document = ? ORDER BY ordinal", (number,)))

    def references(self, document_id: str) -> tuple[Reference, ...]:
        """Return the document's own reference list."""
        ((text,),) = self._files.rows("SELECT reference_list FROM document WHERE document = ?", (self._stored_number[self._order(document_id)],))
        return tuple(from_json(Reference, item) for item in json.loads(text))

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """Return chunks in the order of rows."""
        numbers = self.chunk_map.stored(rows).tolist()
        found = self._decoded_chunks.found(numbers)
        missing = [number for number in numbers if number not in found]
        read = {number: load(Chunk, body) for number, body in self._files.numbered("SELECT number, body FROM chunk WHERE number IN", missing)}
        self._decoded_chunks.keep(read)
        found |= read
        return [found[number] for number in numbers]

    def sentence_ranges(self, chunk_rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.int64]:
        """Return shape (len(chunk_rows), 2): the row of the first sentence of each chunk, and that behind its last one."""
        wanted = np.asarray(chunk_rows, np.intp)
        missing = wanted[self._sentence_ranges[wanted, 1] == _UNREAD]
        if missing.size:
            numbers = self.chunk_map.stored(missing).tolist()
            places = self._files.numbered("SELECT number, first_sentence, last_sentence FROM chunk WHERE number IN", numbers)
            found = {number: (first, last) for number, first, last in places}
            ranges = self._sentence_map.rows(np.array([found[number] for number in numbers], np.intp).reshape(-1, 2))
            with self._lock:
                self._sentence_ranges[missing] = ranges + np.array([0, 1])
        return self._sentence_ranges[wanted].astype(np.int64)

    def sentences_of(self, chunk_rows: Sequence[int]) -> list[SentenceRecord]:
        """Return the sentences of chunks, each once, by ascending row."""
        numbers = self.chunk_map.stored(chunk_rows).tolist()
        ranges = self._files.numbered("SELECT first_sentence, last_sentence FROM chunk WHERE number IN", numbers)
        return self.sentences(sorted(self._sentence_map.rows(sorted({number for first, last in ranges for number in range(first, last + 1)})).tolist()))

    def sentences(self, rows: Sequence[int]) -> list[SentenceRecord]:
        """Return sentences in the order of rows."""
        wanted = [int(row) for row in rows]
        found = self._decoded.found(wanted)
        missing = [row for row in wanted if row not in found]
        row_of = dict(zip(self._sentence_map.stored(missing).tolist(), missing, strict=True))
        stored = self._files.numbered("SELECT number, document, body FROM sentence WHERE number IN", list(row_of))
        read = [(row_of[number], owner, load(Sentence, body)) for number, owner, body in stored]
        sections = self._sections_at({(owner, sentence.section) for _, owner, sentence in read})
        for row, owner, sentence in read:
            found[row] = SentenceRecord(row, self._documents[self._order_of[owner]].document_id, sections[owner, sentence.section], sentence)
        new = {row: found[row] for row in missing}
        self._decoded.keep(new)
        # No two sentences of a document begin at one place.
        self._row_at.keep({(record.document_id, span.page, span.start): row for row, record in new.items() for span in record.sentence.spans[:1]})
        return [found[row] for row in wanted]

    def document_sentences(self, document_id: str) -> list[SentenceRecord]:
        """Return every sentence of a document in order."""
        order = self._order(document_id)
        return self.sentences(_range(self._sentence_ends, order))

    def sentences_at(self, document_id: str, page: int, start: int, count: int) -> list[SentenceRecord]:
        """Return up to so many consecutive sentences of a document from the one whose quote begins at a character of a page; see `Library`."""
        order = self._order(document_id)
        rows = _range(self._sentence_ends, order)
        if not rows:
            return []
        place = (self._documents[order].document_id, page, start)
        if (row := self._row_at.found([place]).get(place)) is not None:
            return self.sentences(range(row, min(row + count, rows.stop)))
        first = int(self._sentence_map.stored([rows.start])[0])
        # Stored sentences are searched as text, so that a long paper is not decoded for each of its quotes.
        values = (first, first + len(rows), f'"spans":[{{"page":{page:d},"start":{start:d},')
        found = self._files.rows("SELECT number FROM sentence WHERE number >= ? AND number < ? AND instr(body, ?) ORDER BY number LIMIT 1", values)
        return self.sentences(rows[found[0][0] - first :][:count]) if found else []

    def tagged(
        self,
        *,
        populations: Sequence[str] = (),
        drugs: Sequence[str] = (),
        facets: Sequence[Facet] = (),
        trials: Sequence[str] = (),
        limit: int = 400,
        near: Sequence[int] | None = None,
    ) -> list[int]:
        """Return rows of sentences that carry one of the names of every list that is given, by ascending row; see `Library.tagged`."""
        given = [(what, tuple(names)) for what, names in (("population", populations), ("drug", drugs), ("facet", facets), ("trial", trials)) if names]
        if not given:
            return []
        if near is None:
            return list(map(int, self._tagged.first_rows(given, limit)))
        close = self._rows_near(near)
        for what, names in given:
            close = close[self._tagged.carry(close, what, names)]
        if len(close) <= limit and len(rows := self._tagged.first_rows(given, limit + 1)) <= limit:
            return list(map(int, rows))
        return sorted(map(int, close[:limit]))

    def carry(self, rows: Sequence[int] | NDArray[np.int64], what: str, names: Iterable[str]) -> NDArray[np.bool_]:
        """Return shape (len(rows),): whether each sentence carries one of the names of a kind of tag; see `Library.carry`."""
        return self._tagged.carry(rows, what, names)

    def owners(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
        """Return for each sentence the place of its document in `documents()`."""
        return np.searchsorted(self._sentence_ends, np.asarray(rows, np.intp), side="right")

    def sentence_vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return shape (len(rows), dimension), rows of unit length; zeros for sentences outside every chunk."""
        return unit_rows(self.all_sentence_vectors.take(self._sentence_map.stored(rows)))

    def chunk_frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each analysed term the number of chunks that hold it."""
        return self._frequencies(terms)

    def abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Return for each short form its long forms with the number of documents that define it so, most frequent first."""
        return self._abbreviations

    def tag_names(self, what: str) -> dict[str, int]:
        """Return the names in use as "population", "drug", "trial" or "facet" with the number of sentences that carry each."""
        return self._tagged.counts(what)

    def stored_documents(self) -> list[StoredDocument]:
        """Return what a build needs to know of each document, in order."""
        rows = self._files.rows("SELECT document, source, key, digest, vectors_key, n_chunks, n_sentences FROM document ORDER BY source")
        return [StoredDocument(*row) for row in rows]

    def close(self) -> None:
        """Close the idle connections."""
        self._files.close()

    @cached_property
    def _abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        result: dict[str, tuple[tuple[str, int], ...]] = {}
        for short, long, count in self._files.rows("SELECT short, long, count(*) AS n FROM abbreviation GROUP BY short, long ORDER BY short, n DESC, long"):
            result[short] = (*result.get(short, ()), (long, count))
        return result

    def _order(self, document_id: str) -> int:
        """Return the place of a document in `documents()`."""
        exact = self._by_id.get(document_id)
        if exact is not None:
            return exact
        matches = [order for key, order in self._by_id.items() if document_id and key.startswith(document_id)]
        matches = matches or [order for order, document in enumerate(self._documents) if document.slug == document_id]
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(self._documents[order].document_id for order in matches[:5])
            raise DocumentNotFound(f'"{document_id}" means {len(matches)} documents ({names}); give more of the id.')
        raise DocumentNotFound(f'no document has the id "{document_id}". "ragqa docs list" shows the ids.')

    def _rows_near(self, chunk_rows: Sequence[int]) -> NDArray[np.int64]:
        """Return the sentence rows of the documents that chunks stand in, document by document in the order of the chunks."""
        documents = dict.fromkeys(np.searchsorted(self._chunk_ends, np.asarray(chunk_rows, np.intp), side="right").tolist())
        return np.concatenate([np.zeros(0, np.int64), *(np.arange(each.start, each.stop) for each in (_range(self._sentence_ends, it) for it in documents))])

    def _sections_at(self, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], DocumentSection]:
        """Return sections by (stored number of the document, ordinal): an answer needs few of those of a paper."""
        found = self._sections.found(places)
        missing = [place for place in places if place not in found]
        read: dict[tuple[int, int], DocumentSection] = {}
        for start in range(0, len(missing), _SECTIONS_AT_ONCE):
            some = missing[start : start + _SECTIONS_AT_ONCE]
            rows = self._files.rows(_SECTIONS_AT.format(",".join(["(?,?)"] * len(some))), [number for place in some for number in place])
            read |= {(number, ordinal): load(DocumentSection, body) for number, ordinal, body in rows}
        self._sections.keep(read)
        return found | read


def _range(ends: NDArray[np.int64], order: int) -> range:
    """Return the rows of one document, from the last row + 1 of each."""
    return range(int(ends[order - 1]) if order else 0, int(ends[order]))
