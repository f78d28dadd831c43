"""JATS and PubMed XML to a `Document`: the richest source, so its sections, marks, references and tables are taken as tagged.

The parser opens no file and no address, resolves no entity and refuses a document that declares one; a DOCTYPE by itself is normal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import Outline, assemble
from ragqa.ingest.headings import heading_zone
from ragqa.ingest.jats_front import plain_text, read_metadata, read_reference, with_kind
from ragqa.ingest.metadata import complete
from ragqa.ingest.rendering import Rendering, link, without_private
from ragqa.text.normalize import superscript
from ragqa.types import Block, Document, DocumentStatus, Zone

_SKIPPED = frozenset(
    {
        "table-wrap",
        "fig",
        "fig-group",
        "table-wrap-group",
        "disp-formula",
        "graphic",
        "supplementary-material",
        "media",
        "object-id",
        "alternatives",
        "tex-math",
        "annotation",
    }
)
_NOTE = re.compile(r"[a-z*†‡§¶#](?:\s*,\s*[a-z*†‡§¶#])*")
_LEGENDS = ("caption", "table-wrap-foot")
_BLOCKS = frozenset(
    {"p", "list", "table-wrap", "fig", "fig-group", "table-wrap-group", "disp-quote", "boxed-text", "def-list", "sec", "statement", "verse-group"}
)


def read_xml(data: bytes, source: str) -> Any:
    """Return the root element of an XML file; raise `FileRejected` for entities, excessive depth or malformed text."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    if re.search(rb"<!\s*ENTITY", data.replace(b"\0", b"")):
        raise FileRejected(f"{source} declares XML entities, which are not read. Save it without its internal DTD.")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        status = DocumentStatus.REJECTED if "depth" in str(exc).casefold() else DocumentStatus.BROKEN
        raise FileRejected(f"{source} is not well-formed XML ({exc.msg}).", status) from exc
    if root is None:
        raise FileRejected(f"{source} is not well-formed XML.", DocumentStatus.BROKEN)
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rsplit("}", 1)[1]
    return root


