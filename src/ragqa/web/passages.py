"""A stored page as blocks to read, with the quoted characters marked.

The text stays as stored: blocks are slices of it. Only the markers of Markdown (hashes, list dashes) are left out, since they are typography.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_MARKER = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<heading>#{1,6})[ \t]+|(?P<item>[-*+]|\d{1,3}[.)])[ \t]+)")


class BlockKind(StrEnum):
    """How a block is set."""

    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    LINES = "lines"
    """Lines as the page breaks them: text from a PDF, or a table."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, inside or outside a quote."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, list item or paragraph of a page."""

    kind: BlockKind
    pieces: tuple[Piece, ...]
    start: int = 0
    """Where its text begins in the page."""

    @property
    def is_quoted(self) -> bool:
        """Whether a quote reaches into this block."""
        return any(piece.is_quoted for piece in self.pieces)

    @property
    def length(self) -> int:
        """Return the number of characters."""
        return sum(len(piece.text) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Where the sentences of one paragraph stand on a page, and the title of the section it belongs to."""

    start: int
    end: int
    section: str


def page_blocks(text: str, quotes: Sequence[tuple[int, int]], is_markdown: bool, paragraphs: Sequence[Paragraph] = ()) -> list[Block]:
    """Split the text of a page into blocks.

    Args:
        text: The stored text of the page.
        quotes: Character ranges [start, end) to mark, in order and apart from each other.
        is_markdown: Read headings and list items from their markers; otherwise keep the lines of the page.
        paragraphs: What the parser found on the page; cuts a page that has no markers of its own.
    """
    ranges = _markdown_ranges(text) if is_markdown else _paragraph_ranges(text, paragraphs) if paragraphs else _line_ranges(text)
    return [Block(kind, tuple(_pieces(text, first, last, quotes)), first) for kind, first, last in ranges]


def around_quote(blocks: list[Block], n_characters: int) -> list[Block]:
    """Return the quoted blocks with what surrounds them: back to their heading, and forward, up to n_characters on either side."""
    quoted = [row for row, block in enumerate(blocks) if block.is_quoted]
    if not quoted:
        return blocks
    first, last = quoted[0], quoted[-1]
    spent = 0
    while first > 0 and blocks[first].kind is not BlockKind.HEADING and spent + blocks[first - 1].length <= n_characters:
        first -= 1
        spent += blocks[first].length
    spent = 0
    while last + 1 < len(blocks) and blocks[last + 1].kind is not BlockKind.HEADING and spent + blocks[last + 1].length <= n_characters:
        last += 1
        spent += blocks[last].length
    return blocks[first : last + 1]


def section_anchors(blocks: Sequence[Block], section_starts: Mapping[int, int]) -> dict[int, list[int]]:
    """Return, by row of the block, the sections that a link may lead to there.

    Args:
        blocks: The blocks of a page in order.
        section_starts: Where the first sentence of each section begins, by ordinal of the section, for those that begin on this page.
    """
    anchors: dict[int, list[int]] = {}
    for ordinal, start in section_starts.items():
        row = max((row for row, block in enumerate(blocks) if block.start <= start), default=0)
        if row and blocks[row - 1].kind is BlockKind.HEADING:
            row -= 1
        anchors.setdefault(row, []).append(ordinal)
    return anchors


def _pieces(text: str, first: int, last: int, quotes: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Cut [first, last) at the borders of the quotes."""
    reached = first
    for start, end in quotes:
        start, end = max(start, reached), min(end, last)
        if start >= end:
            continue
        if start > reached:
            yield Piece(text[reached:start], is_quoted=False)
        yield Piece(text[start:end], is_quoted=True)
        reached = end
    if reached < last:
        yield Piece(text[reached:last], is_quoted=False)


def _line_ranges(text: str) -> list[tuple[BlockKind, int, int]]:
    """Return the stretches between blank lines."""
    return [(BlockKind.LINES, match.start(), match.end()) for match in re.finditer(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", text)]


def _paragraph_ranges(text: str, paragraphs: Sequence[Paragraph]) -> list[tuple[BlockKind, int, int]]:
    """Return the paragraphs and what stands between them: headings, captions, running heads. No character is left out but white space."""
    ranges: list[tuple[BlockKind, int, int]] = []
    reached = 0
    for paragraph in [*sorted(paragraphs, key=lambda item: item.start), Paragraph(len(text), len(text), "")]:
        if paragraph.start > reached:
            ranges += _between(text, reached, paragraph.start, paragraph.section)
        if paragraph.end > max(reached, paragraph.start):
            ranges.append((BlockKind.LINES, max(reached, paragraph.start), paragraph.end))
        reached = max(reached, paragraph.end)
    return ranges


def _between(text: str, first: int, last: int, title: str) -> Iterator[tuple[BlockKind, int, int]]:
    """Return the blocks of a stretch between paragraphs; where it ends in the title of the section, that is its heading."""
    words = r"\s+".join(re.escape(word) for word in title.split())
    number = "" if title[:1].isdigit() else r"(?:\b\d+(?:\.\d+)*\.?\s+)?"
    heading = re.search(rf"{number}(?<!\w){words}[.:]?\s*$", text[first:last], re.IGNORECASE) if words else None
    middle = first + heading.start() if heading else last
    for kind, start, end in ((BlockKind.LINES, first, middle), (BlockKind.HEADING, middle, last)):
        if text[start:end].strip():
            yield kind, start, end


def _markdown_ranges(text: str) -> list[tuple[BlockKind, int, int]]:
    """Return headings, list items, tables and paragraphs; a line without a marker continues the block above it."""
    ranges: list[tuple[BlockKind, int, int]] = []
    is_open = False
    for line in re.finditer(r"[^\n]+", text):
        marker = _MARKER.match(line[0])
        if not line[0].strip():
            is_open = False
            continue
        if marker:
            kind = BlockKind.HEADING if marker["heading"] else BlockKind.ITEM
            ranges.append((kind, line.start() + marker.end(), line.end()))
        elif is_open and text[line.start() - 2 : line.start()].count("\n") < 2:
            kind, first, _ = ranges[-1]
            ranges[-1] = (kind, first, line.end())
        else:
            kind = BlockKind.LINES if line[0].lstrip().startswith("|") else BlockKind.PARAGRAPH
            ranges.append((kind, line.start(), line.end()))
        is_open = kind is not BlockKind.HEADING
    return ranges
