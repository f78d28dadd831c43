"""For whoever runs the service: is it alive, is it ready, how does it do; and what it offers, as an OpenAPI description."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from ragqa.errors import RagqaError
from ragqa.web import schemas
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.metrics import CONTENT_TYPE
from ragqa.web.problems import problems


def operation_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["operation"])

    @router.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request, _: Annotated[Principal, Depends(requires(Permission.READ))]) -> JSONResponse:
        return JSONResponse(request.app.openapi())

    @router.get("/healthz", summary="Whether the process answers")
    def healthz() -> schemas.ReadyOut:
        return schemas.ReadyOut(status="ok")

    @router.get("/readyz", responses=problems(503), summary="Whether index and records are open")
    def readyz() -> schemas.ReadyOut:
        """Answer 503 with what is missing and what to do about it until questions can be answered."""
        context.service.ready()
        context.records.keys.exist()
        return schemas.ReadyOut(status="ready")

    @router.get(
        "/metrics",
        response_class=Response,
        responses=problems(401, 403) | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "figures for Prometheus"}},
        summary="Figures for Prometheus",
    )
    def metrics(_: Annotated[Principal, Depends(requires(Permission.ADMINISTER))]) -> Response:
        jobs = Counter[str](job.state for job in context.records.jobs.list())
        return Response(context.metrics.text(_generation(context), jobs), media_type=CONTENT_TYPE)

    return router


def _generation(context: Context) -> int:
    """Return the number of the generation that answers, 0 where there is none."""
    try:
        return int(str(context.service.index_status()["generation"]).rsplit("-", 1)[-1])
    except (RagqaError, ValueError):
        return 0
