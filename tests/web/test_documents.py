"""The documents of the library through the interface."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragqa.build import build_index
from tests.curation.conftest import Library
from tests.curation.library import FINDING, PAPER, TRIAL, make_paper


@pytest.fixture
def trial_id() -> str:
    """Return the id of the uploaded PDF."""
    return hashlib.sha256(make_paper()).hexdigest()[:16]


def titles(client: TestClient, **filters: Any) -> list[str]:
    """Return the titles of the documents that pass filters."""
    response = client.get("/v1/documents", params=filters)
    assert response.status_code == 200, response.text
    return [document["metadata"]["title"] for document in response.json()["documents"]]


def test_the_list_takes_filters(reading_client: TestClient) -> None:
    """Kind, year, status, words and a page of the list, alone and together."""
    assert titles(reading_client) == ["Alder", "Birch", TRIAL]
    assert titles(reading_client, kind="guideline") == ["Birch"]
    assert titles(reading_client, kind=["guideline", "cohort"]) == ["Alder", "Birch"]
    assert titles(reading_client, year_from=2020) == ["Birch"]
    assert titles(reading_client, year_to=2020) == ["Alder"]
    assert titles(reading_client, status="ok") == ["Alder", "Birch", TRIAL]
    assert titles(reading_client, status="partial") == []
    assert titles(reading_client, text="lung NINTEDANIB") == [TRIAL]
    assert titles(reading_client, text="trial.pdf") == [TRIAL]
    assert titles(reading_client, limit=1, offset=1) == ["Birch"]
    assert reading_client.get("/v1/documents", params={"limit": 1}).json()["total"] == 3


def test_an_upload_is_listed_with_its_name_and_quality(reading_client: TestClient, trial_id: str) -> None:
    """The list says under which name a file came, when, from whom, and how well it was read."""
    (document,) = reading_client.get("/v1/documents", params={"text": "nintedanib"}).json()["documents"]
    assert (document["document_id"], document["file_name"], document["uploaded_by"]) == (trial_id, "Trial.pdf", "ada")
    assert document["uploaded"] == "2026-03-01T12:00:00+00:00"
    assert (document["quality"]["garbled_share"], document["quality"]["engines"]) == (0.0, ["pypdfium2", "pypdfium2"])


def test_files_that_could_not_be_read_are_listed(library_client: TestClient, library: Library) -> None:
    """A broken file of the corpus stands in the list with the reason, unless other documents are asked for."""
    (library.settings.corpus / "broken.pdf").write_bytes(b"no PDF")
    build_index(library.settings)

    def left_out(**filters: str) -> list[str]:
        return [item["file_name"] for item in library_client.get("/v1/documents", params=filters).json()["problems"]]

    (problem,) = library_client.get("/v1/documents").json()["problems"]
    assert (problem["file_name"], problem["status"]) == ("broken.pdf", "rejected")
    assert "no PDF" in problem["message"]
    assert left_out(status="rejected", text="broken") == ["broken.pdf"]
    assert left_out(status="ok") == left_out(text="alder") == left_out(kind="cohort") == []


def test_a_document_is_removed_put_back_and_rolled_back_to(library_client: TestClient, library: Library, trial_id: str) -> None:
    """Each change asks for a build; the undo of a removal does too."""
    client = library_client
    removed = client.delete(f"/v1/documents/{trial_id}")
    assert (removed.status_code, removed.json()["document_id"], removed.json()["file_name"]) == (202, trial_id, "Trial.pdf")
    assert library.ended(removed.json()["job_id"]).state == "succeeded"
    assert titles(client) == ["Alder", "Birch"]
    assert client.get(f"/v1/documents/{trial_id}").status_code == 404

    assert client.get("/v1/index").json()["rollback_to"] == "gen-000001"
    assert client.post("/v1/index/rollback").json() == {"generation": "gen-000001"}
    assert titles(client) == ["Alder", "Birch", TRIAL]
    assert client.get(f"/v1/documents/{trial_id}/file").content == make_paper()

    restored = client.post(f"/v1/documents/{trial_id}/restore")
    assert (restored.status_code, restored.json()["file_name"]) == (202, "Trial.pdf")
    assert restored.json()["job_id"] != removed.json()["job_id"]
    assert client.post(f"/v1/documents/{trial_id}/restore").json()["code"] == "document-not-found"


def test_a_document_is_inspected_whole_and_by_page(reading_client: TestClient, trial_id: str) -> None:
    """The report says how the file was read; of one page it gives the sentences with their places."""
    whole = reading_client.get(f"/v1/documents/{trial_id}/inspect").json()
    page = reading_client.get(f"/v1/documents/{trial_id}/inspect", params={"page": 2}).json()

    assert (whole["status"], whole["reading"]["n_pages"]) == ("ok", 2)
    assert "pages         2 (pypdfium2 2)" in whole["report"]
    assert " ".join(FINDING) in page["report"]
    assert "eleven hospitals" not in page["report"]


def test_an_original_is_never_run_in_the_name_of_the_service(reading_client: TestClient, trial_id: str) -> None:
    """It is saved under the name it came with, or shown in a sandbox if it is a PDF; markup is never shown."""
    saved = reading_client.get(f"/v1/documents/{trial_id}/file")
    assert saved.content == make_paper()
    assert saved.headers["Content-Disposition"] == 'attachment; filename="Trial.pdf"'
    shown = reading_client.get(f"/v1/documents/{trial_id}/file", params={"inline": True})
    assert (shown.headers["Content-Type"], shown.headers["Content-Disposition"]) == ("application/pdf", 'inline; filename="Trial.pdf"')
    text = reading_client.get("/v1/documents/alder/file", params={"inline": True})
    assert (text.headers["Content-Type"], text.headers["Content-Disposition"]) == ("application/octet-stream", 'attachment; filename="alder.md"')
    for response in (saved, shown, text):
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_has_changed_is_not_the_original(library_client: TestClient, library: Library) -> None:
    """What is shown is what was indexed, or nothing."""
    (library.settings.corpus / "alder.md").write_text("# Another\n")
    assert library_client.get("/v1/documents/alder/file").json()["code"] == "original-unavailable"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/documents/alder/pages/1.png", 404, "original-unavailable"),
        ("/v1/documents/{trial}/pages/3.png", 404, "original-unavailable"),
        ("/v1/documents/{trial}/pages/0.png", 404, "original-unavailable"),
        ("/v1/documents/{trial}/pages/one.png", 422, "request-invalid"),
        ("/v1/documents/{trial}/pages/1.png?start=5", 404, "not-found"),
        ("/v1/documents/{trial}/pages/1.png?start=5&end=5", 404, "not-found"),
        ("/v1/documents/{trial}/pages/1.png?start=0&end=100000", 404, "not-found"),
        ("/v1/documents/nope/pages/1.png", 404, "document-not-found"),
        ("/v1/documents/nope/file", 404, "document-not-found"),
        ("/v1/documents/nope/inspect", 404, "document-not-found"),
        ("/v1/documents?kind=novel", 422, "request-invalid"),
        ("/v1/documents?year_from=old", 422, "request-invalid"),
    ],
)
def test_what_is_not_there_is_a_problem(reading_client: TestClient, trial_id: str, path: str, status: int, code: str) -> None:
    """A text has no pictures, a page that is not there has none either, and a range must lie on its page."""
    response = reading_client.get(path.format(trial=trial_id))
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/v1/documents/nope", "/v1/documents/..%2f..%2fetc%2fpasswd"])
def test_what_is_not_there_cannot_be_removed(library_client: TestClient, path: str) -> None:
    """Neither an unknown id nor a path is removed."""
    assert library_client.delete(path).status_code == 404
    assert library_client.post(f"{path}/restore").status_code == 404


def test_readers_may_look_and_curators_may_change(library_client: TestClient, library: Library, trial_id: str) -> None:
    """Whoever has no key is asked for one; a reader's key opens documents and changes nothing; what a curator does is in the audit chain."""
    keys = {role: {"Authorization": f"Bearer {library.records.keys.create(f'a {role}', role, None)[1]}"} for role in ("reader", "curator")}
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/documents", {"files": [("files", ("a.md", PAPER.format(title="Cedar", year=2023, kind="cohort").encode()))]}),
        ("DELETE", f"/v1/documents/{trial_id}", {}),
        ("POST", f"/v1/documents/{trial_id}/restore", {}),
        ("POST", "/v1/index/rebuild", {}),
    ]
    looks = ["/v1/documents", f"/v1/documents/{trial_id}/file", f"/v1/documents/{trial_id}/pages/1.png", "/v1/index", "/v1/jobs"]

    for method, path, body in changes:
        assert library_client.request(method, path, **body).json()["code"] == "unauthenticated"
        assert library_client.request(method, path, headers=keys["reader"], **body).json()["code"] == "forbidden"
    assert library.records.jobs.list() == []
    for path in looks:
        assert library_client.get(path).status_code == 401
        assert library_client.get(path, headers=keys["reader"]).status_code == 200
    for method, path, body in changes:
        assert library_client.request(method, path, headers=keys["curator"], **body).status_code == 202

    done = [(entry.principal, entry.action) for entry in reversed(library.records.audit.entries()) if entry.principal == "a curator"]
    assert done == [("a curator", action) for action in ("upload", "remove", "restore", "rebuild")]
