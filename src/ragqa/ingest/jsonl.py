"""A BEIR-style `corpus.jsonl` to documents: one JSON object a line with `_id` (or `id`), `title` and `text`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import Outline, Passage, assemble
from ragqa.ingest.decode import decode
from ragqa.ingest.mapped import MappedText
from ragqa.ingest.metadata import complete
from ragqa.text.normalize import INVISIBLE, SPACES
from ragqa.types import Document, Metadata, Page


def parse_jsonl(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read every line; raise `FileRejected` naming the first line that is not such an object."""
    documents = []
    for number, line in enumerate(decode(data)[0].splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            identifier, text = str(entry.get("_id", entry.get("id", number))), entry["text"]
            title = entry.get("title") or text[:80]
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise FileRejected(f'{source}, line {number}: not a JSON object with "text" ({exc}).') from exc
        documents.append(_document(identifier, str(title), str(text), source))
    if not documents:
        raise FileRejected(f"{source} holds no line of JSON.")
    return tuple(documents)


def _document(identifier: str, title: str, text: str, source: str) -> Document:
    outline = Outline()
    section = outline.ensure()
    passages = [
        Passage(section, MappedText.of_page(1, text, start, end).substitute(INVISIBLE, "").substitute(SPACES, " ").strip()) for start, end in _paragraphs(text)
    ]
    document = assemble(
        sha256=hashlib.sha256(f"{identifier}\0{title}\0{text}".encode()).hexdigest(),
        source=f"{source}#{identifier}",
        source_format="jsonl",
        metadata=Metadata(title=title),
        pages=(Page(1, text, engine="jsonl"),),
        sections=outline.sections,
        passages=[passage for passage in passages if passage.text.text],
    )
    return replace(document, metadata=complete(document))


def _paragraphs(text: str) -> list[tuple[int, int]]:
    ranges = []
    start = 0
    for part in text.split("\n"):
        ranges.append((start, start + len(part)))
        start += len(part) + 1
    return ranges
