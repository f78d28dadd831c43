"""Ranking figures of the shipped corpus against arithmetic of our own."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest

from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import Share
from ragqa.evaluation.retrieval_metrics import KINDS, retrieval_shares
from ragqa.service import QAService
from ragqa.types import Filters
from tests.evaluation.samples import GUIDELINE, TRIAL, nugget, question


def documents_ranked(service: QAService, asked: EvalQuestion, kind: str) -> list[str]:
    """Return the slugs of the documents of a kind in the order of their best passage."""
    reader = service.reader()
    hits = reader.retriever.search([reader.analyse(asked.text)], 100, Filters(kinds=KINDS[kind]))[0]
    chunks = reader.library.chunks([hit.row for hit in hits])
    return list(dict.fromkeys(reader.library.document(chunk.document_id).slug for chunk in chunks))


def test_documents_are_scored_by_the_definitions(corpus_service: QAService) -> None:
    """With one relevant document at rank r: nDCG@10 = 1 / log2(r + 1) within ten, reciprocal rank 1 / r, recall 1."""
    asked = question(text="Did mycophenolate improve lung function in Scleroderma Lung Study II?", nuggets=(replace(nugget("SLS"), documents=(TRIAL,)),))
    rank = documents_ranked(corpus_service, asked, "research").index(TRIAL) + 1

    shares = retrieval_shares(corpus_service.reader(), [asked], 100)[asked.id]

    assert shares["ndcg10_research"].value == pytest.approx(1 / log2(rank + 1) if rank <= 10 else 0.0, abs=1e-6)
    assert shares["mrr_research"].value == pytest.approx(1 / rank, abs=1e-6)
    assert shares["recall50_research"] == Share(1.0, 1)


def test_kinds_are_judged_apart(corpus_service: QAService) -> None:
    """A question whose nuggets only a guideline supports says nothing about the ranking of research."""
    shares = retrieval_shares(corpus_service.reader(), [question(text="How is ILD treated?", nuggets=(nugget("recommend"),))], 100)["q"]

    assert {key.rsplit("_", 1)[-1] for key in shares} == {"guideline"}
    assert nugget("x").documents == (GUIDELINE,)


def test_questions_without_nuggets_are_left_out(corpus_service: QAService) -> None:
    """What has no relevant document has no ranking to judge."""
    assert retrieval_shares(corpus_service.reader(), [question()], 100) == {}


def test_a_passage_is_relevant_when_it_says_the_nugget(corpus_service: QAService) -> None:
    """A pattern that no sentence of the document matches leaves no passage to rank, and the document figures stay."""
    shares = retrieval_shares(corpus_service.reader(), [question(text="How is ILD treated?", nuggets=(nugget("no sentence says this"),))], 100)["q"]

    assert "ndcg10_guideline" in shares
    assert "passage_ndcg10_guideline" not in shares
