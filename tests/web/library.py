"""The application over a real library on disk, for the tests that change it and for those that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragqa.bootstrap import open_service
from ragqa.settings import Settings
from ragqa.web.access import Access
from ragqa.web.app import create_app
from ragqa.web.context import make_context
from tests.curation.conftest import Library, built_library, library
from tests.curation.library import ticking_clock

__all__ = ["built_library", "follow", "library", "library_client", "reading_client"]


@pytest.fixture
def library_client(library: Library) -> Iterator[TestClient]:
    """Return a client of the application over a library of its own."""
    context = make_context(library.service, library.settings, ticking_clock())
    context.records.close()
    app = create_app(replace(context, records=library.records, curation=library.curation, access=Access(library.records.keys, None, "127.0.0.1")))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def reading_client(built_library: Settings) -> Iterator[TestClient]:
    """Return a client over a library that no test changes."""
    context = make_context(open_service(built_library), built_library, ticking_clock())
    with TestClient(create_app(context), raise_server_exceptions=False) as client:
        yield client
    context.records.close()


def follow(client: TestClient, job_id: str) -> list[tuple[str, Any]]:
    """Return the events of a job to its end: name and job of each."""
    events, name = [], ""
    with client.stream("GET", f"/v1/jobs/{job_id}/events") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events
