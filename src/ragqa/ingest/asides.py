"""What stands between the lines of running text: captions, tables and small print. They are set aside, so that the sentence goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from ragqa.ingest.layout import follows_below, jumps_back
from ragqa.ingest.lines import Line

_CAPTION = re.compile(
    r"^(?P<what>(?:supplement(?:ary|al) |extended data )?(?:table|figure|fig\.?|box|scheme|algorithm|panel))\s*[-–]?\s*(?P<number>S?\d{1,2}[A-Z]?"
    r"|[IVX]{1,4})\s*(?P<mark>[.:|]|(?=\s*$)|\s?(?=[A-Z(]))\s*",
    re.IGNORECASE,
)
_NUMBERED_INSIDE = re.compile(r"\b(?:Figure|Table|Graph) \d{1,2}\b")
_LEAST_DOUBLED = 10
_FORMULA = re.compile(r"^[^.;:]{0,60}?(?<![<>!])[=¼≈∝](?!\s*$)")
_SMALL_WORD = re.compile(r"\b(?:was|were|is|are|and|the|with|for|in|to|by|we|from)\b")
_FORMULA_INDENT = 10.0
_LONGEST_FORMULA = 120
_CONTINUED = re.compile(r"\(?\bcont(?:inued|\.|’d|'d)?\)?\.?", re.IGNORECASE)
_LEGEND = re.compile(r"(?:^|[;.]\s)[\w%$§*^ˆ◦/+.-]{1,12}(?:\s\d)?\s*[:=]\s?[A-Za-z][^:;]{2,}(?=;|$)")
_BOILERPLATE = re.compile(
    r"copyright|©|licen[sc]e|open access|correspond(?:ence|ing)|e-?mail|@|received|accepted|published|doi\b|https?://|academic editor"
    r"|citation|edited by|reviewed by|university|department",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"copyright|©|licen[cs]e[ds]?\b|corresponding author|correspondence to|\w@\w|all rights reserved", re.IGNORECASE)
SMALLER = 0.6
"""Type smaller than the running text by more than this, in points, is small print."""


class AsideKind(Enum):
    """What an aside is."""

    FIGURE = auto()
    TABLE = auto()
    NOTE = auto()
    FLOAT = auto()
    FORMULA = auto()


@dataclass(slots=True)
class Aside:
    """Lines that belong together beside the text. A continued table starts without its caption."""

    kind: AsideKind
    lines: list[Line] = field(default_factory=list)
    number: str = ""
    continued: bool = False

    @staticmethod
    def is_continued(rest: str) -> bool:
        """Return whether what follows "Table 1." says that the table goes on."""
        return bool(_CONTINUED.match(rest))

    def holds(self, line: Line, body_size: float) -> bool:
        """Return whether a line still belongs to the aside."""
        last = self.lines[-1] if self.lines else None
        if last is None and self.kind is AsideKind.FIGURE:
            return True
        if self.kind is AsideKind.FLOAT:
            return last is not None and last.page == line.page and not jumps_back(last, line)
        if self.kind is AsideKind.NOTE:
            return line.size < body_size - SMALLER
        if self.kind is AsideKind.FORMULA:
            return last is not None and last.page == line.page and _goes_on(last, line)
        if not line.size:
            return self.kind is AsideKind.TABLE or not line.after_blank
        is_body_type = abs(line.size - body_size) <= 0.35
        if self.kind is AsideKind.FIGURE and last is not None:
            if abs(line.size - self.lines[0].size) > 0.5:
                return False
            if not is_body_type:
                return not line.after_blank
            return follows_below(last, line) and not (_ended(last) and (last.closes or line.after_blank or line.opens))
        if not is_body_type:
            return True
        # A table set in body type ends with the first line that is as long as running text and does not stand among cells.
        return last is None or (abs(self.lines[-1].size - body_size) <= 0.35 and (line.closes or last.closes))

    def is_complete(self) -> bool:
        """Return whether a table has reached the end of its legend; only where type sizes are unknown."""
        if self.kind is not AsideKind.TABLE or not self.lines or self.lines[-1].size:
            return False
        last = self.lines[-1].text
        tail = " ".join(line.text for line in self.lines[-8:])
        return last.endswith(".") and bool(_LEGEND.search(last)) and (len(_LEGEND.findall(tail)) >= 3 or len(last) < 40)

    def split_caption(self) -> tuple[list[Line], list[Line]]:
        """Return the lines of a table's caption and the others: it ends with a stop, a blank or another type size."""
        for index, line in enumerate(self.lines):
            following = self.lines[index + 1] if index + 1 < len(self.lines) else None
            if (
                following is None
                or following.after_blank
                or abs(following.size - line.size) > 0.4
                or following.is_bold != line.is_bold
                or (_ended(line) and index + 1 >= 1 and len(line.text) > 12)
                or index >= 5
            ):
                return self.lines[: index + 1], self.lines[index + 1 :]
        return self.lines, []

    @staticmethod
    def cells(lines: Iterable[Line]) -> Iterator[list[Line]]:
        """Yield the lines of each cell or row: they end at a blank unless the sentence visibly goes on."""
        group: list[Line] = []
        for line in lines:
            if group and (line.after_blank or line.size) and not line.text[0].islower() and group[-1].text[-1] not in ",;(":
                yield group
                group = []
            group.append(line)
        if group:
            yield group


