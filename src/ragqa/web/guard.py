"""What every request passes through: a limit on its body, security headers, the times of its stages, and a last net for errors.

Plain ASGI around the whole application: the headers stand on every response, that of an unexpected error included. The body is read here
up to the limit before the application sees it: a request that says nothing of its length cannot fill the memory either.
"""

from __future__ import annotations

import logging
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        timings: dict[str, float] = {}
        scope.setdefault("state", {})["timings"] = timings

        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                total = {"total": (time.perf_counter() - begun) * 1000}
                headers["Server-Timing"] = ", ".join(f"{stage};dur={spent:.1f}" for stage, spent in (timings | total).items())
            await send(message)

        body = await _read_body(receive, self._max_body_bytes)
        if body is None:
            detail = f"the body of the request is larger than {self._max_body_bytes // 1024} kB. Send the question alone, or raise RAGQA_SERVER__MAX_BODY_KB."
            response = problem_response(Request(scope), Problem(413, "body-too-large", detail))
            await response(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _replay(body, receive), send_with_headers)
        except Exception as error:
            if is_started:
                raise
            _log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            detail = "the service failed on this request; its log says why. Try again, and report it if it recurs."
            await problem_response(Request(scope), Problem(500, "internal-error", detail))(scope, receive, send_with_headers)


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None once it passes the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
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
