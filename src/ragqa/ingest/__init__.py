"""Files to documents: intake, parsing, sections, sentences, tags, chunks."""

from ragqa.ingest.formats import SUPPORTED_SUFFIXES
from ragqa.ingest.intake import parse_documents, parse_file

PIPELINE_VERSION = "1"
"""Raised whenever the same bytes would give another document, so that parsed files are parsed anew."""

__all__ = ["PIPELINE_VERSION", "SUPPORTED_SUFFIXES", "parse_documents", "parse_file"]
