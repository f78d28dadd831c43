"""Figures for Prometheus: how long requests and their stages take, how answers end, what waits, which generation answers.

With several worker processes the library shares its values through files in PROMETHEUS_MULTIPROC_DIR, which `ragqa serve --workers` sets;
any of them then reports for all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ragqa.types import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
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
        self._generation = Gauge("ragqa_index_generation", "Number of the generation that answers", multiprocess_mode="max", registry=registry)
        self._jobs = Gauge("ragqa_jobs", "Jobs by state, of the latest 200", ("state",), multiprocess_mode="max", registry=registry)

    def request(self, route: str, method: str, status: int, seconds: float, stages_ms: Mapping[str, float]) -> None:
        """Count a request and the stages it went through."""
        self._requests.labels(route, method, str(status)).observe(seconds)
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

    def text(self, n_waiting: int, generation: int, jobs: Mapping[str, int]) -> bytes:
        """Return all figures in the text format of Prometheus; the gauges are set to what is given."""
        self._waiting.set(n_waiting)
        self._generation.set(generation)
        for state, n in jobs.items():
            self._jobs.labels(state).set(n)
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        return generate_latest(shared)
