"""The page of a format that has none: JATS, DOCX and HTML are written out as one text, block by block, and quoted from there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ragqa.ingest.assemble import Passage
from ragqa.ingest.citations import numbers_of
from ragqa.ingest.mapped import MappedText
from ragqa.ingest.tables import expand_spans, group_header, merge_header, row_statement
from ragqa.types import Block, Page, ReferenceMark

MARK_START, MARK_END = "\ue000", "\ue001"
"""Private characters that a parser sets around the text of a link into the reference list."""

_PRIVATE = re.compile("[\ue000-\ue002]")
_LINK = f"{MARK_START}[^{MARK_END}]*{MARK_END}"
_MARK = re.compile(rf"\s*(?P<open>[\[(])?(?P<links>{_LINK}(?:[\s,;–—‒-]*(?:and\s+)?{_LINK})*)(?P<close>[\])])?")
_SEPARATED = re.compile(rf"(?P<dash>[–—‒-])?\s*{MARK_START}(?P<index>\d+)\ue002(?P<text>[^{MARK_END}]*){MARK_END}")
_NEEDED_BEFORE = re.compile(r"\b(?:in|by|from|see|refs?\.?|references?|cf\.?|than|of)$", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:[\[(]?\d{1,4}[a-z]?(?:(?:\s?[,;–—‒-]\s?|\s)\d{1,4}[a-z]?)*[–—‒-]?[\])]?)?")
_SPACE = re.compile(r"\s+")

Resolver = Callable[[int], tuple[int, ...]]
"""From the index of a link to the reference numbers it points to."""


def link(index: int, text: str) -> str:
    """Return the text of a link into the reference list as the parsers hand it to `Rendering.add`."""
    return f"{MARK_START}{index}\ue002{text}{MARK_END}"


def without_private(text: str) -> str:
    """Return text of a file without the characters that mark links here."""
    return _PRIVATE.sub("", text)


class Rendering:
    """Collects the text of the page and the passages read from it."""

    def __init__(self, resolve: Resolver | None = None) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._resolve: Resolver = resolve or (lambda index: ())
        self.passages: list[Passage] = []

    @property
    def text(self) -> str:
        """Return the page as written so far."""
        return "".join(self._parts)

    def page(self, engine: str) -> Page:
        """Return the page."""
        return Page(1, self.text, engine=engine)

    def write(self, text: str, separator: str = "\n\n") -> MappedText:
        """Write text that may hold links and return it as it stands in the page."""
        visible = re.sub(rf"{MARK_START}\d+\ue002|{MARK_END}", "", text)
        start = self._length
        self._parts += (visible, separator)
        self._length += len(visible) + len(separator)
        return MappedText(visible, list(range((1 << 32) + start, (1 << 32) + start + len(visible))))

    def heading(self, text: str) -> None:
        """Write a heading, which is no passage."""
        self.write(_SPACE.sub(" ", text).strip())

    def add(self, section: int, text: str, block: Block = Block.PARAGRAPH, whole: bool = False) -> None:
        """Write a block and keep it as a passage, its citation marks taken out of the text."""
        text = _SPACE.sub(" ", text).strip()
        if not text:
            return
        mapped, marks = self._without_marks(text)
        if mapped.text:
            self.passages.append(Passage(section, mapped, block, marks, whole=whole))

    def add_row(self, section: int, header: Sequence[str], cells: Sequence[str]) -> None:
        """Write a table row and keep it as the statement "Header: cell; Header: cell"."""
        mapped: list[MappedText] = []
        marks: list[tuple[int, ReferenceMark]] = []
        for index, cell in enumerate(cells):
            clean, cell_marks = self._without_marks(_SPACE.sub(" ", cell).strip(), " | " if index < len(cells) - 1 else "\n")
            mapped.append(clean)
            marks += cell_marks
        statement = row_statement([_SPACE.sub(" ", name) for name in header], mapped)
        if statement.text:
            self.passages.append(Passage(section, statement, Block.TABLE_ROW, tuple((0, mark) for _, mark in marks), whole=True))

    def add_table(self, section: int, rows: Sequence[tuple[list[tuple[Any, str]], bool]]) -> None:
        """Write a table and keep its rows as statements.

        Args:
            section: The section that the rows belong to.
            rows: For each row its cells, as (element with colspan and rowspan, text), and whether it is a row of heads.
        """
        expanded = expand_spans([cells for cells, _ in rows])
        n_head = next((index for index, (_, is_head) in enumerate(rows) if not is_head), len(rows))
        if n_head == 0 and len(rows) > 1 and not any(is_head for _, is_head in rows):
            n_head = 1
        header = merge_header(expanded[:n_head])
        if any(header):
            self.write(" | ".join(header), "\n")
        group = ""
        for cells in expanded[n_head:]:
            filled = [cell for cell in cells if cell.strip()]
            if len(set(filled)) == 1 and len(cells) > 1 and (len(filled) > 1 or cells[0].strip()):
                # A row with one cell is a sub-heading for the rows below it.
                group = filled[0].strip()
                self.write(group, "\n")
                continue
            self.add_row(section, group_header(group, header) if group else header, cells)
        self.write("", "\n")

    def _without_marks(self, text: str, separator: str = "\n\n") -> tuple[MappedText, tuple[tuple[int, ReferenceMark], ...]]:
        pieces: list[tuple[str, bool]] = []
        marks: list[tuple[int, ReferenceMark]] = []
        done = length = 0
        for match in _MARK.finditer(text):
            printed = [piece.group("text") for piece in _SEPARATED.finditer(match.group())]
            by_number = all(_NUMBERS.fullmatch(word.strip()) for word in printed)
            whole_bracket = match.group("open") is not None and match.group("close") is not None
            before = text[done : match.start()]
            removed = (by_number or whole_bracket) and not (by_number and whole_bracket and _NEEDED_BEFORE.search(before))
            start, end = match.span() if whole_bracket or (by_number and match.group("open") is None) else match.span("links")
            if not whole_bracket and match.group("close") is not None:
                end = match.end("links")
            mark = ReferenceMark(_visible(match.group()).strip(), self._numbers(match.group("links")))
            if removed:
                pieces += ((text[done:start], True), (text[start:end], False))
                length += len(_visible(text[done:start]))
            else:
                pieces.append((text[done:end], True))
                length += len(_visible(text[done:end]))
            if mark.numbers:
                marks.append((length, mark))
            done = end
        pieces.append((text[done:], True))
        mapped = self.write(text, separator)
        kept: list[MappedText] = []
        position = 0
        for piece, stays in pieces:
            size = len(_visible(piece))
            if stays:
                kept.append(mapped[position : position + size])
            position += size
        return MappedText.join(kept), tuple(marks)

    def _numbers(self, links: str) -> tuple[int, ...]:
        """Return the numbers of a run of links; a dash between two of them means all in between."""
        numbers: list[int] = []
        goes_on = False
        for piece in _SEPARATED.finditer(links):
            found = self._resolve(int(piece.group("index")))
            if (piece.group("dash") or goes_on) and numbers and found and numbers[-1] < found[0] <= numbers[-1] + 60:
                numbers += range(numbers[-1] + 1, found[0])
            numbers += found
            text = piece.group("text").strip(" []()")
            goes_on = bool(re.search(r"[–—‒-]$", text))
            # One link often stands for all that is printed: "14–17" or "2 7 8" leads to its first entry.
            printed = numbers_of(re.sub(r"(?<=\d)\s+(?=\d)", ",", text)) if _NUMBERS.fullmatch(text) else ()
            numbers += printed if found == printed[:1] else ()
        return tuple(dict.fromkeys(numbers))


def _visible(text: str) -> str:
    return re.sub(rf"{MARK_START}\d+\ue002|{MARK_END}", "", text)
