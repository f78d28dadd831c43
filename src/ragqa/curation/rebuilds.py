"""Builds of the index behind a running service: asked for by anyone, done one after the other, in a process of their own.

A build that is asked for becomes a queued job, and whoever asks again before it starts gets the same job. The job waits a moment for
more to come, then a process builds, and its progress is written down where every worker process of the service sees it. Whichever worker
holds the lock of the runner does the jobs of all.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from ragqa.curation.removal import purge_removed
from ragqa.errors import IndexLocked, RagqaError
from ragqa.index.lock import hold_lock
from ragqa.settings import Settings

if TYPE_CHECKING:
    from ragqa.records.jobs import Job, Jobs

KIND = "rebuild"
RUNNER_FOLDER = "jobs"
BUILDER = (sys.executable, "-m", "ragqa.curation.builder")
_POLL_S = 0.5
_STEP_S = 0.25
"""Progress is written down at most so often, and at the start and end of each stage."""
_LONGEST_DEBOUNCE = 10
"""Uploads that keep coming put a build off for at most so many times the usual wait."""
_END_S = 5.0
_LOCK_WAIT_S = 3600.0
"""A build on the command line is waited for."""

_UNEXPECTED = "The build could not begin; the log of the service says why. The index is as it was before."

_log = logging.getLogger(__name__)


class Rebuilds:
    """The queue of builds, and the thread that works through it."""

    def __init__(self, settings: Settings, jobs: Jobs, in_words: Callable[[str], str] = str, command: Sequence[str] = BUILDER) -> None:
        """Take the settings of the builds, where jobs are written down, and what puts the names of files into words for people."""
        self._settings = settings
        self._jobs = jobs
        self._command = tuple(command)
        self._in_words = in_words
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._first_asked: float | None = None
        self._due: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Take up what an earlier run of the service left: mark what it broke off, and do what it had queued."""
        with self._condition:
            self._is_stopping = False
        if self._waiting() or any(job.state == "running" for job in self._jobs.list()):
            self._wake(0.0)

    def request(self, principal: str, wait_s: float = 0.0) -> str:
        """Ask for a build after a wait that starts again with every request; return the id of its job."""
        waiting = self._waiting()
        job_id = waiting[0].job_id if waiting else self._jobs.create(KIND, principal)
        self._wake(wait_s)
        return job_id

    def stop(self) -> None:
        """End the build that runs, if any, and leave its job queued for the next start. Nothing that was published is lost."""
        with self._condition:
            self._is_stopping = True
            process, thread = self._process, self._thread
            self._condition.notify_all()
        if process is not None:
            _end(process)
        if thread is not None:
            thread.join()
        with self._condition:
            self._thread = None

    def _wake(self, wait_s: float) -> None:
        with self._condition:
            now = time.monotonic()
            if self._first_asked is None:
                self._first_asked = now
            self._due = min(now + wait_s, self._first_asked + _LONGEST_DEBOUNCE * wait_s)
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._work, name="ragqa-rebuilds", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def _work(self) -> None:
        while self._sleep():
            try:
                with hold_lock(self._settings.index / RUNNER_FOLDER):
                    self._mark_broken_off()
                    # Whoever asks from here on is asked for again, unless the job is still waiting.
                    for job in self._waiting():
                        if not self._is_stopping:
                            self._build(job)
            except IndexLocked:
                # Another worker process is doing the jobs; it may end before it comes to ours.
                with self._condition:
                    self._due = time.monotonic() + _POLL_S if self._due is None else self._due
            except Exception as exc:
                # The thread must outlive a full disk and a locked database: the next request tries again.
                _log.exception("the queue of builds failed")
                with suppress(RagqaError):
                    for job in self._waiting():
                        self._jobs.update(job.job_id, state="failed", message=str(exc) if isinstance(exc, RagqaError) else _UNEXPECTED)

    def _sleep(self) -> bool:
        """Wait until a build is due; return False where the service stops."""
        with self._condition:
            while not self._is_stopping and (self._due is None or self._due > time.monotonic()):
                self._condition.wait(None if self._due is None else max(self._due - time.monotonic(), 0.0))
            self._due = self._first_asked = None
            return not self._is_stopping

    def _waiting(self) -> list[Job]:
        """Return the queued builds, the oldest first."""
        return [job for job in reversed(self._jobs.list()) if job.kind == KIND and job.state == "queued"]

    def _mark_broken_off(self) -> None:
        """Mark the builds of a process that is gone. Only who holds the lock of the runner runs a build, and this process does not yet."""
        for job in self._jobs.list():
            if job.kind == KIND and job.state == "running":
                message = "The service ended during this build. Nothing that was published is lost; rebuild to take up where it stopped."
                self._jobs.update(job.job_id, state="interrupted", message=message)

    def _build(self, job: Job) -> None:
        self._jobs.update(job.job_id, state="running", stage="start", done=0, total=0, message="")
        generations = self._settings.generations.model_copy(update={"lock_timeout_s": max(self._settings.generations.lock_timeout_s, _LOCK_WAIT_S)})
        settings = self._settings.model_copy(update={"generations": generations}).model_dump(mode="json")
        with tempfile.TemporaryFile() as errors:
            # The command is this interpreter with a module of this package; nothing that anyone uploads reaches it.
            process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)  # noqa: S603 - see above
            with self._condition:
                self._process = process
            outcome = self._follow(process, job.job_id, settings)
            with self._condition:
                self._process = None
            errors.seek(0)
            said = errors.read().decode(errors="replace")
        if outcome and "report" in outcome:
            self._finish(job.job_id, outcome["report"])
        elif outcome and "error" in outcome:
            self._jobs.update(job.job_id, state="failed", message=outcome["error"])
        elif self._is_stopping:
            self._jobs.update(job.job_id, state="queued", stage="", done=0, total=0, message="The service was stopped; the build begins again when it starts.")
        else:
            _log.error("a build ended with %s: %s", process.returncode, said[-2000:])
            message = f"The build ended unexpectedly (exit status {process.returncode}); the log of the service says why. The index is as it was before."
            self._jobs.update(job.job_id, state="failed", message=message)

    def _follow(self, process: subprocess.Popen[bytes], job_id: str, settings: dict[str, Any]) -> dict[str, Any] | None:
        """Write down the progress of a build; return the last thing that it said."""
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        outcome: dict[str, Any] | None = None
        written, stage = 0.0, ""
        # Leaving `process` closes its input, which a dead builder answers with a broken pipe once more.
        with suppress(BrokenPipeError), process:
            process.stdin.write(json.dumps(settings).encode() + b"\n")
            process.stdin.flush()
            if self._is_stopping:
                _end(process)
            for message in _messages(process.stdout):
                outcome = message
                now = time.monotonic()
                if "stage" in message and (message["stage"] != stage or message["done"] == message["total"] or now - written > _STEP_S):
                    written, stage = now, message["stage"]
                    self._jobs.update(job_id, stage=stage, done=message["done"], total=message["total"], message=self._in_words(message["item"]))
        return outcome

    def _finish(self, job_id: str, report: dict[str, Any]) -> None:
        with suppress(OSError, RagqaError):
            purge_removed(self._settings.index)
        problems = [problem | {"message": self._in_words(problem["message"])} for problem in report.get("problems", [])]
        what = f"{report['generation']} holds {_count(report['n_documents'], 'document')}" if report["published"] else "nothing had changed"
        left = f"; {_count(len(problems), 'file')} left out or read in part" if problems else ""
        self._jobs.update(job_id, state="succeeded", stage="done", message=f"{what}{left}.", result=report | {"problems": problems})


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _messages(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in stream:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict):
            yield message


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
