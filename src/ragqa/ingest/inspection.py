"""What the parser made of a file, in lines a person can read: `ragqa docs inspect FILE`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ragqa.types import Document, Sentence

_FIRST_SENTENCES = 5


def describe(document: Document) -> str:
    """Return the quality report of a document: what it is, how it was read, what was left out, how it begins."""
    return "\n".join(_lines(document))


def describe_page(document: Document, page: int) -> str:
    """Return the sentences that the indexer reads from one page, each with its section, character range and citation marks."""
    lines: list[str] = []
    for sentence in document.sentences:
        spans = [span for span in sentence.spans if span.page == page]
        if spans:
            place = ", ".join(f"{span.start}–{span.end}" for span in spans)
            section = document.sections[sentence.section]
            lines += (f"[{section.zone.value} · {' › '.join(section.path)} · {place}]{_marks(sentence)}", f"  {sentence.text}")
    return "\n".join(lines) or f"No sentence was read from page {page}."


def _lines(document: Document) -> Iterator[str]:
    metadata, quality = document.metadata, document.quality
    yield f"{document.source}  {document.document_id}"
    yield f"status        {document.status.value}" + (f": {document.status_reason}" if document.status_reason else "")
    yield f"title         {metadata.title}"
    yield f"kind          {metadata.kind.value} ({metadata.kind_origin})"
    for name in ("authors", "organisation", "journal", "year", "doi", "pmid", "pmcid", "language", "licence"):
        value = getattr(metadata, name)
        if value:
            yield f"{name:<13} {', '.join(value) if isinstance(value, tuple) else value}"
    engines = Counter(page.engine for page in document.pages)
    yield f"pages         {len(document.pages)} ({', '.join(f'{engine} {count}' for engine, count in engines.items())})"
    zones = Counter(document.sections[sentence.section].zone.value for sentence in document.sentences)
    yield f"sentences     {len(document.sentences)} ({', '.join(f'{zone} {count}' for zone, count in zones.items())})"
    yield f"references    {len(document.references)}; {sum(len(sentence.marks) for sentence in document.sentences)} marks in the text"
    yield f"abbreviations {len(document.abbreviations)}"
    yield f"garbled       {quality.garbled_share:.1%}"
    yield f"suspect operators {quality.suspect_operators}"
    for title, values in (("hidden text left out", quality.hidden_text), ("lines left out", quality.dropped_lines), ("notes", quality.notes)):
        if values:
            yield f"{title}:"
            yield from (f"  {value}" for value in values)
    yield "sections:"
    yield from (f"  {'  ' * max(section.level - 1, 0)}{section.title}  ({section.zone.value})" for section in document.sections)
    yield "first sentences:"
    yield from (f"  {sentence.text}{_marks(sentence)}" for sentence in document.sentences[:_FIRST_SENTENCES])


def _marks(sentence: Sentence) -> str:
    numbers = [number for mark in sentence.marks for number in mark.numbers]
    return f" [cites {', '.join(str(number) for number in numbers)}]" if numbers else ""
