"""One page of a PDF as pdfium reads it: text in the order of the content stream, with the place, size and weight of every line.

Content order is the right order for prose: reading by position runs across the columns. Text that a reader of the printed page cannot see
(drawn invisibly, in the colour of the paper, outside the page) is left out and reported.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from ragqa.ingest.lines import Line

_INVISIBLE_MODE = 3
_BOLD_WEIGHT = 600
_LEAST_OVERPRINT = 20
_SAMPLES = 8
"""So many parts of a line are measured, and its end."""
_BOLD_NAME = re.compile(r"bold|black|heavy|semib|-b$|\.b$", re.IGNORECASE)
_LINE = re.compile(r"[^\n]+")
_RAISED = re.compile(r"\d")


@dataclass(slots=True)
class PageReading:
    """What one engine read from one page. `raised` holds the offsets of digits printed as superscripts."""

    text: str
    lines: list[Line] = field(default_factory=list)
    raised: frozenset[int] = frozenset()
    hidden: tuple[str, ...] = ()
    width: float = 0.0
    height: float = 0.0
    image_share: float = 0.0
    n_overprinted: int = 0
    """Lines left out because they are drawn over others: copies under an embedded picture, or doubled for boldness."""


class _Characters:
    """The characters of a pdfium text page, asked for one by one and only where needed."""

    def __init__(self, page: Any, text_page: Any) -> None:
        import pypdfium2.raw as raw

        self.raw = raw
        self.page = page
        self.text_page = text_page
        self.n = raw.FPDFText_CountChars(text_page)
        self._box = tuple(ctypes.c_double() for _ in range(4))
        self._origin = (ctypes.c_double(), ctypes.c_double())
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._matrix = raw.FS_MATRIX()

    def unicode(self) -> list[int]:
        get, text_page = self.raw.FPDFText_GetUnicode, self.text_page
        return [get(text_page, index) for index in range(self.n)]

    def size(self, index: int) -> float:
        """Return the printed type size in points."""
        size = float(self.raw.FPDFText_GetFontSize(self.text_page, index))
        if not self.raw.FPDFText_GetMatrix(self.text_page, index, self._matrix):
            return size
        return size * hypot(self._matrix.b, self._matrix.d)

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Return left, bottom, right, top in points."""
        left, right, bottom, top = self._box
        self.raw.FPDFText_GetCharBox(self.text_page, index, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def baseline(self, index: int) -> float:
        self.raw.FPDFText_GetCharOrigin(self.text_page, index, *self._origin)
        return self._origin[1].value

    def font(self, index: int) -> str:
        """Return the name of the font without the prefix of its subset."""
        buffer = ctypes.create_string_buffer(128)
        self.raw.FPDFText_GetFontInfo(self.text_page, index, buffer, 128, ctypes.c_int())
        return buffer.value.decode("latin-1").split("+")[-1]

    def is_bold(self, index: int) -> bool:
        return self.raw.FPDFText_GetFontWeight(self.text_page, index) >= _BOLD_WEIGHT or bool(_BOLD_NAME.search(self.font(index)))

    def is_invisible(self, index: int) -> bool:
        text_object = self.raw.FPDFText_GetTextObject(self.text_page, index)
        return bool(text_object) and self.raw.FPDFTextObj_GetTextRenderMode(text_object) == _INVISIBLE_MODE

    def is_pale(self, index: int) -> bool:
        """Whether the fill is white or transparent, so that it shows on a dark ground at most."""
        if not self.raw.FPDFText_GetFillColor(self.text_page, index, *self._colour):
            return False
        red, green, blue, alpha = (part.value for part in self._colour)
        return alpha < 10 or min(red, green, blue) >= 250


def read_page(page: Any) -> PageReading:
    """Read one pdfium page."""
    text_page = page.get_textpage()
    try:
        characters = _Characters(page, text_page)
        width, height = page.get_size()
        image_share = _image_share(page, width * height) if characters.n < 400 else 0.0
        return _read(characters, width, height, image_share)
    finally:
        text_page.close()


def _read(characters: _Characters, width: float, height: float, image_share: float) -> PageReading:
    text, index_of = _text_of(characters.unicode())
    hidden: list[str] = []
    parts: list[str] = []
    lines: list[Line] = []
    raised: set[int] = set()
    n_overprinted = offset = 0
    for match in _LINE.finditer(text):
        content = match.group().strip()
        if not content:
            continue
        first = match.start() + match.group().index(content[0])
        last = first + len(content) - 1
        samples = [index_of[first + (last - first) * part // _SAMPLES] for part in range(_SAMPLES + 1) if text[first + (last - first) * part // _SAMPLES] != " "]
        visible = any(_is_visible(characters, sample, width, height, image_share) for sample in samples)
        if not visible:
            hidden.append(content)
            continue
        # A line may start and end with raised numbers: the size of most of its characters is its own.
        sizes = Counter(round(characters.size(sample), 1) for sample in samples)
        size = max(sizes, key=lambda value: (sizes[value], value))
        boxes = [characters.box(sample) for sample in samples]
        box = (boxes[0][0], min(found[1] for found in boxes), boxes[-1][2], max(found[3] for found in boxes))
        line = Line(
            0,
            offset,
            offset + len(content),
            content,
            size=size,
            is_bold=all(characters.is_bold(sample) for sample in samples),
            font=characters.font(samples[len(samples) // 2]),
            box=box,
        )
        if _is_overprint(line, lines):
            n_overprinted += 1
            continue
        lines.append(line)
        raised.update(offset + place - first for place in _raised(characters, text, index_of, first, last + 1, size))
        parts.append(content)
        offset += len(content) + 1
    return PageReading("\n".join(parts), lines, frozenset(raised), tuple(hidden), width, height, image_share, n_overprinted)


def _text_of(codes: list[int]) -> tuple[str, list[int]]:
    """Return the text of a page with plain line ends, and for each of its characters the index that pdfium gives it."""
    text: list[str] = []
    index_of: list[int] = []
    for index, code in enumerate(codes):
        if code in (0, 0x0D):
            continue
        if code in (0x02, 0xFFFE):
            # pdfium drops the line end after a hyphen that divides a word.
            text += ("-", "\n")
            index_of += (index, index)
            continue
        text.append(chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd")
        index_of.append(index)
    return "".join(text), index_of


def _is_overprint(line: Line, lines: list[Line]) -> bool:
    """Whether a line of some length covers most of one already read: printed text never does."""
    if line.box is None or len(line.text) < _LEAST_OVERPRINT:
        return False
    left, bottom, right, top = line.box
    for other in lines:
        if other.box is None or len(other.text) < _LEAST_OVERPRINT:
            continue
        height = min(top, other.box[3]) - max(bottom, other.box[1])
        width = min(right, other.box[2]) - max(left, other.box[0])
        if height > 0.5 * (top - bottom) and width > 0.6 * (right - left):
            return True
    return False


def _is_visible(characters: _Characters, index: int, width: float, height: float, image_share: float) -> bool:
    left, bottom, right, top = characters.box(index)
    if right < 0 or left > max(width, height) or top < 0 or bottom > max(width, height):
        return False
    if characters.is_invisible(index):
        # A scan carries its recognised text invisibly above the picture: that text is the page.
        return image_share > 0.5
    return not characters.is_pale(index) or _differs_from_ground(characters, (left, bottom, right, top), height)


def _differs_from_ground(characters: _Characters, box: tuple[float, float, float, float], height: float) -> bool:
    """Whether a pale character shows on what lies under it: its box on the drawn page is not all of one colour."""
    left, bottom, right, top = box
    if right - left < 0.5 or top - bottom < 0.5:
        return True
    page_width = characters.page.get_size()[0]
    crop = (max(left - 1, 0), max(bottom - 1, 0), max(page_width - right - 1, 0), max(height - top - 1, 0))
    try:
        bitmap = characters.page.render(scale=2, crop=crop, grayscale=True)
    except (ValueError, RuntimeError):
        return True
    data = bytes(bitmap.buffer)
    bitmap.close()
    return bool(data) and max(data) - min(data) > 40


def _raised(characters: _Characters, text: str, index_of: list[int], start: int, end: int, size: float) -> Iterator[int]:
    """Yield the offsets of digits that are smaller than their line and stand above its base line."""
    if size <= 0:
        return
    base: float | None = None
    for match in _RAISED.finditer(text, start, end):
        index = index_of[match.start()]
        if characters.size(index) > 0.85 * size:
            continue
        if base is None:
            base = _base_line(characters, index_of, start, end, size)
        if characters.baseline(index) > base + 0.15 * size:
            yield match.start()


def _base_line(characters: _Characters, index_of: list[int], start: int, end: int, size: float) -> float:
    places = [
        characters.baseline(index_of[place]) for place in range(start, end, max(1, (end - start) // 12)) if characters.size(index_of[place]) > 0.85 * size
    ]
    return sorted(places)[len(places) // 2] if places else 0.0


def _image_share(page: Any, area: float) -> float:
    """Return which share of the page its largest picture covers, at most 1."""
    import pypdfium2.raw as raw

    covered = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        covered = max(covered, (right - left) * (top - bottom))
    return min(covered / area, 1.0) if area else 0.0
