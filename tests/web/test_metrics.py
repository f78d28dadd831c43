"""The figures say what is, whatever is sent and whichever process is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from starlette.testclient import TestClient

from ragqa.settings import ServerSettings
from ragqa.web.app import create_app
from ragqa.web.limits import Queue
from tests.answers import samples
from tests.web.conftest import sample_context

WORKER = """
from ragqa.web.metrics import Metrics

metrics = Metrics()
metrics.refused("busy")
metrics.waiting({waiting})
print(metrics.text({generation}, {jobs}).decode())
"""


def lines(client: TestClient) -> list[str]:
    """Return the lines of the figures."""
    return client.get("/metrics").text.splitlines()


def test_an_invented_method_makes_no_figure_of_its_own() -> None:
    """Whoever sends a thousand words as methods does not fill the memory."""
    with TestClient(create_app(sample_context())) as client:
        for method in ("FROB", "GRIND"):
            client.request(method, "/v1/index")
        found = [line for line in lines(client) if 'status="405"' in line and "_count" in line]
    assert len(found) == 1
    assert 'method="other"' in found[0]
    assert found[0].endswith(" 2.0")


def test_a_job_is_counted_in_its_present_state_alone() -> None:
    """What ran and has ended is not shown as running for ever."""
    context = sample_context()
    with TestClient(create_app(context)) as client:
        job_id = context.records.jobs.create("other", "ada")
        context.records.jobs.update(job_id, state="running")
        assert 'ragqa_jobs{state="running"} 1.0' in lines(client)
        context.records.jobs.update(job_id, state="succeeded")
        found = lines(client)
    assert 'ragqa_jobs{state="running"} 0.0' in found
    assert 'ragqa_jobs{state="succeeded"} 1.0' in found


def test_uploads_and_other_acts_are_counted_as_they_are_noted() -> None:
    """One figure for each action and how it ended."""
    with TestClient(create_app(sample_context())) as client:
        client.post("/v1/ask", json={"question": samples.QUESTION})
        client.post("/v1/documents", files=[("files", ("a.exe", b"MZ"))])
        found = lines(client)
    assert 'ragqa_acts_total{action="ask",status="answered"} 1.0' in found
    assert 'ragqa_acts_total{action="upload",status="rejected"} 1.0' in found


def test_the_queue_tells_how_many_wait_as_they_come_and_go() -> None:
    """Each process keeps its own figure up to date, so that any of them can report for all."""
    told: list[int] = []
    queue = Queue(ServerSettings(answers_at_once=1), told.append)
    for more in (1, 1, -1):
        queue._count(more)
    assert told == [1, 2, 1]


def test_several_processes_report_as_one(tmp_path: Path) -> None:
    """Counts of a process that has ended stay, and what waited in it does not; after a step back the generation is the earlier one."""

    def report(**values: object) -> list[str]:
        environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        return subprocess.run([sys.executable, "-c", WORKER.format(**values)], env=environment, capture_output=True, text=True, check=True).stdout.splitlines()

    first = report(waiting=3, generation=7, jobs={"running": 1})
    second = report(waiting=2, generation=6, jobs={})
    assert {'ragqa_refused_total{code="busy"} 1.0', "ragqa_queue_waiting 3.0", "ragqa_index_generation 7.0", 'ragqa_jobs{state="running"} 1.0'} <= set(first)
    assert {'ragqa_refused_total{code="busy"} 2.0', "ragqa_queue_waiting 2.0", "ragqa_index_generation 6.0", 'ragqa_jobs{state="running"} 0.0'} <= set(second)
