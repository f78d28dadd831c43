"""Where the time of a question goes: each stage of retrieval and of a whole answer, in wall-clock and in CPU time.

Every question is asked once, after others have warmed the process, so that nothing is answered from what an equal question left in memory.
CPU time is that of the whole process (`time.process_time`), wall-clock time is `time.perf_counter`; on a machine shared with other work
only the first compares between runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from ragqa.evaluation.bench import QUESTIONS
from ragqa.index.generation import open_current, open_generation_encoder
from ragqa.retrieval.hybrid import HybridRetriever
from ragqa.service import QAService
from ragqa.settings import Settings
from ragqa.types import Query

T = TypeVar("T")
_DRUG_QUESTIONS = ("What did {drug} achieve in {population}?", "Is {drug} safe in {population}?", "Who should get {drug} for {population}?")
_TEXTS = 20


@dataclass(frozen=True, slots=True)
class StageTiming:
    """Milliseconds of one stage over n questions."""

    stage: str
    n: int
    wall_p50_ms: float
    wall_p99_ms: float
    cpu_p50_ms: float
    cpu_p99_ms: float


class Laps:
    """Collects (wall, CPU) milliseconds by stage; within one question a stage may be entered more than once."""

    def __init__(self) -> None:
        self._done: dict[str, list[tuple[float, float]]] = {}
        self._now: dict[str, tuple[float, float]] = {}

    def time(self, stage: str, work: Callable[..., T], *given: Any) -> T:
        """Run some work on what is given and add what it takes to a stage."""
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            return work(*given)
        finally:
            before = self._now.get(stage, (0.0, 0.0))
            self._now[stage] = (before[0] + (time.perf_counter() - wall) * 1000, before[1] + (time.process_time() - cpu) * 1000)

    def rest(self, stage: str, whole: str, parts: Sequence[str]) -> None:
        """Add what a stage took beyond its parts."""
        wall, cpu = self._now[whole]
        known = [self._now.get(part, (0.0, 0.0)) for part in parts]
        self._now[stage] = (wall - sum(part[0] for part in known), cpu - sum(part[1] for part in known))

    def finish(self, *, counts: bool) -> None:
        """End one question, whose figures count or only warmed the process."""
        for stage, lap in self._now.items() if counts else ():
            self._done.setdefault(stage, []).append(lap)
        self._now = {}

    def timings(self, prefix: str) -> list[StageTiming]:
        """Return one row a stage, in the order of their first entry."""
        rows = []
        for stage, laps in self._done.items():
            wall, cpu = np.array(laps).T
            figures = (np.percentile(wall, 50), np.percentile(wall, 99), np.percentile(cpu, 50), np.percentile(cpu, 99))
            rows.append(StageTiming(f"{prefix}{stage}", len(laps), *(round(float(figure), 2) for figure in figures)))
        return rows


def scale_questions(service: QAService) -> list[str]:
    """Return questions on the populations and treatments that the library holds most on, each once, mixed in a fixed order."""
    library = service.reader().library
    populations, drugs = (
        [name for name, _ in sorted(library.tag_names(what).items(), key=lambda item: (-item[1], item[0]))[:10]] for what in ("population", "drug")
    )
    general = [f"{question.rstrip('?')} in {population}?" for population in populations for question in QUESTIONS]
    named = [template.format(drug=drug, population=population) for drug in drugs for population in populations[:3] for template in _DRUG_QUESTIONS]
    questions = list(dict.fromkeys([*general, *named]))
    return [questions[place] for place in np.random.default_rng(0).permutation(len(questions))]


def time_retrieval(settings: Settings, questions: Sequence[str], n_warm: int) -> list[StageTiming]:
    """Rank chunks for questions as `ragqa search` does, without filters, and read the texts of the best 20."""
    generation = open_current(settings.index)
    library, laps = generation.library, Laps()
    embedder: Any = _Timed(open_generation_encoder(settings.index, generation, settings.embedding), laps, {"embed_queries": "embed query"})
    dense: Any = _Timed(generation.dense, laps, {"search": "dense", "scores": "dense"})
    lexical: Any = _Timed(generation.lexical, laps, {"search": "lexical", "scores": "lexical"})
    vectors: Any = _Timed(library, laps, {"sentence_vectors": "sentence vectors", "sentence_ranges": "sentence vectors"})
    retriever = HybridRetriever(lexical, dense, vectors, embedder, settings.retrieval)
    for number, question in enumerate(questions):
        (ranking,) = laps.time("retrieval", retriever.search, [Query(question, question)], _TEXTS)
        laps.rest("fusion", "retrieval", ("embed query", "dense", "lexical", "sentence vectors"))
        laps.time("texts", library.chunks, [hit.row for hit in ranking])
        laps.finish(counts=number >= n_warm)
    library.close()
    return laps.timings("retrieval: ")


def time_answers(service: QAService, questions: Sequence[str], n_warm: int) -> list[StageTiming]:
    """Answer questions in full: both rankings, composition and check."""
    laps, reader = Laps(), service.reader()

    def answer(question: str) -> None:
        query = laps.time("analyse", reader.analyse, question)
        guidelines, research = laps.time("retrieve", service.rank, reader, query)
        laps.time("check", reader.check, laps.time("compose", reader.composer.compose, query, guidelines, research))

    for number, question in enumerate(questions):
        laps.time("whole", answer, question)
        laps.finish(counts=number >= n_warm)
    return laps.timings("answer: ")


class _Timed:
    """Stands for an object and times some of its methods."""

    def __init__(self, target: Any, laps: Laps, stages: dict[str, str]) -> None:
        self._target, self._laps, self._stages = target, laps, stages

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        stage = self._stages.get(name)
        return found if stage is None else partial(self._laps.time, stage, found)
