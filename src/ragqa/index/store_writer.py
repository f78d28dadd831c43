"""Write the texts of a generation: one SQLite file and the vectors of its sentences.

Documents, chunks and sentences are numbered in the order in which they are added, from where the part begins; the chunks and sentences
of a document follow each other, so its record holds only where they begin.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ragqa.codec import dump
from ragqa.index.arrays import ArrayWriter
from ragqa.index.parts import Position
from ragqa.index.passages import IndexedDocument
from ragqa.types import Document, DocumentKind, DocumentRecord, Facet, Origin, Sentence, states_scope

STORE_FILE, SENTENCES_FILE = "store.sqlite", "sentences.npy"
TABLES = ("document", "page", "section", "chunk", "sentence", "abbreviation")
"""Each has a column `document`, by which documents out of use are left out."""
TAG_NUMBERS = np.dtype("<i4")
"""How the table `tag` holds the stored numbers of the sentences that carry a name: ascending, one after the other."""
MIN_FACET_WEIGHT = 0.5
"""A sentence is listed under a facet from this weight on."""
LEAST_OF_DESIGN = 0.3
"""Weight of a situation of treatment from which on the design of a study says that its patients were in it."""
_SITUATIONS = (Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE)

_SCHEMA = """
CREATE TABLE document (
    document INTEGER PRIMARY KEY, document_id TEXT UNIQUE, source TEXT UNIQUE, key TEXT, digest TEXT, vectors_key TEXT, record TEXT,
    first_chunk INTEGER, n_chunks INTEGER, first_sentence INTEGER, n_sentences INTEGER, reference_list TEXT);
CREATE TABLE page (document INTEGER, number INTEGER, body TEXT, text TEXT, PRIMARY KEY (document, number));
CREATE TABLE section (document INTEGER, ordinal INTEGER, body TEXT, PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE TABLE chunk (number INTEGER PRIMARY KEY, document INTEGER, first_sentence INTEGER, last_sentence INTEGER, body TEXT);
CREATE TABLE sentence (number INTEGER PRIMARY KEY, document INTEGER, body TEXT);
CREATE TABLE tag (what TEXT, name TEXT, n INTEGER, sentences BLOB, PRIMARY KEY (what, name));
CREATE TABLE abbreviation (short TEXT, long TEXT, document INTEGER, PRIMARY KEY (short, long, document)) WITHOUT ROWID;
"""


class StoreWriter:
    """Writes `store.sqlite` and `sentences.npy` into the folder of a part; `next` holds the numbers of what is added next."""

    def __init__(self, folder: Path, dimension: int, begin: Position) -> None:
        self._database = sqlite3.connect(folder / STORE_FILE, isolation_level=None)
        # The file is fsynced as a whole before it is published; until then a crash discards it.
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192; BEGIN; {_SCHEMA}")
        self._vectors = ArrayWriter(folder / SENTENCES_FILE, dimension)
        # Four bytes a tag are held until the end: 100 MB for a million chunks.
        self._tags: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("i"))
        self.next = begin

    def add(self, entry: IndexedDocument) -> None:
        """Append one document with its pages, sections, chunks, sentences and tags."""
        document, at, many = entry.document, self.next, self._database.executemany
        counts = (at.chunk, len(entry.chunks), at.sentence, len(document.sentences))
        references = "[" + ",".join(dump(reference) for reference in document.references) + "]"
        origin = (document.document_id, document.source, entry.key, entry.digest, entry.vectors_key)
        values = (at.document, *origin, dump(_record(document)), *counts, references)
        self._database.execute("INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", values)
        many("INSERT INTO page VALUES (?,?,?,?)", ((at.document, page.number, dump(replace(page, text="")), page.text) for page in document.pages))
        many("INSERT INTO section VALUES (?,?,?)", ((at.document, section.ordinal, dump(section)) for section in document.sections))
        chunks = (
            (at.chunk + number, at.document, at.sentence + chunk.first_sentence, at.sentence + chunk.last_sentence, dump(chunk))
            for number, chunk in enumerate(entry.chunks)
        )
        many("INSERT INTO chunk VALUES (?,?,?,?,?)", chunks)
        sentences = document.sentences
        many("INSERT INTO sentence VALUES (?,?,?)", ((at.sentence + sentence.ordinal, at.document, dump(sentence)) for sentence in sentences))
        for sentence in sentences:
            for tag in {*_tags_of(sentence), ("zone", document.sections[sentence.section].zone)}:
                self._tags[tag].append(at.sentence + sentence.ordinal)
        many("INSERT OR IGNORE INTO abbreviation VALUES (?,?,?)", ((short, long, at.document) for short, long in document.abbreviations))
        self._vectors.add(entry.sentence_vectors)
        self.next = Position(at.document + 1, at.chunk + len(entry.chunks), at.sentence + len(sentences))

    def close(self) -> None:
        """Commit and close both files."""
        tags = ((what, name, len(numbers), np.asarray(numbers, TAG_NUMBERS).tobytes()) for (what, name), numbers in sorted(self._tags.items()))
        self._database.executemany("INSERT INTO tag VALUES (?,?,?,?)", tags)
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
        out_of_scope=_out_of_scope(document),
        situations=_situations(document),
    )


def _out_of_scope(document: Document) -> tuple[str, ...]:
    """Return whom a guideline leaves out as a whole: read where it speaks of itself, and of no treatment."""
    if document.metadata.kind is not DocumentKind.GUIDELINE:
        return ()
    of_itself = [sentence.tags for sentence in document.sentences if states_scope(sentence.tags)]
    return tuple(sorted({name for tags in of_itself for name in tags.excluded_populations}))


def _situations(document: Document) -> tuple[str, ...]:
    """Return the situations of treatment that the patients of a study were in: told by its design, or by what it gave in a rapid course.

    That some got worse in the end, or who did, says nothing of what they were.
    """
    if document.metadata.kind is DocumentKind.GUIDELINE:
        return ()
    found: set[str] = set()
    for tags in (sentence.tags for sentence in document.sentences if sentence.tags.facets):
        main = tags.facets[0][0]
        if main is Facet.DESIGN:
            found.update(facet for facet in _SITUATIONS if tags.weight(facet) >= LEAST_OF_DESIGN)
        if main is Facet.RAPIDLY_PROGRESSIVE and tags.drugs and not tags.weight(Facet.RISK_FACTOR):
            found.add(main)
    return tuple(sorted(found))


def _tags_of(sentence: Sentence) -> Iterator[tuple[str, str]]:
    tags = sentence.tags
    if tags.population_origin is not Origin.DOCUMENT:
        yield from (("population", name) for name in tags.populations)
    yield from (("drug", name) for name in (*tags.drugs, *tags.topic_drugs))
    yield from (("trial", name) for name in tags.trials)
    yield from (("facet", facet) for facet, weight in tags.facets if weight >= MIN_FACET_WEIGHT)
