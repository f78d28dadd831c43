"""What reading a PDF costs: pages per CPU-second of the whole pipeline beside bare pypdf, paired on the same files in one run."""

from __future__ import annotations

import io
import logging
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ragqa.errors import CorpusMissing, RagqaError
from ragqa.ingest import parse_file
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.tags import tag_document
from ragqa.settings import IngestSettings

_RUNS = 3


@dataclass(frozen=True, slots=True)
class IngestTiming:
    """CPU seconds for one file, or for all of them: the median of the runs of each side."""

    name: str
    n_pages: int
    pypdf_s: float
    pipeline_s: float

    @property
    def pypdf_pages_per_s(self) -> float:
        """Return pages per CPU-second of pypdf's plain text alone."""
        return self.n_pages / self.pypdf_s

    @property
    def pages_per_s(self) -> float:
        """Return pages per CPU-second of the pipeline."""
        return self.n_pages / self.pipeline_s

    @property
    def ratio(self) -> float:
        """Return how many times the cost of bare pypdf the pipeline costs."""
        return self.pipeline_s / self.pypdf_s


def time_ingest(folder: Path, settings: IngestSettings, runs: int = _RUNS) -> list[IngestTiming]:
    """Read every PDF of a folder both ways and return one row a file, then one named "all PDFs".

    The pipeline is what a build does with a file: a worker process of its own, with its start and its imports, then tags and chunks. pypdf
    runs in this process, already imported. Both are CPU time of this process and its children, so other work on the machine counts little.
    Files that either side refuses are left out.

    Raises:
        CorpusMissing: The folder holds no PDF that both sides read.
    """
    rows = [row for path in sorted(folder.rglob("*.pdf")) if (row := _time_file(path, settings, runs)) is not None]
    if not rows:
        raise CorpusMissing(f'"{folder}" holds no PDF that can be read. Name a folder with PDFs to time the reading of.')
    return [*rows, _sum(rows)]


def _sum(rows: Sequence[IngestTiming]) -> IngestTiming:
    return IngestTiming("all PDFs", sum(row.n_pages for row in rows), sum(row.pypdf_s for row in rows), sum(row.pipeline_s for row in rows))


def _time_file(path: Path, settings: IngestSettings, runs: int) -> IngestTiming | None:
    bare, pipeline = [], []
    n_pages = 0
    for _ in range(runs):
        # Both sides in turn, so that a machine that slows down slows both.
        start = _cpu_s()
        try:
            n_pages = sum(1 for _ in _pypdf_texts(path.read_bytes()))
        except Exception:
            # pypdf raises whatever a damaged file leads it to; such a file has no pair.
            return None
        middle = _cpu_s()
        try:
            chunk_document(tag_document(parse_file(path, path.parent, settings)), settings)
        except RagqaError:
            return None
        bare.append(middle - start)
        pipeline.append(_cpu_s() - middle)
    return IngestTiming(path.name, n_pages, max(median(bare), 1e-6), median(pipeline))


def _pypdf_texts(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    for page in PdfReader(io.BytesIO(data)).pages:
        yield page.extract_text()


def _cpu_s() -> float:
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
