"""The nearest sentence of a chunk."""

from __future__ import annotations

import numpy as np
import pytest

from ragqa.retrieval.sentence_scores import SentenceScores
from tests.retrieval.samples import SmallIndex


def test_a_chunk_scores_what_its_nearest_sentence_scores(small_index: SmallIndex) -> None:
    """The score equals the maximum over the sentences that the library lists for the chunk, whatever the order of rows."""
    vector = small_index.embedder.embed_queries(["drugamab for lupus nephritis"])[0]
    scores = SentenceScores(small_index.library)
    rows = np.array([5, 0, 3, small_index.library.n_chunks - 1], dtype=np.intp)
    for _ in range(2):  # Sentence rows are learned by the first call and used by the second.
        nearest = scores.nearest(vector, rows)
        for row, score in zip(rows.tolist(), nearest.tolist(), strict=True):
            sentences = [record.row for record in small_index.library.sentences_of([row])]
            assert score == pytest.approx(float((small_index.library.sentence_vectors(sentences) @ vector).max()))


def test_every_chunk_can_be_scored(small_index: SmallIndex) -> None:
    """Each chunk has a sentence, so none is without a score."""
    rows = np.arange(small_index.library.n_chunks)
    vector = small_index.embedder.embed_queries(["tomatoes"])[0]
    nearest = SentenceScores(small_index.library).nearest(vector, rows)
    assert nearest.shape == rows.shape
    assert small_index.slugs([int(np.argmax(nearest))]) == ["undated"]
