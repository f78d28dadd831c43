"""The application over the real service, which answers from the hand-written library of `tests/answers/samples.py`."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragqa.errors import DocumentNotFound
from ragqa.protocols import Embedder, Library
from ragqa.service import QAService, Reader
from ragqa.settings import RecordsSettings, ServerSettings, Settings
from ragqa.types import (
    Answer,
    AnswerCheck,
    Chunk,
    Considered,
    DocumentRecord,
    DocumentSection,
    Filters,
    Hit,
    Interpretation,
    Query,
    Ranking,
    Sentence,
    SentenceRecord,
    Span,
    StatementCheck,
    Tier,
)
from ragqa.web.app import create_app
from ragqa.web.context import Context, make_context
from tests.answers import samples
from tests.web.library import built_library, library, library_client, reading_client  # noqa: F401 - fixtures


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

    def document_sentences(self, document_id: str) -> list[SentenceRecord]:
        """Return one sentence, the first quote that the samples take from a document."""
        (section,) = samples.SECTIONS[document_id]
        first = next(item for statement in samples.ANSWER.statements for item in statement.evidence if item.document_id == document_id)
        sentence = Sentence(0, first.quote, (Span(first.page, first.start, first.end),), section.ordinal, 0)
        return [SentenceRecord(0, document_id, section, sentence)]

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

    def left_out(self, answer: Answer, query: Query, guidelines: Ranking, research: Ranking, filters: Filters | None = None) -> tuple[Considered, ...]:
        """Return the one sentence that was left out."""
        return (Considered("A sentence on something else.", "Sample 2020", Tier.SIBLING, 0.2, "it is on another disease than the one asked about"),)


class SampleEmbedder:
    """Names itself; its vectors mean nothing."""

    model_id = "sample"

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector a text."""
        return [[1.0] for _ in texts]


def sample_interpretation(question: str, earlier: Sequence[str], *_: object) -> Interpretation:
    """Read one question in the light of the one before; every other stands alone."""
    if question == "And its dose?" and earlier:
        return Interpretation(question, samples.ABSTENTION.question, "subject", ("What is the dose of rituximab?",))
    return Interpretation(question, question, "standalone")


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
        interpret=sample_interpretation,
        verify=lambda answer: AnswerCheck(
            answer.answer_id, answer.index_version, "gen-000001-abcdef", tuple(StatementCheck(item.statement_id, item.text, ()) for item in answer.statements)
        ),
    )
    return QAService(settings, lambda: reader, lambda: reader.generation)


def sample_context(**server: object) -> Context:
    """Return a context over the sample library, with records, corpus and index in a folder of its own that nothing is in.

    The records are a file: whoever drives the application may start and stop it for every request.
    """
    folder = Path(mkdtemp(prefix="ragqa-sample-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    paths = {"corpus": folder / "corpus", "index": folder / "index"}
    settings = Settings(records=RecordsSettings(url=f"sqlite:///{folder / 'records.sqlite'}"), server=ServerSettings(**server), **paths)  # type: ignore[arg-type]  # pydantic checks them
    return make_context(sample_service(settings), settings)


@pytest.fixture(scope="session")
def sample_app() -> FastAPI:
    """Return the application over the sample library."""
    return create_app(sample_context())


@pytest.fixture(scope="session")
def client(sample_app: FastAPI) -> Iterator[TestClient]:
    """Return a client that shows what a caller sees: errors of the application arrive as responses."""
    with TestClient(sample_app, raise_server_exceptions=False) as client:
        yield client
