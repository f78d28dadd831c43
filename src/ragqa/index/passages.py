"""What of a document gets vectors: the text of each chunk and sentence as the encoder sees it.

Every text starts with the title and the heading path, which is worth 1 to 14 points of nDCG@10 (design/retrieval.md). A sentence
outside every chunk (references, front matter) can never be evidence and gets no vector: its row holds zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragqa.types import Chunk, Document, Sentence


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with everything a generation stores of it.

    `chunk_vectors` has shape (n_chunks, dimension), `sentence_vectors` (n_sentences, dimension), both float16; rows have unit length
    or, for sentences outside every chunk, hold zeros.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    chunk_vectors: NDArray[np.float16]
    sentence_vectors: NDArray[np.float16]
    key: str = ""
    """Hash of what the document was made from."""
    digest: str = ""
    """Hash of the document and its chunks."""
    vectors_key: str = ""
    """Key of its vectors in the cache."""


def passage_texts(document: Document, chunks: Sequence[Chunk]) -> list[str]:
    """Return the texts to embed: one for each chunk, then one for each sentence that stands in a chunk, by ordinal."""
    return texts_to_embed(document.sentences, chunks)


def texts_to_embed(sentences: Sequence[Sentence], chunks: Sequence[Chunk]) -> list[str]:
    """Return what `passage_texts` does for the document that has these sentences."""
    prefixes = {ordinal: _prefix(chunk) for chunk in reversed(chunks) for ordinal in range(chunk.first_sentence, chunk.last_sentence + 1)}
    of_ordinal = {sentence.ordinal: sentence for sentence in sentences}
    return [_prefix(chunk) + chunk.text for chunk in chunks] + [prefixes[ordinal] + of_ordinal[ordinal].text for ordinal in sorted(prefixes)]


def indexed_document(document: Document, chunks: tuple[Chunk, ...], vectors: NDArray[np.float32 | np.float16]) -> IndexedDocument:
    """Put the vectors of `passage_texts`, shape (n_texts, dimension), back to their chunks and sentences."""
    embedded = sorted({ordinal for chunk in chunks for ordinal in range(chunk.first_sentence, chunk.last_sentence + 1)})
    sentence_vectors = np.zeros((len(document.sentences), vectors.shape[1]), np.float16)
    sentence_vectors[embedded] = vectors[len(chunks) :]
    return IndexedDocument(document, chunks, vectors[: len(chunks)].astype(np.float16), sentence_vectors)


def _prefix(chunk: Chunk) -> str:
    return f"{chunk.title}\n{chunk.heading}\n" if chunk.heading else f"{chunk.title}\n"
