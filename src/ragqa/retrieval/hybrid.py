"""Rank chunks for questions by words and by meaning together.

question ─► terms ──► lexical part ─┐
        └─► vector ─► dense part ───┴─► union of both lists ─► lexical, chunk and sentence score of every member ─► fusion ─► Ranking

The choices were swept on `medquad`, `pubmedqa` and four sets made from them (titles withheld, title as question, conclusion as question,
three rarest words as question). Mean nDCG@10 over the six: lexical .824, dense .835, both fused .861, with the nearest sentence .866.
Not worth their cost, each within .004: feedback from the first hits, a factor for the share of terms found, min-max in place of z-scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ragqa.protocols import Embedder, Library
from ragqa.retrieval.fusion import fuse_z_scores
from ragqa.retrieval.masks import RowMasks
from ragqa.retrieval.parts import DensePart, LexicalPart, WeightedTerm
from ragqa.retrieval.sentence_scores import SentenceScores
from ragqa.settings import RetrievalSettings
from ragqa.text.analyzer import analyze
from ragqa.types import Filters, Hit, Query, Ranking

COMMON = 0.25
"""Share of the chunks that hold a word of an expansion from which on it is not looked for."""
_NO_FILTERS = Filters()


class HybridRetriever:
    """Implements `Retriever` over one generation. Safe for use by several threads."""

    def __init__(self, lexical: LexicalPart, dense: DensePart, library: Library, embedder: Embedder, settings: RetrievalSettings) -> None:
        self._lexical = lexical
        self._dense = dense
        self._embedder = embedder
        self._settings = settings
        self._library = library
        self._masks = RowMasks(library)
        self._sentences = SentenceScores(library)

    def search(self, queries: Sequence[Query], k: int, filters: Filters = _NO_FILTERS) -> list[Ranking]:
        """Return one ranking of at most k hits for each query; every hit carries the raw scores of both parts."""
        if not queries:
            return []
        vectors = self._vectors(queries)
        rows_allowed = self._masks.rows_allowed(filters)
        depth = max(self._settings.pool, k)
        rankings: list[Ranking] = []
        for query, vector in zip(queries, vectors, strict=True):
            terms = self._terms(query)
            lists = (self._lexical.search(terms, depth, rows_allowed), self._dense.search(vector, depth, rows_allowed))
            rankings.append(self._rank(lists, terms, vector, k) if any(lists) else ())
        return rankings

    def _vectors(self, queries: Sequence[Query]) -> NDArray[np.float32]:
        """Return the unit vector of each question: midway between its words and its slots, so that two wordings of it find the same passages."""
        restated = [place for place, query in enumerate(queries) if query.restated]
        # Asked for at once, so that the encoder can embed them side by side.
        embedded = self._embedder.embed_queries([*(query.interpreted for query in queries), *(queries[place].restated for place in restated)])
        vectors = embedded[: len(queries)]
        if not restated:
            return vectors
        vectors[restated] += embedded[len(queries) :]
        unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def _rank(self, lists: Sequence[list[tuple[int, float]]], terms: list[WeightedTerm], vector: NDArray[np.float32], k: int) -> Ranking:
        # Ascending, so that a stable sort by score leaves equal scores by ascending row.
        rows = np.unique(np.array([row for found in lists for row, _ in found], dtype=np.intp))
        # However many hits are asked for, scores are measured against the same best of both lists, so a hit's score does not change.
        pool = np.isin(rows, [row for found in lists for row, _ in found[: self._settings.pool]])
        lexical = self._lexical_scores(terms, rows, dict(lists[0]))
        dense = self._dense.scores(vector, rows.tolist())
        share = self._settings.sentence_weight
        meaning = (1 - share) * dense + share * self._sentences.nearest(vector, rows) if share > 0 else dense
        fused = fuse_z_scores(lexical, meaning, self._settings.dense_weight, pool)
        best = np.argsort(-fused, kind="stable")[:k]
        return tuple(map(Hit, rows[best].tolist(), fused[best].tolist(), lexical[best].tolist(), dense[best].tolist()))

    def _terms(self, query: Query) -> list[WeightedTerm]:
        """Return the terms to look for; words of an expansion that stand nearly everywhere ("disease") tell no passages apart and cost the most."""
        terms = weighted_terms(query, self._settings.expansion_weight)
        expanding = [term for term, weight in terms if weight < 1]
        common = COMMON * self._library.n_chunks
        left_out = {term for term, n in zip(expanding, self._library.chunk_frequencies(expanding), strict=True) if n > common}
        return [(term, weight) for term, weight in terms if term not in left_out]

    def _lexical_scores(self, terms: list[WeightedTerm], rows: NDArray[np.intp], known: Mapping[int, float]) -> NDArray[np.float32]:
        """Return the lexical score of each row; those of the lexical list are known."""
        scores = np.array([known.get(row, np.nan) for row in rows.tolist()], np.float32)
        unknown = np.isnan(scores)
        scores[unknown] = self._lexical.scores(terms, rows[unknown].tolist())
        return scores


def weighted_terms(query: Query, expansion_weight: float) -> list[WeightedTerm]:
    """Return the terms of a question with weight 1 and those its expansions add with the given weight, each once."""
    weights = dict.fromkeys(analyze(f"{query.interpreted} {query.restated}"), 1.0)
    for expansion in query.expansions:
        for term in analyze(expansion):
            weights.setdefault(term, expansion_weight)
    return list(weights.items())
