"""The file that a document was made from: its bytes, what a parser reads from it, and pictures of its pages."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ragqa.curation.pictures import PictureCache
from ragqa.curation.removal import removed_files
from ragqa.errors import FileRejected, OriginalUnavailable
from ragqa.ingest import parse_documents
from ragqa.ingest.intake import sidecar_of
from ragqa.ingest.listing import file_sha256
from ragqa.ingest.page_picture import picture_in_worker
from ragqa.settings import Settings
from ragqa.types import Document, DocumentRecord

_DRAWING = "1"
"""Changed whenever pages are drawn in another way, so that old pictures are not shown."""
_KEPT_INSPECTIONS = 8


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """The PNG of a page, and whether every quote asked for is marked on it."""

    png: bytes
    is_marked: bool


class Originals:
    """Finds files of the corpus by the documents of the index. A file is used only while its bytes are those that were indexed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pictures = PictureCache(settings.index / "pictures", settings.curation.pictures_mb * 1_000_000)
        self._working = threading.BoundedSemaphore(settings.ingest.jobs)
        self._inspected: OrderedDict[tuple[str, str], Document] = OrderedDict()

    def path(self, record: DocumentRecord) -> Path:
        """Return where the file of a document is: in the corpus, or aside while it waits to go; raise `OriginalUnavailable`."""
        source = record.file
        if ".." in Path(source).parts or Path(source).is_absolute():
            raise OriginalUnavailable(f'"{source}" is no path below the corpus folder.')
        if source != record.source:
            # A file of many records: the hash of a document is that of its record.
            path = self._settings.corpus / source
            found = [path] if path.is_file() else []
        else:
            paths = [self._settings.corpus / source, *(item.path for item in removed_files(self._settings.index) if item.sha256 == record.sha256)]
            found = [path for path in paths if file_sha256(path) == record.sha256]
        if not found:
            raise OriginalUnavailable(f'the file of "{record.metadata.label}" is no longer what was indexed: it is gone or has changed. Rebuild the index.')
        return found[0]

    def inspect(self, record: DocumentRecord) -> Document:
        """Return what the parser reads from the file of a document now, as it would for the index; raise `OriginalUnavailable`."""
        path, corpus = self.path(record), self._settings.corpus
        if not path.is_relative_to(corpus):
            raise OriginalUnavailable(f'the file of "{record.metadata.label}" has been removed from the corpus.')
        sidecar = sidecar_of(path)
        key = (record.sha256, file_sha256(sidecar) if sidecar else "")
        with self._working:
            document = self._inspected.get(key)
            if document is None:
                try:
                    documents = parse_documents(path, corpus, self._settings.ingest)
                except FileRejected as exc:
                    raise OriginalUnavailable(str(exc)) from exc
                document = next((document for document in documents if document.sha256 == record.sha256), documents[0])
                self._inspected[key] = document
                while len(self._inspected) > _KEPT_INSPECTIONS:
                    self._inspected.popitem(last=False)
            return document

    def picture(self, record: DocumentRecord, page: int, text: str, ranges: Sequence[tuple[int, int]]) -> MarkedPage:
        """Return the picture of a page of a PDF.

        Args:
            record: The document.
            page: Number of the page, from 1.
            text: The stored text of that page.
            ranges: The quotes to mark, as ranges [start, end) of that text.

        Raises:
            OriginalUnavailable: The document has no printed pages, its file is gone or changed, or the page cannot be drawn within the limits.
        """
        label = record.metadata.label
        if record.source_format != "pdf":
            raise OriginalUnavailable(f'"{label}" was not printed on pages (its format is {record.source_format}): there is no picture of it. Read its text.')
        key = hashlib.sha256(repr((_DRAWING, record.sha256, page, sorted(set(ranges)))).encode()).hexdigest()
        for is_marked in (True, False):
            if (kept := self._pictures.get(f"{key}-{is_marked:d}")) is not None:
                return MarkedPage(kept, is_marked)
        data = self.path(record).read_bytes()
        quotes = [(start, end, text[start:end]) for start, end in sorted(set(ranges))]
        limits = {"worker_cpu_s": self._settings.curation.draw_s, "worker_wall_s": self._settings.curation.draw_s}
        try:
            with self._working:
                picture = picture_in_worker(data, record.source, page, quotes, self._settings.ingest.model_copy(update=limits))
        except FileRejected as exc:
            raise OriginalUnavailable(str(exc)) from exc
        is_marked = picture.n_marked == len(quotes)
        self._pictures.put(f"{key}-{is_marked:d}", picture.png)
        return MarkedPage(picture.png, is_marked)
