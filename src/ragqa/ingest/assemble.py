"""Passages to a `Document`: the step that all parsers share.

A parser reads its format into pages, sections and `Passage`s of clean text with origins; here the passages become numbered sentences with
page spans, citation marks and flags.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ragqa.ingest.mapped import MappedText
from ragqa.text.abbreviations import find_definitions
from ragqa.text.normalize import HYPHENS
from ragqa.text.sentences import split_sentences
from ragqa.types import Block, Document, DocumentSection, DocumentStatus, Metadata, Page, Quality, Reference, ReferenceMark, Sentence, Zone

UNTITLED = "Main text"
"""Title of the section that holds what stands under no heading."""

_NO_FINDINGS = Quality()

_SUSPECT_OPERATOR = re.compile(r"(?<![\w.])(?:[Pp]\s?5\s?0?\.\d|n\s5\s\d|P50\.\d)")
"""A "5" where the typesetter's font had "=" or "<" (`P 5 .04`, `n 5 30`, `P50.05`): flagged, never repaired."""
_FLAGS = (("suspect_operator", _SUSPECT_OPERATOR), ("unreadable_character", re.compile(r"[\ufffd\ue000-\uf8ff]")))


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, list item, caption or table row. `marks` are (position in the text, citation mark removed there)."""

    section: int
    text: MappedText
    block: Block = Block.PARAGRAPH
    marks: tuple[tuple[int, ReferenceMark], ...] = ()
    flags: tuple[str, ...] = ()
    whole: bool = False
    """Whether the passage is one sentence, as a table row is."""


@dataclass(slots=True)
class Outline:
    """The sections of a document while it is read, in order; section 0 holds what stands before the first heading."""

    sections: list[DocumentSection] = field(default_factory=list)

    def open(self, title: str, level: int, zone: Zone, parent: tuple[str, ...] | None = None) -> int:
        """Add a section below the last one of a lower level (or below `parent`) and return its ordinal."""
        if parent is None:
            candidates = (section for section in reversed(self.sections) if 0 < section.level < level and (section.zone is zone or section.zone is Zone.BODY))
            above = next(candidates, None)
            parent = above.path if above else ()
        self.sections.append(DocumentSection(len(self.sections), title, (*parent, title), level, zone))
        return len(self.sections) - 1

    def ensure(self, zone: Zone = Zone.BODY) -> int:
        """Return the ordinal of the last section, opening one without a heading where there is none."""
        if not self.sections:
            self.sections.append(DocumentSection(0, UNTITLED, (UNTITLED,), 0, zone))
        return len(self.sections) - 1


def assemble(
    *,
    sha256: str,
    source: str,
    source_format: str,
    metadata: Metadata,
    pages: Sequence[Page],
    sections: Sequence[DocumentSection],
    passages: Sequence[Passage],
    references: Sequence[Reference] = (),
    quality: Quality = _NO_FINDINGS,
    status: DocumentStatus = DocumentStatus.OK,
    status_reason: str = "",
) -> Document:
    """Split passages into sentences and return the document. Passages of the reference zone make no sentences."""
    texts = {page.number: page.text for page in pages}
    zones = [section.zone for section in sections]
    sentences: list[Sentence] = []
    for paragraph, passage in enumerate(passage for passage in passages if zones[passage.section] is not Zone.REFERENCES):
        text = MappedText(passage.text.text.translate(HYPHENS), passage.text.origins)
        ranges = [(0, len(text))] if passage.whole else split_sentences(text.text)
        for index, (start, end) in enumerate(ranges):
            part = text[start:end]
            spans = part.spans(texts)
            if not spans:
                continue
            last = index == len(ranges) - 1
            next_start = len(text) + 1 if last else ranges[index + 1][0]
            marks = tuple(mark for position, mark in passage.marks if ((start < position or index == 0) and position <= end) or end < position < next_start)
            flags = passage.flags + tuple(flag for flag, pattern in _FLAGS if pattern.search(part.text))
            sentences.append(Sentence(len(sentences), part.text, spans, passage.section, paragraph, passage.block, marks, flags))
    definitions: dict[str, str] = {}
    for passage in passages:
        if zones[passage.section] is not Zone.REFERENCES:
            for short, long in find_definitions(passage.text.text):
                definitions.setdefault(short, long)
    n_suspect = sum(len(_SUSPECT_OPERATOR.findall(sentence.text)) for sentence in sentences)
    return Document(
        document_id=sha256[:16],
        sha256=sha256,
        source=source,
        source_format=source_format,
        metadata=metadata,
        pages=tuple(pages),
        sections=tuple(sections),
        sentences=tuple(sentences),
        references=tuple(references),
        abbreviations=tuple(definitions.items()),
        quality=replace(quality, suspect_operators=n_suspect),
        status=status,
        status_reason=status_reason,
    )
