"""The writing side in one place: a corpus folder in, a published generation out.

Only what changed is read (`ingest/file_hashes.py` says how that is known), parsed and embedded, and above a few hundred documents only
what changed is written: parsed documents and vectors are kept by the hash of what they were made from, parts of the index by links. A
build that was interrupted continues where it stopped. A corpus, code and settings that are unchanged publish nothing.
"""

from __future__ import annotations

import io
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragqa.codec import dump
from ragqa.errors import CorpusMissing, RagqaError
from ragqa.index.cache import Cache
from ragqa.index.encoder import open_encoder, vector_settings
from ragqa.index.export import export_model
from ragqa.index.generation import FORMAT_VERSION, LEXICAL_FOLDER, MODELS_FOLDER, Generation, Manifest, open_current
from ragqa.index.ledger import Ledger
from ragqa.index.lexical import LexicalWriter
from ragqa.index.lock import hold_lock
from ragqa.index.parts import Part, Plan, StoredDocument, plan_parts
from ragqa.index.passages import IndexedDocument, indexed_document, passage_texts
from ragqa.index.publish import begin, prune, publish, take_over
from ragqa.index.writer import GenerationWriter
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.duplicates import find_duplicates
from ragqa.ingest.file_hashes import FileHashes, FileState
from ragqa.ingest.listing import CorpusFile, list_corpus, require_folder, without_duplicates
from ragqa.parsed import ParsedCorpus, digest_of, pipeline_digest
from ragqa.protocols import Embedder
from ragqa.settings import Settings
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.types import BuildReport, Chunk, Document, DocumentStatus

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int, str], None]
"""Called with stage ("read", "parse", "embed" or "publish"), items done, items in all, and the name of the item."""


def build_index(
    settings: Settings,
    progress: Progress = lambda stage, done, total, item: None,
    encoder: Embedder | None = None,
    on_pages: Callable[[int], None] = lambda n_pages: None,
) -> BuildReport:
    """Bring the index up to date with the corpus.

    Args:
        settings: Corpus and index folder, and how to parse, embed and keep.
        progress: Told of every step; see `Progress`.
        encoder: Makes the vectors; by default the model that the settings name, exported on first use.
        on_pages: Called with the number of pages of each file that was parsed.

    Raises:
        CorpusMissing: The corpus folder does not exist or holds no document that can be read.
        IndexLocked: Another build is running.
        IndexNotWritable: The index folder cannot be written, or the disk is full.
        ModelUnavailable: The embedding model is not on this machine or cannot be exported.
    """
    require_folder(settings.corpus)
    with hold_lock(settings.index, settings.generations.lock_timeout_s):
        files = _list_files(settings, lambda done, total, source: progress("read", done, total, source))
        if encoder is None:
            folder = export_model(settings.embedding, settings.index / MODELS_FOLDER)
            encoder = open_encoder(folder, batch_size=settings.embedding.batch_size, jobs=settings.embedding.jobs)
        current = _current(settings.index)
        try:
            return _Build(settings, encoder, progress, current).run(files, on_pages)
        finally:
            if current:
                current.library.close()


