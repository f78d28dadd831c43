"""One file of the corpus to its documents: size, hash, the right parser in the right place, sidecar."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragqa.errors import FileRejected
from ragqa.ingest.formats import ending_of, parse
from ragqa.types import Document

if TYPE_CHECKING:
    from ragqa.settings import IngestSettings

SIDECAR_SUFFIXES = (".yaml", ".yml")
_OF_ONE_PUBLICATION = frozenset({"title", "short_title", "authors", "year", "doi", "pmid", "pmcid", "digest_of"})
_PLAIN = frozenset({".md", ".markdown", ".txt", ".text"})
_PLAIN_BYTES = 1_000_000
"""Plain text up to this size is read by our own code alone and needs no process of its own."""


def parse_file(path: Path, corpus: Path, settings: IngestSettings) -> Document:
    """Parse a file that holds one document.

    Raises:
        FileRejected: The file is too large, of an unknown type, cannot be read, or holds several documents; `status` says how it ended.
    """
    documents = parse_documents(path, corpus, settings)
    if len(documents) != 1:
        raise FileRejected(f"{path.relative_to(corpus).as_posix()} holds {len(documents)} documents where one is wanted.")
    return documents[0]


def parse_documents(path: Path, corpus: Path, settings: IngestSettings) -> tuple[Document, ...]:
    """Parse one file below the corpus folder into the documents that it holds, mostly one.

    A sidecar `name.pdf.yaml` beside the file overrides what it says of itself.

    Raises:
        FileRejected: The file is too large, of an unknown type, or cannot be read; its `status` says how it ended.
    """
    source = path.relative_to(corpus).as_posix()
    ending = ending_of(source)
    limit = settings.max_file_size_mb * 1_000_000
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as exc:
        raise FileRejected(f"{source} cannot be read: {exc.strerror or exc}.") from exc
    if len(data) > limit:
        raise FileRejected(f"{source} is larger than {settings.max_file_size_mb} MB, the limit of RAGQA_INGEST__MAX_FILE_SIZE_MB.")
    sha256 = hashlib.sha256(data).hexdigest()
    if ending in _PLAIN and len(data) <= _PLAIN_BYTES:
        documents = parse(data, source, sha256, settings.max_pages)
    else:
        from ragqa.ingest.sandbox import parse_in_worker

        documents = parse_in_worker(data, source, sha256, settings)
    sidecar = sidecar_of(path)
    return documents if sidecar is None else _with_sidecar(documents, sidecar, corpus)


def sidecar_of(path: Path) -> Path | None:
    """Return the sidecar file of a document, None where it has none."""
    return next((sidecar for suffix in SIDECAR_SUFFIXES if (sidecar := path.with_name(path.name + suffix)).is_file()), None)


def _with_sidecar(documents: tuple[Document, ...], sidecar: Path, corpus: Path) -> tuple[Document, ...]:
    from ragqa.ingest.frontmatter import read_front_matter, with_fields

    name = sidecar.relative_to(corpus).as_posix()
    try:
        text = sidecar.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise FileRejected(f"{name} cannot be read ({exc}), so {documents[0].source} is left out. Mend or remove it.") from exc
    fields, notes = read_front_matter(text, name, first_line=1)
    if len(documents) > 1:
        # What tells one publication from another cannot hold for all records of a file.
        notes += tuple(f'sidecar key "{key}" ignored: the file holds {len(documents)} records' for key in fields if key in _OF_ONE_PUBLICATION)
        fields = {key: value for key, value in fields.items() if key not in _OF_ONE_PUBLICATION}
    return tuple(
        replace(document, metadata=with_fields(document.metadata, fields, "sidecar"), quality=replace(document.quality, notes=document.quality.notes + notes))
        for document in documents
    )
