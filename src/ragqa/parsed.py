"""The documents of a corpus as a build reads them: every file parsed once and kept by the hash of what it was made from.

Most files hold one document. A file of many records (MEDLINE, PubMed XML, corpus.jsonl) holds as many documents, each with its own id,
its own place in the cache and its own entry in the index. A file is a checkpoint: what was parsed before an interruption is not parsed again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ragqa.codec import dump, load
from ragqa.errors import FileRejected, RagqaError
from ragqa.index.cache import Cache
from ragqa.index.ledger import Ledger
from ragqa.ingest import parse_documents
from ragqa.ingest.duplicates import Fingerprint, fingerprint
from ragqa.ingest.listing import CorpusFile, file_sha256
from ragqa.ingest.tags import tag_document
from ragqa.settings import IngestSettings, Settings
from ragqa.types import Document, DocumentStatus, Problem

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the corpus before it is loaded. `key` is the hash of all that it was made from."""

    key: str
    source: str
    document_id: str


@dataclass(frozen=True, slots=True)
class _Contents:
    """What one file holds: its documents, and what is wrong with the file or with records in it."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


class ParsedCorpus:
    """The files of a corpus and the caches of what they became. `n_parsed` counts the files that this build had to parse.

    Args:
        settings: Corpus and index folder, and how to parse.
        files: The files, each with other bytes than the others.
    """

    def __init__(self, settings: Settings, files: Sequence[CorpusFile]) -> None:
        self._settings = settings
        self._documents = Cache(settings.index / "parsed", ".json")
        self._contents = Cache(settings.index / "contents", ".json")
        self._ledger = Ledger(settings.index)
        pipeline = pipeline_digest(settings.ingest)
        self._files = {digest_of(pipeline, file.source, file.sha256, file.sidecar_sha256): file for file in files}
        self._file_key: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        self._forgotten: Collection[str] = ()
        self.n_parsed = 0

    def read(
        self, stored: Collection[str], known: Mapping[str, Problem], progress: Callable[[int, int, str], None], on_pages: Callable[[int], None]
    ) -> tuple[list[str], list[Problem]]:
        """Parse what is neither stored nor in the cache; return the keys of all documents that can be indexed, and the problems.

        Args:
            stored: Keys of the documents that the current generation holds.
            known: The problems of that generation by source.
            progress: Called with files done, files in all and the name of the file.
            on_pages: Called with the number of pages of every file that was parsed.
        """
        problems: list[Problem] = []
        first: dict[str, str] = {}
        progress(0, len(self._files), "")
        noted = self._contents.keys()
        pool = ThreadPoolExecutor(self._settings.ingest.jobs)
        try:
            # Of a large library nearly every file is stored already: that is seen at once, without a thread or a look at the disk.
            reading = {key: pool.submit(self._contents_of, key) for key in self._files if key in noted or key not in stored}
            for done, (key, file) in enumerate(self._files.items(), start=1):
                contents, n_pages = reading.pop(key).result() if key in reading else (_with_problem(_entry(key, file), known.get(file.source)), 0)
                problems += contents.problems
                for entry in contents.entries:
                    original = first.setdefault(entry.document_id, entry.source)
                    if original != entry.source:
                        problems.append(_same_record(entry.source, original))
                        continue
                    self._entries[entry.key], self._file_key[entry.key] = entry, key
                if n_pages:
                    self.n_parsed += 1
                    on_pages(n_pages)
                progress(done, len(self._files), file.source)
        finally:
            # Who stops a build waits for the files that are being parsed, not for all that wait their turn.
            pool.shutdown(cancel_futures=True)
        return list(self._entries), problems

    def source(self, key: str) -> str:
        """Return the source of a document: the path of its file, and for a record its name behind a "#"."""
        return self._entries[key].source

    def document(self, key: str) -> Document:
        """Return a document that `read` found."""
        data = self._documents.get(key)
        if data is None:
            # The cache lost a document that is stored in a generation.
            self._parse(self._file_key[key])
            self.n_parsed += 1
            data = self._documents.get(key)
        if data is None:
            raise RagqaError(f'{self.source(key)} was read before and no longer can be. Run "ragqa index build" again.')
        return load(Document, data)

    def fingerprints(self, keys: Sequence[str]) -> list[Fingerprint]:
        """Return what is needed to find documents that repeat each other; digests, which stand beside their publication, have none."""
        noted = {key: fields for key, *fields in self._ledger.rows("fingerprint")}
        new: dict[str, tuple[Any, ...]] = {}
        for key in keys:
            if key not in noted:
                made = fingerprint(self.document(key))
                new[key] = astuple(made) if made else (None, 0, None, "", None, b"")
        self._ledger.change("fingerprint", ((key, *fields) for key, fields in new.items()), ())
        self._forgotten = noted.keys() - set(keys)
        found = (new[key] if key in new else noted[key] for key in keys)
        return [Fingerprint(*fields) for fields in found if fields[0] is not None]

    def forget_others(self) -> None:
        """Delete from the caches what this corpus does not hold."""
        self._documents.keep_only(self._entries)
        self._contents.keep_only(self._files)
        self._ledger.change("fingerprint", (), self._forgotten)

    def _contents_of(self, key: str) -> tuple[_Contents, int]:
        """Return what a file holds that is not stored as one document, and how many pages were parsed to know it: none where it was known."""
        kept = self._contents.get(key)
        if kept is not None:
            return load(_Contents, kept), 0
        data = self._documents.get(key)
        return (_with_problem(_entry(key, self._files[key]), _problem_of(load(Document, data))), 0) if data is not None else self._parse(key)

    def _parse(self, key: str) -> tuple[_Contents, int]:
        file = self._files[key]
        try:
            documents = [tag_document(document) for document in parse_documents(file.path, self._settings.corpus, self._settings.ingest)]
        except FileRejected as exc:
            failed, n_pages = _failed(file, exc.status, str(exc))
            if exc.status is not DocumentStatus.RESOURCE_LIMIT and file_sha256(file.path) == file.sha256:
                # These bytes will be refused again; on a quieter machine a limit may not be reached.
                self._contents.put(key, dump(failed).encode())
            return failed, n_pages
        except Exception as exc:
            # Hostile files find the faults of every parser; one file must not cost the others their place in the index.
            logger.exception("parsing failed: %s", file.source)
            return _failed(file, DocumentStatus.BROKEN, f"{file.source} cannot be parsed ({type(exc).__name__}: {exc}).")
        is_one = len(documents) == 1 and documents[0].source == file.source
        if (documents[0].sha256 if is_one else file_sha256(file.path)) != file.sha256:
            return _failed(file, DocumentStatus.REJECTED, f'{file.source} changed while it was read. Run "ragqa index build" again.')
        if not all(_is_sound(document) for document in documents):
            return _failed(file, DocumentStatus.BROKEN, f"{file.source} was parsed into sentences that are not on its pages; please report this.")
        contents = self._keep(key, documents[0]) if is_one else self._keep_records(key, documents)
        return contents, sum(len(document.pages) for document in documents)

    def _keep(self, key: str, document: Document) -> _Contents:
        contents = _with_problem(Entry(key, document.source, document.document_id), _problem_of(document))
        if contents.entries:
            self._documents.put(key, dump(document).encode())
        else:
            self._contents.put(key, dump(contents).encode())
        return contents

    def _keep_records(self, key: str, documents: Sequence[Document]) -> _Contents:
        entries: dict[str, Entry] = {}
        problems: list[Problem] = []
        for document in _with_own_sources(documents):
            if original := entries.get(document.document_id):
                problems.append(_same_record(document.source, original.source))
                continue
            entry = Entry(digest_of(key, document.document_id), document.source, document.document_id)
            entries[document.document_id] = entry
            self._documents.put(entry.key, dump(document).encode())
        contents = _Contents(tuple(entries.values()), tuple(problems))
        # Last, so that an interrupted run never takes a part of a file for the whole.
        self._contents.put(key, dump(contents).encode())
        return contents


def pipeline_digest(settings: IngestSettings) -> str:
    """Return a hash of everything that decides what a file's bytes become: code, lexicon and settings."""
    return digest_of(_code_digest(), json.dumps(settings.model_dump(mode="json", exclude={"jobs"}), sort_keys=True))


