"""A library that can be changed, with everything that changes it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.curation import Curation
from ragqa.curation.uploads import Uploads
from ragqa.records import Records, open_records
from ragqa.records.jobs import Job
from ragqa.service import QAService
from ragqa.settings import Settings
from tests.curation.library import ENDED, clock, copy_library, eventually, make_library, make_paper, ticking_clock


@dataclass(frozen=True)
class Library:
    """A service over a small corpus with an index, what changes both, and the records."""

    settings: Settings
    service: QAService
    records: Records
    curation: Curation

    def ended(self, job_id: str) -> Job:
        """Wait for a job to end and return it."""
        eventually(lambda: self.job(job_id).state in ENDED)
        return self.job(job_id)

    def job(self, job_id: str) -> Job:
        """Return a job."""
        job = self.records.jobs.get(job_id)
        assert job is not None
        return job

    def titles(self) -> list[str]:
        """Return the titles of the documents that are served."""
        return [record.metadata.title for record in self.service.documents()]


@pytest.fixture(scope="session")
def built_library(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings over two papers and an uploaded PDF with an index, to be copied."""
    settings = make_library(tmp_path_factory.mktemp("library"))
    Uploads(settings, clock).take(io.BytesIO(make_paper()), "Trial.pdf", "ada", lambda sha256: None)
    build_index(settings)
    return settings


@pytest.fixture
def library(built_library: Settings, tmp_path: Path) -> Iterator[Library]:
    """Return a library of two papers and an uploaded PDF with an index."""
    settings = copy_library(built_library, tmp_path)
    service, records = open_service(settings), open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", ticking_clock())
    curation = Curation(settings, service, records.jobs, clock)
    yield Library(settings, service, records, curation)
    curation.stop()
    records.close()
