"""How long an answer takes: warm in one process, and cold as a whole `ragqa ask` command. Prints figures; nothing is asserted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from ragqa.service import QAService
from ragqa.settings import Settings

QUESTIONS = (
    "What are the treatment options?",
    "How is disease monitored?",
    "Who should be screened?",
    "Which drugs are recommended against?",
    "What happens on progression?",
    "What are the side effects of treatment?",
    "What is the prognosis?",
    "What dose was used?",
)
"""Questions of every kind without a subject; each is asked about every population of the library."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one figure over its runs."""

    name: str
    n: int
    p50_ms: float
    p99_ms: float


def library_questions(service: QAService) -> list[str]:
    """Return questions about the populations that the library holds most statements on."""
    populations = sorted(service.reader().library.tag_names("population").items(), key=lambda item: (-item[1], item[0]))[:8]
    return [f"{question.rstrip('?')} in {population}?" for population, _ in populations for question in QUESTIONS]


def time_warm(service: QAService, questions: Sequence[str]) -> list[Timing]:
    """Ask every question once to warm up and once timed; return one row a stage and one for the whole answer."""
    laps: dict[str, list[float]] = {}
    for question in questions:
        service.ask(question)
    for question in questions:
        timings: dict[str, float] = {}
        start = time.perf_counter()
        # One more space keeps caches of whole questions, if any, from answering.
        service.ask(f"{question} ", timings=timings)
        laps.setdefault("answer", []).append((time.perf_counter() - start) * 1000)
        for stage, lap_ms in timings.items():
            laps.setdefault(stage, []).append(lap_ms)
    return [_timing(name, values) for name, values in laps.items()]


def time_cold(settings: Settings, question: str, runs: int = 5) -> Timing:
    """Run `ragqa ask` as a command; return the wall time of the whole process."""
    laps: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ragqa.cli", "ask", question, "--index", str(settings.index)], capture_output=True, check=False)  # noqa: S603  # our own command
        laps.append((time.perf_counter() - start) * 1000)
    return _timing("cold ragqa ask", laps)


def _timing(name: str, values: Sequence[float]) -> Timing:
    return Timing(name, len(values), median(values), quantiles(values, n=100)[98] if len(values) > 1 else values[0])
