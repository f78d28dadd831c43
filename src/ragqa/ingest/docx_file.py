"""DOCX to a `Document`: headings to sections, tables to rows; page headers and footers are not read.

The archive is checked before anything in it is unpacked: names that leave it, bombs and oversized members are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import Outline, assemble
from ragqa.ingest.citations import bracketed, numbers_of, parenthesised, strip_marks
from ragqa.ingest.headings import heading_zone
from ragqa.ingest.metadata import complete, first_page_fields, stated_year
from ragqa.ingest.references import parse_entries
from ragqa.ingest.rendering import Rendering, link, without_private
from ragqa.types import Block, Document, DocumentStatus, Metadata, Zone

_MAX_BYTES = 200_000_000
_MAX_RATIO = 100
_LONGEST_HEADING = 100
_HEADING = re.compile(r"(?:heading|überschrift|titre)\s*(\d)", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,–-]\s?\d{1,3})*")


def parse_docx(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read a Word file; raise `FileRejected` where it is none or its archive is not safe to unpack."""
    _check_archive(data, source)
    import docx

    try:
        word = docx.Document(io.BytesIO(data))
    except Exception as exc:
        # python-docx raises KeyError, ValueError and lxml errors alike for files that are no Word documents.
        raise FileRejected(f"{source} cannot be opened as a Word file ({type(exc).__name__}). Save it anew as .docx.", DocumentStatus.BROKEN) from exc
    reader = _Reader()
    for item in word.iter_inner_content():
        if hasattr(item, "rows"):
            reader.table(item)
        else:
            reader.paragraph(item)
    references = parse_entries(reader.numbers, reader.entries)
    passages = reader.rendering.passages
    if bracketed(passages, len(references)):
        passages = [strip_marks(passage, "bracket", len(references)) for passage in passages]
    elif parenthesised(passages, len(references)):
        passages = [strip_marks(passage, "parenthesis", len(references)) for passage in passages]
    core = word.core_properties
    title = reader.title or (core.title or "").strip() or source.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    metadata = replace(Metadata(title=title, authors=(core.author,) if core.author and core.author != "python-docx" else ()), **_fields(reader))
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="docx",
        metadata=metadata,
        pages=(reader.rendering.page("docx"),),
        sections=reader.outline.sections,
        passages=passages,
        references=references,
    )
    return (replace(document, metadata=complete(document)),)


def _fields(reader: _Reader) -> dict[str, Any]:
    found = first_page_fields(reader.rendering.text[:3000])
    year = stated_year(reader.rendering.text[:3000])
    return {name: value for name, value in found.items() if name != "year"} | ({"year": year} if year else {})


def _check_archive(data: bytes, source: str) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as exc:
        raise FileRejected(f"{source} is no Word file: it is no whole ZIP archive.") from exc
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in (member.filename for member in members)):
        raise FileRejected(f"{source} holds file names that lead out of its archive and is not unpacked.")
    size = sum(member.file_size for member in members)
    if size > _MAX_BYTES or any(member.file_size > _MAX_RATIO * max(member.compress_size, 1) and member.file_size > 1_000_000 for member in members):
        raise FileRejected(f"{source} would unpack to {size / 1e6:.0f} MB and looks like an archive bomb; it is not unpacked.")
    if "word/document.xml" not in {member.filename for member in members}:
        raise FileRejected(f"{source} is no Word file: it holds no word/document.xml.")


class _Reader:
    """Writes out paragraphs and tables in the order of the document."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.marks: list[str] = []
        self.rendering = Rendering(lambda index: numbers_of(self.marks[index]))
        self.title = ""
        self.section: int | None = None
        self.caption = ""
        self.is_below_bold = False
        self.entries: list[str] = []
        self.numbers: list[int | None] = []

    def paragraph(self, paragraph: Any) -> None:
        """Read one paragraph: a heading, a list item or text."""
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        text = "".join(self._run(run) for run in paragraph.runs) or without_private(paragraph.text)
        if not text.strip():
            return
        if style.casefold() == "title" and not self.title:
            self.title = re.sub(r"\s+", " ", paragraph.text).strip()
            self.rendering.heading(self.title)
        elif heading := _HEADING.match(style):
            title = re.sub(r"\s+", " ", without_private(paragraph.text)).strip()
            self._open(title, int(heading.group(1)))
        elif self._is_bold_heading(paragraph, style):
            title = re.sub(r"\s+", " ", without_private(paragraph.text)).strip()
            level = self.outline.sections[self.section].level if self.section is not None else 0
            self._open(title, level if self.is_below_bold else level + 1)
            self.is_below_bold = True
        elif style.casefold() == "caption":
            self.caption = re.sub(r"\s+", " ", without_private(paragraph.text)).strip()
            self.rendering.add(self._section(), text, Block.CAPTION)
        else:
            self.caption = ""
            section = self._section()
            is_item = "list" in style.casefold() or (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None)
            self.rendering.add(section, text, Block.LIST_ITEM if is_item else Block.PARAGRAPH)
            if self.outline.sections[section].zone is Zone.REFERENCES:
                self.entries.append(re.sub(r"\s+", " ", without_private(paragraph.text)).strip())
                self.numbers.append(len(self.entries) if is_item else None)

    def table(self, table: Any) -> None:
        """Read one table: its first row names the columns; a cell that spans several is written once."""
        rows = [_cells(row) for row in table.rows]
        rows = [row for row in rows if any(row)]
        if not rows:
            return
        header, *body = rows if len(rows) > 1 else ([], rows[0])
        section = self._section()
        if self.caption:
            # The rows stand under the caption that goes before them.
            around = self.outline.sections[section]
            parent = around.path if around.level else ()
            section = self.outline.open(self.caption[:300], len(parent) + 1, around.zone, parent)
            self.caption = ""
        if header:
            self.rendering.write(" | ".join(header), "\n")
        for row in body:
            self.rendering.add_row(section, header, row)
        self.rendering.write("", "\n")

    def _open(self, title: str, level: int) -> None:
        self.rendering.heading(title)
        self.section = self.outline.open(title, level, heading_zone(title))
        self.is_below_bold = False

    def _section(self) -> int:
        """Return the section that text belongs to now."""
        if self.section is None:
            self.section = self.outline.ensure()
        return self.section

    @staticmethod
    def _is_bold_heading(paragraph: Any, style: str) -> bool:
        """Whether a paragraph of plain style is a heading by its type: short, bold throughout, without a stop."""
        text = paragraph.text.strip()
        runs = [run for run in paragraph.runs if run.text.strip()]
        return (
            style.casefold() in ("", "normal", "body text")
            and 2 < len(text) < _LONGEST_HEADING
            and text[-1] not in ".:;,?!"
            and text[0].isupper()
            and bool(runs)
            and all(run.bold for run in runs)
        )

    def _run(self, run: Any) -> str:
        text = without_private(run.text)
        if run.font.superscript and _NUMBERS.fullmatch(text.strip()):
            self.marks.append(text)
            return link(len(self.marks) - 1, text)
        return text


def _cells(row: Any) -> list[str]:
    """Return the texts of a row's cells; those that a merged cell repeats are empty."""
    seen: set[Any] = set()
    texts = []
    for cell in row.cells:
        texts.append("" if cell._tc in seen else re.sub(r"\s+", " ", without_private(cell.text)).strip())
        seen.add(cell._tc)
    return texts
