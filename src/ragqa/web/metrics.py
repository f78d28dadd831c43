"""Figures for Prometheus: how long requests and their stages take, how answers end, what waits, which generation answers.

With several worker processes the library shares its values through files in PROMETHEUS_MULTIPROC_DIR, which `ragqa serve --workers` sets;
any of them then reports for all. Every label has a fixed set of values, whatever is sent: a caller cannot fill the memory with new ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from ragqa.records.jobs import State
from ragqa.types import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Histogram("ragqa_request_seconds", "Duration of requests", ("route", "method", "status"), buckets=_SECONDS, registry=registry)
        self._stages = Histogram("ragqa_stage_seconds", "Duration of the stages of an answer", ("stage",), buckets=_SECONDS, registry=registry)
        self._answers = Counter("ragqa_answers", "Answers by status", ("status",), registry=registry)
        self._abstentions = Counter("ragqa_abstentions", "Answers withheld or partial, by reason code", ("code",), registry=registry)
        self._refused = Counter("ragqa_refused", "Requests refused, by code of the problem", ("code",), registry=registry)
        self._waiting = Gauge("ragqa_queue_waiting", "Requests that wait for their turn", multiprocess_mode="livesum", registry=registry)
        self._acts = Counter("ragqa_acts", "What the audit chain notes: uploads, builds, sign-ins and others", ("action", "status"), registry=registry)
        # What is read from the shared files at each report is the same for all processes: the last word holds, after a step back too.
        self._generation = Gauge("ragqa_index_generation", "Number of the generation that answers", multiprocess_mode="mostrecent", registry=registry)
        self._jobs = Gauge("ragqa_jobs", "Jobs by state, of the latest 200", ("state",), multiprocess_mode="mostrecent", registry=registry)

    def request(self, route: str, method: str, status: int, seconds: float, stages_ms: Mapping[str, float]) -> None:
        """Count a request and the stages it went through."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).observe(seconds)
        for stage, spent in stages_ms.items():
            self._stages.labels(stage).observe(spent / 1000)

    def answer(self, answer: Answer) -> None:
        """Count an answer by how it ended."""
        self._answers.labels(answer.status.value).inc()
        if answer.reason is not None:
            self._abstentions.labels(answer.reason.code).inc()

    def refused(self, code: str) -> None:
        """Count a request that was not served."""
        self._refused.labels(code).inc()

    def act(self, action: str, status: str) -> None:
        """Count something that the audit chain notes; `status` is empty where there is but one way for it to end."""
        self._acts.labels(action, status).inc()

    def waiting(self, n: int) -> None:
        """Set how many requests of this process wait for their turn."""
        self._waiting.set(n)

    def text(self, generation: int, jobs: Mapping[str, int]) -> bytes:
        """Return all figures in the text format of Prometheus; generation and jobs are set to what is given."""
        self._generation.set(generation)
        for state in get_args(State):
            self._jobs.labels(state).set(jobs.get(state, 0))
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if not folder:
            return generate_latest(self._registry)
        _forget_the_dead(Path(folder))
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        return generate_latest(shared)


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes that no longer live said of themselves: a worker that was killed waits for nothing."""
    for pid in {int(path.stem.rsplit("_", 1)[1]) for path in folder.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        except PermissionError:
            continue
