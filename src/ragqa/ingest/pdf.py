"""PDF to a `Document`."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import assemble
from ragqa.ingest.layout import body_size, mark_paragraphs
from ragqa.ingest.metadata import complete, first_page_fields
from ragqa.ingest.pdf_page import PageReading, read_page
from ragqa.ingest.pdf_title import read_title
from ragqa.ingest.prose import read_prose
from ragqa.types import Document, DocumentStatus, Metadata, Page, Quality


def parse_pdf(data: bytes, source: str, sha256: str, max_pages: int) -> Document:
    """Read a PDF."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(data)
    readings = [read_page(page) for page in pdf]
    pages = tuple(Page(number, reading.text, engine="pypdfium2", width=reading.width, height=reading.height) for number, reading in enumerate(readings, start=1))
    lines = [mark_paragraphs([replace(line, page=number) for line in reading.lines]) for number, reading in enumerate(readings, start=1)]
    size = body_size(lines)
    title = read_title(lines, pages[0].text if pages else "")
    prose = read_prose(pages, lines, body_size=size, has_front=True, raised={number: reading.raised for number, reading in enumerate(readings, start=1)})
    metadata = replace(Metadata(title=title.text or source.rsplit("/", 1)[-1], authors=title.authors, journal=title.journal), **first_page_fields(pages[0].text))  # type: ignore[arg-type]  # the values fit
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="pdf",
        metadata=metadata,
        pages=pages,
        sections=prose.outline.sections,
        passages=prose.passages,
        references=prose.references,
        quality=Quality(dropped_lines=prose.dropped, hidden_text=tuple(text for reading in readings for text in reading.hidden), engines=tuple(page.engine for page in pages)),
    )
    return replace(document, metadata=complete(document))
