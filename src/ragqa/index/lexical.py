"""Lexical search: BM25 by tantivy over terms that our own analyzer made.

A chunk has two fields. `body` holds title, heading path and text; `title` holds title and heading path once more, so that its
weight can be chosen. Terms are stored separated by blanks and split by a whitespace tokeniser: ranks carry over to any other engine.
tantivy fixes k1 = 1.2 and b = 0.75. Rows are numbered in the order in which chunks are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.text.analyzer import analyze
from ragqa.types import Chunk

TITLE_BOOST = 0.3
"""Weight of a term's score in the title field beside its score in the body."""
_DIRECT_ROWS = 1000
"""Up to so many allowed rows are scored one by one; naming a row costs about 5 µs."""

WeightedTerms = Sequence[tuple[str, float]]


class LexicalWriter:
    """Writes the lexical index of a generation into an empty folder."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir()
        # One thread keeps the rows in order, so that equal input gives an equal index.
        self._writer = tantivy.Index(_schema(), path=str(folder), reuse=False).writer(heap_size=64_000_000, num_threads=1)
        self._n_rows = 0

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Append the chunks of one document."""
        import tantivy

        for chunk in chunks:
            title = " ".join(analyze(f"{chunk.title}\n{chunk.heading}"))
            document = tantivy.Document()
            document.add_text("title", title)
            document.add_text("body", f"{title} {' '.join(analyze(chunk.text))}")
            document.add_unsigned("row", self._n_rows)
            self._writer.add_document(document)
            self._n_rows += 1

    def close(self) -> None:
        """Commit and wait for merges."""
        self._writer.commit()
        self._writer.wait_merging_threads()


class LexicalIndex:
    """Ranks chunks for weighted terms. Safe to share between threads."""

    def __init__(self, searcher: Any, title_boost: float = TITLE_BOOST) -> None:
        self._searcher = searcher
        self._schema = _schema()
        self._title_boost = title_boost

    @classmethod
    def open(cls, folder: Path, title_boost: float = TITLE_BOOST) -> LexicalIndex:
        """Open the index in a folder, memory-mapped."""
        import tantivy

        # tantivy writes a lock file beside what it opens. Through links in a folder of its own it leaves the generation as it is, and a
        # reader needs no right to write there. Its files are mapped by the time the links go.
        view = Path(mkdtemp(prefix="ragqa-"))
        try:
            for path in folder.absolute().iterdir():
                (view / path.name).symlink_to(path)
            return cls(tantivy.Index.open(str(view)).searcher(), title_boost)
        finally:
            while view.exists():
                # The thread with which tantivy watches a folder takes the lock once more at its start, maybe in the middle of this.
                rmtree(view, ignore_errors=True)

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
            return self._hits(self._among(np.flatnonzero(rows_allowed).tolist(), terms), k) if n_allowed else []
        # Fetching more and leaving out what is not allowed costs less than a filter inside the engine, for one row in a hundred allowed
        # as for nine in ten.
        limit = 2 * k * self.n_rows // n_allowed
        while True:
            found = self._hits(self._any_of(terms), limit)
            allowed = [(row, score) for row, score in found if rows_allowed[row]]
            if len(allowed) >= k or len(found) < limit:
                return allowed[:k]
            limit *= 4

    def scores(self, terms: WeightedTerms, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the score of each row, shape (len(rows),); 0 where no term matches."""
        result = np.zeros(len(rows), np.float32)
        if not terms or not len(rows):
            return result
        wanted = [int(row) for row in rows]
        found = dict(self._hits(self._among(sorted(set(wanted)), terms), len(wanted)))
        for position, row in enumerate(wanted):
            result[position] = found.get(row, 0.0)
        return result

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each term the number of chunks that hold it."""
        return [int(self._searcher.doc_freq("body", term)) for term in terms]

    def _hits(self, query: Any, limit: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, limit=limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return sorted(((int(row), float(score)) for row, (score, _) in zip(rows, hits, strict=True)), key=lambda hit: (-hit[1], hit[0]))

    def _any_of(self, terms: WeightedTerms) -> Any:
        import tantivy

        fields = [("body", 1.0), ("title", self._title_boost)] if self._title_boost > 0 else [("body", 1.0)]
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, term, "freq"), weight * boost))
                for term, weight in terms
                for field, boost in fields
            ]
        )

    def _among(self, rows: Sequence[int], terms: WeightedTerms) -> Any:
        import tantivy

        # One query a row is three times faster than the engine's query for a set of terms.
        named = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "row", row, "basic")) for row in rows]
        allowed = tantivy.Query.const_score_query(tantivy.Query.boolean_query(named), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, allowed), (tantivy.Occur.Must, self._any_of(terms))])


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in ("title", "body"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()
