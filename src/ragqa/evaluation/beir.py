"""Measure ranking on any BEIR-style folder: what `ragqa eval beir DIR` does.

In: `corpus.jsonl` {_id, title, text}, `queries.jsonl` {_id, text} and `qrels.tsv` (or `qrels/test.tsv`; query-id, corpus-id, score).
Out: nDCG@10, recall@100 and MRR of the naive baseline, of each part alone, and of the fused ranking that answers questions. The index
is a real one, written by the code that writes a generation; a document scores what its best chunk scores. Metrics come from ir-measures.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ragqa.errors import DatasetInvalid, RagqaError
from ragqa.index.dense import DenseIndex
from ragqa.index.generation import FORMAT_VERSION, LEXICAL_FOLDER
from ragqa.index.lexical import LexicalIndex
from ragqa.index.passages import IndexedDocument, indexed_document, passage_texts
from ragqa.index.store import Store
from ragqa.index.writer import GenerationWriter
from ragqa.ingest.chunking import chunk_document
from ragqa.protocols import Embedder
from ragqa.retrieval.hybrid import HybridRetriever, weighted_terms
from ragqa.settings import IngestSettings, Settings
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.text.sentences import split_sentences
from ragqa.types import Document, DocumentSection, Metadata, Page, Query, Sentence, Span, Zone

DEPTH = 100
"""Documents ranked for each query; recall is measured at this depth."""
_BATCH = 64
"""Documents embedded together, so that the encoder can sort their texts by length."""

Progress = Callable[[str, int, int], None]
"""Called with the stage, what is done and how much there is."""
Run = dict[str, list[tuple[str, float]]]
"""For each query id the (document id, score) pairs found, best first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a data set."""

    entry_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set with judgments. `judgments` holds for each query id the gain of each judged document; queries without any are left out."""

    name: str
    entries: tuple[Entry, ...]
    queries: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RankingQuality:
    """The figures of one way to rank, each the mean over the queries, from 0 to 1."""

    ranker: str
    ndcg_at_10: float
    recall_at_100: float
    mrr: float


def load_dataset(folder: Path) -> Dataset:
    """Read a BEIR-style folder; raise `DatasetInvalid` naming file, line and remedy."""
    entries = tuple(
        Entry(_text(row, ("_id", "id"), place), str(row.get("title") or ""), _text(row, ("text",), place)) for row, place in _rows(folder / "corpus.jsonl")
    )
    all_queries = {_text(row, ("_id", "id"), place): _text(row, ("text",), place) for row, place in _rows(folder / "queries.jsonl")}
    path = next((path for path in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if path.exists()), folder / "qrels.tsv")
    judgments = _judgments(path)
    known = {entry.entry_id for entry in entries}
    if len(known) < len(entries):
        raise DatasetInvalid(f'"{folder / "corpus.jsonl"}" gives {len(entries) - len(known)} ids twice. Give every document an id of its own.')
    for query_id, gains in judgments.items():
        lost = [document_id for document_id in gains if document_id not in known]
        if query_id not in all_queries or lost:
            what = f'the document "{lost[0]}", which corpus.jsonl' if lost else f'the query "{query_id}", which queries.jsonl'
            raise DatasetInvalid(f'"{path}" judges {what} does not hold. Use files of one release of the data set.')
    queries = {query_id: text for query_id, text in all_queries.items() if any(gain > 0 for gain in judgments.get(query_id, {}).values())}
    if not queries:
        raise DatasetInvalid(f'no query of "{folder}" has a relevant document in "{path}". Check that ids of both files agree.')
    return Dataset(folder.resolve().name, entries, queries, judgments)


