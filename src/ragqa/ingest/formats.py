"""Which parser reads which file, by its ending and its first bytes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from ragqa.errors import FileRejected
from ragqa.types import Document

Parser = Callable[[bytes, str, str, int], tuple[Document, ...]]
"""From bytes, source path, sha256 and page limit to the documents that the file holds."""


def parse(data: bytes, source: str, sha256: str, max_pages: int) -> tuple[Document, ...]:
    """Return the documents of one file; raise `FileRejected` where it cannot be read."""
    if not data:
        raise FileRejected(f"{source} is empty.")
    module, function = _PARSERS[ending_of(source)]
    parser: Parser = getattr(importlib.import_module(f"ragqa.ingest.{module}"), function)
    return parser(data, source, sha256, max_pages)


def ending_of(source: str) -> str:
    """Return the ending that decides the parser; raise `FileRejected` for one that nothing reads."""
    ending = Path(source).suffix.casefold()
    if ending not in _PARSERS:
        raise FileRejected(f'{source}: files of type "{ending}" are not read. Use one of {", ".join(SUPPORTED_SUFFIXES)}.')
    return ending


_PARSERS = {
    ".md": ("markdown", "parse_markdown"),
    ".markdown": ("markdown", "parse_markdown"),
    ".txt": ("text_file", "parse_text"),
    ".text": ("text_file", "parse_text"),
    ".pdf": ("pdf", "parse_pdf"),
    ".xml": ("jats", "parse_xml"),
    ".nxml": ("jats", "parse_xml"),
    ".jats": ("jats", "parse_xml"),
    ".docx": ("docx_file", "parse_docx"),
    ".html": ("html_file", "parse_html"),
    ".htm": ("html_file", "parse_html"),
    ".nbib": ("medline", "parse_medline"),
    ".jsonl": ("jsonl", "parse_jsonl"),
}
SUPPORTED_SUFFIXES = tuple(_PARSERS)
