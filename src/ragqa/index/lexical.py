"""Lexical search: BM25 by tantivy over terms that our own analyzer made.

A chunk has two fields. `body` holds title, heading path and text; `title` holds title and heading path once more, so that its
weight can be chosen. Terms are stored separated by blanks and split by a whitespace tokeniser: ranks carry over to any other engine.
tantivy fixes k1 = 1.2 and b = 0.75. Its files are written once, so a generation takes over those of the one before by hard links.

Removed chunks are only marked, and tantivy counts them in its statistics until it merges their files. So the weight of each term is mended
here: idf is that of the chunks in use. What is left is the mean length of a chunk, which the removed ones still enter. Where they are a
share d of all and r times as long as the others, the mean is off by the factor 1 + d (r - 1), and no score by more than that: with d of a
tenth at most (`parts.py`), 5 % for removed chunks half as long again as the others, and nothing for chunks of the same mean length.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from math import log
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.index.parts import Position, RowMap
from ragqa.text.analyzer import analyze
from ragqa.types import Chunk

TITLE_BOOST = 0.3
"""Weight of a term's score in the title field beside its score in the body."""
_DIRECT_ROWS = 1000
"""Up to so many allowed rows are scored one by one; naming a row costs about 5 µs."""

_NARROW = 0.5
"""Share of rows allowed below which the engine is given the allowed documents. Above, more hits are fetched and the others left out."""
_FILTERS_KEPT = 16
_FREQUENCIES_KEPT = 8192

_FIRST = Position()

WeightedTerms = Sequence[tuple[str, float]]


