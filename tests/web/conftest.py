"""The application over the real service, which answers from the hand-written library of `tests/answers/samples.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragqa.errors import DocumentNotFound
from ragqa.protocols import Embedder, Library
from ragqa.service import QAService, Reader
from ragqa.settings import Settings
from ragqa.types import Answer, Chunk, DocumentRecord, DocumentSection, Filters, Hit, Query, Ranking
from ragqa.web.app import create_app
from ragqa.web.context import Context
from tests.answers import samples


class SampleLibrary:
    """Reads the sample documents: the part of `Library` that the service uses for listing, search and pages."""

    version = "gen-000001-abcdef"
    n_documents, n_chunks, n_sentences = 3, 1, 12

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return every document."""
        return samples.RECORDS

    def document(self, document_id: str) -> DocumentRecord:
        """Return a document by id or file name."""
        for record in samples.RECORDS:
            if document_id in (record.document_id, record.slug):
                return record
        raise DocumentNotFound(f'no document "{document_id}". "ragqa docs list" shows all.')

    def page_text(self, document_id: str, page: int) -> str:
        """Return the text of a page."""
        return samples.PAGES[document_id][page - 1]

    def sections(self, document_id: str) -> tuple[DocumentSection, ...]:
        """Return the sections of a document."""
        return samples.SECTIONS[document_id]

    def chunks(self, rows: list[int]) -> list[Chunk]:
        """Return the one chunk there is."""
        title, text = samples.GUIDELINE.metadata.title, samples.FOR.text
        return [Chunk("c0", samples.GUIDELINE.document_id, 0, 0, 0, title, "First-line treatment", text) for _ in rows]


class SampleRetriever:
    """Finds the one chunk, unless the filters exclude guidelines."""

    def search(self, queries: list[Query], k: int, filters: Filters) -> list[Ranking]:
        """Return one ranking a query."""
        found = (Hit(0, 1.5, 7.25, 0.81),) if not filters.kinds or samples.GUIDELINE.metadata.kind in filters.kinds else ()
        return [found[:k] for _ in queries]


class SampleComposer:
    """Gives each known question its answer and abstains on all others."""

    def compose(self, query: Query, guidelines: Ranking, research: Ranking, filters: Filters | None = None) -> Answer:
        """Return the answer written for a question."""
        if query.question == "fail":
            raise ZeroDivisionError("a secret of the machine")
        known = {answer.question: answer for answer in (samples.ANSWER, samples.CLARIFIED)}
        return known.get(query.question, samples.ABSTENTION)


class SampleEmbedder:
    """Names itself; nothing here embeds."""

    model_id = "sample"


def sample_service(settings: Settings) -> QAService:
    """Return the service over the sample library."""
    reader = Reader(
        generation="gen-000001",
        library=cast(Library, SampleLibrary()),
        embedder=cast(Embedder, SampleEmbedder()),
        retriever=SampleRetriever(),  # type: ignore[arg-type]  # filters are always given
        composer=SampleComposer(),
        analyse=lambda question: Query(question, question),
        check=lambda answer: answer,
    )
    return QAService(settings, lambda: reader, lambda: reader.generation)


@pytest.fixture(scope="session")
def sample_app() -> FastAPI:
    """Return the application over the sample library."""
    settings = Settings()
    return create_app(Context(sample_service(settings), settings))


@pytest.fixture
def client(sample_app: FastAPI) -> Iterator[TestClient]:
    """Return a client that shows what a caller sees: errors of the application arrive as responses."""
    with TestClient(sample_app, raise_server_exceptions=False) as client:
        yield client
