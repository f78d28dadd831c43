"""Markdown with YAML front matter to a `Document`.

The stored page is the text of the file after the front matter. A lone first-level heading at the top is the title; every other heading
opens a section. Each list item is a passage of its own, each table row a statement "Header: cell; Header: cell".
"""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ragqa.ingest.assemble import Outline, Passage, assemble
from ragqa.ingest.citations import strip_marks
from ragqa.ingest.decode import decode
from ragqa.ingest.frontmatter import read_front_matter, split_front_matter, with_fields
from ragqa.ingest.headings import heading_zone
from ragqa.ingest.mapped import MappedText
from ragqa.ingest.metadata import complete
from ragqa.ingest.references import parse_entries
from ragqa.ingest.tables import row_statement
from ragqa.types import Block, Document, Metadata, Page, Quality, Zone

_INLINE = (
    (re.compile(r"<!--.*?-->|<[a-zA-Z/][^<>]*>", re.DOTALL), ""),
    (re.compile(r"!\[[^\]]*\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), ""),
    (re.compile(r"(?<!\\)(?<!\w)(\*{1,3}|_{1,3})(?=\S)|(?<=[^\s\\])(\*{1,3}|_{1,3})(?!\w)|(?<=\w)\*{1,3}(?=\w)|`+|~~"), ""),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), ""),
    (re.compile(r"\s+"), " "),
)
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)|<((?:https?|mailto):[^<>\s]+)>")


def parse_markdown(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read a Markdown file; raise `FileRejected` where its front matter cannot be used."""
    text, notes = decode(data)
    yaml_text, body_start = split_front_matter(text)
    fields, ignored = read_front_matter(yaml_text, source)
    body = text[body_start:].replace("\r\n", "\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    reader = _Reader(body)
    reader.read(tokens, fields)
    outline, passages = reader.outline, reader.passages
    entries = [passage.text.text for passage in passages if outline.sections[passage.section].zone is Zone.REFERENCES]
    references = parse_entries(reader.reference_numbers, entries)
    if references:
        # Without a list to lead to, "[40-156]" is a range of values and stays.
        passages = [strip_marks(passage, "bracket", len(references)) for passage in passages]
    metadata = Metadata(title=reader.title or source.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    metadata = with_fields(metadata, fields, "front matter")
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="markdown",
        metadata=metadata,
        pages=(Page(1, body, engine="markdown"),),
        sections=outline.sections,
        passages=passages,
        references=references,
        quality=Quality(notes=notes + ignored),
    )
    return (replace(document, metadata=complete(document, known=frozenset(fields))),)


class _Reader:
    """Walks the block tokens and keeps passages with their place in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = [0]
        for line in text.split("\n"):
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)
        self.outline = Outline()
        self.passages: list[Passage] = []
        self.reference_numbers: list[int | None] = []
        self.title = ""
        self.header: list[str] = []

    def read(self, tokens: list[Token], fields: dict[str, object]) -> None:
        """Read all tokens; `fields` is the front matter, whose title decides whether the first heading is one."""
        levels = [(int(token.tag[1]), tokens[index + 1].content) for index, token in enumerate(tokens) if token.type == "heading_open"]
        top = [title for level, title in levels if level == 1]
        named = {str(fields.get(key, "")).casefold() for key in ("title", "short_title")}
        self.title = levels[0][1] if levels and levels[0][0] == 1 and (len(top) == 1 or top[0].casefold() in named) else ""
        containers: list[Token] = []
        cells: list[MappedText] = []
        cursor = 0
        titled = False
        for token in tokens:
            if token.nesting == 1:
                containers.append(token)
            if token.type in ("tr_open", "heading_open", "paragraph_open") and token.map:
                cursor = self.line_starts[token.map[0]]
                cells = [] if token.type == "tr_open" else cells
            if token.type == "inline":
                inside = {container.type for container in containers}
                if "heading_open" in inside:
                    heading = self._clean(token, cursor)
                    if self.title and not titled:
                        titled = True
                    else:
                        level = int(containers[-1].tag[1]) - (1 if self.title else 0)
                        self.outline.open(heading.text, max(level, 1), heading_zone(heading.text))
                elif "tr_open" in inside:
                    cell = self._cell(token, cursor)
                    cursor = max(cursor, self._position_after(token, cursor))
                    cells.append(cell)
                elif cell_text := self._clean(token, cursor):
                    item = next((container for container in reversed(containers) if container.type == "list_item_open"), None)
                    number = int(item.info) if item is not None and item.info.isdigit() else None
                    self._add(cell_text, Block.LIST_ITEM if item is not None else Block.PARAGRAPH, number)
            if token.type == "tr_close":
                if any(container.type == "thead_open" for container in containers):
                    self.header = [cell.text for cell in cells]
                else:
                    self.passages.append(Passage(self.outline.ensure(), row_statement(self.header, cells), Block.TABLE_ROW, whole=True))
            if token.nesting == -1:
                containers.pop()

    def _add(self, text: MappedText, block: Block, number: int | None) -> None:
        if not text.text:
            return
        section = self.outline.ensure()
        self.passages.append(Passage(section, text, block))
        if self.outline.sections[section].zone is Zone.REFERENCES:
            self.reference_numbers.append(number)

    def _clean(self, token: Token, start: int) -> MappedText:
        """Return the inline text of a block without its markup, mapped to the file."""
        end = self.line_starts[token.map[1]] - 1 if token.map else start
        raw = MappedText.of_page(1, self.text, start, min(end, len(self.text)))
        first = token.content.split("\n", 1)[0]
        offset = max(raw.text.find(first), 0)
        return strip_inline(raw[offset : len(raw.text)].substitute(re.compile(r"(?m)(?<=\n)[ \t]*>[ \t]?|\s+#+\s*\Z"), ""))

    def _cell(self, token: Token, cursor: int) -> MappedText:
        start = self.text.find(token.content, cursor)
        return strip_inline(MappedText.of_page(1, self.text, start, start + len(token.content))) if start >= 0 else MappedText.inserted(token.content)

    def _position_after(self, token: Token, cursor: int) -> int:
        start = self.text.find(token.content, cursor)
        return cursor if start < 0 else start + len(token.content)


def strip_inline(raw: MappedText) -> MappedText:
    """Return text without emphasis, code marks, links (their words stay), images, HTML tags and escapes."""
    text = raw
    for match in reversed(list(_LINK.finditer(raw.text))):
        group = 1 if match.group(1) is not None else 2
        kept = text[match.start(group) : match.end(group)]
        text = MappedText.join((text[: match.start()], kept, text[match.end() :]))
    for pattern, replacement in _INLINE:
        text = text.substitute(pattern, replacement)
    return text.strip()
