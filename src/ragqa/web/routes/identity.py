"""Who am I: for programs, and signing in and out for the page.

The cookie of the page holds the key itself, out of reach of scripts and of other sites; each request is checked against the records, so a
key that was revoked ends at once on the page too.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragqa.types import Role
from ragqa.web.access import COOKIE, NOBODY, AccessError, Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.problems import problems
from ragqa.web.schemas import Shape

_EIGHT_HOURS_S = 8 * 3600


class MeOut(Shape):
    """Who asks, and what they may do. `is_open` says that nobody has to say who they are."""

    name: str
    role: Role
    permissions: list[Permission]
    is_open: bool


def identity_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["operation"])

    @router.get("/v1/me", responses=problems(401, 403), summary="Who am I")
    def me(principal: Annotated[Principal, Depends(requires(Permission.READ))]) -> MeOut:
        allowed = [permission for permission in Permission if permission in principal.permissions]
        return MeOut(name=principal.name, role=principal.role, permissions=allowed, is_open=context.access.is_open)

    @router.get("/sign-in", include_in_schema=False)
    def sign_in_page(next: str = "/") -> Response:
        return _page(next) if not context.access.is_open else RedirectResponse("/", 303)

    @router.post("/sign-in", include_in_schema=False)
    def sign_in(request: Request, key: Annotated[str, Form(max_length=8192)], next: Annotated[str, Form()] = "/") -> Response:
        try:
            principal = context.access.principal_of_secret(key.strip())
        except AccessError as error:
            address = request.client.host if request.client else "unknown"
            context.limiter.count_failure(address)
            context.audit(NOBODY, "sign-in-refused", "", {"code": error.code, "address": address})
            return _page(next, "This key is not valid: it is unknown, has expired or was revoked.", 401)
        context.audit(principal, "sign-in")
        response = RedirectResponse(_own_path(next), 303)
        is_secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, key.strip(), max_age=_EIGHT_HOURS_S, httponly=True, samesite="strict", secure=is_secure)
        return response

    @router.post("/sign-out", include_in_schema=False)
    def sign_out() -> Response:
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    return router


def _page(next_path: str, complaint: str | None = None, status: int = 200) -> HTMLResponse:
    from ragqa.web.pages import render_page

    return HTMLResponse(render_page("sign_in.html", next_path=_own_path(next_path), complaint=complaint), status)


def _own_path(address: str) -> str:
    """Return an address where it leads to a page of this service, else that of the first page."""
    parts = urlsplit(address)
    is_own = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_own else "/"
