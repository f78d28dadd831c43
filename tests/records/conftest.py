"""Records in a file, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ragqa.records import Records, open_records


class Clock:
    """A clock that stands until it is moved; each look is a microsecond later, so that order shows."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        self.now += timedelta(microseconds=1)
        return self.now

    def move(self, **by: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the records."""
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a database that does not exist yet, in a folder that does not either."""
    return f"sqlite:///{tmp_path / 'new' / 'records.sqlite'}"


@pytest.fixture
def records(url: str, clock: Clock) -> Iterator[Records]:
    """Return records in a file."""
    records = open_records(url, clock)
    yield records
    records.close()
