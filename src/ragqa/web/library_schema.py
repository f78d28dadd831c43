"""The shapes of the library as the OpenAPI description states them: documents, uploads, the index and jobs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ragqa.codec import from_json
from ragqa.curation import Outcome, Upload
from ragqa.types import BuildReport, Document, DocumentRecord, DocumentSection, DocumentStatus, Metadata, Problem, Quality
from ragqa.web.schemas import Shape


class DocumentListedOut(Shape):
    """A document of the index: everything but its text. `file_name` is what its file was called where it came from."""

    document_id: str
    sha256: str
    source: str = Field(description="path below the corpus folder; random for an uploaded file")
    source_format: str
    metadata: Metadata
    status: DocumentStatus
    status_reason: str
    n_pages: int
    n_sentences: int
    quality: Quality
    file_name: str
    uploaded: str | None = Field(default=None, description="when it was uploaded, UTC; null for a file that was in the corpus")
    uploaded_by: str | None = None

    @classmethod
    def of(cls, record: DocumentRecord, upload: Upload | None) -> DocumentListedOut:
        """Return the shape of a document."""
        shown = {"file_name": upload.file_name, "uploaded": upload.uploaded, "uploaded_by": upload.uploaded_by} if upload else {}
        words = upload.file_name if upload else record.file
        return cls(
            document_id=record.document_id,
            sha256=record.sha256,
            source=record.source,
            source_format=record.source_format,
            metadata=record.metadata,
            status=record.status,
            status_reason=record.status_reason.replace(record.file, words),
            n_pages=record.n_pages,
            n_sentences=record.n_sentences,
            quality=record.quality,
            **({"file_name": record.file.rpartition("/")[2]} | shown),
        )


class FileProblemOut(Shape):
    """A file of the corpus that the index holds in part or not at all. `document_id` is given where it can be removed by it."""

    file_name: str
    source: str
    status: DocumentStatus
    message: str
    document_id: str | None = None


class DocumentsOut(Shape):
    """Documents of the library by path, those that pass the filters, and the files that could not be read whole."""

    documents: list[DocumentListedOut]
    problems: list[FileProblemOut]
    total: int = Field(description="documents that pass the filters, of which this is one page")


class PageOut(Shape):
    """The stored text of one page; every quote is a slice of it, in Unicode code points."""

    page: int
    text: str


class DocumentOut(Shape):
    """One document with its sections and the text of its pages."""

    document: DocumentListedOut
    sections: list[DocumentSection]
    pages: list[PageOut]


class ReadingOut(Shape):
    """What the parser read from a file: the quality report that the person who uploads it sees at once."""

    document_id: str
    metadata: Metadata
    n_pages: int
    n_sections: int
    n_sentences: int
    n_references: int
    engines: dict[str, int] = Field(description="how many pages each reader read")
    quality: Quality

    @classmethod
    def of(cls, document: Document) -> ReadingOut:
        """Return the shape of a parsed document."""
        engines: dict[str, int] = {}
        for page in document.pages:
            engines[page.engine] = engines.get(page.engine, 0) + 1
        return cls(
            document_id=document.document_id,
            metadata=document.metadata,
            n_pages=len(document.pages),
            n_sections=len(document.sections),
            n_sentences=len(document.sentences),
            n_references=len(document.references),
            engines=engines,
            quality=document.quality,
        )


class UploadOut(Shape):
    """How the upload of one file ended: `ok` and `partial` are kept, all others are removed. `duplicate_of` is the document with the same bytes."""

    name: str
    status: DocumentStatus
    message: str
    document: ReadingOut | None = Field(default=None, description="what was read from a file that is kept; of one with many records the first")
    n_documents: int = 0
    duplicate_of: str | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> UploadOut:
        """Return the shape of an outcome."""
        document = ReadingOut.of(outcome.document) if outcome.document else None
        return cls(
            name=outcome.file_name,
            status=outcome.status,
            message=outcome.message,
            document=document,
            n_documents=len(outcome.documents),
            duplicate_of=outcome.duplicate_of,
        )


class UploadsOut(Shape):
    """How each file ended, in the order sent, and the job that will index those that were kept; null where none was."""

    uploads: list[UploadOut]
    job_id: str | None


class ChangeOut(Shape):
    """A change of the corpus, and the job that brings the index after it; until then the index answers as before."""

    document_id: str
    file_name: str
    job_id: str


class InspectionOut(Shape):
    """What the parser reads from the file of a document now, in numbers and in lines to read; of one page where one is named."""

    reading: ReadingOut
    status: DocumentStatus
    status_reason: str
    report: str


class JobOut(Shape):
    """One job: a build of the index. `report` is what it did, once it has succeeded."""

    job_id: str
    kind: str
    state: Literal["queued", "running", "succeeded", "failed", "interrupted"]
    stage: str = Field(description="read, parse, embed or publish while it runs")
    done: int
    total: int
    message: str
    principal: str = Field(description="who asked for it")
    created: str = Field(description="date and time with zone")
    updated: str
    report: BuildReport | None = None

    @property
    def has_ended(self) -> bool:
        """Return whether the job will not change any more."""
        return self.state in ("succeeded", "failed", "interrupted")


class JobStartedOut(Shape):
    """The job that was asked for; `/v1/jobs/{job_id}/events` follows it."""

    job_id: str


class JobsOut(Shape):
    """Jobs, the latest first."""

    jobs: list[JobOut]


class CountsOut(Shape):
    """What the index holds."""

    documents: int
    chunks: int
    sentences: int


class IndexOut(Shape):
    """The generation that answers now, the one that a rollback would bring back, and the build that is waiting or running."""

    generation: str
    version: str
    counts: CountsOut
    encoder: str
    created: str | None
    digest: str | None
    problems: list[Problem]
    rollback_to: str | None
    job: JobOut | None


class RolledBackOut(Shape):
    """The generation that answers from now on."""

    generation: str


def report_of(result: Any) -> BuildReport | None:
    """Return the report that a job carries as its result; None where it carries none."""
    try:
        return from_json(BuildReport, result) if result else None
    except (TypeError, KeyError, ValueError):
        return None
