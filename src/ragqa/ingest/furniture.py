"""Running heads, footers and page numbers: the lines that repeat on page after page and belong to no sentence.

A line is furniture when it stands near the top or bottom of its page and its form with the digits masked returns there on at least three
pages (or a third of them), or when it is a page number by itself ("11 of 26", "Page 3"). What is dropped is listed in the quality report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ragqa.ingest.lines import Line

EDGE_LINES = 5
"""How many lines from the top and from the bottom of a page may be furniture, where their places are unknown."""
EDGE_LEVELS = 4
"""How many heights at which lines stand, from the top and from the bottom of a printed page, may hold furniture."""

_PAGE_OF = re.compile(r"(?:^|\s)(?:page\s+)?\d{1,4}\s+(?:of|/)\s+\d{1,4}$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s?\d{1,5}\s?[-–—]?|[ivx]|[ivxlc]{2,6}", re.IGNORECASE)
_TABLE = re.compile(r"table\s+S?\w{1,4}\s*[.:|]", re.IGNORECASE)
_LEAST_SIDEWAYS = 12
_FEW_SIDEWAYS = 0.2
"""On a turned page more lines than this share run sideways, and they are its text."""
_NOISE = re.compile(r"\w?(\w)\1{5,}")
_LEAST_ANYWHERE = 25
"""A line of this length that is furniture on other pages is so wherever it stands, as on a turned page."""
_STAMP = re.compile(
    r"(?:downloaded|accessed)\s+(?:from|on|by)\b.*|.*for personal use only.*|.*(?:all rights reserved|copyright ©|© \d{4}\b).*"
    r"|\d{1,2}/\d{1,2}/\d{2,4}.*|www\.\S+"
    r"|https?://\S+",
    re.IGNORECASE,
)


def drop_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[str, ...]]:
    """Return the pages without furniture, and the dropped lines in reading order, each once whatever its digits."""
    edges = [_edges(lines) for lines in pages]
    counts = Counter(form for lines, edge in zip(pages, edges, strict=True) for form in {_form(lines[index].text) for index in edge})
    needed = max(2, min(3, len(pages) // 3)) if len(pages) > 2 else 3
    kept: list[list[Line]] = []
    dropped: list[str] = []
    for lines, edge in zip(pages, edges, strict=True):
        remaining: list[Line] = []
        sideways = [_is_sideways(line) for line in lines]
        stamped = 0 < sum(sideways) < _FEW_SIDEWAYS * len(lines)
        for index, line in enumerate(lines):
            if (stamped and sideways[index]) or _is_furniture(line, index in edge, counts[_form(line.text)] >= needed):
                dropped.append(line.text)
            else:
                remaining.append(line)
        kept.append(remaining)
    return kept, tuple({_form(text): text for text in reversed(dropped)}.values())[::-1]


def _is_furniture(line: Line, at_edge: bool, repeats: bool) -> bool:
    if len(line.text) < 160 and _PAGE_OF.search(line.text) and (at_edge or line.after_blank) and not line.text[0].islower():
        return True
    if _NOISE.fullmatch(line.text) or (repeats and len(line.text) > _LEAST_ANYWHERE):
        return True
    if not at_edge:
        return False
    return repeats or bool(_PAGE_NUMBER.fullmatch(line.text)) or (len(line.text) < 120 and bool(_STAMP.fullmatch(line.text)))


def _is_sideways(line: Line) -> bool:
    """Whether a line runs up or down the page, as the stamp of an archive or of a download does in the margin."""
    if line.box is None or len(line.text) < _LEAST_SIDEWAYS:
        return False
    left, bottom, right, top = line.box
    return top - bottom > 4 * abs(right - left)


def _edges(lines: Sequence[Line]) -> frozenset[int]:
    """Return which lines of a page may be furniture.

    On a printed page their height tells, and the ends of its stream, as on a turned page; elsewhere their order does. Below a table's
    caption stand its column heads, which repeat for another reason.
    """
    if lines and all(line.box for line in lines):
        heights = [round(line.box[1]) if line.box else 0 for line in lines]
        levels = sorted(set(heights))
        outer = {*levels[:EDGE_LEVELS], *levels[-EDGE_LEVELS:]}
        ends = {0, 1, len(lines) - 2, len(lines) - 1}
        return frozenset(index for index, height in enumerate(heights) if height in outer or index in ends)
    top = next((index for index, line in enumerate(lines[:EDGE_LINES]) if _TABLE.match(line.text)), EDGE_LINES)
    return frozenset(range(min(top, len(lines)))) | frozenset(range(max(top, len(lines) - EDGE_LINES), len(lines)))


def _form(text: str) -> str:
    """Return a line with its digits masked, its letters folded and the page number at its ends left out: it changes sides from page to page."""
    masked = re.sub(r"\s+", " ", re.sub(r"\d+", "#", text.casefold())).strip()
    return masked.strip("# ") or masked
