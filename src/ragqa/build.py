"""The writing side in one place: a corpus folder in, a published generation out.

Only what changed is parsed and embedded: parsed documents and vectors are kept by the hash of what they were made from, so a build that
was interrupted continues where it stopped. A corpus, code and settings that are unchanged publish nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import CorpusMissing, FileRejected, RagqaError
from ragqa.index.cache import Cache
from ragqa.index.codec import dump, load
from ragqa.index.encoder import open_encoder, vector_settings
from ragqa.index.export import export_model
from ragqa.index.generation import FORMAT_VERSION, MODELS_FOLDER, Generation, Manifest, open_current
from ragqa.index.lock import hold_lock
from ragqa.index.passages import IndexedDocument, indexed_document, passage_texts
from ragqa.index.publish import begin, prune, publish
from ragqa.index.writer import GenerationWriter
from ragqa.ingest import parse_file
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.tags import tag_document
from ragqa.protocols import Embedder
from ragqa.settings import IngestSettings, Settings
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.types import BuildReport, Chunk, Document, DocumentStatus, Problem

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int, str], None]
"""Called with stage ("read", "parse", "embed" or "publish"), items done, items in all, and the name of the item."""

_SIDECAR_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus and the hashes of what its document depends on. `sha256` is "" where the file cannot be read."""

    path: Path
    source: str
    sha256: str
    sidecar_sha256: str


def build_index(settings: Settings, progress: Progress = lambda stage, done, total, item: None, encoder: Embedder | None = None) -> BuildReport:
    """Bring the index up to date with the corpus.

    Args:
        settings: Corpus and index folder, and how to parse, embed and keep.
        progress: Told of every step; see `Progress`.
        encoder: Makes the vectors; by default the model that the settings name, exported on first use.

    Raises:
        CorpusMissing: The corpus folder does not exist or holds no document that can be read.
        IndexLocked: Another build is running.
        IndexNotWritable: The index folder cannot be written, or the disk is full.
        ModelUnavailable: The embedding model is not on this machine or cannot be exported.
    """
    files = list_corpus(settings.corpus, settings.index, progress)
    with hold_lock(settings.index, settings.generations.lock_timeout_s):
        if encoder is None:
            folder = export_model(settings.embedding, settings.index / MODELS_FOLDER)
            encoder = open_encoder(folder, threads=settings.embedding.threads, batch_size=settings.embedding.batch_size, jobs=settings.embedding.jobs)
        inputs = _inputs_digest(files, settings, encoder)
        current = _current(settings.index)
        if current and current.manifest.inputs == inputs and not _worth_retrying(current.manifest):
            return _report(current.manifest, n_parsed=0, n_embedded=0, published=False)
        return _Build(settings, encoder, progress, inputs, current.manifest if current else None).run(files)


def list_corpus(corpus: Path, index: Path, progress: Progress = lambda stage, done, total, item: None) -> tuple[CorpusFile, ...]:
    """Return the documents of a corpus folder by ascending source path; raise `CorpusMissing` where there are none.

    Hidden files, README.md, sidecars (`paper.pdf.yaml` beside `paper.pdf`) and the index folder are no documents.
    """
    if not corpus.is_dir():
        raise CorpusMissing(f'the corpus folder "{corpus}" does not exist. Name one with --corpus or RAGQA_CORPUS.')
    paths: list[tuple[str, Path]] = []
    for folder, subfolders, names in os.walk(corpus):
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and (Path(folder) / name).resolve() != index.resolve()]
        paths += [((path := Path(folder) / name).relative_to(corpus).as_posix(), path) for name in names if _is_document(name, names)]
    if not paths:
        raise CorpusMissing(f'the corpus folder "{corpus}" holds no document. Put guidelines and papers into it, or name another with --corpus.')
    files = []
    for number, (source, path) in enumerate(sorted(paths)):
        progress("read", number, len(paths), source)
        sidecar = "".join(_sha256(owned) for ending in _SIDECAR_ENDINGS if (owned := path.with_name(path.name + ending)).is_file())
        files.append(CorpusFile(path, source, _sha256(path), sidecar))
    return tuple(files)


