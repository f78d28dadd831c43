"""Plain text to a `Document`: wrapped pages as they come out of a PDF, or running text with one paragraph a line.

Pages are divided by form feeds; without any, a text whose first line starts with one space is taken to start every page so, which is how
raw PDF dumps mark them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ragqa.ingest.assemble import assemble
from ragqa.ingest.decode import decode
from ragqa.ingest.lines import Line, page_lines
from ragqa.ingest.metadata import complete, first_page_fields
from ragqa.ingest.prose import read_prose
from ragqa.ingest.running_text import is_running_text, read_running_text
from ragqa.types import Document, DocumentKind, Metadata, Page, Quality

_PAGE_START = re.compile(r"(?m)^(?= [^ \n])")


def parse_text(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read a plain text file."""
    text, notes = decode(data)
    pages = tuple(Page(number, page, engine="text") for number, page in enumerate(split_pages(text.replace("\r\n", "\n")), start=1))
    lines = [page_lines(page) for page in pages]
    read = _running if len(pages) == 1 and is_running_text(lines[0]) else _printed
    return (read(pages, lines, source, sha256, notes),)


def _printed(pages: tuple[Page, ...], lines: list[list[Line]], source: str, sha256: str, notes: tuple[str, ...]) -> Document:
    prose = read_prose(pages, lines)
    fields = first_page_fields(pages[0].text[:3000])
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="text",
        metadata=replace(Metadata(title=_name(source)), **fields),  # type: ignore[arg-type]  # the values fit their fields
        pages=pages,
        sections=prose.outline.sections,
        passages=prose.passages,
        references=prose.references,
        quality=Quality(dropped_lines=prose.dropped, engines=("text",), notes=notes),
    )
    return replace(document, metadata=complete(document))


def _running(pages: tuple[Page, ...], lines: list[list[Line]], source: str, sha256: str, notes: tuple[str, ...]) -> Document:
    text = read_running_text(pages[0], lines[0])
    metadata = Metadata(title=text.title or _name(source), year=text.updated[1] if text.updated else None)
    if text.is_web_page:
        # What a web page says of guidelines and studies is a report of them, whatever its words are.
        metadata = replace(metadata, kind=DocumentKind.OTHER, kind_origin="detected: web summary")
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="text",
        metadata=metadata,
        pages=pages,
        sections=text.outline.sections,
        passages=text.passages,
        references=text.references,
        quality=Quality(dropped_lines=text.dropped, engines=("text",), notes=notes + ((text.updated[0],) if text.updated else ())),
    )
    return replace(document, metadata=complete(document))


def _name(source: str) -> str:
    return source.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def split_pages(text: str) -> list[str]:
    """Return the pages of a text; joined, they are the text again but for form feeds."""
    if "\f" in text:
        return text.split("\f")
    starts = [match.start() for match in _PAGE_START.finditer(text)]
    n_lines = text.count("\n") + 1
    if not starts or starts[0] != 0 or len(starts) > max(2, n_lines // 8):
        return [text]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
