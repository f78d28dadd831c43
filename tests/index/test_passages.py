from __future__ import annotations

import numpy as np

from ragqa.index.passages import indexed_document, passage_texts
from tests.index.samples import chunks_of, sample_documents


def test_every_text_starts_with_title_and_heading() -> None:
    """A chunk and a sentence are embedded with what stands above them; the reference section is not embedded."""
    document = sample_documents()[1]

    assert passage_texts(document, chunks_of(document)) == [
        "Title of research/b.md\nResults\nOf 120 patients, 31 improved with drugamab. Lung function fell with placebo.",
        "Title of research/b.md\nResults\nOf 120 patients, 31 improved with drugamab.",
        "Title of research/b.md\nResults\nLung function fell with placebo.",
    ]


def test_vectors_go_back_to_their_chunks_and_sentences() -> None:
    """Three texts: one chunk, two sentences; the third sentence stands in no chunk and gets zeros."""
    document = sample_documents()[1]
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)

    entry = indexed_document(document, chunks_of(document), vectors)

    assert entry.chunk_vectors.tolist() == [[1, 0]]
    assert np.allclose(entry.sentence_vectors, np.array([[0, 1], [0.6, 0.8], [0, 0]]), atol=1e-3)