class _Build:
    """One run: its settings, and the counts and problems that come together on the way."""

    def __init__(self, settings: Settings, encoder: Embedder, progress: Progress, inputs: str, current: Manifest | None) -> None:
        self.settings = settings
        self.encoder = encoder
        self.progress = progress
        self.inputs = inputs
        self.current = current
        self.parsed = Cache(settings.index / "parsed", ".json")
        self.vectors = Cache(settings.index / "vectors", ".npy")
        self.vector_keys: list[str] = []
        self.n_parsed = self.n_embedded = 0

    def run(self, files: tuple[CorpusFile, ...]) -> BuildReport:
        """Parse, embed, write and publish."""
        unique, problems = _without_duplicates(files)
        keys, more = self._parse(unique)
        problems = tuple(sorted((*problems, *more), key=lambda problem: problem.source))
        if not keys:
            first = f" The first problem: {problems[0].message}" if problems else ""
            raise CorpusMissing(f'no document of the corpus folder "{self.settings.corpus}" can be read.{first}')
        folder = begin(self.settings.index)
        manifest = replace(self._write(folder, keys), problems=problems)
        if self.current and (manifest.digest, problems) == (self.current.digest, self.current.problems):
            shutil.rmtree(folder)
            return _report(self.current, self.n_parsed, self.n_embedded, published=False)
        self.progress("publish", 0, 1, "")
        name = publish(folder, manifest)
        prune(self.settings.index, self.settings.generations.keep_generations)
        self.parsed.keep_only(keys)
        self.vectors.keep_only(self.vector_keys)
        self.progress("publish", 1, 1, name)
        logger.info("published %s with %d documents, %d problems", name, manifest.n_documents, len(problems))
        return _report(replace(manifest, name=name), self.n_parsed, self.n_embedded, published=True)

    def _parse(self, files: list[CorpusFile]) -> tuple[list[str], list[Problem]]:
        """Bring every document into the cache; return the keys of those that can be indexed, and the problems."""
        pipeline = _pipeline_digest(self.settings.ingest)
        keys = [_key(pipeline, file.source, file.sha256, file.sidecar_sha256) for file in files]
        indexed: list[str] = []
        problems: list[Problem] = []
        with ThreadPoolExecutor(self.settings.ingest.jobs) as pool:
            outcomes = pool.map(self._parse_one, files, keys)
            for number, (file, key, problem) in enumerate(zip(files, keys, outcomes, strict=True)):
                self.progress("parse", number + 1, len(files), file.source)
                if problem is None or problem.status is DocumentStatus.PARTIAL:
                    indexed.append(key)
                if problem is not None:
                    problems.append(problem)
        return indexed, problems

    def _parse_one(self, file: CorpusFile, key: str) -> Problem | None:
        data = self.parsed.get(key)
        if data is not None:
            return _problem_of(load(Document, data))
        try:
            document = tag_document(parse_file(file.path, self.settings.corpus, self.settings.ingest))
        except FileRejected as exc:
            return Problem(file.source, exc.status, str(exc))
        except Exception as exc:
            # Hostile files find the faults of every parser; one file must not cost the others their place in the index.
            logger.exception("parsing failed: %s", file.source)
            return Problem(file.source, DocumentStatus.BROKEN, f"{file.source} cannot be parsed ({type(exc).__name__}: {exc}).")
        if document.sha256 != file.sha256:
            return Problem(file.source, DocumentStatus.REJECTED, f'{file.source} changed while it was read. Run "ragqa index build" again.')
        if not _is_sound(document):
            return Problem(file.source, DocumentStatus.BROKEN, f"{file.source} was parsed into sentences that are not on its pages; please report this.")
        self.parsed.put(key, dump(document).encode())
        self.n_parsed += 1
        return _problem_of(document)

    def _write(self, folder: Path, keys: list[str]) -> Manifest:
        digest = hashlib.sha256(f"{FORMAT_VERSION} {ANALYZER_VERSION} {self.encoder.model_id}\n".encode())
        with GenerationWriter(folder, self.encoder.dimension) as writer:
            for entry in self._entries(keys):
                for value in (entry.document, *entry.chunks):
                    digest.update(dump(value).encode())
                writer.add(entry)
        return Manifest(
            name="",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            digest=digest.hexdigest(),
            inputs=self.inputs,
            n_documents=writer.store.n_documents,
            n_chunks=writer.store.n_chunks,
            n_sentences=writer.store.n_sentences,
            model_id=self.encoder.model_id,
            dimension=self.encoder.dimension,
            encoder_settings=vector_settings(self.settings.embedding),
            analyzer_version=ANALYZER_VERSION,
            format=FORMAT_VERSION,
        )

    def _entries(self, keys: list[str]) -> Iterator[IndexedDocument]:
        for number, key in enumerate(keys):
            data = self.parsed.get(key)
            if data is None:
                raise RagqaError(f'a parsed document vanished from "{self.settings.index}" during the build. Run "ragqa index build" again.')
            document = load(Document, data)
            self.progress("embed", number, len(keys), document.source)
            chunks = chunk_document(document, self.settings.ingest)
            yield indexed_document(document, chunks, self._vectors_of(document, chunks))
        self.progress("embed", len(keys), len(keys), "")

    def _vectors_of(self, document: Document, chunks: tuple[Chunk, ...]) -> NDArray[np.float16]:
        texts = passage_texts(document, chunks)
        key = _key(self.encoder.model_id, *texts)
        self.vector_keys.append(key)
        data = self.vectors.get(key)
        if data is not None:
            stored: NDArray[np.float16] = np.load(io.BytesIO(data), allow_pickle=False)
            return stored
        vectors = self.encoder.embed_passages(texts).astype(np.float16)
        self.n_embedded += len(texts)
        buffer = io.BytesIO()
        np.save(buffer, vectors)
        self.vectors.put(key, buffer.getvalue())
        return vectors


