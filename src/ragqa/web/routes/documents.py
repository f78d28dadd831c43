"""Documents: what the library holds."""

from __future__ import annotations

from fastapi import APIRouter

from ragqa.web import schemas
from ragqa.web.context import Context
from ragqa.web.problems import problems


def document_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["library"])
    service = context.service

    @router.get("/v1/documents", responses=problems(503), summary="List the documents")
    def documents() -> schemas.DocumentsOut:
        return schemas.DocumentsOut(documents=list(service.documents()))

    @router.get("/v1/documents/{document_id}", responses=problems(404, 422, 503), summary="Read one document")
    def document(document_id: str) -> schemas.DocumentOut:
        """Return a document by id, unique prefix of an id, or file name without ending, with its sections and the stored text of its pages."""
        pages = [schemas.PageOut(page=number, text=text) for number, text in service.document_pages(document_id)]
        return schemas.DocumentOut(document=service.document(document_id), sections=list(service.document_sections(document_id)), pages=pages)

    return router
