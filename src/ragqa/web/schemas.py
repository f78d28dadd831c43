"""The shapes of requests and responses, as the OpenAPI description states them.

The answer itself is described in `answer_schema.py`. Values that carry no logic of their own (documents, sections) are described by their
classes in `types.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ragqa.types import Audience, DocumentKind, DocumentRecord, DocumentSection, Filters

_QUESTION = "Which treatments do the guidelines recommend first, and how firmly?"


class Shape(BaseModel):
    """The base of all shapes: an unknown field is an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class FiltersIn(Shape):
    """Which documents may be searched; what is left out filters nothing."""

    kinds: list[DocumentKind] = Field(default=[], description="only documents of these kinds", examples=[["guideline", "randomised-trial"]])
    document_ids: list[str] = Field(default=[], max_length=1000, description="only these documents")
    year_from: int | None = Field(default=None, strict=True, ge=0, le=9999, description="published in this year or later")
    year_to: int | None = Field(default=None, strict=True, ge=0, le=9999, description="published in this year or earlier")

    def to_filters(self) -> Filters:
        """Return the value that the service takes."""
        return Filters(tuple(self.kinds), tuple(self.document_ids), self.year_from, self.year_to)


class AskIn(Shape):
    """A question."""

    question: str = Field(description="free text, at most compose.question_max_characters long (2,000 unless set otherwise)", examples=[_QUESTION])
    audience: Audience = Field(default=Audience.CLINICIAN, description="for whom it is presented; statements and citations are the same for all")
    filters: FiltersIn = FiltersIn()
    explain: bool = Field(default=False, description="add why each statement was chosen and the nearest ones that were not")


class SearchIn(Shape):
    """A search for passages."""

    query: str = Field(description="free text", examples=["lung function after twelve months"])
    k: int = Field(default=10, strict=True, ge=1, le=100, description="most passages to return")
    filters: FiltersIn = FiltersIn()


class Passage(Shape):
    """A passage of consecutive sentences of one section."""

    chunk_id: str
    heading: str = Field(description="heading path below the title")
    text: str


class SearchHitOut(Shape):
    """A ranked passage with its document; `lexical` and `dense` are the raw scores of both parts."""

    rank: int
    score: float
    lexical: float | None
    dense: float | None
    document: DocumentRecord
    passage: Passage


class FacetsOut(Shape):
    """How many documents of the hits there are of each kind, year and disease: what a search can be narrowed by."""

    kinds: dict[str, int]
    years: dict[str, int]
    populations: dict[str, int]


class SearchOut(Shape):
    """Passages by descending score."""

    hits: list[SearchHitOut]
    facets: FacetsOut


class FailedCheckOut(Shape):
    """A check that a statement does not pass."""

    check: str
    means: str


class StatementCheckOut(Shape):
    """What the check of one statement found."""

    id: str
    holds: bool
    failed: list[FailedCheckOut]


class CheckOut(Shape):
    """What the check of an answer found. `replayed` is null where another generation or other settings gave the answer."""

    answer_id: str
    holds: bool
    given_by: str = Field(description="the generation that gave the answer")
    checked_against: str
    replayed: bool | None = Field(description="whether asking again gives the same answer")
    problems: list[str]
    statements: list[StatementCheckOut]


class DocumentsOut(Shape):
    """Every document of the library, by path."""

    documents: list[DocumentRecord]


class PageOut(Shape):
    """The stored text of one page; every quote is a slice of it, in Unicode code points."""

    page: int
    text: str


class DocumentOut(Shape):
    """One document with its sections and the text of its pages."""

    document: DocumentRecord
    sections: list[DocumentSection]
    pages: list[PageOut]


class ReadyOut(Shape):
    """The state of the service."""

    status: Literal["ok", "ready"]


class InvalidPart(Shape):
    """A part of a request that cannot be used."""

    pointer: str
    detail: str


class ProblemOut(Shape):
    """Problem details (RFC 9457). `code` is stable; `detail` says what happened, to what, and what to do next."""

    type: str
    title: str
    status: int
    code: str = Field(examples=["question-invalid"])
    detail: str = Field(examples=["the question is empty. Ask in a sentence or a few words."])
    instance: str
    errors: list[InvalidPart] = []


IndexOut = dict[str, Any]
"""Name, counts, digest and encoder of the current generation, as the service reports them."""
