"""One file of the corpus to a `Document`: size, type, sidecar, the right parser."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from ragqa.errors import FileRejected
from ragqa.ingest.frontmatter import read_front_matter, with_fields
from ragqa.settings import IngestSettings
from ragqa.types import Document, Quality

SIDECAR_SUFFIXES = (".yaml", ".yml")
SUPPORTED_SUFFIXES = (".md", ".markdown", ".txt", ".text", ".pdf", ".xml", ".nxml")


def parse_file(path: Path, corpus: Path, settings: IngestSettings) -> Document:
    """Parse one file below the corpus folder.

    A sidecar `name.pdf.yaml` beside it overrides what the file says of itself.

    Raises:
        FileRejected: The file is too large, of an unknown type, or cannot be read; its `status` says how it ended.
    """
    source = path.relative_to(corpus).as_posix()
    try:
        size = path.stat().st_size
        if size > settings.max_file_size_mb * 1_000_000:
            raise FileRejected(f"{source} has {size / 1e6:.0f} MB; the limit is {settings.max_file_size_mb} MB (RAGQA_INGEST__MAX_FILE_SIZE_MB).")
        data = path.read_bytes()
        sidecar = sidecar_of(path)
        sidecar_text = sidecar.read_text(encoding="utf-8") if sidecar else ""
    except (OSError, UnicodeDecodeError) as exc:
        raise FileRejected(f"{source} cannot be read: {exc}.") from exc
    document = _parse(data, source, hashlib.sha256(data).hexdigest(), settings)
    if sidecar is None:
        return document
    fields, notes = read_front_matter(sidecar_text, sidecar.relative_to(corpus).as_posix(), first_line=1)
    quality: Quality = replace(document.quality, notes=document.quality.notes + notes)
    return replace(document, metadata=with_fields(document.metadata, fields, "sidecar"), quality=quality)


def sidecar_of(path: Path) -> Path | None:
    """Return the sidecar file of a document, None where it has none."""
    return next((sidecar for suffix in SIDECAR_SUFFIXES if (sidecar := path.with_name(path.name + suffix)).is_file()), None)


def _parse(data: bytes, source: str, sha256: str, settings: IngestSettings) -> Document:
    suffix = Path(source).suffix.casefold()
    if not data:
        raise FileRejected(f"{source} is empty.")
    if suffix == ".pdf":
        from ragqa.ingest.pdf import parse_pdf

        return parse_pdf(data, source, sha256, settings.max_pages)
    if suffix in (".md", ".markdown"):
        from ragqa.ingest.markdown import parse_markdown

        return parse_markdown(data, source, sha256)
    if suffix in (".xml", ".nxml", ".jats"):
        from ragqa.ingest.jats import parse_jats

        return parse_jats(data, source, sha256)
    if suffix in (".txt", ".text"):
        from ragqa.ingest.text_file import parse_text

        return parse_text(data, source, sha256)
    raise FileRejected(f'{source}: files of type "{suffix}" are not read; use {", ".join(SUPPORTED_SUFFIXES)}.')
