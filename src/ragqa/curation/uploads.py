"""Files that people upload: taken in, read at once under the limits of the parser, and kept only where the indexer can use them.

The name under which a file comes is shown and never used as a path: a file is kept under a random name in a folder of the corpus, and
what is told of it stands in a hidden folder beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import yaml

from ragqa.errors import FileRejected
from ragqa.ingest.formats import ending_of
from ragqa.ingest.intake import SIDECAR_SUFFIXES, sidecar_of
from ragqa.ingest.sandbox import parse_in_worker
from ragqa.settings import Settings
from ragqa.types import Document, DocumentStatus

RECORDS_FOLDER, INCOMING_FOLDER = ".records", ".incoming"
"""Hidden, so that the indexer passes them by."""
_BLOCK_BYTES = 1 << 20
_LONGEST_NAME = 200
_NAME_BYTES = 12
_ABANDONED_S = 24 * 3600
_KEPT = (DocumentStatus.OK, DocumentStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was uploaded and is kept. `file_name` is what it was called where it came from, for display."""

    source: str
    """Path below the corpus folder."""
    file_name: str
    sha256: str
    size_bytes: int
    uploaded: str
    """Date and time, UTC."""
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the upload of one file ended.

    `documents` is what the parser read, where the file is kept: mostly one; `duplicate_of` the document with the same bytes.
    """

    file_name: str
    status: DocumentStatus
    message: str
    documents: tuple[Document, ...] = ()
    duplicate_of: str | None = None

    @property
    def is_kept(self) -> bool:
        """Return whether the file is now part of the corpus."""
        return bool(self.documents)

    @property
    def document(self) -> Document | None:
        """Return the first document of a file that is kept."""
        return self.documents[0] if self.documents else None


class Uploads:
    """The folder of uploaded files, below the corpus folder."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = settings.corpus / settings.curation.uploads
        self._parsing = threading.BoundedSemaphore(settings.ingest.jobs)

    def take(self, stream: BinaryIO, name: str, principal: str, indexed: Callable[[str], str | None]) -> Outcome:
        """Take in one file: keep it where it can be indexed, else remove it and say why.

        Args:
            stream: Its bytes, read in blocks up to the limit.
            name: What it is called where it comes from; its ending decides the parser.
            principal: Who uploads it.
            indexed: From the sha256 of a file to the id of the document that has these bytes in the index, None where there is none.
        """
        shown = display_name(name)
        storage = f"{secrets.token_hex(_NAME_BYTES)}{Path(shown).suffix.casefold()}"
        source, incoming = f"{self._settings.curation.uploads}/{storage}", self._folder / INCOMING_FOLDER / storage
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            ending_of(shown)
            sha256, size_bytes = self._receive(stream, incoming, shown)
            known = indexed(sha256) or next((upload.sha256[:16] for upload in self.list() if upload.sha256 == sha256), None)
            if known:
                return Outcome(shown, DocumentStatus.DUPLICATE_OF, f"{shown} holds the same bytes as document {known}, which is here already.", (), known)
            documents = self._parse(incoming.read_bytes(), source, sha256)
            best = next((document for document in documents if document.status in _KEPT and document.sentences), documents[0])
            message = best.status_reason.replace(source, shown)
            if best.status not in _KEPT:
                return Outcome(shown, best.status, message or f"{shown}: {best.status.value}")
            if not best.sentences:
                return Outcome(shown, DocumentStatus.REJECTED, f"{shown} holds no sentence that could be quoted.")
            upload = Upload(source, shown, sha256, size_bytes, self._clock().isoformat(timespec="seconds"), principal)
            self._keep(incoming, upload, has_title=len(documents) > 1 or best.metadata.title != Path(storage).stem)
            return Outcome(shown, best.status, message, documents)
        except FileRejected as exc:
            return Outcome(shown, exc.status, str(exc).replace(source, shown))
        finally:
            incoming.unlink(missing_ok=True)

    def list(self) -> list[Upload]:
        """Return the uploads whose files are there, by ascending source."""
        found = (self._read(path) for path in sorted((self._folder / RECORDS_FOLDER).glob("*.json")))
        return [upload for upload in found if upload is not None]

    def of(self, source: str) -> Upload | None:
        """Return what is told of an uploaded file; None for a file of the corpus that was not uploaded."""
        folder, _, storage = source.rpartition("/")
        return self._read(self._record(storage)) if folder == self._settings.curation.uploads else None

    def in_words(self, text: str) -> str:
        """Return a text with the paths of uploaded files replaced by the names under which they came."""

        def name(match: re.Match[str]) -> str:
            upload = self.of(match.group())
            return upload.file_name if upload else match.group()

        return re.sub(rf"{self._settings.curation.uploads}/[0-9a-f]{{{2 * _NAME_BYTES}}}\.\w+", name, text)

    def forget(self, source: str) -> None:
        """Remove what is told of an uploaded file that is no longer there."""
        self._record(source.rpartition("/")[2]).unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove what uploads left behind that a crash interrupted long ago: other processes may be uploading."""
        oldest = self._clock().timestamp() - _ABANDONED_S
        for path in (self._folder / INCOMING_FOLDER).glob("*"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def remember(self, upload: Upload) -> None:
        """Write down what is told of an uploaded file."""
        path = self._record(upload.source.rpartition("/")[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}")
        temporary.write_text(json.dumps(asdict(upload), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)

    def _receive(self, stream: BinaryIO, path: Path, shown: str) -> tuple[str, int]:
        limit_mb = self._settings.ingest.max_file_size_mb
        total, size_bytes = hashlib.sha256(), 0
        with path.open("xb") as file:
            while block := stream.read(_BLOCK_BYTES):
                size_bytes += len(block)
                if size_bytes > limit_mb * 1_000_000:
                    raise FileRejected(f"{shown} is larger than {limit_mb} MB, the limit of RAGQA_INGEST__MAX_FILE_SIZE_MB.")
                total.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if not size_bytes:
            raise FileRejected(f"{shown} is empty.")
        return total.hexdigest(), size_bytes

    def _parse(self, data: bytes, source: str, sha256: str) -> tuple[Document, ...]:
        # Always in a process of its own, plain text too: this one answers questions meanwhile.
        with self._parsing:
            documents = parse_in_worker(data, source, sha256, self._settings.ingest)
        if not documents:
            raise FileRejected(f"{source} holds no document.")
        return documents

    def _keep(self, incoming: Path, upload: Upload, *, has_title: bool) -> None:
        path = self._settings.corpus / upload.source
        self.remember(upload)
        incoming.rename(path)
        if not has_title:
            # The parser takes the file's name where the text has no title, and this name says nothing.
            sidecar = path.with_name(path.name + SIDECAR_SUFFIXES[0])
            sidecar.write_text(yaml.safe_dump({"title": Path(upload.file_name).stem}, allow_unicode=True), encoding="utf-8")

    def _read(self, record: Path) -> Upload | None:
        try:
            upload = Upload(**json.loads(record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return upload if (self._settings.corpus / upload.source).is_file() else None

    def _record(self, storage: str) -> Path:
        return self._folder / RECORDS_FOLDER / f"{storage}.json"


def display_name(name: str) -> str:
    """Return the last part of a file name as it may be shown: no folders, no control characters, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = "".join(character for character in last if unicodedata.category(character)[0] != "C").strip()
    stem, dot, ending = plain.rpartition(".")
    return (f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if dot and len(ending) < 10 else plain[:_LONGEST_NAME]) or "unnamed"


def companions(path: Path) -> list[Path]:
    """Return a file of the corpus and its sidecar, where it has one."""
    sidecar = sidecar_of(path)
    return [path, sidecar] if sidecar else [path]
