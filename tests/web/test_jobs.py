"""Jobs through the interface."""

from starlette.testclient import TestClient

from tests.curation.conftest import Library
from tests.web.library import follow


def test_jobs_are_listed_and_read(library_client: TestClient, library: Library) -> None:
    """The latest first; each with state, progress and who asked for it."""
    first, second = (library.records.jobs.create("rebuild", name) for name in ("ada", "ben"))
    library.records.jobs.update(first, state="failed", message="The corpus is empty.")
    library.records.jobs.update(second, state="running", stage="embed", done=3, total=7, message="alder.md")

    listed = library_client.get("/v1/jobs").json()["jobs"]

    assert [(job["job_id"], job["state"], job["principal"]) for job in listed] == [(second, "running", "ben"), (first, "failed", "ada")]
    job = library_client.get(f"/v1/jobs/{second}").json()
    assert (job["stage"], job["done"], job["total"], job["message"]) == ("embed", 3, 7, "alder.md")
    assert len(library_client.get("/v1/jobs", params={"limit": 1}).json()["jobs"]) == 1


def test_a_job_that_has_ended_is_told_in_two_events(library_client: TestClient, library: Library) -> None:
    """Whoever comes late gets the end at once, and the stream ends."""
    job_id = library.records.jobs.create("rebuild", "ada")
    library.records.jobs.update(job_id, state="failed", message="The corpus is empty.")

    events = follow(library_client, job_id)

    assert [name for name, _ in events] == ["progress", "done"]
    assert events[1][1]["message"] == "The corpus is empty."


def test_an_unknown_job_is_a_problem(library_client: TestClient) -> None:
    """Also for its events: the problem comes before any stream begins."""
    for path in ("/v1/jobs/nope", "/v1/jobs/nope/events"):
        response = library_client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "job-not-found")
