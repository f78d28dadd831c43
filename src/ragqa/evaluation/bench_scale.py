"""Measure a synthetic library of a given size from building to answering, and keep the figures as JSON and as a table.

The machine is described by what a reader needs to compare: cores, memory, family of the processor, and how busy it was meanwhile.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ragqa.bootstrap import open_service
from ragqa.evaluation.bench_baselines import EngineTiming, compare_engines
from ragqa.evaluation.bench_build import AdditionFigures, BuildFigures, build_synthetic, time_additions
from ragqa.evaluation.bench_corpus import SyntheticCorpus, SyntheticEncoder
from ragqa.evaluation.bench_stages import StageTiming, scale_questions, time_answers, time_retrieval
from ragqa.evaluation.bench_workers import WorkerFigures, measure_workers
from ragqa.index.encoder import open_encoder
from ragqa.index.export import export_model
from ragqa.index.generation import open_current, open_generation_encoder
from ragqa.settings import Settings
from ragqa.text.lexicon import load_lexicon

_WARM = 40
_COMPARED = 60
Progress = Callable[[str, int, int], None]
"""Called with the stage, what is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on. `load` is the mean number of running processes over a minute, before and after."""

    cores: int
    memory_gb: int
    processor: str
    load: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ScaleReport:
    """All figures of one size."""

    machine: Machine
    build: BuildFigures
    addition: AdditionFigures
    workers: tuple[WorkerFigures, ...]
    stages: tuple[StageTiming, ...]
    engines: tuple[EngineTiming, ...]


def measure_scale(settings: Settings, n_chunks: int, progress: Progress, seconds: float = 20.0) -> ScaleReport:
    """Build a library of so many chunks in the folders of the settings, which should be empty, and measure everything.

    Args:
        settings: Corpus and index folder to write to.
        n_chunks: Size of the library.
        progress: Told of every stage.
        seconds: How long workers answer.
    """
    load_before = os.getloadavg()[0]
    settings.index.mkdir(parents=True, exist_ok=True)
    corpus = SyntheticCorpus(load_lexicon())
    encoder = SyntheticEncoder(corpus, open_encoder(export_model(settings.embedding, settings.index / "models")))
    build = build_synthetic(settings, corpus, encoder, n_chunks, lambda done, total: progress("build", done, total))
    workers = []
    for done, n_workers in enumerate((1, 2)):
        progress("workers", done, 2)
        workers.append(measure_workers(settings, n_workers, seconds))
    progress("questions", 0, 2)
    service = open_service(settings)
    questions = scale_questions(service)
    stages = [*time_retrieval(settings, questions, _WARM), *time_answers(service, questions, _WARM)]
    progress("engines", 1, 2)
    generation = open_current(settings.index)
    engines = compare_engines(generation, open_generation_encoder(settings.index, generation, settings.embedding), questions[:_COMPARED])
    generation.library.close()
    progress("adding", 0, 1)
    addition = time_additions(settings, corpus, encoder, build.n_documents)
    progress("adding", 1, 1)
    return ScaleReport(_machine(load_before), build, addition, tuple(workers), tuple(stages), tuple(engines))


def save_report(report: ScaleReport, folder: Path) -> Path:
    """Write the figures of one size as JSON and bring the table of all sizes in the folder up to date; return the path of the JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"chunks-{report.build.n_chunks:07d}.json"
    path.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    reports = [json.loads(each.read_text(encoding="utf-8")) for each in sorted(folder.glob("chunks-*.json"))]
    (folder / "README.md").write_text(_page(reports), encoding="utf-8")
    return path


def report_rows(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (figure, value) pairs of a report as read from JSON, in the order of the table."""
    build, addition, machine = (_dict(report[name]) for name in ("build", "addition", "machine"))
    rows = [
        ("documents, sentences", f"{build['n_documents']:,}, {build['n_sentences']:,}"),
        ("vectors searched", str(build["dense"])),
        ("build without parsing and embedding, CPU s", f"{build['build_cpu_s']:.0f}"),
        ("disk, MB", f"{build['disk_bytes'] / 1e6:,.0f}"),
        ("add one paper, CPU / wall s", f"{addition['cpu_s']:.2f} / {addition['wall_s']:.2f}"),
    ]
    for worker in map(_dict, _list(report["workers"])):
        n = f"{worker['n_workers']} worker{'s' if worker['n_workers'] > 1 else ''}"
        rows += [
            (f"{n}: open, CPU / wall s", f"{worker['open_cpu_s']:.2f} / {worker['open_wall_s']:.2f}"),
            (f"{n}: resident (own), MB", f"{worker['resident_mb']:.0f} ({worker['own_memory_mb']:.0f})"),
            (f"{n}: answers per s wall / CPU", f"{worker['answers_per_s']:.1f} / {worker['answers_per_cpu_s']:.1f}"),
        ]
    for stage in map(_dict, _list(report["stages"])):
        times = f"{stage['cpu_p50_ms']:.1f} / {stage['cpu_p99_ms']:.1f}, {stage['wall_p50_ms']:.1f} / {stage['wall_p99_ms']:.1f}"
        rows.append((f"{stage['stage']}, ms CPU p50 / p99, wall p50 / p99", times))
    rows += [
        (f"{engine['engine']}, CPU ms (times ours)", f"{engine['cpu_p50_ms']:.2f} ({engine['times_ours']:.1f})")
        for engine in map(_dict, _list(report["engines"]))
    ]
    load = _list(machine["load"])
    return [*rows, ("machine", f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['processor']}; load {load[0]:.1f} to {load[1]:.1f}")]


def _page(reports: Sequence[dict[str, Any]]) -> str:
    columns = [dict(report_rows(report)) for report in reports]
    names = list(dict.fromkeys(name for column in columns for name in column))
    head = ["figure", *(f"{_dict(report['build'])['n_chunks']:,} chunks" for report in reports)]
    lines = [
        "# Speed and size",
        "",
        "Written by `ragqa bench scale`; the JSON files beside this page hold the same figures.",
        "The libraries are synthetic (`src/ragqa/evaluation/bench_corpus.py` says how they are made), the way to an answer is the real one.",
        "CPU is the processor time of the asking process, wall is time on the clock.",
        "With a load above the number of cores the wall times say how crowded the machine was, and CPU times are inflated by shared caches.",
        "",
        "| " + " | ".join(head) + " |",
        "|---" + "|--:" * len(reports) + "|",
        *("| " + " | ".join([name, *(column.get(name, "–") for column in columns)]) + " |" for name in names),
    ]
    return "\n".join(lines) + "\n"


def _machine(load_before: float) -> Machine:
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    memory_gb = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    return Machine(os.cpu_count() or 1, memory_gb, names[0] if names else platform.machine(), (round(load_before, 1), round(os.getloadavg()[0], 1)))


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} is no object of a report")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} is no list of a report")
    return list(value)
