"""`ragqa bench`: how fast it is. Alone it times answers; `scale` builds synthetic libraries; `ingest` reads PDFs; `embedding` embeds texts."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, get_args

import typer

from ragqa.cli.output import IndexOption, JsonOption, messages, open_library, print_json, results
from ragqa.settings import Precision, Settings, load_settings

bench_app = typer.Typer(help="Measure speed: of answers, of libraries of any size, of reading PDFs, of embedding.", invoke_without_command=True)


@bench_app.callback()
def bench(context: typer.Context, index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Print how long an answer takes, warm by stage and cold as a whole command."""
    if context.invoked_subcommand is not None:
        return
    from ragqa.evaluation.bench import library_questions, time_cold, time_warm

    settings = load_settings(index=index)
    service = open_library(settings)
    questions = library_questions(service)
    timings = [*time_warm(service, questions), time_cold(settings, questions[0])]
    if as_json:
        print_json([asdict(timing) for timing in timings])
        return
    rows = [(timing.name, str(timing.n), f"{timing.p50_ms:.1f}", f"{timing.p99_ms:.1f}") for timing in timings]
    _print_table(("figure", "runs", "p50 ms", "p99 ms"), rows)


@bench_app.command("scale")
def bench_scale(
    chunks: Annotated[list[int] | None, typer.Option("--chunks", help="Size of the library; may be given more than once.", min=20, show_default=False)] = None,
    scratch: Annotated[Path | None, typer.Option(help="Folder for the libraries, removed afterwards: 1 GB for 100,000 chunks.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that keeps the figures as JSON, and a page with the table.", show_default=False)] = None,
    seconds: Annotated[float, typer.Option(help="How long worker processes answer.", min=1.0)] = 20.0,
    as_json: JsonOption = False,
) -> None:
    """Build synthetic libraries (10,000 and 100,000 chunks unless said) and measure building, opening, ranking, answering and adding a paper."""
    from ragqa.evaluation.bench_scale import measure_scale, report_rows, save_report

    reports = []
    for n_chunks in chunks or (10_000, 100_000):
        with _scratch(scratch) as settings:
            report = measure_scale(settings, n_chunks, _say, seconds)
        if out:
            messages().print(f"figures of {n_chunks} chunks are in {save_report(report, out)}", highlight=False)
        reports.append(json.loads(json.dumps(asdict(report))))
    if as_json:
        print_json(reports)
        return
    for report_data in reports:
        _print_table(("figure", f"{report_data['build']['n_chunks']:,} chunks"), report_rows(report_data))


@bench_app.command("ingest")
def bench_ingest(folder: Annotated[Path, typer.Argument(help="Folder of PDFs.")], as_json: JsonOption = False) -> None:
    """Print what reading PDFs costs beside bare pypdf, in CPU time."""
    from ragqa.evaluation.bench_ingest import time_ingest

    timings = time_ingest(folder, load_settings().ingest)
    if as_json:
        print_json([asdict(timing) | {"ratio": timing.ratio} for timing in timings])
        return
    rows = [(each.name, str(each.n_pages), f"{each.pages_per_s:.1f}", f"{each.pypdf_pages_per_s:.1f}", f"{each.ratio:.2f}") for each in timings]
    _print_table(("file", "pages", "pages per CPU s", "bare pypdf", "times the cost"), rows)


@bench_app.command("embedding")
def bench_embedding(
    index: IndexOption = None,
    rounds: Annotated[int, typer.Option(help="How often both sides embed, in turns.", min=1)] = 7,
    texts: Annotated[int, typer.Option(help="Chunks and sentences of one round.", min=1)] = 200,
    precision: Annotated[Precision | None, typer.Option(help="Arithmetic of ragqa's side.", show_default="all in turn")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print how many texts a second one core embeds in each precision, beside sentence-transformers in fp32 on the same texts."""
    from ragqa.evaluation.bench_embedding import measure_embedding

    settings = load_settings(index=index)
    chosen: Sequence[str] = (precision,) if precision else get_args(Precision)
    speeds, left_out = measure_embedding(settings, open_library(settings).reader().library, rounds, texts, chosen)
    if as_json:
        print_json({"measured": [asdict(speed) for speed in speeds], "not_measured": [asdict(each) for each in left_out]})
        return
    rows = [
        ("rounds, texts", *(f"{speed.n_rounds}, {speed.n_texts}" for speed in speeds)),
        ("ragqa, texts per CPU s", *(f"{speed.ragqa_per_s:.1f}" for speed in speeds)),
        ("sentence-transformers fp32, texts per CPU s", *(f"{speed.sentence_transformers_per_s:.1f}" for speed in speeds)),
        ("ratio", *(f"{speed.ratio:.2f}" for speed in speeds)),
        ("largest difference of a component", *(f"{speed.largest_difference:.1e}" for speed in speeds)),
        ("least cosine", *(f"{speed.least_cosine:.5f}" for speed in speeds)),
    ]
    _print_table(("figure", *(speed.precision for speed in speeds)), rows)
    for each in left_out:
        messages().print(f"ragqa: {each.precision} was not measured: {each.reason}", markup=False, soft_wrap=True)


@contextmanager
def _scratch(parent: Path | None) -> Iterator[Settings]:
    """Make an empty corpus and index folder, and remove both in the end."""
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="ragqa-bench-", dir=parent))
    try:
        yield load_settings(corpus=folder / "corpus", index=folder / "index")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(stage: str, done: int, total: int) -> None:
    if done % 500 == 0 or done == total:
        messages().print(f"{stage} {done} of {total}", highlight=False)


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table

    table = Table(*head, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    results().print(table)
