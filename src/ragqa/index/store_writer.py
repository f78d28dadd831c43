"""Write the texts of a generation: one SQLite file and the vectors of its sentences.

Rows of chunks and sentences count from 0 in the order in which documents are added, which is by ascending source path; a document's
rows follow each other, so its record holds only where they begin.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ragqa.index.arrays import ArrayWriter
from ragqa.index.codec import dump
from ragqa.index.passages import IndexedDocument
from ragqa.types import Document, DocumentRecord, Origin, Sentence

STORE_FILE, SENTENCES_FILE = "store.sqlite", "sentences.npy"
MIN_FACET_WEIGHT = 0.5
"""A sentence is listed under a facet from this weight on."""

_SCHEMA = """
CREATE TABLE document (
    row INTEGER PRIMARY KEY, document_id TEXT UNIQUE, source TEXT UNIQUE, slug TEXT, record TEXT,
    first_chunk INTEGER, n_chunks INTEGER, first_sentence INTEGER, n_sentences INTEGER, reference_list TEXT);
CREATE TABLE page (document INTEGER, number INTEGER, body TEXT, text TEXT, PRIMARY KEY (document, number));
CREATE TABLE section (document INTEGER, ordinal INTEGER, body TEXT, PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE TABLE chunk (row INTEGER PRIMARY KEY, document INTEGER, first_sentence INTEGER, last_sentence INTEGER, body TEXT);
CREATE TABLE sentence (row INTEGER PRIMARY KEY, document INTEGER, body TEXT);
CREATE TABLE tag (what TEXT, name TEXT, sentence INTEGER, PRIMARY KEY (what, name, sentence)) WITHOUT ROWID;
CREATE TABLE abbreviation (short TEXT, long TEXT, document INTEGER, PRIMARY KEY (short, long, document)) WITHOUT ROWID;
"""


class StoreWriter:
    """Writes `store.sqlite` and `sentences.npy` into the folder of a generation."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._database = sqlite3.connect(folder / STORE_FILE, isolation_level=None)
        # The file is fsynced as a whole before it is published; until then a crash discards it.
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192; BEGIN; {_SCHEMA}")
        self._vectors = ArrayWriter(folder / SENTENCES_FILE, dimension)
        self.n_documents = self.n_chunks = self.n_sentences = 0

    def add(self, entry: IndexedDocument) -> None:
        """Append one document with its pages, sections, chunks, sentences and tags."""
        document, row, execute, many = entry.document, self.n_documents, self._database.execute, self._database.executemany
        counts = (self.n_chunks, len(entry.chunks), self.n_sentences, len(document.sentences))
        record, references = dump(_record(document)), "[" + ",".join(dump(reference) for reference in document.references) + "]"
        execute("INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?)", (row, document.document_id, document.source, document.slug, record, *counts, references))
        many("INSERT INTO page VALUES (?,?,?,?)", ((row, page.number, dump(replace(page, text="")), page.text) for page in document.pages))
        many("INSERT INTO section VALUES (?,?,?)", ((row, section.ordinal, dump(section)) for section in document.sections))
        many(
            "INSERT INTO chunk VALUES (?,?,?,?,?)",
            (
                (self.n_chunks + number, row, self.n_sentences + chunk.first_sentence, self.n_sentences + chunk.last_sentence, dump(chunk))
                for number, chunk in enumerate(entry.chunks)
            ),
        )
        many("INSERT INTO sentence VALUES (?,?,?)", ((self.n_sentences + sentence.ordinal, row, dump(sentence)) for sentence in document.sentences))
        tags = ((what, name, self.n_sentences + sentence.ordinal) for sentence in document.sentences for what, name in sorted(set(_tags_of(sentence))))
        many("INSERT INTO tag VALUES (?,?,?)", tags)
        many("INSERT OR IGNORE INTO abbreviation VALUES (?,?,?)", ((short, long, row) for short, long in document.abbreviations))
        self._vectors.add(entry.sentence_vectors)
        self.n_documents += 1
        self.n_chunks += len(entry.chunks)
        self.n_sentences += len(document.sentences)

    def close(self) -> None:
        """Commit and close both files."""
        self._database.execute("COMMIT")
        self._database.close()
        self._vectors.close()

    def abandon(self) -> None:
        """Close both files as they are."""
        self._database.close()
        self._vectors.abandon()


def _record(document: Document) -> DocumentRecord:
    return DocumentRecord(
        document_id=document.document_id,
        sha256=document.sha256,
        source=document.source,
        source_format=document.source_format,
        metadata=document.metadata,
        status=document.status,
        status_reason=document.status_reason,
        n_pages=len(document.pages),
        n_sentences=len(document.sentences),
        quality=document.quality,
    )


def _tags_of(sentence: Sentence) -> Iterator[tuple[str, str]]:
    tags = sentence.tags
    if tags.population_origin is not Origin.DOCUMENT:
        yield from (("population", name) for name in tags.populations)
    yield from (("drug", name) for name in (*tags.drugs, *tags.topic_drugs))
    yield from (("trial", name) for name in tags.trials)
    yield from (("facet", facet) for facet, weight in tags.facets if weight >= MIN_FACET_WEIGHT)
