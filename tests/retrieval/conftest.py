"""A small real generation to rank: two guidelines and three papers, written by the code that writes any generation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragqa.index.dense import DenseIndex
from ragqa.index.generation import LEXICAL_FOLDER
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.lexical import LexicalIndex
from ragqa.index.passages import indexed_document, passage_texts
from ragqa.index.store import Store
from ragqa.index.writer import GenerationWriter
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.intake import parse_file
from ragqa.retrieval.hybrid import HybridRetriever
from ragqa.settings import IngestSettings, RetrievalSettings
from tests.retrieval.samples import SHORT_CHUNKS, SmallIndex, write_corpus


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallIndex]:
    """Give the parts of a generation over the corpus of `samples`, in chunks of about two sentences."""
    corpus, folder = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("generation")
    embedder = HashingEmbedder(64)
    with GenerationWriter(folder, embedder.dimension) as writer:
        for path in sorted(write_corpus(corpus)):
            document = parse_file(path, corpus, IngestSettings())
            chunks = chunk_document(document, SHORT_CHUNKS)
            writer.add(indexed_document(document, chunks, embedder.embed_passages(passage_texts(document, chunks))))
    lexical = LexicalIndex.open(folder / LEXICAL_FOLDER)
    library = Store(folder, "small", lexical.frequencies)
    yield SmallIndex(library, lexical, DenseIndex.open(folder), embedder)
    library.close()


@pytest.fixture(scope="session")
def retriever(small_index: SmallIndex) -> HybridRetriever:
    """Return a retriever over the small index with the default settings."""
    return small_index.retriever(RetrievalSettings())
