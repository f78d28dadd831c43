from __future__ import annotations

import numpy as np
import pytest

from ragqa.index.hashing import HashingEmbedder


def test_vectors_have_unit_length_and_are_the_same_every_time() -> None:
    """Even a text without a single term has a vector."""
    texts = ["drugamab in alpha disease", "", "the of and"]
    vectors = HashingEmbedder(16).embed_passages(texts)

    assert vectors.shape == (3, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1])
    assert np.array_equal(vectors, HashingEmbedder(16).embed_queries(texts))


def test_texts_that_share_terms_are_more_alike() -> None:
    """Retrieval over these vectors makes sense, so tests may use them."""
    a, b, c = HashingEmbedder(256).embed_passages(["lung function improved", "the lung functions were improved", "cost of transport"])

    assert a @ b > 0.9 > 0.5 > a @ c
