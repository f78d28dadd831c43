"""HTML to a `Document`: headings, paragraphs, lists and tables of the page's main part; scripts, menus and forms are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import Outline, assemble
from ragqa.ingest.chrome import is_chrome, update_of, web_zone
from ragqa.ingest.citations import bracketed, numbers_of, parenthesised, spaced_marks, strip_marks
from ragqa.ingest.decode import decode
from ragqa.ingest.headings import heading_zone
from ragqa.ingest.kinds import detect_kind
from ragqa.ingest.metadata import complete, stated_year
from ragqa.ingest.references import find_doi, parse_entries
from ragqa.ingest.rendering import Rendering, link, without_private
from ragqa.text.normalize import superscript
from ragqa.types import Block, Document, Metadata, Quality, Zone

_DROPPED = frozenset(
    "script style noscript template nav header footer aside form button select svg iframe object embed canvas head dialog menu audio video".split()  # noqa: SIM905 - a word list reads best as words
)
_BLOCKS = frozenset(
    "p li h1 h2 h3 h4 h5 h6 table blockquote pre dd dt figcaption div section article main ul ol dl figure body center td th tr".split()  # noqa: SIM905 - a word list reads best as words
) | {"details", "summary"}
_FRONT = 1500
"""A page says within so many characters when it was published."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARK = re.compile(r"\[?\s*\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\s*\]?")
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)


