"""The pages for people: ask and read, converse, the library, a document with the quote marked. Asking and reading work without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter

from ragqa.web.context import Context
from ragqa.web.pages.asking import asking_routes
from ragqa.web.pages.conversations import conversation_routes
from ragqa.web.pages.documents import document_routes
from ragqa.web.pages.history import history_routes
from ragqa.web.pages.library import library_routes
from ragqa.web.pages.rendering import ask_url, quote_url, render_page

__all__ = ["ask_url", "page_routes", "quote_url", "render_page"]


def page_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(include_in_schema=False)
    for routes in (asking_routes, conversation_routes, history_routes, library_routes, document_routes):
        router.include_router(routes(context))
    return router
