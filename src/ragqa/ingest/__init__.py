"""Files to documents: intake, parsing, sections, sentences, tags, chunks."""

from ragqa.ingest.intake import SUPPORTED_SUFFIXES, parse_file

PIPELINE_VERSION = "1"
"""Raised whenever the same bytes would give another document, so that parsed files are parsed anew."""

__all__ = ["PIPELINE_VERSION", "SUPPORTED_SUFFIXES", "parse_file"]
