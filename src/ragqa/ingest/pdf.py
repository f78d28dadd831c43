"""PDF to a `Document`.

pypdf looks at the structure first: encryption, page count, labels, attachments. pdfium reads every page, because its characters carry
places and sizes; where its reading looks garbled or nearly empty, pypdf and then pdfplumber read the page too, and the cleanest reading
is kept. Success without an exception proves nothing, so every page is judged.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import assemble
from ragqa.ingest.garble import SUSPECT, garble_score
from ragqa.ingest.layout import body_size, mark_paragraphs
from ragqa.ingest.lines import page_lines
from ragqa.ingest.metadata import complete, first_page_fields
from ragqa.ingest.pdf_page import PageReading, read_page
from ragqa.ingest.pdf_title import read_title
from ragqa.ingest.prose import read_prose
from ragqa.types import Document, DocumentStatus, Metadata, Page, Quality

FEW_LETTERS = 200
"""A page with fewer letters is read a second time: a damaged page often yields a little text and no error."""
_PICTURE_LETTERS = 50
_PICTURE_SHARE = 0.5
_MUCH_BETTER = 0.5


@dataclass(slots=True)
class _Reading:
    """The reading of one page that was kept, and what went wrong on it."""

    page: PageReading
    engine: str
    score: float
    failed: bool = False

    @property
    def n_letters(self) -> int:
        return sum(character.isalpha() for character in self.page.text)

    @property
    def is_picture(self) -> bool:
        return self.n_letters < _PICTURE_LETTERS and self.page.image_share > _PICTURE_SHARE


def parse_pdf(data: bytes, source: str, sha256: str, max_pages: int) -> tuple[Document, ...]:
    """Read a PDF; raise `FileRejected` where it is none, encrypted, broken or too long."""
    if b"%PDF-" not in data[:1024]:
        raise FileRejected(f'{source} is no PDF: it does not start with "%PDF-".')
    structure, notes = _structure(data, source, max_pages)
    readings = list(_read_pages(data, source, structure, max_pages))
    pages = tuple(
        Page(number, reading.page.text, _label(structure, number), reading.engine, reading.page.width, reading.page.height)
        for number, reading in enumerate(readings, start=1)
    )
    status, reason = _status(source, readings)
    lines = [
        mark_paragraphs([replace(line, page=page.number) for line in reading.page.lines]) if reading.page.lines else page_lines(page)
        for page, reading in zip(pages, readings, strict=True)
    ]
    size = body_size(lines)
    title = read_title(lines)
    raised = {page.number: reading.page.raised for page, reading in zip(pages, readings, strict=True)}
    prose = read_prose(pages, lines, body_size=size, has_front=True, raised=raised)
    name = source.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    fields: dict[str, Any] = dict(first_page_fields(pages[0].text)) if pages else {}
    n_overprinted = sum(reading.page.n_overprinted for reading in readings)
    quality = Quality(
        garbled_share=round(sum(reading.score for reading in readings) / max(1, len(readings)), 4),
        dropped_lines=prose.dropped,
        hidden_text=tuple(text for reading in readings for text in reading.page.hidden),
        engines=tuple(reading.engine for reading in readings),
        notes=notes + ((f"{n_overprinted} overprinted lines left out",) if n_overprinted else ()),
    )
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="pdf",
        metadata=replace(Metadata(title=title.text or name, authors=title.authors, journal=title.journal), **fields),
        pages=pages,
        sections=prose.outline.sections,
        passages=prose.passages,
        references=prose.references,
        quality=quality,
        status=status,
        status_reason=reason,
    )
    return (replace(document, metadata=complete(document)),)


def _structure(data: bytes, source: str, max_pages: int) -> tuple[Any, tuple[str, ...]]:
    """Return pypdf's reader (None where it cannot open the file) and notes."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        notes: tuple[str, ...] = ()
        if reader.is_encrypted:
            if not reader.decrypt(""):
                raise _encrypted(source)
            notes = ("restricted by its owner; it opens without a password",)
        n_pages = reader.get_num_pages()
        if n_pages > max_pages:
            raise FileRejected(f"{source} has {n_pages} pages; the limit is {max_pages} (RAGQA_INGEST__MAX_PAGES).", DocumentStatus.RESOURCE_LIMIT)
        attached = tuple(str(attachment.name) for attachment in reader.attachment_list)
        return reader, notes + tuple(f"attachment ignored: {name}" for name in attached)
    except FileRejected:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, NotImplementedError) as exc:
        return None, (f"pypdf cannot open it ({type(exc).__name__})",)


def _encrypted(source: str) -> FileRejected:
    return FileRejected(f"{source} is encrypted. Save a copy without its password and put that into the corpus.", DocumentStatus.ENCRYPTED)


