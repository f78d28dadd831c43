"""Where a quote stands on the picture of its page."""

from __future__ import annotations

from typing import Any

from ragqa.ingest.lines import Line
from ragqa.ingest.pdf_characters import Box
from ragqa.ingest.pdf_page import PageReading, read_page

_UPRIGHT = 2.0
"""The box of an upright line is at most so many times as high as its type is large."""


def quote_boxes(data: bytes, page: int, start: int, end: int) -> tuple[Box, ...]:
    """Return one box for each line of a quote, given as the range [start, end) of the stored text of a page that pdfium read.

    Raise `IndexError` for a page that the file does not have.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        printed = pdf[page - 1]
        return boxes_on(printed, read_page(printed), start, end)


def boxes_on(page: Any, reading: PageReading, start: int, end: int) -> tuple[Box, ...]:
    """Return one box for each line of the range [start, end) of the reading of a pdfium page, in points from its lower left corner.

    The characters are asked for their places again, so that no box has to be stored.
    """
    text_page = page.get_textpage()
    try:
        ranges = ((line, max(start, line.start), min(end, line.end)) for line in reading.lines)
        found = (_box(text_page, reading, line, first, last) for line, first, last in ranges if first < last)
        return tuple(box for box in found if box is not None)
    finally:
        text_page.close()


def _box(text_page: Any, reading: PageReading, line: Line, first: int, last: int) -> Box | None:
    """Return the box around the characters [first, last) of a line, as high as the line; None where none of them is printed."""
    boxes = [text_page.get_charbox(reading.indices[place]) for place in range(first, last) if not reading.text[place].isspace()]
    boxes = [box for box in boxes if box[0] < box[2] and box[1] < box[3]]
    if not boxes:
        return None
    left, bottom, right, top = (choose(box[side] for box in boxes) for side, choose in enumerate((min, min, max, max)))
    if line.box is not None and line.box[3] - line.box[1] <= _UPRIGHT * line.size:
        bottom, top = min(bottom, line.box[1]), max(top, line.box[3])
    return max(left, 0.0), max(bottom, 0.0), min(right, reading.width), min(top, reading.height)
