"""Small questions, statements and answers to judge; statements quote real sentences of the shipped corpus unless a test changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ragqa.evaluation.questions import EvalQuestion, Expected, Importance, Nugget, QuestionType
from ragqa.evaluation.records import QuestionRecord, Share
from ragqa.service import QAService
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Audience,
    DocumentRecord,
    Evidence,
    Facet,
    Origin,
    Reason,
    Source,
    Statement,
    StatementGroup,
    Tier,
)

GUIDELINE = "acr-chest-2023-treatment"
TRIAL = "sls2-mycophenolate-tashkin-2016"


def question(**fields: Any) -> EvalQuestion:
    """Return a question that expects an answer unless told otherwise."""
    given = {"id": "q", "text": "What helps?", "type": QuestionType.TREATMENT, "audience": Audience.CLINICIAN, "expected": Expected.ANSWER}
    return EvalQuestion(**{**given, **fields})


def nugget(pattern: str, importance: Importance = Importance.VITAL) -> Nugget:
    """Return a nugget recognised by a pattern."""
    return Nugget(text=pattern, importance=importance, documents=(GUIDELINE,), pattern=pattern)


def quoting(service: QAService, slug: str, place: int = 0, **fields: Any) -> Statement:
    """Return a statement that quotes the sentence at a place among those of a document that have a population."""
    document = service.document(slug)
    record = [record for record in service.document_sentences(slug) if record.sentence.tags.populations][place]
    span = record.sentence.spans[0]
    quote = dict(service.document_pages(slug))[span.page][span.start : span.end]
    evidence = Evidence(1, document.document_id, document.sha256, record.section.path, span.page, span.start, span.end, quote)
    return replace(plain(record.sentence.text), **{"populations": record.sentence.tags.populations, "evidence": (evidence,), **fields})


def plain(text: str, **fields: Any) -> Statement:
    """Return a statement without evidence."""
    given = {"populations": (), "population_tier": Tier.EXACT, "population_origin": Origin.EXPLICIT, "facet": Facet.TREATMENT, "evidence": ()}
    return Statement(**{"statement_id": "s1", "text": text, **given, **fields})


def answer(*statements: Statement, service: QAService | None = None, section: str = "research", **fields: Any) -> Answer:
    """Return an answer of one section; documents that statements cite are its sources, numbered as their evidence says."""
    groups = (StatementGroup("treatment", "Treatment", statements),) if statements else ()
    known = {document.document_id: document for document in service.documents()} if service else {}
    cited = {evidence.source: evidence.document_id for statement in statements for evidence in statement.evidence if evidence.document_id in known}
    sources = [_source(number, known[document_id]) for number, document_id in sorted(cited.items())]
    given: dict[str, Any] = {"status": AnswerStatus.ANSWERED, "sections": (AnswerSection(section, section, groups),), "sources": tuple(sources)}
    common = {"answer_id": "a", "question": "q", "interpreted_question": "q", "index_version": "g", "composer": "c", "settings_hash": "s", "disclaimer": ""}
    return Answer(**{**common, **given, **fields})


def _source(number: int, document: DocumentRecord) -> Source:
    return Source(number, document.document_id, document.sha256, document.metadata.title, document.metadata.label, document.metadata.kind)


def refusal(code: str) -> Answer:
    """Return an abstention with a reason."""
    return answer(status=AnswerStatus.INSUFFICIENT_EVIDENCE, sections=(), reason=Reason(code, code))


def record(name: str, shares: dict[str, Share], base: str | None = None, **fields: Any) -> QuestionRecord:
    """Return a judged question with given shares."""
    given: dict[str, Any] = {"type": "treatment", "expected": "answer", "missing": None, "status": "answered", "reason": None, "confidence": 0.0}
    return QuestionRecord(**{"question_id": name, "base_id": base or name, "text": name, "statements": (), "nuggets": (), "shares": shares, **given, **fields})


def shares(values: Sequence[float], key: str = "vital_recall") -> list[QuestionRecord]:
    """Return one record a value, named q0, q1 and so on."""
    return [record(f"q{place}", {key: Share(value, 1)}) for place, value in enumerate(values)]
