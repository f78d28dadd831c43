"""One document, page by page: the stored text with the quote marked, beside the page as printed where there is one; and the same as a side panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from ragqa.errors import OriginalUnavailable
from ragqa.types import DocumentRecord, DocumentSection, SentenceRecord, Zone
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.pages.rendering import picture_url, place_url, render_page
from ragqa.web.pages.viewing import viewer_of
from ragqa.web.passages import Paragraph, around_quote, page_blocks, section_anchors

_PANEL_CHARACTERS = 900
"""How much text a side panel shows before and after the quote."""
_WITHOUT_OUTLINE = (Zone.FRONT_MATTER, Zone.CAPTION, Zone.TABLE)

Reader = Annotated[Principal, Depends(requires(Permission.READ))]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section as the outline of a document lists it: where its first sentence stands."""

    ordinal: int
    title: str
    level: int
    page: int
    start: int


def document_routes(context: Context) -> APIRouter:
    """Return the routes."""
    service = context.service
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/documents/{document_id}")
    def document_page(
        principal: Reader,
        document_id: str,
        page: Annotated[int, Query(ge=1)] = 1,
        start: Annotated[list[int], Query()] = [],  # noqa: B006 - read by FastAPI as the default, never changed
        end: Annotated[list[int], Query()] = [],  # noqa: B006 - read by FastAPI as the default, never changed
        part: str = "page",
    ) -> HTMLResponse:
        record = service.document(document_id)
        if page > record.n_pages:
            detail = f'"{record.metadata.label}" has pages 1 to {record.n_pages}; there is no page {page}. Open /documents/{document_id}.'
            raise HTTPException(404, detail)
        text = service.reader().library.page_text(record.document_id, page)
        marked = sorted(zip(start, end, strict=False))
        if len(start) != len(end) or any(not 0 <= first < last <= len(text) for first, last in marked):
            detail = f"page {page} holds {len(text)} characters; {start} to {end} is no passage of it. Open /documents/{document_id}?page={page}."
            raise HTTPException(404, detail)
        sentences = service.document_sentences(record.document_id)
        blocks = page_blocks(text, marked, record.source_format == "markdown", paragraphs_on(sentences, page))
        pictured = picture_url(record.document_id, page, marked) if has_pictures(context, record) else None
        shown: dict[str, Any] = {"record": record, "page": page, "picture_url": pictured}
        if part == "panel":
            around = around_quote(blocks, _PANEL_CHARACTERS)
            full_url = place_url(record.document_id, page, marked)
            return HTMLResponse(render_page("panel.html", blocks=around, anchors={}, full_url=full_url, path=_path_of(sentences, page, marked), **shown))
        outline = outline_of(sentences)
        anchors = section_anchors(blocks, {heading.ordinal: heading.start for heading in outline if heading.page == page})
        upload = context.curation.uploads.of(record.file)
        return HTMLResponse(
            render_page(
                "document.html",
                viewer_of(context, principal),
                blocks=blocks,
                anchors=anchors,
                outline=outline,
                is_quote=bool(marked),
                file_name=upload.file_name if upload else record.source,
                quality=quality_notes(record),
                **shown,
            )
        )

    return router


def outline_of(sentences: Sequence[SentenceRecord]) -> list[Heading]:
    """Return the sections that hold sentences, each with the place of its first one."""
    found: dict[int, Heading] = {}
    for item in sentences:
        section = item.section
        if section.ordinal not in found and section.title and section.zone not in _WITHOUT_OUTLINE:
            place = item.sentence.spans[0]
            found[section.ordinal] = Heading(section.ordinal, section.title, _depth(section), place.page, place.start)
    return sorted(found.values(), key=lambda heading: heading.ordinal)


def paragraphs_on(sentences: Sequence[SentenceRecord], page: int) -> list[Paragraph]:
    """Return the paragraphs of a page from the sentences of its document."""
    found: dict[int, Paragraph] = {}
    for item in sentences:
        for span in item.sentence.spans:
            if span.page == page:
                begun = found.get(item.sentence.paragraph, Paragraph(span.start, span.end, item.section.title))
                found[item.sentence.paragraph] = Paragraph(min(begun.start, span.start), max(begun.end, span.end), begun.section)
    return list(found.values())


def has_pictures(context: Context, record: DocumentRecord) -> bool:
    """Whether the pages of a document can be drawn as printed: it is a PDF, and its file is still what was indexed."""
    if record.source_format != "pdf":
        return False
    try:
        return context.curation.originals.path(record).is_file()
    except OriginalUnavailable:
        return False


def quality_notes(record: DocumentRecord) -> list[str]:
    """Return what a reader should know of how a file was read, in words; empty where there is nothing to say."""
    quality = record.quality
    notes = [record.status_reason] if record.status_reason else []
    if quality.garbled_share >= 0.01:
        notes.append(f"{quality.garbled_share:.0%} of its text looks garbled")
    if quality.suspect_operators:
        notes.append(f"{quality.suspect_operators} signs such as < or ≥ may have been lost; sentences with them are marked")
    if quality.hidden_text:
        notes.append(f"{len(quality.hidden_text)} pieces of hidden text were left out")
    if quality.dropped_lines:
        notes.append(f"{len(quality.dropped_lines)} running headers and footers were left out")
    return [*notes, *quality.notes]


def _path_of(sentences: Sequence[SentenceRecord], page: int, marked: Sequence[tuple[int, int]]) -> str:
    """Return the headings above the first marked character; empty where no sentence stands there."""
    first = marked[0][0] if marked else -1
    spans = ((item, span) for item in sentences for span in item.sentence.spans)
    return next((" › ".join(item.section.path) for item, span in spans if span.page == page and span.start <= first < span.end), "")


def _depth(section: DocumentSection) -> int:
    return max(1, len(section.path))
