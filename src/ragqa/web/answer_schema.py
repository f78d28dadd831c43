"""The shape of an answer in the OpenAPI description, field by field as `answers/json.py` writes it; a test holds the two together."""

from __future__ import annotations

from pydantic import Field

from ragqa.types import AnswerStatus, Audience, Direction, DocumentKind, Facet, Origin, Strength, Tier
from ragqa.web.schemas import Shape


class EvidenceOut(Shape):
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


class RecommendationOut(Shape):
    """What is recommended, how firmly, and by whom."""

    direction: Direction
    strength: Strength
    certainty: str | None
    organisation: str | None
    year: int | None
    superseded_by: str | None


class EditOut(Shape):
    """A recorded difference between a statement and its quote."""

    op: str
    before: str
    after: str


class VerificationOut(Shape):
    """What the grounding gate checked."""

    method: str
    checks: dict[str, bool]
    coverage: float


class StatementOut(Shape):
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


class GroupOut(Shape):
    """Statements under one sub-heading."""

    facet: str
    title: str
    statements: list[StatementOut]


class SectionOut(Shape):
    """One part of the answer."""

    id: str
    title: str
    note: str | None
    groups: list[GroupOut]


class SourceOut(Shape):
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


class ReasonOut(Shape):
    """Why an answer is missing or partial."""

    code: str
    message: str
    suggestion: str


class ClarificationOut(Shape):
    """A term with more than one reading."""

    term: str
    used: str
    others: list[str]


class CorrectionOut(Shape):
    """A word that was read as another."""

    typed: str
    read: str


class ConflictOut(Shape):
    """Two statements that disagree, by their ids."""

    statements: list[str]
    kind: str
    note: str


class ComposerOut(Shape):
    """What composed the answer."""

    name: str
    version: str
    settings_hash: str


class ReviewOut(Shape):
    """Whether a person has reviewed the answer, and the hash of the evidence that a review approves."""

    state: str
    last_updated: str | None
    evidence_hash: str


class FiltersOut(Shape):
    """Which documents were searched; an empty field filtered nothing."""

    kinds: list[DocumentKind]
    document_ids: list[str]
    year_from: int | None
    year_to: int | None


class AnswerOut(Shape):
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
    filters: FiltersOut
    sections: list[SectionOut]
    nearest: list[StatementOut]
    conflicts: list[ConflictOut]
    not_covered: list[str]
    sources: list[SourceOut]
    follow_ups: list[str]
    disclaimer: str
    review: ReviewOut
    timings_ms: dict[str, float]


class BecauseOut(Shape):
    """One reason for or against a statement, with its share in the estimate (log-odds)."""

    reason: str
    share: str


class ChosenOut(Shape):
    """Why a statement was chosen."""

    id: str
    score: float
    tier: Tier
    because: list[BecauseOut]


class LeftOutOut(Shape):
    """A sentence that was looked at and left out."""

    text: str
    source: str
    score: float
    tier: Tier
    reason: str


class ExplanationOut(Shape):
    """Why the answer holds what it holds."""

    chosen: list[ChosenOut]
    left_out: list[LeftOutOut]


class ExplainedAnswerOut(AnswerOut):
    """An answer, with an explanation where one was asked for."""

    explain: ExplanationOut | None = None
