"""The shapes of requests and responses, as the OpenAPI description states them.

`AnswerOut` describes what `answers.json` writes, field by field; a test holds the two together. Values that carry no logic of their own
(documents, sections) are described by their classes in `types.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ragqa.types import (
    AnswerStatus,
    Audience,
    Direction,
    DocumentKind,
    DocumentRecord,
    DocumentSection,
    Facet,
    Filters,
    Origin,
    Strength,
    Tier,
)

_QUESTION = "Which treatments do the guidelines recommend first, and how firmly?"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersIn(_Shape):
    """Which documents may be searched; what is left out filters nothing."""

    kinds: list[DocumentKind] = Field(default=[], description="only documents of these kinds", examples=[["guideline", "randomised-trial"]])
    document_ids: list[str] = Field(default=[], max_length=1000, description="only these documents")
    year_from: int | None = Field(default=None, strict=True, ge=0, le=9999, description="published in this year or later")
    year_to: int | None = Field(default=None, strict=True, ge=0, le=9999, description="published in this year or earlier")

    def to_filters(self) -> Filters:
        """Return the value that the service takes."""
        return Filters(tuple(self.kinds), tuple(self.document_ids), self.year_from, self.year_to)


class AskIn(_Shape):
    """A question."""

    question: str = Field(description="free text, at most compose.question_max_characters long (2,000 unless set otherwise)", examples=[_QUESTION])
    audience: Audience = Field(default=Audience.CLINICIAN, description="for whom it is presented; statements and citations are the same for all")
    filters: FiltersIn = FiltersIn()


class SearchIn(_Shape):
    """A search for passages."""

    query: str = Field(description="free text", examples=["lung function after twelve months"])
    k: int = Field(default=10, strict=True, ge=1, le=100, description="most passages to return")
    filters: FiltersIn = FiltersIn()


class Passage(_Shape):
    """A passage of consecutive sentences of one section."""

    chunk_id: str
    heading: str = Field(description="heading path below the title")
    text: str


class SearchHitOut(_Shape):
    """A ranked passage with its document; `lexical` and `dense` are the raw scores of both parts."""

    rank: int
    score: float
    lexical: float | None
    dense: float | None
    document: DocumentRecord
    passage: Passage


class SearchOut(_Shape):
    """Passages by descending score."""

    hits: list[SearchHitOut]


class DocumentsOut(_Shape):
    """Every document of the library, by path."""

    documents: list[DocumentRecord]


class PageOut(_Shape):
    """The stored text of one page; every quote is a slice of it, in Unicode code points."""

    page: int
    text: str


class DocumentOut(_Shape):
    """One document with its sections and the text of its pages."""

    document: DocumentRecord
    sections: list[DocumentSection]
    pages: list[PageOut]


class ReadyOut(_Shape):
    """The state of the service."""

    status: Literal["ok", "ready"]


class InvalidPart(_Shape):
    """A part of a request that cannot be used."""

    pointer: str
    detail: str


class ProblemOut(_Shape):
    """Problem details (RFC 9457). `code` is stable; `detail` says what happened, to what, and what to do next."""

    type: str
    title: str
    status: int
    code: str = Field(examples=["question-invalid"])
    detail: str = Field(examples=["the question is empty. Ask in a sentence or a few words."])
    instance: str
    errors: list[InvalidPart] = []


# --------------------------------------------------------------------------- the answer, as answers.json writes it


class EvidenceOut(_Shape):
    """A verbatim quote: `quote == page_text[start:end]`."""

    source: int
    document_id: str
    document_version: str
    section_path: list[str]
    page: int
    start: int
    end: int
    quote: str
    source_refs: list[int]
    relation: str


class RecommendationOut(_Shape):
    """What is recommended, how firmly, and by whom."""

    direction: Direction
    strength: Strength
    certainty: str | None
    organisation: str | None
    year: int | None
    superseded_by: str | None


class EditOut(_Shape):
    """A recorded difference between a statement and its quote."""

    op: str
    before: str
    after: str


class VerificationOut(_Shape):
    """What the grounding gate checked."""

    method: str
    checks: dict[str, bool]
    coverage: float


class StatementOut(_Shape):
    """One statement with the quotes it rests on."""

    id: str
    text: str
    populations: list[str]
    population_tier: Tier
    population_origin: Origin
    facet: Facet
    recommendation: RecommendationOut | None
    design: str | None
    n: int | None
    year: int | None
    numbers: list[str]
    drugs: list[str]
    citations: list[int]
    evidence: list[EvidenceOut] = Field(min_length=1)
    edits: list[EditOut]
    verification: VerificationOut
    score: float
    why: dict[str, float]


class GroupOut(_Shape):
    """Statements under one sub-heading."""

    facet: str
    title: str
    statements: list[StatementOut]


class SectionOut(_Shape):
    """One part of the answer."""

    id: str
    title: str
    note: str | None
    groups: list[GroupOut]


class SourceOut(_Shape):
    """An entry of the numbered source list."""

    n: int
    document_id: str
    document_version: str
    title: str
    label: str
    type: DocumentKind
    authors: list[str]
    organisation: str | None
    journal: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    digest_of: str | None
    superseded_by: list[str]


class ReasonOut(_Shape):
    """Why an answer is missing or partial."""

    code: str
    message: str
    suggestion: str


class ClarificationOut(_Shape):
    """A term with more than one reading."""

    term: str
    used: str
    others: list[str]


class CorrectionOut(_Shape):
    """A word that was read as another."""

    typed: str
    read: str


class ConflictOut(_Shape):
    """Two statements that disagree, by their ids."""

    statements: list[str]
    kind: str
    note: str


class ComposerOut(_Shape):
    """What composed the answer."""

    name: str
    version: str
    settings_hash: str


class ReviewOut(_Shape):
    """Whether a person has reviewed the answer, and the hash of the evidence that a review approves."""

    state: str
    last_updated: str | None
    evidence_hash: str


class AnswerOut(_Shape):
    """A complete answer."""

    answer_id: str
    question: str
    interpreted_question: str
    status: AnswerStatus
    reason: ReasonOut | None
    clarifications: list[ClarificationOut]
    corrections: list[CorrectionOut]
    index_version: str
    composer: ComposerOut
    audience: Audience
    sections: list[SectionOut]
    nearest: list[StatementOut]
    conflicts: list[ConflictOut]
    not_covered: list[str]
    sources: list[SourceOut]
    follow_ups: list[str]
    disclaimer: str
    review: ReviewOut
    timings_ms: dict[str, float]


IndexOut = dict[str, Any]
"""Name, counts, digest and encoder of the current generation, as the service reports them."""