def measure_rankers(dataset: Dataset, embedder: Embedder, settings: Settings, work: Path, progress: Progress) -> tuple[RankingQuality, ...]:
    """Index a data set in the folder `work` and measure each way to rank it, the naive baseline first and the fused ranking last.

    An index of the same content that `work` already holds is used again. Raise `RagqaError` where the packages of the extra "eval" are
    missing.
    """
    _require_packages()
    folder = index_dataset(dataset, embedder, settings, work, progress)
    lexical, dense = LexicalIndex.open(folder / LEXICAL_FOLDER), DenseIndex.open(folder)
    library = Store(folder, dataset.name, lexical.frequencies)
    document_of = np.repeat(np.arange(library.n_documents), [len(library.chunk_rows(record.document_id)) for record in library.documents()])
    entry_ids = [record.source for record in library.documents()]
    # Several chunks of one document count once, so more chunks than documents are fetched.
    n_chunks = min(library.n_chunks, DEPTH * -(-library.n_chunks // library.n_documents))
    queries = [Query(text, text) for text in dataset.queries.values()]
    hybrid = HybridRetriever(lexical, dense, library, embedder, settings.retrieval)

    def run(name: str, rank: Callable[[Query], Sequence[tuple[int, float]]]) -> RankingQuality:
        found: Run = {}
        for done, (query_id, query) in enumerate(zip(dataset.queries, queries, strict=True), start=1):
            best: dict[str, float] = {}
            for row, score in rank(query):
                best.setdefault(entry_ids[document_of[row]], score)
            found[query_id] = list(best.items())[:DEPTH]
            progress(f"rank: {name}", done, len(queries))
        return _quality(name, found, dataset)

    def fused(query: Query) -> list[tuple[int, float]]:
        return [(hit.row, hit.score) for hit in hybrid.search([query], n_chunks)[0]]

    rows = (
        _quality("rank-bm25, split on blanks", naive_bm25(dataset, progress), dataset),
        run("lexical", lambda query: lexical.search(weighted_terms(query, settings.retrieval.expansion_weight), n_chunks)),
        run("dense", lambda query: dense.search(embedder.embed_queries([query.interpreted])[0], n_chunks)),
        run("fused", fused),
    )
    library.close()
    return rows


def index_dataset(dataset: Dataset, embedder: Embedder, settings: Settings, work: Path, progress: Progress) -> Path:
    """Write the index of a data set below `work` and return its folder; an index of the same content is left as it is."""
    content = "\x1f".join(
        (
            embedder.model_id,
            ANALYZER_VERSION,
            str(FORMAT_VERSION),
            str(settings.ingest.chunk_max_tokens),
            *(f"{entry.entry_id}\x1e{entry.title}\x1e{entry.text}" for entry in dataset.entries),
        )
    )
    folder = work / f"{dataset.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    if folder.exists():
        return folder
    # Renamed when it is whole, so that what an interruption leaves is never taken for an index.
    unfinished = folder.with_name(f".tmp-{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    entries = sorted(dataset.entries, key=lambda entry: entry.entry_id)
    with GenerationWriter(unfinished, embedder.dimension) as writer:
        for start in range(0, len(entries), _BATCH):
            for indexed in _indexed([_document(entry) for entry in entries[start : start + _BATCH]], embedder, settings.ingest):
                writer.add(indexed)
            progress("embed", min(start + _BATCH, len(entries)), len(entries))
    return unfinished.rename(folder)


def _indexed(documents: Sequence[Document], embedder: Embedder, settings: IngestSettings) -> Iterator[IndexedDocument]:
    chunks = [chunk_document(document, settings) for document in documents]
    texts = [passage_texts(document, own) for document, own in zip(documents, chunks, strict=True)]
    vectors = embedder.embed_passages([text for own in texts for text in own])
    ends = np.cumsum([len(own) for own in texts]).tolist()
    for document, own, end, n_texts in zip(documents, chunks, ends, map(len, texts), strict=True):
        yield indexed_document(document, own, vectors[end - n_texts : end])


def naive_bm25(dataset: Dataset, progress: Progress) -> Run:
    """Rank whole documents as is often done: rank-bm25 over lower-cased words split on blanks."""
    from rank_bm25 import BM25Okapi

    bm25 = BM25Okapi([f"{entry.title} {entry.text}".lower().split() for entry in dataset.entries])
    found: Run = {}
    for done, (query_id, text) in enumerate(dataset.queries.items(), start=1):
        scores = bm25.get_scores(text.lower().split())
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        found[query_id] = [(dataset.entries[place].entry_id, float(scores[place])) for place in order]
        progress("rank: rank-bm25", done, len(dataset.queries))
    return found


def _require_packages() -> None:
    missing = [name for name in ("ir_measures", "rank_bm25") if importlib.util.find_spec(name) is None]
    if missing:
        raise RagqaError(f"measuring needs {' and '.join(missing)}, which this installation lacks. Install them with: pip install 'ragqa[eval]'.")


def _quality(ranker: str, found: Run, dataset: Dataset) -> RankingQuality:
    from ir_measures import RR, R, calc_aggregate, nDCG

    # Ranks become scores: scores that are equal in single precision would be put into another order.
    run = {query_id: {document_id: float(-rank) for rank, (document_id, _) in enumerate(hits)} for query_id, hits in found.items()}
    judgments = {query_id: dict(dataset.judgments[query_id]) for query_id in dataset.queries}
    measured = calc_aggregate([nDCG @ 10, R @ DEPTH, RR], judgments, run)
    return RankingQuality(ranker, measured[nDCG @ 10], measured[R @ DEPTH], measured[RR])


def _document(entry: Entry) -> Document:
    """Return an entry as a document of one page and one section; its source is the entry's id."""
    sha256 = hashlib.sha256(entry.entry_id.encode()).hexdigest()
    ranges = split_sentences(entry.text)
    sentences = tuple(Sentence(ordinal, entry.text[start:end], (Span(1, start, end),), 0, 0) for ordinal, (start, end) in enumerate(ranges))
    section = DocumentSection(0, entry.title, (entry.title,), 0, Zone.BODY)
    return Document(sha256[:16], sha256, entry.entry_id, "beir", Metadata(entry.title), (Page(1, entry.text),), (section,), sentences)


def _rows(path: Path) -> Iterator[tuple[dict[str, object], str]]:
    """Yield each JSON object of a file with its place in words."""
    for number, line in enumerate(_lines(path), start=1):
        place = f'line {number} of "{path}"'
        try:
            row = json.loads(line)
        except ValueError as exc:
            raise DatasetInvalid(f"{place} is not JSON ({exc}). A BEIR file has one JSON object a line.") from exc
        if not isinstance(row, dict):
            raise DatasetInvalid(f"{place} is not a JSON object. A BEIR file has one JSON object a line.")
        yield row, place


def _text(row: Mapping[str, object], names: Iterable[str], place: str) -> str:
    value = next((row[name] for name in names if name in row), None)
    if not isinstance(value, str | int):
        raise DatasetInvalid(f'{place} has no "{next(iter(names))}". A BEIR document has _id, title and text, a query _id and text.')
    return str(value)


def _judgments(path: Path) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        fields = line.split("\t")
        try:
            query_id, document_id, gain = fields[0], fields[1], int(float(fields[2]))
        except (IndexError, ValueError) as exc:
            if number == 1:
                continue  # The line of column names.
            raise DatasetInvalid(f'line {number} of "{path}" is not "query-id, corpus-id, score" separated by tabs.') from exc
        judgments.setdefault(query_id, {})[document_id] = gain
    return judgments


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except OSError as exc:
        raise DatasetInvalid(f'"{path}" cannot be read ({exc.strerror}). A BEIR folder holds corpus.jsonl, queries.jsonl and qrels.tsv.') from exc
    except UnicodeDecodeError as exc:
        raise DatasetInvalid(f'"{path}" is not UTF-8 ({exc}). Save it as UTF-8.') from exc
