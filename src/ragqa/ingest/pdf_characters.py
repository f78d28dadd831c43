"""The characters of one pdfium page: code, size, place, font, and whether a reader of the printed page can see them."""

from __future__ import annotations

import ctypes
import re
from functools import cached_property
from math import hypot
from typing import Any

_INVISIBLE_MODE = 3
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(r"bold|black|heavy|semib|-b$|\.b$", re.IGNORECASE)
_SCAN_SHARE = 0.5
_PALEST = 250
_CONTRAST = 40
"""Grey levels, of 256, by which a pale character must differ from what lies under it."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points from the lower left corner of the page."""


class Characters:
    """Asks pdfium for one property of one character at a time. `image_share` is the share of the page that its largest picture covers."""

    def __init__(self, page: Any, text_page: Any, image_share: float) -> None:
        import pypdfium2.raw as raw

        self.raw = raw
        self.page = page
        self.text_page = text_page
        self.width, self.height = page.get_size()
        self.image_share = image_share
        self.n = raw.FPDFText_CountChars(text_page)
        self._box = tuple(ctypes.c_double() for _ in range(4))
        self._origin = (ctypes.c_double(), ctypes.c_double())
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._matrix = raw.FS_MATRIX()
        self._visible: dict[int, bool] = {}

    def code(self, index: int) -> int:
        """Return the Unicode code point."""
        return int(self.raw.FPDFText_GetUnicode(self.text_page, index))

    def size(self, index: int) -> float:
        """Return the printed type size in points."""
        size = float(self.raw.FPDFText_GetFontSize(self.text_page, index))
        if not self.raw.FPDFText_GetMatrix(self.text_page, index, self._matrix):
            return size
        return size * hypot(self._matrix.b, self._matrix.d)

    def box(self, index: int) -> Box:
        """Return the place of the character."""
        left, right, bottom, top = self._box
        self.raw.FPDFText_GetCharBox(self.text_page, index, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def base_line(self, index: int) -> float:
        """Return the height on which the character stands."""
        self.raw.FPDFText_GetCharOrigin(self.text_page, index, *self._origin)
        return self._origin[1].value

    def font(self, index: int) -> str:
        """Return the name of the font without the prefix of its subset."""
        buffer = ctypes.create_string_buffer(128)
        self.raw.FPDFText_GetFontInfo(self.text_page, index, buffer, 128, ctypes.c_int())
        return buffer.value.decode("latin-1").split("+")[-1]

    def is_bold(self, index: int, font: str) -> bool:
        """Return whether the type is bold by its weight or by the name of its font."""
        return bool(_BOLD_NAME.search(font)) or self.raw.FPDFText_GetFontWeight(self.text_page, index) >= _BOLD_WEIGHT

    def is_visible(self, index: int) -> bool:
        """Return whether the character is printed on the page in a colour that shows; asked once for each text object."""
        address = self._object(index)
        if address == 0:
            # pdfium makes spaces and line ends itself; they belong to no object.
            return True
        if address not in self._visible:
            self._visible[address] = self._shows(index)
        return self._visible[address]

    def is_nested(self, index: int) -> bool:
        """Return whether the character is drawn by a form inside the page, as an embedded picture of text is."""
        address = self._object(index)
        return address != 0 and address not in self._top_level

    @cached_property
    def _top_level(self) -> frozenset[int]:
        objects = self.page.get_objects(filter=[self.raw.FPDF_PAGEOBJ_TEXT], max_depth=1)
        return frozenset(ctypes.cast(item.raw, ctypes.c_void_p).value or 0 for item in objects)

    def _object(self, index: int) -> int:
        return ctypes.cast(self.raw.FPDFText_GetTextObject(self.text_page, index), ctypes.c_void_p).value or 0

    def _shows(self, index: int) -> bool:
        left, bottom, right, top = self.box(index)
        longest = max(self.width, self.height)
        if right < 0 or left > longest or top < 0 or bottom > longest:
            return False
        if self.raw.FPDFTextObj_GetTextRenderMode(self.raw.FPDFText_GetTextObject(self.text_page, index)) == _INVISIBLE_MODE:
            # A scan carries its recognised text invisibly above the picture: that text is the page.
            return self.image_share > _SCAN_SHARE
        return not self._is_pale(index) or self._differs_from_ground((left, bottom, right, top))

    def _is_pale(self, index: int) -> bool:
        """Whether the fill is white or transparent, so that it shows on a dark ground at most."""
        if not self.raw.FPDFText_GetFillColor(self.text_page, index, *self._colour):
            return False
        red, green, blue, alpha = (part.value for part in self._colour)
        return alpha < 10 or min(red, green, blue) >= _PALEST

    def _differs_from_ground(self, box: Box) -> bool:
        """Whether a pale character shows: its box on the drawn page is not all of one colour."""
        left, bottom, right, top = box
        if right - left < 0.5 or top - bottom < 0.5:
            return True
        crop = (max(left - 1, 0), max(bottom - 1, 0), max(self.width - right - 1, 0), max(self.height - top - 1, 0))
        try:
            bitmap = self.page.render(scale=2, crop=crop, grayscale=True)
        except (ValueError, RuntimeError):
            return True
        data = bytes(bitmap.buffer)
        bitmap.close()
        return bool(data) and max(data) - min(data) > _CONTRAST
