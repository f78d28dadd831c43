"""Lines of pages to sections and passages: the reading of everything that has no structure of its own (PDF, plain text).

Furniture is dropped first. Then the lines are walked once: headings open sections; captions, tables and small print are set aside;
bullets become list items; the remaining lines are joined into paragraphs across columns and pages, a paragraph ending only where its
last sentence does.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from ragqa.ingest.asides import Aside, AsideKind, caption_of, doubles_caption, is_formula, is_legal, is_legend, opens_small_print
from ragqa.ingest.assemble import UNTITLED, Outline, Passage
from ragqa.ingest.citations import bracketed, parenthesised, raised_marks, strip_marks, strip_raised
from ragqa.ingest.furniture import drop_furniture
from ragqa.ingest.headings import HeadingReader, heading_zone, run_in_title
from ragqa.ingest.hyphens import Vocabulary
from ragqa.ingest.joining import join_lines, join_title
from ragqa.ingest.layout import follows_below, jumps_back
from ragqa.ingest.lines import Line
from ragqa.ingest.references import read_references
from ragqa.types import Block, Page, Reference, Zone

_TERMINATED = re.compile(r"[.!?:;][\"”’')\]]*(?:\s?\[?\d{1,3}(?:[,–-]\s?\d{1,3})*\]?)?$")
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*(?:\s?\[?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]?\.?)?$")
_BULLET = re.compile(r"^(?:[•●▪■◦‣∙►➢✓❖]|\uf0b7)\s*")
_NUMBERED_ITEM = re.compile(r"^\(?\d{1,2}[.)]\s+(?=[A-Z“\"])")
_SENTENCE_BREAK = re.compile(r"[a-z)][.!?]\s+[A-Z]")
_LEAST_ABSTRACT = 400
_SHORT_LINE = 0.75
"""Without geometry, a line shorter than this share of the median closes a paragraph."""


@dataclass(slots=True)
class Prose:
    """What was read: sections and passages, the reference list, and what was dropped."""

    outline: Outline = field(default_factory=Outline)
    passages: list[Passage] = field(default_factory=list)
    references: tuple[Reference, ...] = ()
    dropped: tuple[str, ...] = ()


def read_prose(
    pages: Sequence[Page],
    lines: Sequence[Sequence[Line]],
    *,
    body_size: float = 0.0,
    has_front: bool = False,
    raised: Mapping[int, frozenset[int]] | None = None,
) -> Prose:
    """Read the lines of pages.

    Args:
        pages: The stored pages.
        lines: Their lines.
        body_size: Type size of the running text in points, 0 where sizes are unknown.
        has_front: Whether what stands before the first heading is front matter.
        raised: For each page the offsets of digits printed as superscripts, where the reader could see them.
    """
    kept, dropped = drop_furniture(lines)
    texts = {page.number: page.text for page in pages}
    walker = _Walker(texts, kept, body_size, Zone.FRONT_MATTER if has_front else Zone.BODY)
    walker.walk()
    references = read_references(walker.reference_lines)
    quotable = {section.ordinal for section in walker.outline.sections if section.zone not in (Zone.FRONT_MATTER, Zone.BACK_MATTER)}
    passages = _without_marks(walker.passages, quotable, len(references), raised or {})
    return Prose(walker.outline, _with_abstract(walker.outline, passages), references, dropped)


def _with_abstract(outline: Outline, passages: list[Passage]) -> list[Passage]:
    """Return the passages with the long prose of the front matter under a section of its own, where no heading says "Abstract"."""
    if any(section.zone is Zone.ABSTRACT for section in outline.sections):
        return passages
    found = [
        index
        for index, passage in enumerate(passages)
        if outline.sections[passage.section].zone is Zone.FRONT_MATTER and outline.sections[passage.section].level == 0 and _is_abstract(passage.text.text)
    ]
    if not found:
        return passages
    section = outline.open("Abstract", 1, Zone.ABSTRACT, ())
    return [replace(passage, section=section) if index in found else passage for index, passage in enumerate(passages)]


def _is_abstract(text: str) -> bool:
    return len(text) >= _LEAST_ABSTRACT and len(_SENTENCE_BREAK.findall(text)) >= 3 and not is_legal(text)


def _without_marks(passages: list[Passage], quotable: Container[int], n_references: int, raised: Mapping[int, frozenset[int]]) -> list[Passage]:
    if bracketed(passages, n_references):
        return [strip_marks(passage, "bracket", n_references) for passage in passages]
    if parenthesised(passages, n_references):
        return [strip_marks(passage, "parenthesis", n_references) for passage in passages]
    if sum(len(offsets) for offsets in raised.values()) >= 10:
        # Raised numbers beside the names of authors lead to their addresses.
        passages = [strip_raised(passage, raised, n_references) if passage.section in quotable else passage for passage in passages]
    if known := raised_marks(passages, n_references):
        return [strip_marks(passage, "superscript", n_references, known) for passage in passages]
    return passages


class _Walker:
    def __init__(self, texts: dict[int, str], pages: Sequence[Sequence[Line]], body_size: float, first_zone: Zone) -> None:
        self.texts = texts
        self.pages = pages
        self.body_size = body_size
        self.first_zone = first_zone
        self.vocabulary = Vocabulary(texts.values())
        everything = [line for page in pages for line in page]
        self.headings = HeadingReader(body_size, everything)
        self.outline = Outline()
        self.passages: list[Passage] = []
        self.reference_lines: list[Line] = []
        self.paragraph: list[Line] = []
        self.block = Block.PARAGRAPH
        self.after_formula = False
        self.aside: Aside | None = None
        self.tables: dict[str, int] = {}
        self.heads: dict[int, frozenset[str]] = {}
        self.section: int | None = None
        self.notes: int | None = None
        lengths = [len(line.text) for line in everything]
        self.width = median(lengths) if lengths else 0

    def walk(self) -> None:
        """Read every page in order."""
        for number, lines in enumerate(self.pages):
            for index, line in enumerate(lines):
                following = lines[index + 1] if index + 1 < len(lines) else None
                self._line(line, following, opens_page=index == 0 and number > 0)
        self._close_aside()
        self._flush()

    def _line(self, line: Line, following: Line | None, opens_page: bool) -> None:
        unfinished = bool(self.paragraph) and not _TERMINATED.search(self.paragraph[-1].text)
        caption = caption_of(line, unfinished)
        if self._continues_heading(line) or (not caption and self.headings.is_heading(line, following, unfinished, self._zone()) and not self._in_table(line)):
            self._close_aside()
            self._open(line)
            return
        if doubles_caption(line, following):
            self._close_aside()
            self.aside = Aside(AsideKind.FIGURE)
            return
        if caption:
            self._close_aside()
            self._start_aside(line, caption)
            return
        if self.aside is not None and self.aside.holds(line, self.body_size):
            self.aside.lines.append(line)
            if self.aside.is_complete():
                self._close_aside()
            return
        self._close_aside()
        run_in = run_in_title(line.text, unfinished)
        if self._zone() is Zone.REFERENCES and not (run_in and self.reference_lines):
            self.reference_lines.append(line)
        elif is_formula(line) and self._zone() is not Zone.FRONT_MATTER:
            self.aside = Aside(AsideKind.FORMULA, [line])
        elif unfinished and len(self.paragraph) > 1 and follows_below(*self.paragraph[-2:]) and jumps_back(self.paragraph[-1], line):
            # What stands above an unfinished sentence in its own column is a float; the sentence goes on elsewhere.
            self.aside = Aside(AsideKind.FLOAT, [line])
        elif opens_small_print(line, self.body_size, self.paragraph[-1] if unfinished else None) and self._zone() is not Zone.FRONT_MATTER:
            self.aside = Aside(AsideKind.NOTE, [line])
        elif run_in:
            self._flush()
            self.section = self.outline.open(run_in.group("name"), 1, heading_zone(run_in.group("name")))
            self.paragraph = [replace(line, start=line.start + run_in.end(), text=line.text[run_in.end() :], after_blank=True)]
        elif length := self.headings.run_in_length(line):
            self._open(replace(line, end=line.start + length, text=line.text[:length].rstrip(".")))
            self.paragraph = [replace(line, start=line.start + length, text=line.text[length:])]
        elif bullet := _BULLET.match(line.text) or (None if unfinished else _NUMBERED_ITEM.match(line.text)):
            self._flush()
            self.block = Block.LIST_ITEM
            self.paragraph = [replace(line, start=line.start + bullet.end(), text=line.text[bullet.end() :], after_blank=True)]
        else:
            self._prose(line, opens_page)

    def _prose(self, line: Line, opens_page: bool) -> None:
        if not line.text:
            return
        if self.after_formula:
            # "… by the formula, [formula] where A is …" is one sentence; a capital starts the next.
            self.after_formula = False
            if line.text[0].isupper():
                self._flush()
        if self._starts_paragraph(line, opens_page):
            self._flush()
            zone = self._zone()
            if not line.size and ((zone is Zone.ABSTRACT and opens_page) or (zone is Zone.FRONT_MATTER and line.after_blank and self._level() > 0)):
                # An abstract or a list of keywords that no heading ends is ended by its page or by a blank line.
                self.section = self.outline.open(UNTITLED, 0, Zone.BODY, ())
        self.paragraph.append(line)

    # ---- sections

    def _open(self, line: Line) -> None:
        if self._continues_heading(line) and self.section is not None:
            title = join_title(self.outline.sections[self.section].title, line.text, self.vocabulary)
            section = self.outline.sections[self.section]
            self.outline.sections[self.section] = replace(section, title=title, path=(*section.path[:-1], title))
        else:
            self._flush()
            zone, level = self.headings.open(line, self._zone(), self.section is not None and self._is_filled(self.section))
            self.section = self.outline.open(line.text, level, zone)

    def _continues_heading(self, line: Line) -> bool:
        """Whether a line is the second line of the heading that has just been opened."""
        return self.headings.continues(line) and not self.paragraph and self.section is not None and not self._is_filled(self.section)

    def _in_table(self, line: Line) -> bool:
        """Whether a line that looks like a heading stands in a table: column heads are bold too, but not set larger than the text."""
        return self.aside is not None and 0 < line.size <= self.body_size and self.aside.kind is AsideKind.TABLE and self.aside.holds(line, self.body_size)

    def _is_filled(self, section: int) -> bool:
        return any(passage.section == section for passage in self.passages)

    def _section(self) -> int:
        """Return the section that running prose belongs to."""
        if self.section is None:
            self.section = self.outline.ensure(self.first_zone)
        return self.section

    def _zone(self) -> Zone:
        return self.outline.sections[self.section].zone if self.section is not None else self.first_zone

    def _level(self) -> int:
        return self.outline.sections[self._section()].level

    # ---- paragraphs

    def _starts_paragraph(self, line: Line, opens_page: bool) -> bool:
        if not self.paragraph:
            return False
        last = self.paragraph[-1]
        if self.block is Block.LIST_ITEM and line.after_blank and _TERMINATED.search(last.text):
            return True
        if line.size and self._zone() is Zone.FRONT_MATTER and (abs(line.size - last.size) > 0.4 or line.after_blank):
            return True
        ended = bool((_TERMINATED if line.after_blank else _SENTENCE_END).search(last.text))
        if not ended or line.text[0].islower():
            return False
        if line.size:
            return line.opens or last.closes
        return (line.after_blank and not opens_page) or (opens_page and self._zone() is Zone.ABSTRACT) or len(last.text) < _SHORT_LINE * self.width

    def _flush(self) -> None:
        if self.paragraph:
            self._keep(self._section(), self.paragraph, self.block)
        self.paragraph = []
        self.block = Block.PARAGRAPH

    def _keep(self, section: int, lines: Sequence[Line], block: Block) -> None:
        text = join_lines(lines, self.texts, self.vocabulary)
        if text.text:
            self.passages.append(Passage(section, text, block))

    # ---- captions, tables, small print

    def _start_aside(self, line: Line, caption: re.Match[str]) -> None:
        if not caption.group("what").casefold().endswith("table"):
            self.aside = Aside(AsideKind.FIGURE, [line])
            return
        number = caption.group("number")
        continued = number in self.tables and Aside.is_continued(line.text[caption.end() :])
        self.aside = Aside(AsideKind.TABLE, [] if continued else [line], number=number, continued=continued)

    def _close_aside(self) -> None:
        aside, self.aside = self.aside, None
        if aside is None or (not aside.lines and not aside.continued):
            return
        if aside.kind in (AsideKind.FIGURE, AsideKind.FLOAT):
            self._keep(self._section(), aside.lines, Block.CAPTION)
        elif aside.kind is AsideKind.FORMULA:
            self._keep(self._section(), aside.lines, Block.TABLE_TEXT)
            self.after_formula = True
        elif aside.kind is AsideKind.NOTE:
            if self.notes is None:
                self.notes = self.outline.open("Notes", 0, Zone.BACK_MATTER, ())
            self._keep(self.notes, aside.lines, Block.PARAGRAPH)
        else:
            self._add_table(aside)

    def _add_table(self, aside: Aside) -> None:
        """Keep a table: its caption, its cells, a sentence that runs over lines whole, its column heads once."""
        lines = aside.lines
        if not aside.continued:
            title, lines = aside.split_caption()
            caption = join_lines(title, self.texts, self.vocabulary)
            section = self.outline.sections[self._section()]
            parent = section.path if section.level else ()
            self.tables[aside.number] = self.outline.open(caption.text[:300], len(parent) + 1, Zone.TABLE, parent)
            self.passages.append(Passage(self.tables[aside.number], caption, Block.CAPTION))
        table = self.tables[aside.number]
        head = self.heads.setdefault(table, frozenset(line.text for line in lines[:2]))
        for cell in aside.cells(line for line in lines if not (aside.continued and line.text in head)):
            self._keep(table, cell, Block.CAPTION if is_legend(" ".join(line.text for line in cell)) else Block.TABLE_TEXT)
