"""Write a synthetic library as a build writes a real one, and add a paper to it by a real build.

Parsing and embedding are left out of the first, since both cost the same per document at any size and are measured apart. The files of
the corpus, the caches by which a build knows them and the generation are all there, so that `ragqa index build` on the folder finds
nothing to do until a file changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np

from ragqa.build import build_index
from ragqa.codec import dump
from ragqa.errors import RagqaError
from ragqa.evaluation.bench_corpus import CHUNKS_PER_DOCUMENT, SyntheticCorpus, SyntheticEncoder
from ragqa.index.cache import Cache
from ragqa.index.encoder import vector_settings
from ragqa.index.generation import FORMAT_VERSION, LEXICAL_FOLDER, Manifest
from ragqa.index.ledger import Ledger
from ragqa.index.lock import hold_lock
from ragqa.index.passages import IndexedDocument, indexed_document, passage_texts
from ragqa.index.publish import begin, publish
from ragqa.index.writer import GenerationWriter
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.duplicates import fingerprint
from ragqa.parsed import digest_of, pipeline_digest
from ragqa.settings import Settings
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.types import Document

_EXTRA_PAPERS = 3


@dataclass(frozen=True, slots=True)
class BuildFigures:
    """What it cost to write a library; seconds of CPU and wall-clock time, bytes on disk."""

    n_documents: int
    n_chunks: int
    n_sentences: int
    build_cpu_s: float
    build_wall_s: float
    disk_bytes: int
    dense: str
    """How the vectors are searched, with the calibrated recall where that is not exact."""


@dataclass(frozen=True, slots=True)
class AdditionFigures:
    """What it costs to add one paper, parsing and embedding included; medians over a few papers."""

    n: int
    cpu_s: float
    wall_s: float


def build_synthetic(
    settings: Settings, corpus: SyntheticCorpus, encoder: SyntheticEncoder, n_chunks: int, progress: Callable[[int, int], None]
) -> BuildFigures:
    """Write corpus, caches and one published generation of so many chunks into the folders that the settings name."""
    pipeline = pipeline_digest(settings.ingest)
    # Only what a build does counts: the making of documents and of their vectors does not.
    cpu_s = wall_s = 0.0
    n_documents = -(-n_chunks // CHUNKS_PER_DOCUMENT)
    with hold_lock(settings.index):
        parsed, fingerprints = Cache(settings.index / "parsed", ".json"), list[tuple[object, ...]]()
        folder = begin(settings.index)
        writer = GenerationWriter(folder / "part-0", encoder.dimension, lexical=folder / LEXICAL_FOLDER)
        content: list[str] = []
        for number, document in enumerate(corpus.documents(n_chunks)):
            if number % 50 == 0:
                progress(number, n_documents)
            key = digest_of(pipeline, document.source, document.sha256, "")
            _write_file(settings.corpus / document.source, document)
            parsed.put(key, dump(document).encode())
            start = _now()
            if made := fingerprint(document):
                fingerprints.append((key, *astuple(made)))
            chunks = chunk_document(document, settings.ingest)
            texts = passage_texts(document, chunks)
            digest = digest_of(dump(document), *(dump(chunk) for chunk in chunks))
            cpu_s, wall_s = _add(start, cpu_s, wall_s)
            vectors = encoder.embed_passages(texts).astype(np.float16)
            start = _now()
            vectors_key = digest_of(encoder.model_id, *texts)
            entry: IndexedDocument = replace(indexed_document(document, chunks, vectors), key=key, digest=digest, vectors_key=vectors_key)
            writer.add(entry)
            cpu_s, wall_s = _add(start, cpu_s, wall_s)
            content += (document.source, digest)
        progress(n_documents, n_documents)
        start = _now()
        with writer:
            pass
        manifest = Manifest(
            name="",
            created="1970-01-01T00:00:00+00:00",
            digest=digest_of(str(FORMAT_VERSION), ANALYZER_VERSION, encoder.model_id, *content),
            inputs="",
            n_documents=writer.part.end.document,
            n_chunks=writer.part.end.chunk,
            n_sentences=writer.part.end.sentence,
            model_id=encoder.model_id,
            dimension=encoder.dimension,
            encoder_settings=vector_settings(settings.embedding),
            analyzer_version=ANALYZER_VERSION,
            parts=(writer.part,),
            format=FORMAT_VERSION,
        )
        name = publish(folder, manifest)
        Ledger(settings.index).change("fingerprint", fingerprints, ())
        cpu_s, wall_s = _add(start, cpu_s, wall_s)
    size = sum(path.stat().st_size for path in (settings.index / name).rglob("*") if path.is_file())
    return BuildFigures(manifest.n_documents, manifest.n_chunks, manifest.n_sentences, cpu_s, wall_s, size, writer.part.dense)


def time_additions(settings: Settings, corpus: SyntheticCorpus, encoder: SyntheticEncoder, first: int) -> AdditionFigures:
    """Add papers one by one, each by a whole build, and take them away again at the end without a build."""
    cpu, wall = [], []
    for document in _papers(corpus, first):
        _write_file(settings.corpus / document.source, document)
        start = _now()
        report = build_index(settings, encoder=encoder)
        cpu_s, wall_s = _add(start, 0.0, 0.0)
        if not report.published or report.n_parsed != 1:
            raise RagqaError(f"adding {document.source} parsed {report.n_parsed} files. Do not change the code of ragqa while its benchmark runs.")
        cpu.append(cpu_s)
        wall.append(wall_s)
    return AdditionFigures(len(cpu), float(np.median(cpu)), float(np.median(wall)))


def _papers(corpus: SyntheticCorpus, first: int) -> Iterator[Document]:
    yield from corpus.documents(_EXTRA_PAPERS * CHUNKS_PER_DOCUMENT, start=first)


def _write_file(path: Path, document: Document) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(page.text for page in document.pages), encoding="utf-8")


def _now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def _add(start: tuple[float, float], cpu_s: float, wall_s: float) -> tuple[float, float]:
    cpu, wall = _now()
    return cpu_s + cpu - start[0], wall_s + wall - start[1]
