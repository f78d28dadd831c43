"""What someone asked before."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.pages.asking import earlier
from ragqa.web.pages.rendering import render_page
from ragqa.web.pages.viewing import viewer_of

Asker = Annotated[Principal, Depends(requires(Permission.ASK))]


def history_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/history")
    def history_page(principal: Asker) -> HTMLResponse:
        return HTMLResponse(render_page("history.html", viewer_of(context, principal), items=earlier(context, principal)))

    return router
