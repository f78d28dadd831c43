"""Citation precision and recall, contradictions and badges, on sentences of the shipped corpus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.citations import badge_precision, citation_precision, citation_recall, contradiction
from ragqa.evaluation.records import Share
from ragqa.service import QAService
from ragqa.types import Direction, Edit, Evidence, RecommendationCard, Statement, Strength
from tests.evaluation.samples import GUIDELINE, TRIAL, answer, plain, question, quoting


def judged(assessor: Assessor, service: QAService, *statements: Statement) -> Case:
    """Return a case of these statements."""
    return Case(question(), answer(*statements, service=service), assessor)


def test_a_verbatim_quote_supports_its_statement(corpus_service: QAService, assessor: Assessor) -> None:
    """A statement whose quote is the stored text of its page is supported, and its one citation is needed."""
    case = judged(assessor, corpus_service, quoting(corpus_service, GUIDELINE))

    assert citation_recall(case) == Share(1.0, 1)
    assert citation_precision(case) == Share(1.0, 1)


def changed(statement: Statement, **fields: object) -> Statement:
    """Return a statement with its one piece of evidence changed."""
    return replace(statement, evidence=(replace(statement.evidence[0], **fields),))  # type: ignore[arg-type]  # fields of Evidence, by name


def test_evidence_that_is_not_on_its_page_supports_nothing(corpus_service: QAService, assessor: Assessor) -> None:
    """Another page, another place, another version of the document, or another quote: none counts."""
    real = quoting(corpus_service, GUIDELINE)
    evidence = real.evidence[0]
    broken = [
        changed(real, page=evidence.page + 1),
        changed(real, start=evidence.start + 1),
        changed(real, document_version="0" * 64),
        changed(real, document_id="0" * 16),
        changed(real, quote=evidence.quote.upper()),
    ]

    for statement in broken:
        case = Case(question(), replace(answer(real, service=corpus_service), sections=answer(statement, sources=()).sections if False else ()), assessor)
        case = Case(question(), replace(case.answer, sections=_sections(statement)), assessor)
        assert citation_recall(case) == Share(0.0, 1), statement.evidence


def _sections(statement: Statement) -> tuple[object, ...]:
    return answer(replace(statement, evidence=())).sections and _with(statement)


def _with(statement: Statement) -> tuple[object, ...]:
    from ragqa.types import AnswerSection, StatementGroup

    return (AnswerSection("research", "research", (StatementGroup("treatment", "Treatment", (statement,)),)),)