class _Build:
    """One run: what it was given, and the counts that come together on the way."""

    def __init__(self, settings: Settings, encoder: Embedder, progress: Progress, current: Generation | None) -> None:
        self.settings = settings
        self.encoder = encoder
        self.progress = progress
        self.current = current
        self.vectors = Cache(settings.index / "vectors", ".npy")
        self.n_embedded = self.n_parsed = 0

    def run(self, files: Sequence[CorpusFile], on_pages: Callable[[int], None]) -> BuildReport:
        """Parse, embed, write and publish; or find that nothing changed."""
        inputs = _inputs_digest(files, self.settings, self.encoder)
        if self.current and self.current.manifest.inputs == inputs and not _worth_retrying(self.current.manifest):
            return self._report(self.current.manifest, published=False)
        unique, problems = without_duplicates(files)
        corpus = ParsedCorpus(self.settings, unique)
        stored = self._stored()
        known = {problem.source: problem for problem in self.current.manifest.problems} if self.current else {}
        readable, more = corpus.read({document.key for document in stored}, known, partial(self.progress, "parse"), on_pages)
        repeated = {problem.source: problem for problem in find_duplicates(corpus.fingerprints(readable))}
        wanted = sorted((key for key in readable if corpus.source(key) not in repeated), key=corpus.source)
        more = [problem for problem in more if problem.source not in repeated]
        problems = sorted([*problems, *more, *repeated.values()], key=lambda problem: problem.source)
        if not wanted:
            first = f" The first problem: {problems[0].message}" if problems else ""
            raise CorpusMissing(f'no document of the corpus folder "{self.settings.corpus}" can be read.{first}')
        folder = begin(self.settings.index)
        plan = plan_parts(self.current.manifest.parts if self.current else (), stored, wanted)
        parts, written = self._write(folder, plan, corpus, [key for key in wanted if key not in plan.kept])
        self.n_parsed = corpus.n_parsed
        documents = sorted([*plan.kept.values(), *written], key=lambda document: document.source)
        manifest = replace(self._manifest(documents, inputs), parts=parts, removed=plan.removed, problems=tuple(problems))
        if self.current and (manifest.digest, manifest.problems) == (self.current.manifest.digest, self.current.manifest.problems):
            shutil.rmtree(folder)
            return self._report(self.current.manifest, published=False)
        self.progress("publish", 0, 1, "")
        name = publish(folder, manifest, self.current)
        prune(self.settings.index, self.settings.generations.keep_generations)
        corpus.forget_others()
        self.vectors.keep_only([document.vectors_key for document in documents])
        self.progress("publish", 1, 1, name)
        logger.info("published %s with %d documents, %d problems", name, len(documents), len(problems))
        return self._report(replace(manifest, name=name), published=True)

    def _stored(self) -> list[StoredDocument]:
        """Return the documents of the current generation whose vectors are those of this encoder."""
        return self.current.library.stored_documents() if self.current and self.current.manifest.model_id == self.encoder.model_id else []

    def _write(self, folder: Path, plan: Plan, corpus: ParsedCorpus, keys: Sequence[str]) -> tuple[tuple[Part, ...], list[StoredDocument]]:
        """Write a part with the documents of the keys beside the parts that are taken over; return all parts, and what was written."""
        lexical = folder / LEXICAL_FOLDER
        gone: list[int] = []
        if self.current and plan.parts:
            take_over(self.current.path, folder, plan.parts)
            kept = {document.number for document in plan.kept.values()}
            gone = [number for part in self.current.manifest.parts for number in range(part.begin.document, part.end.document) if number not in kept]
        if not keys:
            LexicalWriter(lexical, plan.begin, gone).close()
            return plan.parts, []
        written: list[StoredDocument] = []
        name = f"part-{len(plan.parts)}"
        with GenerationWriter(folder / name, self.encoder.dimension, plan.begin, lexical, gone) as writer:
            for entry in self._entries(corpus, keys):
                number, counts = writer.part.end.document, (len(entry.chunks), len(entry.document.sentences))
                written.append(StoredDocument(number, entry.document.source, entry.key, entry.digest, entry.vectors_key, *counts))
                writer.add(entry)
        return (*plan.parts, writer.part), written

    def _entries(self, corpus: ParsedCorpus, keys: Sequence[str]) -> Iterator[IndexedDocument]:
        for number, key in enumerate(keys):
            self.progress("embed", number, len(keys), corpus.source(key))
            document = corpus.document(key)
            chunks = chunk_document(document, self.settings.ingest)
            vectors_key, vectors = self._vectors(document, chunks)
            digest = digest_of(dump(document), *(dump(chunk) for chunk in chunks))
            yield replace(indexed_document(document, chunks, vectors), key=key, digest=digest, vectors_key=vectors_key)
        self.progress("embed", len(keys), len(keys), "")

    def _vectors(self, document: Document, chunks: tuple[Chunk, ...]) -> tuple[str, NDArray[np.float16]]:
        texts = passage_texts(document, chunks)
        key = digest_of(self.encoder.model_id, *texts)
        data = self.vectors.get(key)
        if data is not None:
            stored: NDArray[np.float16] = np.load(io.BytesIO(data), allow_pickle=False)
            return key, stored
        vectors = self.encoder.embed_passages(texts).astype(np.float16)
        self.n_embedded += len(texts)
        buffer = io.BytesIO()
        np.save(buffer, vectors)
        self.vectors.put(key, buffer.getvalue())
        return key, vectors

    def _manifest(self, documents: Sequence[StoredDocument], inputs: str) -> Manifest:
        content = [part for document in documents for part in (document.source, document.digest)]
        return Manifest(
            name="",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            digest=digest_of(str(FORMAT_VERSION), ANALYZER_VERSION, self.encoder.model_id, *content),
            inputs=inputs,
            n_documents=len(documents),
            n_chunks=sum(document.n_chunks for document in documents),
            n_sentences=sum(document.n_sentences for document in documents),
            model_id=self.encoder.model_id,
            dimension=self.encoder.dimension,
            encoder_settings=vector_settings(self.settings.embedding),
            analyzer_version=ANALYZER_VERSION,
            format=FORMAT_VERSION,
        )

    def _report(self, manifest: Manifest, *, published: bool) -> BuildReport:
        counts = (manifest.n_documents, manifest.n_chunks, manifest.n_sentences)
        return BuildReport(manifest.name, *counts, self.n_parsed, self.n_embedded, published, manifest.problems)


def _list_files(settings: Settings, progress: Callable[[int, int, str], None]) -> tuple[CorpusFile, ...]:
    """List the corpus, reading only files that may have changed, and note what their hashes were."""
    ledger = Ledger(settings.index)
    hashes = FileHashes(settings.corpus, (FileState(*row) for row in ledger.rows("file")), time.time_ns())
    files = list_corpus(settings.corpus, settings.index, progress, hashes.sha256)
    ledger.change("file", *hashes.changes())
    return files


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


def _inputs_digest(files: Sequence[CorpusFile], settings: Settings, encoder: Embedder) -> str:
    parts = (pipeline_digest(settings.ingest), str(FORMAT_VERSION), ANALYZER_VERSION, encoder.model_id)
    return digest_of(*parts, *(part for file in files for part in (file.source, file.sha256, file.sidecar_sha256)))
