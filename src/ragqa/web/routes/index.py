"""The index: what is served now."""

from __future__ import annotations

from fastapi import APIRouter

from ragqa.web import schemas
from ragqa.web.context import Context
from ragqa.web.problems import problems


def index_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["library"])

    @router.get("/v1/index", responses=problems(503), summary="Describe the index")
    def index() -> schemas.IndexOut:
        return context.service.index_status()

    return router
