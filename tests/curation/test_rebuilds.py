"""Builds behind a running service."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ragqa.bootstrap import open_service
from ragqa.curation import Curation
from ragqa.curation.rebuilds import KIND, Rebuilds
from ragqa.errors import IndexMissing
from ragqa.index.lock import hold_lock
from tests.curation.conftest import Library
from tests.curation.library import PAPER, TRIAL, clock, eventually, make_paper

SERVICE = """
import sys
from pathlib import Path
from ragqa.curation.rebuilds import Rebuilds
from ragqa.records import open_records
from ragqa.settings import load_settings
from tests.curation.library import clock

jobs = open_records(sys.argv[3], clock).jobs
rebuilds = Rebuilds(load_settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])), jobs)
rebuilds.request("ada")
sys.stdin.read()
"""


def write_paper(library: Library, title: str) -> None:
    """Put another paper into the corpus."""
    (library.settings.corpus / f"{title.lower()}.md").write_text(PAPER.format(title=title, year=2022, kind="cohort"))


def logging_builder(folder: Path) -> list[str]:
    """Return a command in place of the builder that writes down when it begins and ends."""
    code = """if True:
        import json, pathlib, sys, time
        log = pathlib.Path(sys.argv[1]).open("a")
        sys.stdin.readline()
        print("begin", file=log, flush=True)
        time.sleep(0.1)
        print("end", file=log, flush=True)
        print(json.dumps({"report": {"generation": "gen-000001", "n_documents": 3, "published": True}}))
    """
    return [sys.executable, "-c", code, str(folder / "log")]


def running_builders() -> set[int]:
    """Return the processes that build now."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            is_dead = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            continue
        if b"ragqa.curation.builder" in command and not is_dead:
            found.add(int(folder.name))
    return found


def test_a_build_is_a_job_with_a_report_and_one_bad_file_does_not_fail_it(library: Library) -> None:
    """Another process builds; the report names what it did and what was left out, and the service answers from the new generation at once."""
    write_paper(library, "Cedar")
    (library.settings.corpus / "broken.pdf").write_bytes(b"no PDF")

    job = library.ended(library.curation.request_build("ada"))

    assert (job.state, job.kind, job.principal) == ("succeeded", "rebuild", "ada")
    assert job.message == "gen-000002 holds 4 documents; 1 file left out or read in part."
    assert job.result is not None
    assert (job.result["published"], job.result["n_parsed"]) == (True, 1)
    assert job.result["problems"] == [{"source": "broken.pdf", "status": "rejected", "message": 'broken.pdf is no PDF: it does not start with "%PDF-".'}]
    assert library.titles() == ["Alder", "Birch", "Cedar", TRIAL]


def test_builds_that_wait_are_one_and_builds_that_run_are_followed_by_one(library: Library) -> None:
    """While the lock of the index keeps the first build waiting, all later requests share a second job, which is done after it."""
    jobs = library.records.jobs
    with hold_lock(library.settings.index):
        first = library.curation.request_build("ada")
        eventually(lambda: library.job(first).state == "running")
        assert library.curation.upload(io.BytesIO(PAPER.format(title="Cedar", year=2022, kind="cohort").encode()), "cedar.md", "ben").is_kept
        second = library.curation.request_build("ben")
        assert library.curation.request_build("cyn", at_once=True) == second != first
        assert (library.job(second).state, library.titles()) == ("queued", ["Alder", "Birch", TRIAL])

    assert library.ended(second).state == "succeeded"
    assert [job.state for job in jobs.list()] == ["succeeded", "succeeded"]
    assert set(library.titles()) == {"Alder", "Birch", "Cedar", TRIAL}


def test_a_wait_gathers_requests(library: Library, tmp_path: Path) -> None:
    """With an hour's wait nothing is built; a request that cannot wait takes the waiting job along."""
    rebuilds = Rebuilds(library.settings, library.records.jobs, command=logging_builder(tmp_path))
    waiting = rebuilds.request("ada", wait_s=3600.0)
    assert rebuilds.request("ben", wait_s=3600.0) == waiting
    assert library.job(waiting).state == "queued"

    assert rebuilds.request("ada", wait_s=0.0) == waiting
    assert library.ended(waiting).state == "succeeded"
    rebuilds.stop()


