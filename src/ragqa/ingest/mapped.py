"""Text that remembers where each of its characters came from.

Every cleaning step of the parsers works on a `MappedText` and returns a new one, so that a sentence that was de-hyphenated, freed of
citation marks and joined across a page break still knows the exact ranges of the stored pages that a reader must be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from ragqa.types import Span

INSERTED = -1
"""The origin of a character that stands in no page."""

_PAGE_SHIFT = 32
_OFFSET_MASK = (1 << _PAGE_SHIFT) - 1
_LETTER = re.compile(r"[^\W\d_]")


class MappedText:
    """A string with one origin a character: page and offset packed into an integer, or `INSERTED`."""

    __slots__ = ("origins", "text")

    def __init__(self, text: str, origins: list[int]) -> None:
        self.text = text
        self.origins = origins

    @classmethod
    def of_page(cls, page: int, text: str, start: int = 0, end: int | None = None) -> MappedText:
        """Return the slice [start, end) of a page's text with its origins."""
        end = len(text) if end is None else end
        base = page << _PAGE_SHIFT
        return cls(text[start:end], list(range(base + start, base + end)))

    @classmethod
    def inserted(cls, text: str) -> MappedText:
        """Return text that stands in no page."""
        return cls(text, [INSERTED] * len(text))

    @classmethod
    def join(cls, parts: Iterable[MappedText], separator: str = "") -> MappedText:
        """Join parts; the separator stands in no page."""
        texts: list[str] = []
        origins: list[int] = []
        for part in parts:
            if texts and separator:
                texts.append(separator)
                origins.extend([INSERTED] * len(separator))
            texts.append(part.text)
            origins.extend(part.origins)
        return cls("".join(texts), origins)

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> MappedText:
        return MappedText(self.text[part], self.origins[part])

    def place(self, position: int) -> tuple[int, int] | None:
        """Return page and offset of one character, None where it stands in no page."""
        origin = self.origins[position]
        return None if origin == INSERTED else (origin >> _PAGE_SHIFT, origin & _OFFSET_MASK)

    def strip(self) -> MappedText:
        """Return the text without white space at its ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def substitute(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str | None]) -> MappedText:
        """Replace every match; a function that returns None leaves its match as it is.

        The first characters of a replacement take the origins of the characters they replace, further ones that of the last.
        """
        texts: list[str] = []
        origins: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            if new is None:
                continue
            start, end = match.span()
            texts += (self.text[done:start], new)
            origins += self.origins[done:start]
            old = self.origins[start:end] or [INSERTED]
            origins += [old[min(position, len(old) - 1)] for position in range(len(new))]
            done = end
        if not done:
            return self
        texts.append(self.text[done:])
        origins += self.origins[done:]
        return MappedText("".join(texts), origins)

    def spans(self, pages: Mapping[int, str]) -> tuple[Span, ...]:
        """Return the ranges of the stored pages that this text was read from, in order.

        What was cleaned away inside a range (line ends, hyphens, citation marks) stays inside it; a range is cut where words were left out
        between two characters, as a running header is, and where the page changes.
        """
        ranges: list[list[int]] = []
        for origin in self.origins:
            if origin == INSERTED:
                continue
            page, offset = origin >> _PAGE_SHIFT, origin & _OFFSET_MASK
            if ranges and ranges[-1][0] == page and ranges[-1][2] - 1 <= offset:
                last = ranges[-1]
                if offset <= last[2] or not _LETTER.search(pages[page], last[2], offset):
                    last[2] = max(last[2], offset + 1)
                    continue
            ranges.append([page, offset, offset + 1])
        return tuple(Span(page, start, end) for page, start, end in ranges)
