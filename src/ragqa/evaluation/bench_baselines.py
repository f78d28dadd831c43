"""Other engines on the same chunks in the same run: rank-bm25 and bm25s for words, FAISS flat fp32 for vectors.

All get the terms that our own analyzer made and return the best 100. Compared is CPU time, each engine on one thread.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import RagqaError
from ragqa.index.generation import Generation
from ragqa.protocols import Embedder
from ragqa.text.analyzer import analyze

T = TypeVar("T")
_K = 100
_MOST_FOR_RANK_BM25 = 200_000
"""rank-bm25 keeps a dict a chunk: 10 GB for a million."""
_SLOW_QUESTIONS = 8
_BLOCK = 5000


@dataclass(frozen=True, slots=True)
class EngineTiming:
    """Milliseconds of CPU for one question, median, and how many times that is of ours for the same task."""

    engine: str
    n: int
    cpu_p50_ms: float
    times_ours: float


def compare_engines(generation: Generation, embedder: Embedder, questions: Sequence[str]) -> list[EngineTiming]:
    """Ask all engines the same questions; raise `RagqaError` where the extra "eval" is not installed."""
    missing = [name for name in ("rank_bm25", "bm25s") if importlib.util.find_spec(name) is None]
    if missing:
        raise RagqaError(f'to compare with other engines the package {missing[0]} is missing. Run "pip install ragqa[eval]".')
    terms = [analyze(question) for question in questions]
    weighted = [[(term, 1.0) for term in each] for each in terms]
    ours = _median_ms(lambda each: generation.lexical.search(each, _K), weighted)
    rows = [EngineTiming("lexical: ragqa (tantivy)", len(terms), round(ours, 3), 1.0)]
    rows += [
        EngineTiming(f"lexical: {name}", n, round(found, 3), round(found / ours, 1)) for name, n, found in _lexical_engines(_chunk_terms(generation), terms)
    ]
    vectors = embedder.embed_queries(questions)
    exact = _median_ms(lambda vector: generation.dense.search(vector, _K), list(vectors))
    flat = _flat_ms(generation, vectors)
    return [
        *rows,
        EngineTiming("dense: ragqa", len(vectors), round(exact, 3), 1.0),
        EngineTiming("dense: FAISS flat fp32", len(vectors), round(flat, 3), round(flat / exact, 1)),
    ]


def _lexical_engines(corpus: list[list[str]], terms: Sequence[list[str]]) -> list[tuple[str, int, float]]:
    import bm25s
    from rank_bm25 import BM25Okapi

    found = []
    if len(corpus) <= _MOST_FOR_RANK_BM25:
        naive = BM25Okapi(corpus)
        few = terms[:_SLOW_QUESTIONS]
        found.append(("rank-bm25", len(few), _median_ms(lambda each: np.argsort(naive.get_scores(each))[-_K:], few)))
        del naive
    sparse = bm25s.BM25()
    sparse.index(corpus, show_progress=False)
    ms = _median_ms(lambda each: sparse.retrieve([each], k=min(_K, len(corpus)), show_progress=False, n_threads=0), terms)
    found.append(("bm25s", len(terms), ms))
    return found


def _chunk_terms(generation: Generation) -> list[list[str]]:
    library = generation.library
    texts: list[list[str]] = []
    for start in range(0, library.n_chunks, _BLOCK):
        chunks = library.chunks(range(start, min(start + _BLOCK, library.n_chunks)))
        texts += [analyze(f"{chunk.title}\n{chunk.heading}\n{chunk.text}") for chunk in chunks]
    return texts


def _flat_ms(generation: Generation, vectors: NDArray[np.float32]) -> float:
    import faiss

    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(generation.dense.dimension)
    for part in generation.dense.vectors.parts:
        for start in range(0, len(part), _BLOCK):
            flat.add(part[start : start + _BLOCK].astype(np.float32))
    return _median_ms(lambda vector: flat.search(vector[None, :], _K), list(vectors))


def _median_ms(work: Callable[[T], object], items: Sequence[T]) -> float:
    work(items[0])
    laps = []
    for item in items:
        start = time.process_time()
        work(item)
        laps.append((time.process_time() - start) * 1000)
    return median(laps)