def parse_html(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read a web page."""
    import lxml.html
    from lxml import etree

    charset = _CHARSET.search(data[:2000])
    try:
        text = data.decode(charset.group(1).decode()) if charset else decode(data)[0]
    except (UnicodeDecodeError, LookupError):
        text = decode(data)[0]
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=lxml.html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, ValueError) as exc:
        raise FileRejected(f"{source} holds no HTML text.") from exc
    reader = _Reader()
    metadata = _metadata(root, source)
    reader.read(_main_part(root))
    passages = reader.rendering.passages
    references = parse_entries([None if re.match(r"\s*\[?\d", entry) else number for number, entry in enumerate(reader.entries, start=1)], reader.entries)
    if bracketed(passages, len(references)):
        passages = [strip_marks(passage, "bracket", len(references)) for passage in passages]
    elif parenthesised(passages, len(references)):
        passages = [strip_marks(passage, "parenthesis", len(references)) for passage in passages]
    elif spaced_marks(passages):
        passages = [strip_marks(passage, "spaced", len(references)) for passage in passages]
    if reader.updated and metadata.year is None:
        metadata = replace(metadata, year=reader.updated[1])
    if metadata.year is None:
        metadata = replace(metadata, year=stated_year(reader.rendering.text[:_FRONT]))
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="html",
        metadata=metadata,
        pages=(reader.rendering.page("html"),),
        sections=reader.outline.sections,
        passages=passages,
        references=references,
        quality=Quality(dropped_lines=tuple(reader.dropped), notes=(reader.updated[0],) if reader.updated else ()),
    )
    return (replace(document, metadata=complete(document)),)


def _main_part(root: Any) -> Any:
    """Return the element that holds the text: main or article where the page has one, else the body."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        if len(found) == 1:
            return found[0]
    body = root.find("body")
    return root if body is None else body


def _metadata(root: Any, source: str) -> Metadata:
    tags: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").casefold()
        tags.setdefault(name, []).append((meta.get("content") or "").strip())

    def first(*names: str) -> str | None:
        return next((tags[name][0] for name in names if tags.get(name) and tags[name][0]), None)

    heading = root.find(".//h1")
    full_title = (root.findtext(".//title") or "").strip()
    title = first("citation_title", "dc.title", "og:title") or (_text(heading) if heading is not None else "") or full_title
    year = re.search(r"(?:19|20)\d\d", first("citation_publication_date", "citation_date", "dc.date", "article:published_time") or "")
    kind, origin = detect_kind(full_title, "")
    return Metadata(
        kind=kind,
        kind_origin=origin,
        title=re.sub(r"\s+", " ", title) or source.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        authors=tuple(tags.get("citation_author", ())),
        journal=first("citation_journal_title"),
        year=int(year.group()) if year else None,
        doi=find_doi(first("citation_doi", "dc.identifier") or ""),
        pmid=first("citation_pmid"),
        language=(root.get("lang") or "en").casefold()[:2],
    )


class _Reader:
    """Writes out the blocks of a page in order."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.marks: list[str] = []
        self.rendering = Rendering(lambda index: numbers_of(self.marks[index]))
        self.entries: list[str] = []
        self.dropped: list[str] = []
        self.updated: tuple[str, int] | None = None
        self.section: int | None = None

    def read(self, element: Any) -> None:
        """Read an element and what stands in it."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if (
            not tag
            or tag in _DROPPED
            or element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or _HIDDEN.search(element.get("style") or "")
        ):
            return
        if re.fullmatch(r"h[1-6]", tag):
            title = re.sub(r"\s+", " ", _text(element)).strip()
            if title and not is_chrome(title):
                self.rendering.heading(title)
                if tag != "h1" or self.outline.sections:
                    self._open(title, max(1, int(tag[1]) - 1))
        elif tag == "summary":
            # What opens on a click stands under the words that are clicked on.
            title = _text(element)
            if title and not is_chrome(title):
                self.rendering.heading(title)
                self._open(title, self.outline.sections[self._section()].level + 1)
        elif tag == "table" and not element.findall(".//table"):
            self._table(element)
        elif any(isinstance(child.tag, str) and child.tag in _BLOCKS for child in element):
            around = self.section
            self._add(element.text or "", tag)
            for child in element:
                if isinstance(child.tag, str) and child.tag not in _BLOCKS and child.tag not in _DROPPED:
                    self._add("".join(self._pieces(child)), tag)
                else:
                    self.read(child)
                self._add(child.tail or "", tag)
            if tag == "details":
                self.section = around
        else:
            self._add("".join(self._pieces(element)), tag)

    def _open(self, title: str, level: int) -> None:
        self.section = self.outline.open(title, level, web_zone(title, heading_zone(title)))

    def _section(self) -> int:
        """Return the section that text belongs to now."""
        if self.section is None:
            self.section = self.outline.ensure()
        return self.section

    def _add(self, text: str, tag: str) -> None:
        text = re.sub(r"\s+", " ", text).strip()
        if not text:
            return
        if is_chrome(text):
            self.updated = self.updated or update_of(text)
            self.dropped.append(text)
            return
        section = self._section()
        self.rendering.add(section, text, Block.LIST_ITEM if tag in ("li", "dd") else Block.PARAGRAPH)
        if self.outline.sections[section].zone is Zone.REFERENCES:
            self.entries.append(re.sub("[\ue000-\ue002]", "", text))

    def _table(self, table: Any) -> None:
        rows = [
            (
                [(cell, re.sub(r"\s+", " ", "".join(self._pieces(cell))).strip()) for cell in row if cell.tag in ("td", "th")],
                row.getparent().tag == "thead" or all(cell.tag == "th" for cell in row),
            )
            for row in table.iter("tr")
        ]
        rows = [(cells, is_head) for cells, is_head in rows if any(text for _, text in cells)]
        if not rows:
            return
        caption = table.find("caption")
        around = self.section
        if caption is not None and (title := _text(caption)):
            above = self.outline.sections[around] if around is not None else None
            parent = above.path if above is not None and above.level else ()
            self.section = self.outline.open(title[:300], len(parent) + 1, above.zone if above is not None else Zone.BODY, parent)
            self.rendering.add(self.section, title, Block.CAPTION)
        self.rendering.add_table(self._section(), rows)
        self.section = around

    def _pieces(self, element: Any) -> Iterator[str]:
        tag = element.tag if isinstance(element.tag, str) else None
        if tag is None or tag in _DROPPED:
            return
        text = without_private("".join(element.itertext()))
        if tag == "sup" and _MARK.fullmatch(text.strip()) and element.find(".//a") is not None:
            self.marks.append(text)
            yield link(len(self.marks) - 1, text)
            return
        if tag == "sup" and not len(element):
            yield superscript(text.strip())
            return
        yield without_private(element.text or "")
        for child in element:
            yield from self._pieces(child)
            yield " " if child.tag == "br" else ""
            yield without_private(child.tail or "")


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", without_private("".join(element.itertext()))).strip()
