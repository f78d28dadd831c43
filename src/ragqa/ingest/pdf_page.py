"""One page of a PDF as pdfium reads it: text in the order of the content stream, with the place, size and weight of every line.

Content order is the right order for prose: reading by position runs across the columns. Text that a reader of the printed page cannot see
(drawn invisibly, in the colour of the paper, outside the page) is left out and reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ragqa.ingest.lines import Line
from ragqa.ingest.pdf_characters import Characters

_LINE = re.compile(r"[^\n]+")
_DIGIT = re.compile(r"\d")
_SAMPLES = 8
"""So many parts of a line are measured, and its end."""
_RAISED_SIZE = 0.85
_RAISED_HEIGHT = 0.15
"""A raised digit is smaller than this share of its line's type and stands above its base line by this share."""
_LEAST_OVERPRINT = 20
_SOME_OVERPRINTS = 3
_LEAST_TOP_LEVEL = 0.2
_FEW_CHARACTERS = 400


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
    indices: list[int] = field(default_factory=list)
    """The index that pdfium gives each character of `text`; -1 for line ends."""


def read_page(page: Any) -> PageReading:
    """Read one pdfium page."""
    text_page = page.get_textpage()
    try:
        image_share = _image_share(page) if text_page.count_chars() < _FEW_CHARACTERS else 0.0
        characters = Characters(page, text_page, image_share)
        reading = _read(characters)
        if reading.n_overprinted >= _SOME_OVERPRINTS:
            # A figure that embeds a whole page brings copies of the page's text: what the page itself draws is its text.
            own = _read(characters, skips_nested=True)
            if len(own.text) > _LEAST_TOP_LEVEL * len(reading.text):
                own.n_overprinted += reading.n_overprinted
                return own
        return reading
    finally:
        text_page.close()


def _read(characters: Characters, skips_nested: bool = False) -> PageReading:
    text, index_of, hidden = _text_of(characters, skips_nested)
    parts: list[str] = []
    lines: list[Line] = []
    raised: set[int] = set()
    indices: list[int] = []
    n_overprinted = offset = 0
    for match in _LINE.finditer(text):
        content = match.group().strip()
        if not content:
            continue
        first = match.start() + match.group().index(content[0])
        line = _measure(characters, content, index_of[first : first + len(content)], offset)
        if _is_overprint(line, lines):
            n_overprinted += 1
            continue
        lines.append(line)
        raised.update(offset + place for place in _raised(characters, content, index_of[first : first + len(content)], line.size))
        parts.append(content)
        indices += (*index_of[first : first + len(content)], -1)
        offset += len(content) + 1
    size = (characters.width, characters.height)
    return PageReading("\n".join(parts), lines, frozenset(raised), hidden, *size, characters.image_share, n_overprinted, indices[:-1])


def _text_of(characters: Characters, skips_nested: bool) -> tuple[str, list[int], tuple[str, ...]]:
    """Return the visible text of a page with plain line ends, for each of its characters the index that pdfium gives it, and what is hidden."""
    text: list[str] = []
    index_of: list[int] = []
    hidden: list[str] = []
    for index in range(characters.n):
        code = characters.code(index)
        if code in (0, 0x0D):
            continue
        if 0xDC00 <= code < 0xE000 and index and 0xD800 <= (high := characters.code(index - 1)) < 0xDC00:
            # pdfium gives a character beyond the basic plane as two halves.
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        elif 0xD800 <= code < 0xDC00 and index + 1 < characters.n and 0xDC00 <= characters.code(index + 1) < 0xE000:
            continue
        if not characters.is_visible(index):
            hidden.append(chr(code))
            continue
        if skips_nested and characters.is_nested(index):
            continue
        if code in (0x02, 0xFFFE):
            # pdfium drops the line end after a hyphen that divides a word.
            text += ("-", "\n")
            index_of += (index, index)
            continue
        if code == 0x0A and hidden and hidden[-1] != "\n":
            hidden.append("\n")
        text.append(_character(code))
        index_of.append(index)
    return "".join(text), index_of, tuple(line.strip() for line in "".join(hidden).split("\n") if line.strip())


def _character(code: int) -> str:
    """Return one character; a letter of mathematics (an italic beta) is the letter that it is printed for."""
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    plain = unicodedata.normalize("NFKC", chr(code)) if 0x1D400 <= code <= 0x1D7FF else chr(code)
    return plain if len(plain) == 1 else chr(code)


def _measure(characters: Characters, content: str, indices: list[int], offset: int) -> Line:
    """Return a line with its type and place, measured at a few of its characters."""
    places = sorted({(len(content) - 1) * part // _SAMPLES for part in range(_SAMPLES + 1)})
    samples = [indices[place] for place in places if content[place] != " "]
    # A line may start and end with raised numbers: the size of most of its characters is its own.
    sizes = Counter(round(characters.size(sample), 1) for sample in samples)
    boxes = [characters.box(sample) for sample in samples]
    fonts = [characters.font(sample) for sample in samples]
    return Line(
        0,
        offset,
        offset + len(content),
        content,
        size=max(sizes, key=lambda value: (sizes[value], value)),
        is_bold=all(characters.is_bold(sample, font) for sample, font in zip(samples, fonts, strict=True)),
        font=max(fonts, key=fonts.count),
        box=(boxes[0][0], min(box[1] for box in boxes), boxes[-1][2], max(box[3] for box in boxes)),
    )


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


def _raised(characters: Characters, content: str, indices: list[int], size: float) -> Iterator[int]:
    """Yield the places of digits that are smaller than their line and stand above its base line."""
    base: float | None = None
    for match in _DIGIT.finditer(content):
        index = indices[match.start()]
        if characters.size(index) > _RAISED_SIZE * size:
            continue
        if base is None:
            places = range(0, len(indices), max(1, len(indices) // 12))
            heights = sorted(characters.base_line(indices[place]) for place in places if characters.size(indices[place]) > _RAISED_SIZE * size)
            base = heights[len(heights) // 2] if heights else 0.0
        if characters.base_line(index) > base + _RAISED_HEIGHT * size:
            yield match.start()


def _image_share(page: Any) -> float:
    """Return which share of the page its largest picture covers, at most 1."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    covered = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        covered = max(covered, (right - left) * (top - bottom))
    return min(covered / (width * height), 1.0) if width * height else 0.0