def caption_of(line: Line, unfinished: bool) -> re.Match[str] | None:
    """Return the match of a caption's label, None where the line only mentions a table or figure."""
    match = _CAPTION.match(line.text)
    if match is None:
        return None
    rest = line.text[match.end() :]
    if match.group("mark").strip():
        return match if not rest or not rest[0].islower() else None
    if not rest:
        return match if not unfinished or line.after_blank else None
    return match if rest[0].isupper() and (line.after_blank or line.is_bold or not unfinished) and not re.match(r"(?:and|to|in|on|for|of)\b", rest) else None


def doubles_caption(line: Line, following: Line | None) -> bool:
    """Return whether a line is the invisible anchor of a figure: its number among scraps of the caption that starts behind it or on the next line."""
    number = _NUMBERED_INSIDE.search(line.text)
    if following is None or number is None or caption_of(line, unfinished=False):
        return False
    start = line.text[:_LEAST_DOUBLED]
    return start in (following.text[:_LEAST_DOUBLED], line.text[number.end() :].lstrip()[:_LEAST_DOUBLED])


def is_formula(line: Line) -> bool:
    """Return whether a line is a displayed formula: indented, short, and an equation rather than a sentence about one."""
    if line.indent <= _FORMULA_INDENT or len(line.text) > _LONGEST_FORMULA or not _FORMULA.match(line.text):
        return False
    is_set_apart = line.closes or line.indent > 4 * _FORMULA_INDENT or not _SMALL_WORD.search(line.text)
    return is_set_apart and not (line.text[-1] in ".;" and len(re.findall(r"\b[a-z]{3,}\b", line.text)) > 3)


def _goes_on(last: Line, line: Line) -> bool:
    """Whether a short indented line beside or just below a line of a formula is more of it: a denominator, a factor."""
    near = last.box is not None and line.box is not None and -1.5 * line.size < last.box[1] - line.box[1] < 2 * line.size
    return near and line.indent > _FORMULA_INDENT and (len(line.text) < 25 or is_formula(line))


def is_legend(text: str) -> bool:
    """Return whether a text explains abbreviations: "CYC: cyclophosphamide; FU: follow-up; …"."""
    return len(_LEGEND.findall(text)) >= 3


def is_legal(text: str) -> bool:
    """Return whether a text speaks of licence and addresses rather than of the matter."""
    return bool(_LEGAL.search(text))


def opens_small_print(line: Line, body_size: float, interrupted: Line | None) -> bool:
    """Return whether a line starts small print: in other type than the sentence that it interrupts, or small and plainly boilerplate.

    `interrupted` is the last line of the sentence that has not ended, None where none is open.
    """
    if not line.size:
        return False
    if interrupted is not None:
        return line.size < min(interrupted.size, body_size) - SMALLER
    return line.size < body_size - SMALLER and bool(_BOILERPLATE.search(line.text))


def _ended(line: Line) -> bool:
    return line.text[-1] in ".!?"
