"""Where a quote stands on the picture of its page."""

from __future__ import annotations

from ragqa.ingest.pdf_characters import Box
from ragqa.ingest.pdf_page import read_page


def quote_boxes(data: bytes, page: int, start: int, end: int) -> tuple[Box, ...]:
    """Return one box for each line of a quote, given as the range [start, end) of the stored text of a page that pdfium read.

    The page is read again as it was at ingest, so that no box has to be stored. Within a line the place is that of its share of the
    characters. Raise `IndexError` for a page that the file does not have.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        reading = read_page(pdf[page - 1])
    boxes: list[Box] = []
    for line in reading.lines:
        first, last = max(start, line.start), min(end, line.end)
        if line.box is None or first >= last:
            continue
        left, bottom, right, top = line.box
        width = (right - left) / (line.end - line.start)
        boxes.append((left + (first - line.start) * width, bottom, left + (last - line.start) * width, top))
    return tuple(boxes)
