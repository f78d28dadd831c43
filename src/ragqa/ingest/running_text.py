"""Text with one paragraph a line, as it is copied from a web page or a word processor: short lines that stand alone are headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ragqa.ingest.assemble import Outline, Passage
from ragqa.ingest.chrome import is_chrome, update_of, web_zone
from ragqa.ingest.citations import bracketed, spaced_marks, strip_marks
from ragqa.ingest.headings import heading_zone, number_path
from ragqa.ingest.lines import Line
from ragqa.ingest.mapped import MappedText
from ragqa.ingest.references import parse_entries
from ragqa.text.normalize import INVISIBLE, SPACES
from ragqa.types import Block, Page, Reference, Zone

_LONG_LINE = 160
_LONGEST_HEADING = 110
_BULLET = re.compile(r"^(?:[•●▪■◦‣∙►➢✓❖*–-]|\uf0b7|\d{1,2}[.)])\s+")


@dataclass(slots=True)
class RunningText:
    """What was read. `dropped` are lines of page furniture; `updated` is the page's own statement of its last change."""

    title: str = ""
    outline: Outline = field(default_factory=Outline)
    passages: list[Passage] = field(default_factory=list)
    references: tuple[Reference, ...] = ()
    dropped: tuple[str, ...] = ()
    updated: tuple[str, int] | None = None

    @property
    def is_web_page(self) -> bool:
        """Whether so much page furniture was found that the text must come from a web page."""
        return len(self.dropped) >= 3


def is_running_text(lines: list[Line]) -> bool:
    """Return whether most characters of a text stand in lines that are longer than any printed one."""
    total = sum(len(line.text) for line in lines)
    return total > 0 and sum(len(line.text) for line in lines if len(line.text) > _LONG_LINE) > 0.5 * total


def read_running_text(page: Page, lines: list[Line]) -> RunningText:
    """Read the lines of a text that has one paragraph a line."""
    result = RunningText()
    dropped: list[str] = []
    remaining: list[Line] = []
    for line in lines:
        if is_chrome(line.text):
            dropped.append(line.text)
            result.updated = result.updated or update_of(line.text)
        else:
            remaining.append(line)
    result.dropped = tuple(dropped)
    if remaining and len(remaining[0].text) < 250 and len(remaining) > 2:
        result.title = remaining[0].text.strip()
        remaining = remaining[1:]
    _read_blocks(page, remaining, result)
    entries = [passage.text.text for passage in result.passages if result.outline.sections[passage.section].zone is Zone.REFERENCES]
    result.references = parse_entries([None] * len(entries), entries)
    if bracketed(result.passages, len(result.references)):
        result.passages = [strip_marks(passage, "bracket", len(result.references)) for passage in result.passages]
    elif spaced_marks(result.passages):
        result.passages = [strip_marks(passage, "spaced", len(result.references)) for passage in result.passages]
    return result


def _read_blocks(page: Page, lines: list[Line], result: RunningText) -> None:
    parent_level = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if _is_heading(line, following):
            above_heading = following is not None and _is_heading(following, lines[index + 2] if index + 2 < len(lines) else None)
            level = 1 if above_heading else len(number_path(line.text)) or parent_level + 1
            parent_level = 1 if above_heading else parent_level
            zone = web_zone(line.text, heading_zone(line.text))
            result.outline.open(line.text, level if zone is Zone.BODY else 1, zone)
            continue
        bullet = _BULLET.match(line.text)
        start = line.start + (bullet.end() if bullet else 0)
        text = MappedText.of_page(page.number, page.text, start, line.end).substitute(INVISIBLE, "").substitute(SPACES, " ").strip()
        if text.text:
            result.passages.append(Passage(result.outline.ensure(), text, Block.LIST_ITEM if bullet else Block.PARAGRAPH))


def _is_heading(line: Line, following: Line | None) -> bool:
    text = line.text
    if (
        not line.after_blank
        or following is None
        or not following.after_blank
        or len(text) > _LONGEST_HEADING
        or (_BULLET.match(text) and not number_path(text))
    ):
        return False
    return text[-1] not in ".,;:!" and bool(re.match(r"[A-Z0-9“\"#]", text))