def digest_of(*parts: str) -> str:
    """Return 32 hexadecimal digits over parts, each with its length, so that no two lists of parts run into the same text."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode()
        total.update(f"{len(data)} ".encode() + data)
    return total.hexdigest()[:32]


@cache
def _code_digest() -> str:
    root = Path(__file__).parent
    folders = (root / "ingest", root / "text")
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest_of(*(file_sha256(path) for path in (*paths, root / "types.py")))


def _with_own_sources(documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the records of a file; of those that share a name each further one gets a number behind it."""
    seen: Counter[str] = Counter()
    for document in documents:
        seen[document.source] += 1
        n = seen[document.source]
        yield document if n == 1 else replace(document, source=f"{document.source} ({n})")


def _same_record(source: str, original: str) -> Problem:
    return Problem(source, DocumentStatus.DUPLICATE_OF, f"{source} is the same record as {original}, which is indexed.")


def _entry(key: str, file: CorpusFile) -> Entry:
    """Return the one document of a file."""
    return Entry(key, file.source, file.sha256[:16])


def _failed(file: CorpusFile, status: DocumentStatus, message: str) -> tuple[_Contents, int]:
    return _Contents((), (Problem(file.source, status, message),)), 0


def _with_problem(entry: Entry, problem: Problem | None) -> _Contents:
    if problem is None:
        return _Contents((entry,))
    return _Contents((entry,) if problem.status is DocumentStatus.PARTIAL else (), (problem,))


def _problem_of(document: Document) -> Problem | None:
    if document.status is DocumentStatus.OK:
        return None
    return Problem(document.source, document.status, document.status_reason or f"{document.source}: {document.status.value}")


def _is_sound(document: Document) -> bool:
    """Return whether sentences are numbered from 0 and each slices the pages: what every quote rests on."""
    lengths = {page.number: len(page.text) for page in document.pages}
    return all(
        sentence.ordinal == number and sentence.spans and all(0 <= span.start < span.end <= lengths.get(span.page, 0) for span in sentence.spans)
        for number, sentence in enumerate(document.sentences)
    )
