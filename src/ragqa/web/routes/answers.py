"""Answers: ask a question."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from ragqa.answers.json import answer_to_json
from ragqa.web import schemas
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.answer_schema import AnswerOut
from ragqa.web.context import Context
from ragqa.web.problems import problems


def answer_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["answers"])

    @router.post("/v1/ask", responses=problems(400, 401, 403, 413, 415, 422, 429, 503) | {200: {"model": AnswerOut}}, summary="Answer a question")
    def ask(request: Request, principal: Annotated[Principal, Depends(requires(Permission.ASK))], body: schemas.AskIn) -> Response:
        """Answer from the library: every statement carries a verbatim quote with its place; where nothing supports an answer, `status` says so."""
        answer = context.service.ask(body.question, body.audience, body.filters.to_filters(), timings=request.state.timings)
        context.keep(principal, answer)
        return JSONResponse(answer_to_json(answer))

    return router