class LexicalWriter:
    """Writes the lexical index of a generation.

    Args:
        folder: An empty folder, or one that holds the files of the generation before.
        begin: Stored numbers of the first document and chunk that will be added.
        removed: Stored numbers of documents to remove.
    """

    def __init__(self, folder: Path, begin: Position = _FIRST, removed: Iterable[int] = ()) -> None:
        import tantivy

        folder.mkdir(exist_ok=True)
        # One thread keeps the rows in order, so that equal input gives an equal index.
        self._writer = tantivy.Index(_schema(), path=str(folder)).writer(heap_size=64_000_000, num_threads=1)
        for number in removed:
            self._writer.delete_documents_by_query(tantivy.Query.term_query(_schema(), "document", number, "basic"))
        self._next_document, self._next_chunk = begin.document, begin.chunk

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Append the chunks of one document."""
        import tantivy

        for chunk in chunks:
            title = " ".join(analyze(f"{chunk.title}\n{chunk.heading}"))
            document = tantivy.Document()
            document.add_text("title", title)
            document.add_text("body", f"{title} {' '.join(analyze(chunk.text))}")
            document.add_unsigned("chunk", self._next_chunk)
            document.add_unsigned("document", self._next_document)
            self._writer.add_document(document)
            self._next_chunk += 1
        self._next_document += 1

    def close(self) -> None:
        """Commit and wait for merges."""
        self._writer.commit()
        self._writer.wait_merging_threads()


class LexicalIndex:
    """Ranks chunks for weighted terms. Safe to share between threads.

    Args:
        searcher: Of tantivy.
        title_boost: Weight of the title field.
        rows: Translates stored numbers to rows; None where they are the same.
        documents: Shape (n_rows,), the stored number of each row's document; None where filters by document are not to be used.
        n_stored: Number of chunks in its files, those removed included; by default none is removed.
    """

    def __init__(
        self,
        searcher: Any,
        title_boost: float = TITLE_BOOST,
        rows: RowMap | None = None,
        documents: NDArray[np.int64] | None = None,
        n_stored: int | None = None,
    ) -> None:
        self._searcher = searcher
        self._n_stored = searcher.num_docs if n_stored is None else n_stored
        schema = self._schema = _schema()
        # Bound to the searcher alone, so that an index is freed when it is no longer used.
        self._frequency = lru_cache(_FREQUENCIES_KEPT)(partial(_frequency, searcher, schema, self._n_stored > searcher.num_docs))
        self._documents = documents
        self._filters: OrderedDict[int, tuple[NDArray[np.bool_], Any]] = OrderedDict()
        self._map = rows or RowMap(np.zeros(1, np.int64), np.full(1, searcher.num_docs, np.int64))
        self._title_boost = title_boost

    @classmethod
    def open(cls, folder: Path, title_boost: float = TITLE_BOOST) -> LexicalIndex:
        """Open the index in a folder, memory-mapped; stored numbers are rows."""
        import tantivy

        # tantivy writes a lock file beside what it opens. Through links in a folder of its own it leaves the generation as it is, and a
        # reader needs no right to write there. Its files are mapped by the time the links go.
        view = Path(mkdtemp(prefix="ragqa-"))
        try:
            for path in folder.absolute().iterdir():
                (view / path.name).symlink_to(path)
            n_stored = sum(segment["max_doc"] for segment in json.loads((folder / "meta.json").read_bytes())["segments"])
            return cls(tantivy.Index.open(str(view)).searcher(), title_boost, n_stored=n_stored)
        finally:
            while view.exists():
                # The thread with which tantivy watches a folder takes the lock once more at its start, maybe in the middle of this.
                rmtree(view, ignore_errors=True)

    def with_rows(self, rows: RowMap, documents: NDArray[np.int64]) -> LexicalIndex:
        """Return the same index with stored numbers translated to rows, and the stored number of each row's document."""
        return LexicalIndex(self._searcher, self._title_boost, rows, documents, self._n_stored)

    @property
    def n_rows(self) -> int:
        """Number of chunks."""
        return int(self._searcher.num_docs)

    def search(self, terms: WeightedTerms, k: int, rows_allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """Return the best k (row, score) that hold a term, by descending score, equal scores by ascending row.

        Args:
            terms: Analysed terms with their weights; a term's BM25 score is multiplied by its weight.
            k: Length of the result, at most.
            rows_allowed: Shape (n_rows,); rows that may be returned. Exact for any mask.
        """
        if not terms or k < 1 or self.n_rows == 0:
            return []
        if rows_allowed is None:
            return self._hits(self._any_of(terms), k)
        n_allowed = int(np.count_nonzero(rows_allowed))
        if n_allowed <= _DIRECT_ROWS:
            return self._hits(self._among(np.flatnonzero(rows_allowed), terms), k) if n_allowed else []
        if n_allowed < _NARROW * self.n_rows and (allowed_documents := self._document_filter(rows_allowed)) is not None:
            return self._hits(self._within(allowed_documents, terms), k)
        # Fetching a little more and leaving out what is not allowed costs less than a filter inside the engine.
        limit = 2 * k * self.n_rows // n_allowed
        while True:
            rows, scores = self._find(self._any_of(terms), limit)
            allowed = rows_allowed[rows]
            if np.count_nonzero(allowed) >= k or len(rows) < limit:
                return _sorted_hits(rows[allowed], scores[allowed])[:k]
            limit *= 4

    def scores(self, terms: WeightedTerms, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the score of each row, shape (len(rows),); 0 where no term matches."""
        result = np.zeros(len(rows), np.float32)
        if not terms or not len(rows):
            return result
        wanted = np.asarray(rows, np.intp)
        found = dict(self._hits(self._among(np.unique(wanted), terms), len(wanted)))
        for position, row in enumerate(wanted.tolist()):
            result[position] = found.get(row, 0.0)
        return result

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each term the number of chunks that hold it."""
        return [self._frequency("body", term) for term in terms]

    def _hits(self, query: Any, limit: int) -> list[tuple[int, float]]:
        return _sorted_hits(*self._find(query, limit))

    def _find(self, query: Any, limit: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return rows and scores of the best hits."""
        hits = self._searcher.search(query, limit=limit, count=False).hits
        numbers = self._searcher.fast_field_values("chunk", [address for _, address in hits])
        return self._map.rows(numbers), np.array([score for score, _ in hits], np.float64)

    def _any_of(self, terms: WeightedTerms) -> Any:
        import tantivy

        fields = [("body", 1.0), ("title", self._title_boost)] if self._title_boost > 0 else [("body", 1.0)]
        return tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, term, "freq"), weight * boost * self._mended(field, term)),
                )
                for term, weight in terms
                for field, boost in fields
            ]
        )

    def _mended(self, field: str, term: str) -> float:
        """Return what makes tantivy's idf of a term that of the chunks in use."""
        if self._n_stored == self._searcher.num_docs or not (n := self._frequency(field, term)):
            return 1.0
        return _idf(self._searcher.num_docs, n) / _idf(self._n_stored, self._searcher.doc_freq(field, term))

    def _among(self, rows: NDArray[np.intp], terms: WeightedTerms) -> Any:
        import tantivy

        # One query a row is three times faster than the engine's query for a set of terms.
        named = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "chunk", number, "basic")) for number in self._map.stored(rows).tolist()]
        return self._within(tantivy.Query.const_score_query(tantivy.Query.boolean_query(named), 0.0), terms)

    def _within(self, allowed: Any, terms: WeightedTerms) -> Any:
        import tantivy

        return tantivy.Query.boolean_query([(tantivy.Occur.Must, allowed), (tantivy.Occur.Must, self._any_of(terms))])

    def _document_filter(self, rows_allowed: NDArray[np.bool_]) -> Any | None:
        """Return a query for the documents whose rows a mask allows, kept for the masks of one filter; None where it splits a document."""
        kept = self._filters.get(id(rows_allowed))
        if kept is not None and kept[0] is rows_allowed:
            return kept[1]
        if self._documents is None:
            return None
        import tantivy

        n_documents = int(self._documents.max()) + 1
        allowed, held = np.bincount(self._documents[rows_allowed], minlength=n_documents), np.bincount(self._documents, minlength=n_documents)
        if np.any((allowed > 0) & (allowed < held)):
            return None
        named = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "document", number, "basic")) for number in np.flatnonzero(allowed).tolist()]
        query = tantivy.Query.const_score_query(tantivy.Query.boolean_query(named), 0.0)
        if not rows_allowed.flags.writeable:
            # Nobody can change the mask, and as long as it is held here no other array has its id.
            self._filters[id(rows_allowed)] = (rows_allowed, query)
            while len(self._filters) > _FILTERS_KEPT:
                self._filters.popitem(last=False)
        return query


def _sorted_hits(rows: NDArray[np.intp], scores: NDArray[np.float64]) -> list[tuple[int, float]]:
    order = np.lexsort((rows, -scores))
    return list(zip(rows[order].tolist(), scores[order].tolist(), strict=True))


def _idf(n_chunks: int, n_holding: int) -> float:
    """Return the inverse document frequency of BM25 as tantivy has it; Robertson and Spärck Jones, with 1 added so that it is positive."""
    return log(1 + (n_chunks - n_holding + 0.5) / (n_holding + 0.5))


def _frequency(searcher: Any, schema: Any, has_removed: bool, field: str, term: str) -> int:
    """Return the number of chunks in use whose field holds a term; counted where some are removed, since tantivy's own figure includes them."""
    import tantivy

    if not has_removed:
        return int(searcher.doc_freq(field, term))
    return int(searcher.search(tantivy.Query.term_query(schema, field, term, "basic"), limit=1, count=True).count)


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in ("title", "body"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("chunk", indexed=True, fast=True)
    builder.add_unsigned_field("document", indexed=True)
    return builder.build()
