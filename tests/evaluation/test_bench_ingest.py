"""What reading PDFs costs is measured on both sides of a pair; no figure is a condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.errors import CorpusMissing
from ragqa.evaluation.bench_ingest import IngestTiming, time_ingest
from ragqa.settings import IngestSettings
from tests.ingest.printing import column, make_pdf


def test_each_pdf_has_a_row_and_all_of_them_one(tmp_path: Path) -> None:
    """A file that neither side can read has no pair and is left out."""
    for name, n_pages in (("a.pdf", 2), ("b.pdf", 3)):
        (tmp_path / name).write_bytes(make_pdf([column(["Some words stand on this page of the paper."])] * n_pages))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")

    rows = time_ingest(tmp_path, IngestSettings(), runs=1)

    assert [(row.name, row.n_pages) for row in rows] == [("a.pdf", 2), ("b.pdf", 3), ("all PDFs", 5)]
    assert all(row.pypdf_s > 0 and row.pipeline_s > 0 for row in rows)
    assert rows[-1].pipeline_s == pytest.approx(rows[0].pipeline_s + rows[1].pipeline_s)


def test_ratio_and_pages_a_second_are_those_of_the_sums() -> None:
    """10 pages in 2 s beside 0.5 s are 5 and 20 pages a second, a ratio of 4."""
    row = IngestTiming("a.pdf", 10, pypdf_s=0.5, pipeline_s=2.0)

    assert (row.pages_per_s, row.pypdf_pages_per_s, row.ratio) == (5.0, 20.0, 4.0)


def test_a_folder_without_pdfs_is_named(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(CorpusMissing, match="Name a folder with PDFs"):
        time_ingest(tmp_path, IngestSettings())
