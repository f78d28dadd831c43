"""The index through the interface."""

from starlette.testclient import TestClient

from ragqa.index.lock import hold_lock
from tests.curation.conftest import Library
from tests.curation.library import eventually
from tests.web.library import follow


def test_the_index_describes_itself(library_client: TestClient) -> None:
    """Generation, counts and encoder; nothing to go back to and no job at first."""
    index = library_client.get("/v1/index").json()
    assert (index["generation"], index["counts"]["documents"], index["problems"]) == ("gen-000001", 3, [])
    assert (index["rollback_to"], index["job"]) == (None, None)
    assert index["created"]


def test_a_build_that_changes_nothing_publishes_nothing(library_client: TestClient, library: Library) -> None:
    """The index names its job while it runs; the job says in the end that nothing was to be done, and the generation stays."""
    with hold_lock(library.settings.index):
        job_id = library_client.post("/v1/index/rebuild").json()["job_id"]
        eventually(lambda: library.job(job_id).state == "running")
        assert library_client.get("/v1/index").json()["job"]["job_id"] == job_id
    events = follow(library_client, job_id)
    assert [name for name, _ in events].count("done") == 1
    assert all(job["job_id"] == job_id for _, job in events)
    last = events[-1][1]
    assert (last["state"], last["message"], last["report"]["published"]) == ("succeeded", "nothing had changed.", False)
    index = library_client.get("/v1/index").json()
    assert (index["generation"], index["job"]) == ("gen-000001", None)


def test_there_is_nothing_before_the_first_generation(library_client: TestClient) -> None:
    """A rollback that cannot be is a problem with a code."""
    response = library_client.post("/v1/index/rollback")
    assert (response.status_code, response.json()["code"]) == (409, "nothing-to-roll-back")
