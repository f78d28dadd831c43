"""Processes that serve one index side by side: how long each takes to open it, what stays resident, and how many answers all give.

Run as a module it is one such process: `python -m ragqa.evaluation.bench_workers INDEX SECONDS` opens the index, answers a few questions,
prints that it is ready, waits for a line and then answers for so many seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ragqa.errors import RagqaError
from ragqa.settings import Settings

_WARM = 20


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """Figures of so many processes together; times of opening and memory are the median of the processes, in MB of 10^6 bytes."""

    n_workers: int
    open_wall_s: float
    open_cpu_s: float
    resident_mb: float
    own_memory_mb: float
    """Of the resident memory what is the process's own; the rest are mapped files, which all processes share."""
    answers_per_s: float
    answers_per_cpu_s: float


def measure_workers(settings: Settings, n_workers: int, seconds: float) -> WorkerFigures:
    """Start processes that answer from the index of the settings, and add up what they report. Raise `RagqaError` where one fails."""
    command = [sys.executable, "-m", "ragqa.evaluation.bench_workers", str(settings.index), str(seconds)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(n_workers)]  # noqa: S603  # our own module
    try:
        for worker in workers:
            if not worker.stdout or worker.stdout.readline() != "ready\n":
                raise RagqaError(f'a worker could not open the index in "{settings.index}". Run "ragqa index verify --index {settings.index}".')
        reports: list[dict[str, Any]] = []
        for worker in workers:
            assert worker.stdin is not None  # noqa: S101  # asked for above
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            reports.append(json.loads(worker.communicate()[0]))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()

    def middle(name: str) -> float:
        return sorted(float(report[name]) for report in reports)[len(reports) // 2]

    total = sum(report["n"] for report in reports)
    return WorkerFigures(
        n_workers,
        round(middle("open_wall_s"), 3),
        round(middle("open_cpu_s"), 3),
        round(middle("resident_mb"), 1),
        round(middle("own_memory_mb"), 1),
        round(sum(report["n"] / report["wall_s"] for report in reports), 1),
        round(total / sum(report["cpu_s"] for report in reports), 1),
    )


def memory_mb() -> dict[str, float]:
    """Return what of this process is resident, as the system counts it."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return {name: int(lines[key].split()[0]) * 1024 / 1e6 for name, key in (("resident_mb", "VmRSS"), ("own_memory_mb", "RssAnon"))}


def _serve(index: Path, seconds: float) -> None:
    from ragqa.bootstrap import open_service
    from ragqa.evaluation.bench_stages import scale_questions
    from ragqa.settings import load_settings

    _import_libraries()
    start, cpu = time.perf_counter(), time.process_time()
    service = open_service(load_settings(index=index))
    service.ready()
    report: dict[str, Any] = {"open_wall_s": time.perf_counter() - start, "open_cpu_s": time.process_time() - cpu}
    questions = scale_questions(service)
    for question in questions[:_WARM]:
        service.ask(question)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start, cpu, n = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - start < seconds:
        service.ask(questions[_WARM + n % (len(questions) - _WARM)])
        n += 1
    report |= {"n": n, "wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu, **memory_mb()}
    sys.stdout.write(json.dumps(report) + "\n")


def _import_libraries() -> None:
    """Import what answers need, so that opening is timed without it: a server imports once and opens with every generation."""
    for name in ("faiss", "onnxruntime", "tantivy", "tokenizers"):
        import_module(name)
    for name in (
        "answers.grounding",
        "answers.verification",
        "compose.extractive",
        "index.generation",
        "retrieval.hybrid",
        "text.conversation",
        "text.question",
    ):
        import_module(f"ragqa.{name}")
    from ragqa.text.lexicon import load_lexicon

    load_lexicon()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), float(sys.argv[2]))
