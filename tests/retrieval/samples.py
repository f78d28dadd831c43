"""The corpus of the retrieval tests, and the open index over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ragqa.index.dense import DenseIndex
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.lexical import LexicalIndex
from ragqa.index.store import Store
from ragqa.retrieval.hybrid import HybridRetriever
from ragqa.settings import IngestSettings, RetrievalSettings
from ragqa.types import Query

SHORT_CHUNKS = IngestSettings(chunk_max_tokens=24)

_FILES = {
    "guidelines/kidney-2021.md": (
        "kind: guideline\nyear: 2021",
        "Care of the kidney",
        "Blood pressure should be measured at every visit. Lower pressure protects the kidney for years. "
        "We recommend drugamab for lupus nephritis as first treatment. Stop drugamab when white cells fall.",
    ),
    "guidelines/lung-2023.md": (
        "kind: guideline\nyear: 2023",
        "Care of the lung",
        "We suggest drugamab for lung disease in lupus. Breathing tests are repeated every six months. Oxygen is given when saturation falls at rest.",
    ),
    "research/cohort-2019.md": (
        "kind: cohort\nyear: 2019",
        "Survival in lupus",
        "We followed 300 patients with lupus for ten years. Survival at ten years was 92 per cent. Nephritis at entry doubled the risk of death.",
    ),
    "research/trial-2022.md": (
        "kind: randomised-trial\nyear: 2022",
        "Drugamab against placebo",
        "Patients with nephritis took drugamab or placebo for one year. Complete response occurred in 41 of 100 patients with drugamab. "
        "Infections were equally frequent in both groups. The forced vital capacity did not change.",
    ),
    "research/undated.md": (
        "kind: other",
        "A letter about gardening",
        "Tomatoes need sun, water and patience. Roses are pruned in spring before the first leaves appear.",
    ),
}


@dataclass(frozen=True)
class SmallIndex:
    """The open parts of a generation."""

    library: Store
    lexical: LexicalIndex
    dense: DenseIndex
    embedder: HashingEmbedder

    def retriever(self, settings: RetrievalSettings) -> HybridRetriever:
        """Return a retriever with other settings."""
        return HybridRetriever(self.lexical, self.dense, self.library, self.embedder, settings)

    def slugs(self, rows: Iterable[int]) -> list[str]:
        """Return the names of the documents that chunks stand in."""
        return [self.library.document(chunk.document_id).slug for chunk in self.library.chunks(list(rows))]


def write_corpus(folder: Path) -> list[Path]:
    """Write the files and return their paths."""
    paths = []
    for name, (front_matter, title, text) in _FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n{front_matter}\n---\n\n## Findings\n\n{text}\n")
        paths.append(path)
    return paths


def query(text: str, *expansions: str) -> Query:
    """Return a question as understood, with nothing corrected."""
    return Query(text, text, expansions=expansions)
