"""The HTTP application: one service behind an interface for programs and pages for people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ragqa import __version__
from ragqa.web.context import Context, make_context
from ragqa.web.guard import Guard
from ragqa.web.pages import page_routes
from ragqa.web.problems import add_problem_handlers
from ragqa.web.routes.answers import answer_routes
from ragqa.web.routes.audit import audit_routes
from ragqa.web.routes.conversations import conversation_routes
from ragqa.web.routes.documents import document_routes
from ragqa.web.routes.feedback import feedback_routes
from ragqa.web.routes.identity import identity_routes
from ragqa.web.routes.index import index_routes
from ragqa.web.routes.jobs import job_routes
from ragqa.web.routes.operation import operation_routes
from ragqa.web.routes.search import search_routes


def create_app(context: Context) -> FastAPI:
    """Return the application. The interactive API pages are left out: they would load scripts from another host."""
    app = FastAPI(
        title="ragqa",
        version=__version__,
        summary="Answers clinical questions from your own library, with a verbatim quote behind every statement.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.context = context
    for routes in _ROUTES:
        app.include_router(routes(context))
    app.mount("/static", _StaticFiles(directory=str(files("ragqa.web").joinpath("static"))), name="static")
    add_problem_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(Guard, context=context)
    return app


def make_app() -> FastAPI:
    """Return the application with the settings of the environment: what each process of `ragqa serve --workers` runs."""
    from ragqa.bootstrap import open_service
    from ragqa.settings import load_settings
    from ragqa.web.logs import configure_logging

    configure_logging()
    settings = load_settings()
    return create_app(make_context(open_service(settings), settings))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Take up the work that an earlier run left; at the end stop what this one began."""
    context: Context = app.state.context
    await run_in_threadpool(context.curation.start)
    try:
        yield
    finally:
        await run_in_threadpool(context.curation.stop)
        context.records.close()


class _StaticFiles(StaticFiles):
    """Static files whose address carries their version: a browser may keep them for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if b"v=" in scope["query_string"] else "no-cache"
        return response


_ROUTES = (
    answer_routes,
    conversation_routes,
    feedback_routes,
    search_routes,
    document_routes,
    index_routes,
    job_routes,
    identity_routes,
    audit_routes,
    operation_routes,
    page_routes,
)
