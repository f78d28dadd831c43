"""The seams: a protocol stands where two implementations exist or a stage must not know another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragqa.types import Answer, Chunk, Considered, Document, DocumentRecord, DocumentSection, Facet, Filters, Query, Ranking, SentenceRecord


class DocumentParser(Protocol):
    """Turns the bytes of one file into a `Document` without tags."""

    def __call__(self, data: bytes, source: str) -> Document:
        """Parse one file.

        Args:
            data: The bytes of the file.
            source: Its path below the corpus folder.
        """


class Embedder(Protocol):
    """Maps texts to unit vectors."""

    @property
    def model_id(self) -> str:
        """Name and hash of the model and its precision: two embedders with one id give the same vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length."""

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length."""


class Retriever(Protocol):
    """Ranks chunks for queries: lexical, dense, fused, or a cluster."""

    def search(self, queries: Sequence[Query], k: int, filters: Filters = ...) -> list[Ranking]:
        """Return one ranking of at most k hits for each query."""


class Library(Protocol):
    """Reads the texts of one generation.

    Rows count from 0 and are valid for that generation alone. Chunks and sentences are numbered document by document in the order of
    `documents()`, so a sentence's row is the number of sentences of all documents before its own plus its ordinal.
    """

    @property
    def version(self) -> str:
        """Name and digest of the generation."""

    @property
    def n_documents(self) -> int:
        """Number of documents."""

    @property
    def n_chunks(self) -> int:
        """Number of chunks; chunk rows run from 0 to n_chunks - 1."""

    @property
    def n_sentences(self) -> int:
        """Number of sentences; sentence rows run from 0 to n_sentences - 1."""

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return every document, by ascending source path."""

    def document(self, document_id: str) -> DocumentRecord:
        """Return one document by id, unique prefix of an id, or slug; raise `DocumentNotFound`."""

    def page_text(self, document_id: str, page: int) -> str:
        """Return the stored text of a page."""

    def sections(self, document_id: str) -> tuple[DocumentSection, ...]:
        """Return the sections of a document by ordinal."""

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """Return chunks in the order of rows."""

    def sentences_of(self, chunk_rows: Sequence[int]) -> list[SentenceRecord]:
        """Return the sentences of chunks, each once, by ascending row."""

    def sentences(self, rows: Sequence[int]) -> list[SentenceRecord]:
        """Return sentences in the order of rows."""

    def document_sentences(self, document_id: str) -> list[SentenceRecord]:
        """Return every sentence of a document in order."""

    def sentence_ranges(self, chunk_rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.int64]:
        """Return shape (len(chunk_rows), 2): the row of the first sentence of each chunk, and that behind its last one."""

    def sentences_at(self, document_id: str, page: int, start: int, count: int) -> list[SentenceRecord]:
        """Return up to so many consecutive sentences of a document, from the one whose first span begins at that character of that page.

        An empty list where no sentence begins there; raise `DocumentNotFound`.
        """

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
        """Return rows of sentences that carry one of the names of every list that is given.

        A sentence carries a drug when it names it or has it as topic, a facet when its weight is at least 0.5, and a population when its
        origin is not the document. By ascending row. Where more than `limit` do, the first ones by row; with `near`, chunk rows by
        descending rank, those of the documents these chunks stand in, document by document in that order, and no others.
        """

    def carry(self, rows: Sequence[int] | NDArray[np.int64], what: str, names: Iterable[str]) -> NDArray[np.bool_]:
        """Return shape (len(rows),): whether each sentence carries one of the names as "population", "drug", "trial" or "facet", in the sense of `tagged`."""

    def owners(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
        """Return shape (len(rows),): the place in `documents()` of the document of each sentence."""

    def sentence_vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return shape (len(rows), dimension), rows of unit length."""

    def chunk_rows(self, document_id: str) -> range:
        """Return the rows of a document's chunks."""

    def chunk_frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each analysed term the number of chunks that hold it."""

    def abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Return for each short form its long forms with the number of documents that define it so, most frequent first."""

    def tag_names(self, what: str) -> dict[str, int]:
        """Return the names in use as "population", "drug", "trial" or "facet" with the number of sentences that carry each."""


class Composer(Protocol):
    """Composes an answer from ranked chunks, or abstains with a reason."""

    def compose(self, query: Query, guidelines: Ranking, research: Ranking, filters: Filters = ...) -> Answer:
        """Return the draft that the grounding gate checks: guidelines and everything else are ranked apart."""

    def left_out(self, answer: Answer, query: Query, guidelines: Ranking, research: Ranking, filters: Filters = ...) -> tuple[Considered, ...]:
        """Return the nearest sentences that an answer to the same query does not show, each with the rule that left it out."""