def _label(structure: Any, number: int) -> str | None:
    """Return the printed number of a page where the file gives one that differs from its place."""
    if structure is None or "/PageLabels" not in structure.root_object:
        return None
    try:
        labels = structure.page_labels
        return labels[number - 1] if number <= len(labels) and labels[number - 1] != str(number) else None
    except Exception:
        # Page labels are an ornament; whatever is wrong with them must not cost the document.
        return None


def _read_pages(data: bytes, source: str, structure: Any, max_pages: int) -> Iterator[_Reading]:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
        n_pages = len(pdf)
    except pypdfium2.PdfiumError as exc:
        if "assword" in str(exc):
            raise _encrypted(source) from exc
        raise FileRejected(f"{source} cannot be opened as a PDF ({exc}). Open it in a viewer and save it anew.", DocumentStatus.BROKEN) from exc
    if n_pages > max_pages:
        raise FileRejected(f"{source} has {n_pages} pages; the limit is {max_pages} (RAGQA_INGEST__MAX_PAGES).", DocumentStatus.RESOURCE_LIMIT)
    for index in range(n_pages):
        try:
            page = read_page(pdf[index])
            reading = _Reading(page, "pypdfium2", garble_score(page.text))
        except pypdfium2.PdfiumError:
            reading = _Reading(PageReading(""), "pypdfium2", 0.0, failed=True)
        if reading.failed or reading.score >= SUSPECT or (reading.n_letters < FEW_LETTERS and not reading.is_picture):
            reading = _read_again(reading, data, structure, index)
        yield reading


def _read_again(first: _Reading, data: bytes, structure: Any, index: int) -> _Reading:
    """Return the best of three readings of a page: cleaner by half, or with far more letters, than pdfium's."""
    best = first
    failed = first.failed
    engines: tuple[tuple[str, Callable[[], str]], ...] = (("pypdf", lambda: structure.pages[index].extract_text()), ("pdfplumber", lambda: _plumb(data, index)))
    for engine, read in engines:
        if engine == "pdfplumber" and best.score < SUSPECT:
            break
        try:
            text = read()
        except Exception:
            # pypdf and pdfminer raise whatever the damage leads them to; a second reading that fails leaves the first, and marks the page.
            failed = failed or (engine == "pypdf" and first.n_letters < FEW_LETTERS)
            continue
        page = PageReading(text, width=first.page.width, height=first.page.height, image_share=first.page.image_share)
        reading = _Reading(page, engine, garble_score(text))
        richer = reading.n_letters > 2 * best.n_letters + 20 and best.n_letters < FEW_LETTERS
        cleaner = reading.score < _MUCH_BETTER * best.score and reading.n_letters > 0.7 * best.n_letters
        if (richer or cleaner) and not first.page.hidden:
            best = reading
    best.failed = failed and best is first
    return best


def _plumb(data: bytes, index: int) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data), pages=[index + 1]) as pdf:
        return str(pdf.pages[0].extract_text(use_text_flow=True, x_tolerance_ratio=0.15))


def _status(source: str, readings: list[_Reading]) -> tuple[DocumentStatus, str]:
    pictures = [number for number, reading in enumerate(readings, start=1) if reading.is_picture]
    failed = [number for number, reading in enumerate(readings, start=1) if reading.failed]
    garbled = [number for number, reading in enumerate(readings, start=1) if reading.score > 2 * SUSPECT and reading.n_letters > FEW_LETTERS]
    if not any(reading.n_letters for reading in readings):
        if failed:
            return DocumentStatus.BROKEN, f"No page of {source} can be read. Open it in a viewer and save it anew."
        return (
            DocumentStatus.NEEDS_OCR,
            f"{source} holds pictures of pages and no text. Run it through OCR (for example ocrmypdf) and put the result into the corpus.",
        )
    if len(pictures) == len(readings):
        return (
            DocumentStatus.NEEDS_OCR,
            f"{source} holds pictures of pages and hardly any text. Run it through OCR (for example ocrmypdf) and put the result into the corpus.",
        )
    reasons = []
    if failed:
        reasons.append(f"{_pages(failed)} cannot be read")
    if pictures:
        reasons.append(f"{_pages(pictures)} hold pictures without text (OCR would help)")
    if garbled:
        reasons.append(f"{_pages(garbled)} read as garbled text")
    return (DocumentStatus.PARTIAL, f"{source} is indexed in part: {'; '.join(reasons)}.") if reasons else (DocumentStatus.OK, "")


def _pages(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:20])
    return f"pages {listed}{' …' if len(numbers) > 20 else ''}"
