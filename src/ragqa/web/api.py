"""The interface for programs, under `/v1`, and the two probes for whoever runs the service."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from ragqa.answers.json import answer_to_json
from ragqa.service import QAService
from ragqa.web import schemas
from ragqa.web.answer_schema import AnswerOut
from ragqa.web.problems import MEDIA_TYPE


def api_routes(service: QAService) -> APIRouter:
    """Return the routes over one service."""
    router = APIRouter()

    @router.post("/v1/ask", responses=problems(400, 413, 415, 422, 503) | {200: {"model": AnswerOut}}, tags=["answers"], summary="Answer a question")
    def ask(request: Request, body: schemas.AskIn) -> Response:
        """Answer from the library: every statement carries a verbatim quote with its place; where nothing supports an answer, `status` says so."""
        answer = service.ask(body.question, body.audience, body.filters.to_filters(), timings=request.state.timings)
        return JSONResponse(answer_to_json(answer))

    @router.post("/v1/search", responses=problems(400, 413, 415, 422, 503), tags=["answers"], summary="Rank passages without composing an answer")
    def search(body: schemas.SearchIn) -> schemas.SearchOut:
        hits = service.search(body.query, body.k, body.filters.to_filters())
        return schemas.SearchOut(
            hits=[
                schemas.SearchHitOut(
                    rank=hit.rank,
                    score=hit.score,
                    lexical=hit.lexical,
                    dense=hit.dense,
                    document=hit.document,
                    passage=schemas.Passage(chunk_id=hit.chunk.chunk_id, heading=hit.chunk.heading, text=hit.chunk.text),
                )
                for hit in hits
            ]
        )

    @router.get("/v1/documents", responses=problems(503), tags=["library"], summary="List the documents")
    def documents() -> schemas.DocumentsOut:
        return schemas.DocumentsOut(documents=list(service.documents()))

    @router.get("/v1/documents/{document_id}", responses=problems(404, 422, 503), tags=["library"], summary="Read one document")
    def document(document_id: str) -> schemas.DocumentOut:
        """Return a document by id, unique prefix of an id, or file name without ending, with its sections and the stored text of its pages."""
        pages = [schemas.PageOut(page=number, text=text) for number, text in service.document_pages(document_id)]
        return schemas.DocumentOut(document=service.document(document_id), sections=list(service.document_sections(document_id)), pages=pages)

    @router.get("/v1/index", responses=problems(503), tags=["library"], summary="Describe the index")
    def index() -> schemas.IndexOut:
        return service.index_status()

    @router.get("/healthz", tags=["operation"], summary="Whether the process answers")
    def healthz() -> schemas.ReadyOut:
        return schemas.ReadyOut(status="ok")

    @router.get("/readyz", responses=problems(503), tags=["operation"], summary="Whether the index is open")
    def readyz() -> schemas.ReadyOut:
        service.ready()
        return schemas.ReadyOut(status="ready")

    return router


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with."""
    return {status: {"model": schemas.ProblemOut, "content": {MEDIA_TYPE: {}}} for status in statuses}