def parse_xml(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read an XML file: a JATS article, or PubMed records."""
    root = read_xml(data, source)
    if root.tag in ("PubmedArticleSet", "PubmedArticle", "MedlineCitation"):
        from ragqa.ingest.medline import parse_pubmed

        return parse_pubmed(root, source, sha256)
    article = root if root.tag == "article" else next(root.iter("article"), None)
    if article is None:
        raise FileRejected(f'{source} is neither a JATS article nor PubMed records: its root is "{root.tag}".')
    return (_parse_article(article, source, sha256),)


def _parse_article(article: Any, source: str, sha256: str) -> Document:
    reader = _Reader(article)
    reader.read()
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="jats",
        metadata=read_metadata(article, source),
        pages=(reader.rendering.page("jats"),),
        sections=reader.outline.sections,
        passages=reader.rendering.passages,
        references=reader.references,
    )
    return replace(document, metadata=complete(with_kind(document, article), frozenset({"language"} if document.metadata.language != "en" else ())))


class _Reader:
    """Walks an article and writes it out."""

    def __init__(self, article: Any) -> None:
        self.article = article
        self.outline = Outline()
        refs = [ref for ref_list in article.iter("ref-list") for ref in ref_list.findall("ref")]
        self.references = tuple(read_reference(number, ref) for number, ref in enumerate(refs, start=1))
        self.numbers = {ref.get("id"): number for number, ref in enumerate(refs, start=1)}
        for number, ref in enumerate(refs, start=1):
            self.numbers.update({child.get("id"): number for child in ref if child.get("id")})
        self.targets: list[str] = []
        self.rendering = Rendering(lambda index: tuple(self.numbers[rid] for rid in self.targets[index].split() if rid in self.numbers))

    def read(self) -> None:
        """Write title, abstracts, body and back matter."""
        title = self.article.find("front/article-meta/title-group/article-title")
        if title is not None:
            self.rendering.heading(plain_text(title))
        for abstract in self.article.findall("front/article-meta/abstract"):
            if abstract.get("abstract-type") in ("graphical", "toc", "teaser"):
                continue
            heading = abstract.find("title")
            name = plain_text(heading) if heading is not None else "Abstract"
            self.rendering.heading(name)
            self._blocks(abstract, self.outline.open(name, 1, Zone.ABSTRACT), Zone.ABSTRACT, 1)
        body = self.article.find("body")
        if body is not None:
            self._blocks(body, None, Zone.BODY, 0)
        floats = self.article.find("floats-group")
        if floats is not None:
            self._blocks(floats, None, Zone.BODY, 0)
        back = self.article.find("back")
        if back is not None:
            self._back(back)

    def _section_of(self, section: int | None, zone: Zone) -> int:
        if section is not None:
            return section
        title = "Main text" if zone is Zone.BODY else "Back matter"
        last = self.outline.sections[-1] if self.outline.sections else None
        return last.ordinal if last is not None and last.level == 0 and last.zone is zone else self.outline.open(title, 0, zone, ())

    def _blocks(self, parent: Any, section: int | None, zone: Zone, level: int) -> None:
        floats: list[Any] = []
        for element in parent:
            tag = element.tag
            if tag == "p" and not any(child.tag in _BLOCKS for child in element.iterdescendants() if isinstance(child.tag, str)):
                self.rendering.add(self._section_of(section, zone), self._inline(element))
            elif tag == "p":
                floats += self._mixed(element, self._section_of(section, zone))
            elif tag in ("list", "def-list"):
                self._list(element, self._section_of(section, zone))
            elif tag in ("disp-quote", "statement", "verse-group"):
                self._blocks(element, section, zone, level)
            elif tag in ("table-wrap", "fig", "fig-group", "table-wrap-group"):
                floats.append(element)
            elif tag in ("sec", "boxed-text", "app"):
                heading = element.find("title")
                if heading is None:
                    heading = element.find("caption/title")
                title = " ".join(part for part in (plain_text(element.find("label")), plain_text(heading)) if part)
                if not title:
                    self._blocks(element, section, zone, level)
                    continue
                self.rendering.heading(title)
                inner = zone if zone is not Zone.BODY else heading_zone(title)
                inner = Zone.BODY if inner in (Zone.ABSTRACT, Zone.FRONT_MATTER) and zone is Zone.BODY else inner
                parent_path = self.outline.sections[section].path if section is not None and self.outline.sections[section].level else ()
                self._blocks(element, self.outline.open(title, level + 1, inner, parent_path), inner, level + 1)
        for element in floats:
            self._float(element, section)

    def _back(self, back: Any) -> None:
        for element in back:
            if element.tag == "ref-list":
                title = plain_text(element.find("title")) or "References"
                self.rendering.heading(title)
                section = self.outline.open(title, 1, Zone.REFERENCES)
                for reference in self.references:
                    self.rendering.add(section, f"{reference.number}. {reference.text}", Block.LIST_ITEM)
            elif element.tag in ("ack", "fn-group", "notes", "sec", "app-group", "app", "glossary", "bio"):
                title = plain_text(element.find("title")) or {"ack": "Acknowledgements", "fn-group": "Footnotes", "glossary": "Abbreviations"}.get(
                    element.tag, "Back matter"
                )
                self.rendering.heading(title)
                section = self.outline.open(title, 1, Zone.BACK_MATTER)
                for paragraph in element.iter("p", "def-item"):
                    self.rendering.add(section, self._inline(paragraph))

    def _mixed(self, paragraph: Any, section: int) -> list[Any]:
        """Read a paragraph that holds lists, tables or figures; return its floats for later."""
        floats = [
            element
            for element in paragraph.iter(*_SKIPPED)
            if element.tag in ("table-wrap", "fig", "fig-group", "table-wrap-group") and not _inside_float(element, paragraph)
        ]
        self.rendering.add(section, self._inline(paragraph, skip=_BLOCKS))
        for element in paragraph:
            if element.tag in ("list", "def-list"):
                self._list(element, section)
            elif element.tag in ("disp-quote", "boxed-text", "statement"):
                self._blocks(element, section, self.outline.sections[section].zone, self.outline.sections[section].level)
        return floats

    def _list(self, element: Any, section: int) -> None:
        for item in element.iter("list-item", "def-item"):
            nested = item.findall(".//list")
            self.rendering.add(section, self._inline(item, skip=frozenset({"list"}) if nested else frozenset()), Block.LIST_ITEM)

    def _float(self, element: Any, section: int | None) -> None:
        if element.tag in ("fig-group", "table-wrap-group"):
            for child in element:
                if child.tag in ("fig", "table-wrap"):
                    self._float(child, section)
            return
        caption = element.find("caption")
        label = plain_text(element.find("label")).rstrip(".:")
        text = " ".join(self._inline(part).strip() for part in caption if part.tag in ("title", "p")) if caption is not None else ""
        named = f"{label}. {text}".strip(". ") if label else text
        if element.tag == "fig":
            self.rendering.add(self._section_of(section, Zone.BODY), named, Block.CAPTION)
            return
        parent = self.outline.sections[section].path if section is not None and self.outline.sections[section].level else ()
        title = re.sub(r"[\ue000-\ue002]\d*", "", named) or "Table"
        table = self.outline.open(title if len(title) < 300 else label or "Table", len(parent) + 1, Zone.TABLE, parent)
        self.rendering.add(table, named, Block.CAPTION)
        for grid in element.iter("table"):
            self._table(grid, table)
        for foot in element.iter("table-wrap-foot"):
            for paragraph in foot.iter("p"):
                self.rendering.add(table, self._inline(paragraph), Block.CAPTION)

    def _table(self, grid: Any, section: int) -> None:
        rows = [(row, _inside(row, "thead", grid) or all(cell.tag == "th" for cell in row)) for row in grid.iter("tr")]
        self.rendering.add_table(section, [([(cell, self._inline(cell)) for cell in row if cell.tag in ("td", "th")], is_head) for row, is_head in rows])

    def _inline(self, element: Any, skip: frozenset[str] = frozenset()) -> str:
        return "".join(self._pieces(element, skip))

    def _pieces(self, element: Any, skip: frozenset[str]) -> Iterator[str]:
        yield without_private(element.text or "")
        for child in element:
            tag = child.tag
            if tag in skip or tag in _SKIPPED or (tag == "xref" and child.get("ref-type") in ("table-fn", "fn")):
                pass
            elif tag == "xref" and any(rid in self.numbers for rid in (child.get("rid") or "").split()):
                self.targets.append(child.get("rid"))
                yield link(len(self.targets) - 1, without_private("".join(child.itertext())))
            elif tag in ("break", "p", "title", "label", "term", "def", "list-item"):
                yield " "
                yield from self._pieces(child, skip)
                yield " "
            elif tag == "sup" and not len(child):
                text = without_private(child.text or "").strip()
                is_note = element.tag in ("td", "th") and bool(_NOTE.fullmatch(text))
                # Before the words of a note in a legend: "ᵃInvestigators may …".
                is_note |= bool(_NOTE.fullmatch(text) and (child.tail or "")[:1].isupper() and _inside_any(child, _LEGENDS))
                yield "" if is_note else superscript(text)
            elif tag == "inline-formula":
                yield from self._pieces(child, skip | {"tex-math", "annotation"})
            else:
                yield from self._pieces(child, skip)
            yield without_private(child.tail or "")


def _inside(element: Any, tag: str, root: Any) -> bool:
    return any(ancestor.tag == tag for ancestor in element.iterancestors() if ancestor is not root)


def _inside_any(element: Any, tags: tuple[str, ...]) -> bool:
    return any(ancestor.tag in tags for ancestor in element.iterancestors())


def _inside_float(element: Any, paragraph: Any) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is paragraph:
            return False
        if ancestor.tag in ("table-wrap", "fig", "fig-group", "table-wrap-group"):
            return True
    return False
