"""The dense index of a large part: vectors in clusters, of which a search looks into the nearest (FAISS IVF,SQ8).

An exact scan of a million chunks costs tens of milliseconds. How many clusters a search looks into (`nprobe`) is not guessed: it is
raised until a sample of searches finds 98 % of the ten nearest that an exact scan finds, and 90 % of the hundred that fusion draws on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WANTED_RECALL = {10: 0.98, 100: 0.9}
"""Share of the nearest so many that a search must find."""
_CLUSTERS_PER_ROOT = 4
"""Clusters for each unit of the square root of the number of vectors."""
_TRAINING_PER_CLUSTER = 40
"""Vectors that FAISS wants for each cluster at least."""
_SAMPLE = 200
_SAMPLE_NOISE = 0.3
"""Length of the noise that turns a stored unit vector into a question near it: their cosine is then about 0.96."""
_BLOCK = 65_536


def build_inverted(exact: Any, vectors: NDArray[np.float16]) -> tuple[Any, float]:
    """Return an inverted index of the vectors, and the recall@10 that its `nprobe` was calibrated to.

    Args:
        exact: FAISS index of the same vectors that scans them all.
        vectors: Shape (n, dimension), rows of unit length.
    """
    import faiss

    n, dimension = vectors.shape
    n_clusters = max(1, int(_CLUSTERS_PER_ROOT * n**0.5))
    random = np.random.default_rng(0)
    training = np.sort(random.choice(n, size=min(n, _TRAINING_PER_CLUSTER * n_clusters), replace=False))
    quantizer = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, n_clusters, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[training].astype(np.float32))
    for start in range(0, n, _BLOCK):
        index.add(vectors[start : start + _BLOCK].astype(np.float32))
    noise = random.normal(size=(min(n, _SAMPLE), dimension)).astype(np.float32) * (_SAMPLE_NOISE / dimension**0.5)
    sample = vectors[np.sort(random.choice(n, size=len(noise), replace=False))].astype(np.float32) + noise
    return index, _calibrate(index, exact, sample, n_clusters)


def _calibrate(index: Any, exact: Any, queries: NDArray[np.float32], n_clusters: int) -> float:
    """Double `nprobe` until the wanted recall is reached, and return recall@10."""
    depth = max(WANTED_RECALL)
    nearest = exact.search(queries, depth)[1]
    index.nprobe = 1
    while True:
        found = index.search(queries, depth)[1]
        recall = {
            k: float(np.mean([len(np.intersect1d(mine[:k], theirs[:k])) / k for mine, theirs in zip(found, nearest, strict=True)])) for k in WANTED_RECALL
        }
        if index.nprobe >= n_clusters or all(recall[k] >= wanted for k, wanted in WANTED_RECALL.items()):
            return recall[10]
        index.nprobe = min(n_clusters, index.nprobe * 2)
