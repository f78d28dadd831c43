"""The lines of stored pages: what the readers of unstructured text (PDF, plain text) work on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragqa.ingest.mapped import MappedText
from ragqa.types import Page


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. `text` is stripped; [start, end) is its range in the page.

    `size` (points, 0 where unknown), `is_bold` and `box` (left, bottom, right, top in points) come from a printed page; `opens` and
    `closes` say that its place speaks for the start or the end of a paragraph there.
    """

    page: int
    start: int
    end: int
    text: str
    after_blank: bool = False
    """Whether a blank line or the start of a page stands before it."""
    size: float = 0.0
    is_bold: bool = False
    font: str = ""
    box: tuple[float, float, float, float] | None = None
    opens: bool = False
    closes: bool = False
    indent: float = 0.0
    """How far, in points, it starts to the right of the left edge of its column."""

    def mapped(self, page_text: str) -> MappedText:
        """Return the text with its origins."""
        return MappedText.of_page(self.page, page_text, self.start, self.end)


_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")


def page_lines(page: Page) -> list[Line]:
    """Return the lines of a page that hold something, in order."""
    lines: list[Line] = []
    last_end = 0
    for match in _LINE.finditer(page.text):
        text = match.group().strip()
        if not text:
            continue
        start = match.start() + match.group().index(text[0])
        after_blank = not lines or page.text.count("\n", last_end, start) > 1
        lines.append(Line(page.number, start, start + len(text), text, after_blank))
        last_end = start + len(text)
    return lines


def all_lines(pages: Sequence[Page]) -> list[list[Line]]:
    """Return the lines of every page."""
    return [page_lines(page) for page in pages]
