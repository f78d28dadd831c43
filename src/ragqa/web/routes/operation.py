"""For whoever runs the service: is it alive, is it ready."""

from __future__ import annotations

from fastapi import APIRouter

from ragqa.web import schemas
from ragqa.web.context import Context
from ragqa.web.problems import problems


def operation_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="Whether the process answers")
    def healthz() -> schemas.ReadyOut:
        return schemas.ReadyOut(status="ok")

    @router.get("/readyz", responses=problems(503), summary="Whether the index is open")
    def readyz() -> schemas.ReadyOut:
        context.service.ready()
        return schemas.ReadyOut(status="ready")

    return router