def _report(manifest: Manifest, n_parsed: int, n_embedded: int, *, published: bool) -> BuildReport:
    counts = (manifest.n_documents, manifest.n_chunks, manifest.n_sentences)
    return BuildReport(manifest.name, *counts, n_parsed, n_embedded, published, manifest.problems)


def _current(index: Path) -> Generation | None:
    """Return the current generation; None where there is none that this version can use, so that a build replaces it."""
    try:
        return open_current(index)
    except RagqaError as exc:
        logger.info("building anew: %s", exc)
        return None


def _worth_retrying(manifest: Manifest) -> bool:
    """Return whether a file failed for lack of time or memory: on a quieter machine it may pass."""
    return any(problem.status is DocumentStatus.RESOURCE_LIMIT for problem in manifest.problems)


def _without_duplicates(files: tuple[CorpusFile, ...]) -> tuple[list[CorpusFile], tuple[Problem, ...]]:
    """Return the files without those whose bytes an earlier one has, and a problem for each of these."""
    first: dict[str, CorpusFile] = {}
    problems = []
    for file in files:
        original = first.setdefault(file.sha256 or file.source, file)
        if original is not file:
            problems.append(Problem(file.source, DocumentStatus.DUPLICATE_OF, f"{file.source} holds the same bytes as {original.source}, which is indexed."))
    return list(first.values()), tuple(problems)


def _is_sound(document: Document) -> bool:
    """Return whether sentences are numbered from 0 and each slices the pages: what every quote rests on."""
    lengths = {page.number: len(page.text) for page in document.pages}
    return all(
        sentence.ordinal == number and sentence.spans and all(0 <= span.start < span.end <= lengths.get(span.page, 0) for span in sentence.spans)
        for number, sentence in enumerate(document.sentences)
    )


def _problem_of(document: Document) -> Problem | None:
    if document.status is DocumentStatus.OK:
        return None
    return Problem(document.source, document.status, document.status_reason or f"{document.source}: {document.status.value}")


def _inputs_digest(files: tuple[CorpusFile, ...], settings: Settings, encoder: Embedder) -> str:
    parts = (_pipeline_digest(settings.ingest), str(FORMAT_VERSION), ANALYZER_VERSION, encoder.model_id)
    return _key(*parts, *(part for file in files for part in (file.source, file.sha256, file.sidecar_sha256)))


def _pipeline_digest(settings: IngestSettings) -> str:
    """Return a hash of everything that decides what a file's bytes become: code, lexicon and settings."""
    return _key(_code_digest(), json.dumps(settings.model_dump(mode="json", exclude={"jobs"}), sort_keys=True))


@cache
def _code_digest() -> str:
    root = Path(__file__).parent
    folders = (root / "ingest", root / "text")
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return _key(*(_sha256(path) for path in (*paths, root / "types.py")))


def _is_document(name: str, names: list[str]) -> bool:
    if name.startswith(".") or name == "README.md":
        return False
    return not (name.endswith(_SIDECAR_ENDINGS) and Path(name).stem in names)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _key(*parts: str) -> str:
    """Return 32 hexadecimal digits over parts, each with its length, so that no two lists of parts run into the same text."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode()
        total.update(f"{len(data)} ".encode() + data)
    return total.hexdigest()[:32]
