"""Upload a paper, follow its build, ask about it, and read the citation on its page."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tests.curation.conftest import Library
from tests.curation.library import PAPER, TRIAL, make_paper
from tests.web.library import follow

OTHER = "Cyclophosphamide in systemic sclerosis: another trial"
LINES = ["Of 60 patients with systemic sclerosis 18 improved with cyclophosphamide at one year.", "Skin scores fell by 4 points."]


def upload(client: TestClient, *files: tuple[str, bytes]) -> Any:
    """Upload files and return the response."""
    return client.post("/v1/documents", files=[("files", (name, data)) for name, data in files])


def test_an_uploaded_paper_is_cited_on_its_page(library_client: TestClient) -> None:
    """From the file to the marked picture of the page that a quote stands on, through the interface alone."""
    client = library_client
    question = {"question": "What are the outcomes of cyclophosphamide in systemic sclerosis?"}
    before = client.post("/v1/ask", json=question).json()

    response = upload(client, ("../../Other trial.pdf", make_paper(OTHER, *LINES)))

    assert response.status_code == 202
    (told,) = response.json()["uploads"]
    assert (told["name"], told["status"], told["document"]["metadata"]["title"]) == ("Other trial.pdf", "ok", OTHER)
    assert (told["document"]["n_pages"], told["document"]["engines"]) == (2, {"pypdfium2": 2})
    events = follow(client, response.json()["job_id"])
    assert events[-1][0] == "done"
    assert events[-1][1]["state"] == "succeeded"
    assert {"progress", "done"} == {name for name, _ in events}

    answer = client.post("/v1/ask", json=question).json()
    assert answer["index_version"] != before["index_version"]
    document_id = told["document"]["document_id"]
    quotes = [item for section in answer["sections"] for group in section["groups"] for statement in group["statements"] for item in statement["evidence"]]
    quote = next(item for item in quotes if item["document_id"] == document_id)
    assert "60 patients with systemic sclerosis 18 improved" in " ".join(quote["quote"].split())

    place = f"/v1/documents/{document_id}/pages/{quote['page']}.png"
    marked = client.get(place, params={"start": quote["start"], "end": quote["end"]})
    plain = client.get(place)
    assert (marked.status_code, marked.headers["Content-Type"], marked.headers["X-Quote-Marked"]) == (200, "image/png", "true")
    assert Image.open(io.BytesIO(marked.content)).size == Image.open(io.BytesIO(plain.content)).size == (1224, 1584)
    assert marked.content != plain.content
    assert client.get(f"/v1/documents/{document_id}/file").content == make_paper(OTHER, *LINES)


def test_each_file_of_many_has_its_own_end(library_client: TestClient, library: Library) -> None:
    """Good files are kept whatever comes with them; one build takes them all."""
    files = [
        ("new.md", PAPER.format(title="Cedar", year=2023, kind="cohort").encode()),
        ("copy.pdf", make_paper()),
        ("page.pdf", b"<html></html>"),
        ("empty.pdf", b""),
        ("run.exe", b"MZ"),
    ]

    body = upload(library_client, *files).json()

    assert [(item["name"], item["status"]) for item in body["uploads"]] == [
        ("new.md", "ok"),
        ("copy.pdf", "duplicate_of"),
        ("page.pdf", "rejected"),
        ("empty.pdf", "rejected"),
        ("run.exe", "rejected"),
    ]
    trial = next(record for record in library.service.documents() if record.metadata.title == TRIAL)
    assert body["uploads"][1]["duplicate_of"] == trial.document_id
    assert "no PDF" in body["uploads"][2]["message"]
    assert library.job(body["job_id"]).principal == "local"
    assert len(library.curation.uploads.list()) == 2


def test_nothing_is_built_for_files_that_are_not_kept(library_client: TestClient) -> None:
    """A refused file starts no job."""
    body = upload(library_client, ("page.pdf", b"<html></html>")).json()
    assert (body["uploads"][0]["status"], body["job_id"]) == ("rejected", None)
    assert library_client.get("/v1/jobs").json() == {"jobs": []}


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"json": {"files": []}}, "multipart/form-data"),
        ({"content": b"x"}, "multipart/form-data"),
        ({"files": {"paper": ("a.pdf", b"x")}}, 'a part named "files"'),
        ({"data": {"files": "text"}, "files": {"other": ("a.pdf", b"x")}}, 'a part named "files"'),
        ({"content": b"no form", "headers": {"Content-Type": "multipart/form-data"}}, "cannot be read"),
        ({"content": b"broken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "cannot be read"),
        ({"files": [("files", ("a.pdf", b"x"))] * 101}, "At most 100 files"),
    ],
)
def test_what_is_no_upload_is_a_problem(library_client: TestClient, kwargs: dict[str, Any], words: str) -> None:
    """Another type, another field, a broken form and too many files are told in words."""
    response = library_client.post("/v1/documents", **kwargs)
    assert (response.status_code, response.json()["code"]) == (422, "upload-invalid"), response.text
    assert words in response.json()["detail"]


def test_a_file_above_the_limit_is_refused_by_its_size(library_client: TestClient, library: Library) -> None:
    """The limit of one file is told for that file; its neighbour is kept."""
    limit = library.settings.ingest.max_file_size_mb * 1_000_000
    body = upload(library_client, ("large.txt", b"x" * (limit + 1)), ("new.md", PAPER.format(title="Cedar", year=2023, kind="cohort").encode())).json()
    assert [(item["status"]) for item in body["uploads"]] == ["rejected", "ok"]
    assert "RAGQA_INGEST__MAX_FILE_SIZE_MB" in body["uploads"][0]["message"]


def test_a_form_above_the_limit_is_refused_whole(library_client: TestClient, library: Library) -> None:
    """A body larger than server.max_upload_mb ends in 413 and leaves nothing, also one that does not say its length."""
    size = library.settings.server.max_upload_mb * 1024 * 1024 + 1
    response = upload(library_client, ("large.txt", b"x" * size))
    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")

    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="large.txt"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = library_client.post("/v1/documents", content=iter([head, *[b"x" * 100_000] * (size // 100_000 + 1)]), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")
    assert len(library.curation.uploads.list()) == 1
