"""The picture of a PDF page with quotes marked, so that a reader sees them where they are printed.

A page is drawn in a process of its own under the limits of the parser: drawing a hostile file is no safer than reading it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from ragqa.errors import FileRejected
from ragqa.types import DocumentStatus

if TYPE_CHECKING:
    from ragqa.ingest.pdf_characters import Box
    from ragqa.settings import IngestSettings

PICTURE_SCALE = 2.0
"""Pixels for each point: a page of 595 by 842 points becomes 1,190 by 1,684 pixels."""
MOST_PIXELS = 6_000_000
"""A larger page is drawn smaller."""
_MARK = (255, 233, 120)
_EDGE = (202, 138, 4)
_MARGIN = 1.5
"""Points by which a mark reaches over the printed characters."""

Quote = tuple[int, int, str]
"""A range [start, end) of the stored text of a page, and the text in it."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A PNG, and how many of the quotes asked for are marked on it: one whose place is not sure is not marked."""

    png: bytes
    n_marked: int


def picture_in_worker(data: bytes, source: str, page: int, quotes: Sequence[Quote], settings: IngestSettings) -> PagePicture:
    """Draw a page in a fresh process under the limits of `settings`; raise `FileRejected` where the file does not let itself be drawn."""
    from ragqa.ingest.sandbox import run_in_worker

    outcome = run_in_worker({"task": "draw", "page": page, "quotes": list(quotes), "scale": PICTURE_SCALE}, data, source, settings)
    return PagePicture(base64.b64decode(outcome["png"]), outcome["n_marked"])


def draw_marked_page(data: bytes, source: str, page: int, quotes: Sequence[Quote], scale: float = PICTURE_SCALE) -> PagePicture:
    """Draw a page with quotes marked, in this process; raise `FileRejected` where the file cannot be opened or has no such page."""
    import pypdfium2

    from ragqa.ingest.pdf_boxes import boxes_on
    from ragqa.ingest.pdf_page import read_page

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if not 1 <= page <= len(pdf):
                raise FileRejected(f"{source} has pages 1 to {len(pdf)}; there is no page {page}.")
            printed = pdf[page - 1]
            places: list[tuple[Box, ...]] = []
            if quotes:
                reading = read_page(printed)
                found = (locate(reading.text, quote) for quote in quotes)
                places = [boxes_on(printed, reading, *place) for place in found if place]
            boxes = [box for place in places for box in place]
            return PagePicture(_draw(printed, boxes, scale), sum(bool(place) for place in places))
    except pypdfium2.PdfiumError as exc:
        raise FileRejected(f"page {page} of {source} cannot be drawn ({exc}).", DocumentStatus.BROKEN) from exc


def render_page_picture(data: bytes, page: int, boxes: Sequence[Box], scale: float = PICTURE_SCALE) -> bytes:
    """Return a page as PNG with boxes marked, which are given in points from the lower left corner; raise `IndexError` for no such page."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        return _draw(pdf[page - 1], boxes, scale)


def locate(text: str, quote: Quote) -> tuple[int, int] | None:
    """Return where a quote stands in what pdfium reads from its page; None where that is not sure.

    That is its own range, unless another engine read the stored text: then it is where the same letters and digits occur, if only once.
    """
    start, end, wanted = quote
    if text[start:end] == wanted:
        return start, end
    letters, places = _letters(text)
    needle, _ = _letters(wanted)
    first = letters.find(needle) if needle else -1
    if first < 0 or letters.find(needle, first + 1) >= 0:
        return None
    return places[first], places[first + len(needle) - 1] + 1


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text in lower case, and the place of each."""
    places = [place for place, character in enumerate(text) if character.isalnum()]
    return "".join(text[place].lower()[:1] for place in places), places


def _draw(page: Any, boxes: Sequence[Box], scale: float) -> bytes:
    from PIL import Image, ImageChops, ImageDraw

    width, height = page.get_size()
    scale = min(scale, sqrt(MOST_PIXELS / max(width * height, 1.0)))
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    marks = [_on_picture(page, box, picture.size) for box in boxes]
    for left, top, right, bottom in marks:
        # Multiplied with the page, so that black stays black and paper takes the colour.
        area = picture.crop((left, top, right, bottom))
        picture.paste(ImageChops.multiply(area, Image.new("RGB", area.size, _MARK)), (left, top))
    for left, _, right, bottom in marks:
        # The line below is seen on a dark ground and by those who do not see the colour.
        ImageDraw.Draw(picture).line((left, bottom - 1, right - 1, bottom - 1), fill=_EDGE, width=2)
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def _on_picture(page: Any, box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a box in pixels of the picture, from its upper left corner, whichever way the page is turned."""
    import ctypes

    import pypdfium2.raw as raw

    left, bottom, right, top = box
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for place in ((left - _MARGIN, bottom - _MARGIN), (right + _MARGIN, top + _MARGIN)):
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, *place, x, y)
        corners.append((min(max(x.value, 0), size[0]), min(max(y.value, 0), size[1])))
    (x1, y1), (x2, y2) = corners
    x1, x2, y1, y2 = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return x1, y1, max(x2, x1 + 1), max(y2, y1 + 1)