def test_two_workers_build_one_after_the_other(library: Library, tmp_path: Path) -> None:
    """Whichever holds the lock of the runner does the jobs of both, and a build begins only when the one before it has ended."""
    workers = [Rebuilds(library.settings, library.records.jobs, command=logging_builder(tmp_path)) for _ in range(2)]
    for number in range(4):
        workers[number % 2].request("ada")
        eventually(lambda: all(job.state != "queued" for job in library.records.jobs.list()))

    eventually(lambda: all(job.state == "succeeded" for job in library.records.jobs.list()))
    for worker in workers:
        worker.stop()

    lines = (tmp_path / "log").read_text().split()
    assert len(lines) == 2 * len(library.records.jobs.list()) >= 4
    assert lines == ["begin", "end"] * (len(lines) // 2)


def test_stopping_leaves_no_process_and_keeps_the_job(library: Library) -> None:
    """The build ends with the service; the job waits, and the next start does it."""
    write_paper(library, "Cedar")
    others = running_builders()
    with hold_lock(library.settings.index):
        job_id = library.curation.request_build("ada")
        eventually(lambda: library.job(job_id).state == "running" and bool(running_builders() - others))
        library.curation.stop()
        assert running_builders() <= others
    assert library.job(job_id).state == "queued"

    again = Rebuilds(library.settings, library.records.jobs)
    again.start()
    assert library.ended(job_id).state == "succeeded"
    again.stop()
    assert "Cedar" in library.titles()


@pytest.mark.soak
def test_a_service_that_is_killed_takes_its_build_along(library: Library, tmp_path: Path) -> None:
    """SIGKILL leaves no builder; the next start marks the job as broken off, and a new one can be asked for."""
    others = running_builders()
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    arguments = [str(library.settings.corpus), str(library.settings.index), url]
    with (
        hold_lock(library.settings.index),
        subprocess.Popen([sys.executable, "-c", SERVICE, *arguments], stdin=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.getcwd()}) as service,  # noqa: PTH109 - the tests are a package below it
    ):
        eventually(lambda: any(job.state == "running" for job in library.records.jobs.list()) and bool(running_builders() - others))
        service.send_signal(signal.SIGKILL)
        service.wait()
        eventually(lambda: running_builders() <= others)
    (job,) = library.records.jobs.list()
    assert job.state == "running"

    library.curation.start()

    eventually(lambda: library.job(job.job_id).state == "interrupted")
    assert "Nothing that was published is lost" in library.job(job.job_id).message
    assert library.ended(library.curation.request_build("ada")).state == "succeeded"


def test_a_build_that_cannot_be_done_says_why(library: Library) -> None:
    """An empty corpus is an error in words; the old generation goes on answering."""
    shutil.rmtree(library.settings.corpus)
    library.settings.corpus.mkdir()

    job = library.ended(library.curation.request_build("ada"))

    assert job.state == "failed"
    assert "holds no document" in job.message
    assert library.titles() == ["Alder", "Birch", TRIAL]


def test_a_builder_that_dies_is_a_failed_job(library: Library) -> None:
    """Whatever ends the process, the job ends too and the queue goes on."""
    rebuilds = Rebuilds(library.settings, library.records.jobs, command=[sys.executable, "-c", "print('{}'); raise SystemExit(7)"])

    job = library.ended(rebuilds.request("ada"))

    assert job.state == "failed"
    assert "exit status 7" in job.message
    assert library.ended(rebuilds.request("ada")).state == "failed"
    rebuilds.stop()


def test_an_index_that_cannot_be_written_fails_the_job(library: Library, tmp_path: Path) -> None:
    """The job does not wait for ever where the runner cannot take its lock."""
    (tmp_path / "file").write_text("")
    rebuilds = Rebuilds(library.settings.model_copy(update={"index": tmp_path / "file" / "index"}), library.records.jobs)

    job = library.ended(rebuilds.request("ada"))

    assert (job.state, job.kind) == ("failed", KIND)
    assert "cannot be written" in job.message
    rebuilds.stop()


def test_the_first_upload_makes_the_first_index(library: Library) -> None:
    """A service without an index takes uploads; the build that follows gives it one."""
    for path in (*library.settings.corpus.glob("*.md"), *library.settings.index.glob("[!m]*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    curation = Curation(library.settings, service := open_service(library.settings), library.records.jobs, clock)
    with pytest.raises(IndexMissing):
        service.ready()

    assert curation.upload(io.BytesIO(make_paper("Another trial of another drug")), "b.pdf", "ada").is_kept
    assert library.ended(curation.request_build("ada")).state == "succeeded"

    assert {record.metadata.title for record in service.documents()} == {TRIAL, "Another trial of another drug"}
    curation.stop()
