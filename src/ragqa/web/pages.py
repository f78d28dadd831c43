"""The pages for people: ask and read, the library, and a document with the quote marked. All of them work without JavaScript."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from ragqa import __version__
from ragqa.answers.presentation import AUDIENCE_TITLES, words
from ragqa.errors import QuestionInvalid
from ragqa.types import Answer, Audience, DocumentKind, DocumentRecord, Evidence
from ragqa.web.context import Context
from ragqa.web.passages import around_quote, page_blocks

if TYPE_CHECKING:
    from jinja2 import Environment

_PANEL_CHARACTERS = 1500
"""How much text a side panel shows before and after the quote."""

_KIND_NAMES = {
    DocumentKind.GUIDELINE: ("guideline", "guidelines"),
    DocumentKind.SYSTEMATIC_REVIEW: ("systematic review", "systematic reviews"),
    DocumentKind.RANDOMISED_TRIAL: ("randomised trial", "randomised trials"),
    DocumentKind.COHORT: ("cohort", "cohorts"),
    DocumentKind.CASE_SERIES: ("case series", "case series"),
    DocumentKind.CASE_REPORT: ("case report", "case reports"),
    DocumentKind.NARRATIVE_REVIEW: ("narrative review", "narrative reviews"),
    DocumentKind.CONSENSUS: ("consensus statement", "consensus statements"),
    DocumentKind.REGISTRY: ("registry", "registries"),
    DocumentKind.OTHER: ("other document", "other documents"),
}


def page_routes(context: Context) -> APIRouter:
    """Return the routes."""
    service = context.service
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    def ask_page(request: Request, q: str | None = None, audience: Audience = Audience.CLINICIAN) -> HTMLResponse:
        if q is None:
            return HTMLResponse(render_page("ask.html", audience=audience, question="", kinds=_kinds(service.documents())))
        try:
            answer = service.ask(q, audience, timings=request.state.timings)
        except QuestionInvalid as error:
            page = render_page("ask.html", audience=audience, question=q, kinds=_kinds(service.documents()), complaint=str(error))
            return HTMLResponse(page, 422)
        return HTMLResponse(_answer_page(answer))

    @router.get("/answer.{ending}")
    def export(ending: str, q: str, audience: Audience = Audience.CLINICIAN) -> Response:
        if ending not in EXPORTS:
            raise HTTPException(404, f'there is no export "{ending}". Take one of {", ".join(EXPORTS)}.')
        media_type, write = EXPORTS[ending]
        answer = service.ask(q, audience)
        disposition = f'attachment; filename="{answer.answer_id}.{ending}"'
        return Response(write(answer), media_type=media_type, headers={"Content-Disposition": disposition})

    @router.get("/documents")
    def library_page() -> HTMLResponse:
        return HTMLResponse(render_page("library.html", documents=service.documents(), status=service.index_status()))

    @router.get("/documents/{document_id}")
    def document_page(
        document_id: str,
        page: Annotated[int, Query(ge=1)] = 1,
        start: Annotated[list[int], Query()] = [],  # noqa: B006 - read by FastAPI as the default, never changed
        end: Annotated[list[int], Query()] = [],  # noqa: B006 - read by FastAPI as the default, never changed
        part: str = "page",
    ) -> HTMLResponse:
        record = service.document(document_id)
        texts = dict(service.document_pages(document_id))
        if page not in texts:
            raise HTTPException(404, f'"{record.metadata.label}" has pages 1 to {len(texts)}; there is no page {page}. Open /documents/{document_id}.')
        marked = sorted(zip(start, end, strict=False))
        if len(start) != len(end) or any(not 0 <= first < last <= len(texts[page]) for first, last in marked):
            detail = f"page {page} holds {len(texts[page])} characters; {start} to {end} is no passage of it. Open /documents/{document_id}?page={page}."
            raise HTTPException(404, detail)
        blocks = page_blocks(texts[page], marked, is_markdown=record.source_format == "markdown")
        if part == "panel":
            full_url = place_url(record.document_id, page, marked)
            return HTMLResponse(render_page("panel.html", record=record, page=page, blocks=around_quote(blocks, _PANEL_CHARACTERS), full_url=full_url))
        return HTMLResponse(render_page("document.html", record=record, page=page, n_pages=len(texts), blocks=blocks, is_quote=bool(marked)))

    return router


def render_page(template: str, **values: Any) -> str:
    """Return a page from its template."""
    return environment().get_template(template).render(**values)


def quote_url(quotes: Sequence[Evidence]) -> str:
    """Return where quotes of one document are shown: the page of the first, with those that stand on it marked."""
    first = quotes[0]
    return place_url(first.document_id, first.page, [(item.start, item.end) for item in quotes if item.page == first.page])


def place_url(document_id: str, page: int, marked: Sequence[tuple[int, int]]) -> str:
    """Return the address of a page of a document with the marked character ranges."""
    query = urlencode([("page", page), *(pair for start, end in marked for pair in (("start", start), ("end", end)))])
    return f"/documents/{quote(document_id)}?{query}{'#quote' if marked else ''}"


def ask_url(question: str, audience: Audience) -> str:
    """Return the permanent address of an answer."""
    return "/?" + urlencode({"q": question} if audience is Audience.CLINICIAN else {"q": question, "audience": audience.value})


def static_version() -> str:
    """Return a hash over the static files: their addresses change with their content, so browsers may keep them."""
    contents = (item.read_bytes() for item in sorted(files("ragqa.web").joinpath("static").iterdir(), key=lambda item: item.name) if item.is_file())
    return hashlib.sha256(b"".join(contents)).hexdigest()[:10]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment of the pages."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(loader=PackageLoader("ragqa.web", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    made.globals.update(audiences=AUDIENCE_TITLES, static=f"?v={static_version()}", version=__version__, words=words, ask_url=ask_url)
    return made


def _answer_page(answer: Answer) -> str:
    from ragqa.answers.html import render_html

    article = render_html(answer, quote_url, lambda question: ask_url(question, answer.audience))
    address = urlencode({"q": answer.question, "audience": answer.audience.value})
    exports = [(ending, f"/answer.{ending}?{address}") for ending in EXPORTS]
    return render_page("answer.html", answer=answer, article=Markup(article), exports=exports)  # noqa: S704 - render_html has escaped every text


def _kinds(documents: tuple[DocumentRecord, ...]) -> list[tuple[str, int]]:
    """Count the documents by kind, in the order of `DocumentKind`, with the name in singular or plural."""
    counts = Counter(document.metadata.kind for document in documents)
    return [(_KIND_NAMES[kind][counts[kind] > 1], counts[kind]) for kind in DocumentKind if counts[kind]]


def _markdown(answer: Answer) -> str:
    from ragqa.answers.markdown import render_markdown

    return render_markdown(answer, quotes=True)


def _html(answer: Answer) -> str:
    from ragqa.answers.html import render_html

    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>ragqa</title>\n{render_html(answer)}</html>\n'


def _json(answer: Answer) -> str:
    from ragqa.answers.json import dump_answer

    return dump_answer(answer)


def _ris(answer: Answer) -> str:
    from ragqa.answers.references import to_ris

    return to_ris(answer.sources)


def _bibtex(answer: Answer) -> str:
    from ragqa.answers.references import to_bibtex

    return to_bibtex(answer.sources)


def _csl(answer: Answer) -> str:
    from ragqa.answers.references import to_csl

    return json.dumps(to_csl(answer.sources), ensure_ascii=False, indent=2)


EXPORTS: dict[str, tuple[str, Callable[[Answer], str]]] = {
    "md": ("text/markdown; charset=utf-8", _markdown),
    "html": ("text/html; charset=utf-8", _html),
    "json": ("application/json", _json),
    "ris": ("application/x-research-info-systems", _ris),
    "bib": ("application/x-bibtex", _bibtex),
    "csl.json": ("application/vnd.citationstyles.csl+json", _csl),
}
