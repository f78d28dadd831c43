"""Files to documents: intake, parsing, sections, sentences, tags, chunks."""

from ragqa.ingest.formats import SUPPORTED_SUFFIXES
from ragqa.ingest.intake import parse_documents, parse_file

__all__ = ["SUPPORTED_SUFFIXES", "parse_documents", "parse_file"]
