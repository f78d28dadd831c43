"""What every request passes through: host and origin, limits on body and time, a turn in the queue, security headers, a log line, a last net for errors.

Plain ASGI around the whole application: the headers stand on every response, that of an unexpected error included. A small body is read
here up to the limit before the application sees it: a request that says nothing of its length cannot fill the memory either. An upload is
counted while it streams to disk.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import nullcontext

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragqa.web.access import AccessError, check_origin, is_loopback
from ragqa.web.context import Context
from ragqa.web.deadline import Deadline, TookTooLong
from ragqa.web.logs import current_request_id, log_request, request_id
from ragqa.web.problems import Problem, problem_response

_log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A question stands in the address of its answer and must not travel to the publisher whose DOI is followed.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_UPLOADS = re.compile(r"/v1/documents/?|/documents/?")
_ANSWERS = re.compile(r"/v1/ask|/v1/search|/v1/conversations/[^/]+/ask|/v1/answers/(?:[^/]+/)?verify|/answer\.[\w.]+|/ask|/conversations/[^/]+/ask")
"""Requests that cost as much as an answer; the first page does so too where it carries a question."""
_ANSWER_FOLD = 16


class _TooLarge(Exception):
    """The body of an upload passed the limit."""


class _TooSlow(Exception):
    """The next part of a body did not come in time, or one of the response was not taken in time."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._server = context.settings.server
        self._deadline = Deadline(self._server.request_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        identifier = request_id(headers.get("x-request-id"))
        current_request_id.set(identifier)
        response = _Response(scope, send, identifier, self._server.body_wait_s)
        try:
            await self._serve(scope, headers, receive, response)
        except AccessError as error:
            await response.problem(Problem(error.status, error.code, error.detail), error.headers)
        except _TooSlow:
            detail = f"the body of the request stopped arriving for {self._server.body_wait_s:.0f} s. Send it again on a steadier connection."
            await response.problem(Problem(408, "body-too-slow", detail))
        except _TooLarge:
            await response.problem(self._too_large(scope))
        except TookTooLong:
            response.leave()
            detail = f"no answer within {self._server.request_s:.0f} s. Try again in a while, or ask a narrower question."
            await response.problem(Problem(503, "took-too-long", detail), {"Retry-After": "10"})
        except Exception as error:
            if response.is_started:
                raise
            _log.error("%s %s failed", scope["method"], _route(scope), exc_info=error)
            detail = "the service failed on this request; its log says why. Try again, and report it if it recurs."
            await response.problem(Problem(500, "internal-error", detail))
        finally:
            response.log(self._context)

    async def _serve(self, scope: Scope, headers: Headers, receive: Receive, response: _Response) -> None:
        check_origin(scope["method"], headers, self._server.allowed_hosts, is_local=is_loopback(self._server.host))
        limit = self._limit(scope)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            raise _TooLarge
        slow = _in_time(receive, self._server.body_wait_s)
        receive = _counted(slow, receive, limit) if self._is_upload(scope) else _replay(await _read_body(slow, limit), receive)
        is_costly = bool(_ANSWERS.fullmatch(scope["path"])) or (scope["path"] == "/" and b"q=" in scope["query_string"])

        async def work() -> None:
            async with self._context.queue.turn() if is_costly else nullcontext():
                await self._app(scope, receive, response.send_of_work)

        await (work() if self._is_upload(scope) else self._deadline.run(work(), response.begun))

    def _is_upload(self, scope: Scope) -> bool:
        return scope["method"] == "POST" and bool(_UPLOADS.fullmatch(scope["path"]))

    def _limit(self, scope: Scope) -> int:
        if self._is_upload(scope):
            return self._server.max_upload_mb * 1024 * 1024
        # A whole answer is sent to be checked; it is as long as many questions.
        return self._server.max_body_kb * 1024 * (_ANSWER_FOLD if scope["path"] == "/v1/answers/verify" else 1)

    def _too_large(self, scope: Scope) -> Problem:
        if self._is_upload(scope):
            detail = f"the upload is larger than {self._server.max_upload_mb} MB. Send fewer files at once, or raise RAGQA_SERVER__MAX_UPLOAD_MB."
        else:
            detail = (
                f"the body of the request is larger than {self._limit(scope) // 1024} kB. Send what is asked for alone, or raise RAGQA_SERVER__MAX_BODY_KB."
            )
        return Problem(413, "body-too-large", detail)


class _Response:
    """Sends the response with the headers that all of them carry, and remembers how it ended."""

    def __init__(self, scope: Scope, send: Send, identifier: str, wait_s: float) -> None:
        self.begun = asyncio.Event()
        self._scope = scope
        self._send = send
        self._wait_s = wait_s
        self._is_left = False
        self._begun = time.perf_counter()
        self._identifier = identifier
        self._status = 0
        self._code: str | None = None
        self._timings: dict[str, float] = {}
        scope.setdefault("state", {}).update(timings=self._timings, request_id=identifier)

    @property
    def is_started(self) -> bool:
        """Whether the head of the response has left."""
        return self._status != 0

    def leave(self) -> None:
        """Take nothing more from the work that serves the request."""
        self._is_left = True

    async def send_of_work(self, message: Message) -> None:
        """Send a part of the response, unless the work was left."""
        if not self._is_left:
            await self.send(message)

    async def send(self, message: Message) -> None:
        """Send a part of the response; raise `_TooSlow` where the other end does not take it."""
        if message["type"] == "http.response.start":
            self.begun.set()
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-ID"] = self._identifier
            total = {"total": self._milliseconds()}
            headers["Server-Timing"] = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in (self._timings | total).items())
        try:
            async with asyncio.timeout(self._wait_s):
                await self._send(message)
        except TimeoutError as exc:
            raise _TooSlow from exc

    async def problem(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        """Send a problem, unless a response is under way already."""
        self._code = problem.code
        if not self.is_started:
            await problem_response(Request(self._scope), problem, headers)(self._scope, _nothing, self.send)

    def log(self, context: Context) -> None:
        """Write the line of the request and count it."""
        state, route, spent = self._scope["state"], _route(self._scope), self._milliseconds()
        code = self._code or state.get("problem")
        if code:
            context.metrics.refused(code)
        context.metrics.request(route, self._scope["method"], self._status, spent / 1000, self._timings)
        fields = {"request_id": self._identifier, "method": self._scope["method"], "route": route, "status": self._status, "ms": round(spent, 1)}
        optional = {"principal": state.get("principal"), "problem": code, "answer_id": state.get("answer_id")}
        log_request(**fields, **{name: value for name, value in optional.items() if value})

    def _milliseconds(self) -> float:
        return (time.perf_counter() - self._begun) * 1000


def _route(scope: Scope) -> str:
    """Return the path of the route, not that of the request: a path may hold a question or an id."""
    return str(getattr(scope.get("route"), "path", "unknown"))


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _in_time(receive: Receive, wait_s: float) -> Receive:
    """Return a `receive` that raises `_TooSlow` where a part of the body does not come in time."""

    async def receive_in_time() -> Message:
        try:
            return await asyncio.wait_for(receive(), wait_s)
        except TimeoutError as exc:
            raise _TooSlow from exc

    return receive_in_time


def _counted(slow: Receive, receive: Receive, limit: int) -> Receive:
    """Return a `receive` that raises `_TooLarge` once the body passes the limit. After the body it hands out what follows without a limit of time."""
    size, is_whole = 0, False

    async def receive_counted() -> Message:
        nonlocal size, is_whole
        message = await (receive() if is_whole else slow())
        is_whole = is_whole or not message.get("more_body", False)
        size += len(message.get("body", b""))
        if size > limit:
            raise _TooLarge
        return message

    return receive_counted


async def _read_body(receive: Receive, limit: int) -> bytes:
    """Return the whole body; raise `_TooLarge` once it passes the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out the body once and then waits for what follows, such as a disconnection."""
    pending = True

    async def receive_again() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return receive_again
