"""Errors as the caller sees them: problem details (RFC 9457) for programs, a page in plain words for people.

Every problem has a stable `code` to act on; `detail` says what happened, to what, and what to do next. No traceback leaves the service.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ragqa import errors
from ragqa.web.schemas import ProblemOut

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)

_KINDS: dict[type[errors.RagqaError], tuple[int, str]] = {
    errors.QuestionInvalid: (422, "question-invalid"),
    errors.SettingsInvalid: (422, "settings-invalid"),
    errors.AnswerInvalid: (422, "answer-invalid"),
    errors.DocumentNotFound: (404, "document-not-found"),
    errors.DocumentNotRemovable: (409, "document-not-removable"),
    errors.OriginalUnavailable: (404, "original-unavailable"),
    errors.NothingToRollBack: (409, "nothing-to-roll-back"),
    errors.UploadInvalid: (422, "upload-invalid"),
    errors.JobNotFound: (404, "job-not-found"),
    errors.CorpusMissing: (503, "corpus-missing"),
    errors.IndexMissing: (503, "index-missing"),
    errors.GenerationCorrupt: (503, "generation-corrupt"),
    errors.GenerationIncompatible: (503, "generation-incompatible"),
    errors.RecordsUnavailable: (503, "records-unavailable"),
    errors.RecordsIncompatible: (503, "records-incompatible"),
    errors.IndexLocked: (409, "index-locked"),
    errors.IndexNotWritable: (507, "index-not-writable"),
    errors.ModelUnavailable: (503, "model-unavailable"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: HTTP status, stable code, and the words for it. `invalid` names the parts of a request that cannot be used."""

    status: int
    code: str
    detail: str
    invalid: tuple[Mapping[str, str], ...] = ()

    @property
    def title(self) -> str:
        """Return the phrase of the HTTP status."""
        return HTTPStatus(self.status).phrase


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error that the application raises on purpose with a problem; `guard.py` answers the others."""
    app.add_exception_handler(errors.RagqaError, _on_ragqa_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)


def problem_response(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as JSON, or as a page where a browser asked for a page."""
    # Not `request.url`: a host name that is none cannot be made into an address, and that is one of the problems told here.
    path, query = str(request.scope["path"]), request.scope.get("query_string", b"").decode("latin-1")
    request.state.problem = problem.code
    if not path.startswith("/v1/") and "text/html" in request.headers.get("accept", ""):
        if problem.code == "unauthenticated" and request.method == "GET":
            return RedirectResponse("/sign-in?" + urlencode({"next": f"{path}?{query}" if query else path}), 303)
        from ragqa.web.pages import render_page

        return HTMLResponse(render_page("problem.html", problem=problem), problem.status, headers)
    body: dict[str, Any] = {
        "type": f"urn:ragqa:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "instance": path,
    }
    if problem.invalid:
        body["errors"] = [dict(item) for item in problem.invalid]
    return JSONResponse(body, problem.status, headers, MEDIA_TYPE)


def problem_of(error: errors.RagqaError) -> Problem:
    """Return the problem for one of our own errors; one that is not in the table is a fault of the service."""
    for kind in type(error).__mro__:
        if kind in _KINDS:
            status, code = _KINDS[kind]
            return Problem(status, code, str(error))
    return Problem(500, "internal-error", str(error))


async def _on_ragqa_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.RagqaError)  # noqa: S101 - the handler is registered for this class
    problem = problem_of(error)
    if problem.status >= 500:
        _log.warning("%s %s: %s", request.method, problem.code, error)
    return problem_response(request, problem)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the handler is registered for this class
    found: Sequence[Mapping[str, Any]] = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem_response(request, Problem(400, "json-malformed", 'the body of the request is not JSON. Send an object such as {"question": "…"}.'))
    if request.method == "POST" and "json" not in request.headers.get("content-type", ""):
        detail = 'the body of the request is not sent as JSON. Send an object with the header "Content-Type: application/json".'
        return problem_response(request, Problem(415, "media-type-unsupported", detail))
    invalid = tuple({"pointer": "/" + "/".join(str(part) for part in item["loc"][1:]), "detail": str(item["msg"])} for item in found)
    detail = "; ".join(f"{item['pointer']}: {item['detail']}" for item in invalid)
    return problem_response(request, Problem(422, "request-invalid", f"the request cannot be used: {detail}. /openapi.json shows what it takes.", invalid))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is registered for this class
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else f"{request.method} {request.url.path}: {phrase.lower()}. /openapi.json lists what there is."
    return problem_response(request, Problem(error.status_code, phrase.lower().replace(" ", "-"), detail), error.headers)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for the OpenAPI description."""
    return {status: {"model": ProblemOut, "content": {MEDIA_TYPE: {}}} for status in statuses}
