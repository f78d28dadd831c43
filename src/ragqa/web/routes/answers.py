"""Answers: ask, read again under the id, check, and take along in other formats."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from ragqa.answers.json import answer_from_json, answer_to_json
from ragqa.answers.verification import check_to_json, read_saved_answer
from ragqa.answers.why import explanation_to_json
from ragqa.types import Answer
from ragqa.web import schemas
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.answer_schema import AnswerOut, ExplainedAnswerOut
from ragqa.web.context import Context
from ragqa.web.exports import EXPORTS, export_response
from ragqa.web.problems import problems
from ragqa.web.streams import encoded, events_of

Asker = Annotated[Principal, Depends(requires(Permission.ASK))]
_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def answer_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["answers"])
    service = context.service

    @router.post(
        "/v1/ask",
        responses=problems(400, 401, 403, 413, 415, 422, 429, 503)
        | {200: {"model": ExplainedAnswerOut, "content": _STREAM, "description": "the answer, or its events"}},
        summary="Answer a question",
    )
    def ask(request: Request, principal: Asker, body: schemas.AskIn) -> Response:
        """Answer from the library: every statement carries a verbatim quote with its place; where nothing supports an answer, `status` says so.

        With `Accept: text/event-stream` the same answer comes as events: `answer`, `statement` one by one, `sources`, `done`.
        """
        filters, explained = body.filters.to_filters(), {}
        if body.explain:
            answer, left_out = service.explain(body.question, body.audience, filters, request.state.timings)
            explained = {"explain": explanation_to_json(answer, left_out)}
        else:
            answer = service.ask(body.question, body.audience, filters, request.state.timings)
        context.keep(principal, answer)
        request.state.answer_id = answer.answer_id
        value = answer_to_json(answer) | explained
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(encoded(events_of(value)), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        return JSONResponse(value)

    @router.get("/v1/answers/{answer_id}", responses=problems(401, 403, 404, 422, 429) | {200: {"model": AnswerOut}}, summary="Read a saved answer")
    def saved(_: Asker, answer_id: str) -> Response:
        """Return an answer as it was given. With an ending (`.md`, `.html`, `.ris`, `.bib`, `.csl.json`, `.json`) it comes as a file in that format."""
        name, _dot, ending = answer_id.partition(".")
        if not ending:
            return JSONResponse(answer_to_json(read_answer(context, name)))
        if ending not in EXPORTS:
            raise HTTPException(404, f'there is no export "{ending}". Take one of {", ".join(EXPORTS)}.')
        return export_response(read_answer(context, name), ending)

    @router.post("/v1/answers/verify", responses=problems(400, 401, 403, 413, 415, 422, 429, 503), summary="Check any saved answer")
    def verify_given(_: Asker, body: Annotated[dict[str, Any], Body(description="the JSON of an answer, as `/v1/ask` gave it")]) -> schemas.CheckOut:
        """Check an answer kept elsewhere: every quote byte for byte at its place, every figure in it, nothing changed."""
        answer, found = read_saved_answer(body)
        return schemas.CheckOut.model_validate(check_to_json(service.verify(answer, found)))

    @router.post("/v1/answers/{answer_id}/verify", responses=problems(401, 403, 404, 422, 429, 503), summary="Check a saved answer")
    def verify_saved(_: Asker, answer_id: str) -> schemas.CheckOut:
        return schemas.CheckOut.model_validate(check_to_json(service.verify(read_answer(context, answer_id))))

    return router


def read_answer(context: Context, answer_id: str) -> Answer:
    """Return a saved answer; raise 404 where none is kept under the id."""
    kept = context.records.answers.get(answer_id)
    if kept is None:
        raise HTTPException(404, f'no answer is kept under "{answer_id}". Ask its question again; one with a patient\'s identifier is never kept.')
    return answer_from_json(json.loads(kept.body))
