"""The writing side for people who use a running service: upload, remove, rebuild, roll back, and look at what a file held.

`build.py` turns a corpus into an index; here is what changes the corpus and asks for builds. The serving process never builds: it writes
files, and a process of its own does the rest while the old generation answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ragqa.curation.originals import MarkedPage, Originals
from ragqa.curation.rebuilds import Rebuilds
from ragqa.curation.removal import Removed, remove_file, removed_files, restore_file
from ragqa.curation.uploads import Outcome, Upload, Uploads
from ragqa.errors import DocumentNotFound, DocumentNotRemovable, IndexMissing, NothingToRollBack, RagqaError
from ragqa.index.generation import Manifest, current_name, generation_names, number_of, read_manifest
from ragqa.index.publish import rollback
from ragqa.ingest.listing import file_sha256
from ragqa.service import QAService
from ragqa.settings import Settings
from ragqa.types import DocumentRecord

if TYPE_CHECKING:
    from ragqa.records.jobs import Jobs

__all__ = ["Curation", "MarkedPage", "Outcome", "Removed", "Upload"]


class Curation:
    """Changes the corpus of a service and has its index follow."""

    def __init__(self, settings: Settings, service: QAService, jobs: Jobs, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._service = service
        self.uploads = Uploads(settings, clock)
        self.originals = Originals(settings)
        self.rebuilds = Rebuilds(settings, jobs, self.uploads.in_words)

    def start(self) -> None:
        """Clear up after an earlier run that was cut off, and go on with the builds that it had queued."""
        self.uploads.clean()
        self.rebuilds.start()

    def stop(self) -> None:
        """End the build that runs, if any; its job waits for the next start."""
        self.rebuilds.stop()

    def upload(self, stream: BinaryIO, name: str, principal: str) -> Outcome:
        """Take in one file and read it at once; the caller asks for the build when all are in."""
        return self.uploads.take(stream, name, principal, self._indexed)

    def request_build(self, principal: str, *, at_once: bool = False) -> str:
        """Ask for a build, by default after a wait for more changes; return the id of its job."""
        return self.rebuilds.request(principal, 0.0 if at_once else self._settings.curation.debounce_s)

    def find(self, document_id: str) -> DocumentRecord | Upload:
        """Return a document of the index, or an uploaded file that is not indexed, by id or unique prefix of one; raise `DocumentNotFound`."""
        try:
            return self._service.document(document_id)
        except (DocumentNotFound, IndexMissing):
            found = [upload for upload in self.uploads.list() if len(document_id) >= 8 and upload.sha256.startswith(document_id)]
            if len(found) != 1:
                raise
            return found[0]

    def remove(self, document_id: str) -> Removed:
        """Take the file of a document out of the corpus. It answers until the next build, and can be put back while that can be rolled back.

        Raises:
            DocumentNotFound: There is no such document.
            DocumentNotRemovable: It is one record of a file with others, its file has changed or cannot be moved, or it is the only document.
        """
        found = self.find(document_id)
        path = self._settings.corpus / found.source
        if isinstance(found, DocumentRecord):
            if found.file != found.source:
                upload = self.uploads.of(found.file)
                what = f"Remove the whole file by its id {upload.sha256[:16]}" if upload else "Take it out of that file and rebuild the index"
                raise DocumentNotRemovable(f'"{found.metadata.label}" is one record of {upload.file_name if upload else found.file}. {what}.')
            if len(self._service.documents()) == 1:
                raise DocumentNotRemovable("this is the only document; without any there is no index. Upload another first.")
        if file_sha256(path) != found.sha256:
            raise DocumentNotRemovable(f'the file of document "{document_id}" is gone or has changed since it was indexed. Rebuild the index first.')
        removed = remove_file(self._settings.corpus, self._settings.index, found.source, found.sha256, self._generation(), self.uploads.of(found.source))
        self.uploads.forget(found.source)
        return removed

    def restore(self, document_id: str) -> Removed:
        """Put a removed file back where it stood; raise `DocumentNotFound` where none waits under that id, or `DocumentNotRemovable`."""
        removed = next((item for item in removed_files(self._settings.index) if len(document_id) >= 8 and item.sha256.startswith(document_id)), None)
        if removed is None:
            raise DocumentNotFound(f'no removed document "{document_id}" can be put back. It has gone for good, or was never here; upload the file again.')
        restore_file(self._settings.corpus, removed)
        if removed.upload is not None:
            self.uploads.remember(removed.upload)
        return removed

    def rollback(self) -> str:
        """Have the generation before the current one answer again and return its name. The corpus stays as it is: a build makes it current.

        Raises:
            NothingToRollBack: There is no generation before the current one.
            IndexLocked: A build is running.
        """
        if self.rollback_target() is None:
            raise NothingToRollBack("there is no generation before the current one to go back to.")
        return rollback(self._settings.index)

    def rollback_target(self) -> str | None:
        """Return the name of the generation before the current one; None where there is none."""
        try:
            current = number_of(current_name(self._settings.index))
        except RagqaError:
            return None
        return next((name for name in reversed(generation_names(self._settings.index)) if number_of(name) < current), None)

    def manifest(self) -> Manifest | None:
        """Return what the current generation says of itself, its problems among it; None where there is none that can be read."""
        try:
            return _read_manifest(self._settings.index / current_name(self._settings.index))
        except RagqaError:
            return None

    def _indexed(self, sha256: str) -> str | None:
        try:
            record = self._service.document(sha256[:16])
        except (DocumentNotFound, IndexMissing):
            return None
        return record.document_id if record.sha256 == sha256 else None

    def _generation(self) -> str:
        try:
            return current_name(self._settings.index)
        except IndexMissing:
            return "gen-000000"


@lru_cache(maxsize=4)
def _read_manifest(path: Path) -> Manifest:
    return read_manifest(path)
