"""`ragqa index`: build, check and roll back the index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ragqa.cli.output import IndexOption, JsonOption, escape, messages, open_library, print_json, results
from ragqa.settings import load_settings

index_app = typer.Typer(help="Build, check and roll back the index.", no_args_is_help=True)
CorpusOption = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents (RAGQA_CORPUS).", show_default=False)]


@index_app.command("build")
def index_build(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
    jobs: Annotated[int | None, typer.Option("--jobs", help="Files parsed at once (RAGQA_INGEST__JOBS).", min=1, max=64, show_default=False)] = None,
) -> None:
    """Parse, embed and publish what changed in the corpus; does nothing when nothing changed."""
    from dataclasses import asdict

    from ragqa.build import build_index

    settings = load_settings(corpus=corpus, index=index)
    if jobs is not None:
        settings = settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"jobs": jobs})})
    with Progress() as progress:
        report = build_index(settings, progress, on_pages=progress.add_pages)
    console = messages()
    for problem in report.problems:
        console.print(f"[yellow]{problem.status.value}[/] {escape(problem.source)}: {escape(problem.message)}", highlight=False, soft_wrap=True)
    if as_json:
        print_json(asdict(report))
    elif report.published:
        console.print(
            f"published {report.generation}: {report.n_documents} documents, {report.n_chunks} chunks, {report.n_sentences} statements"
            f" ({report.n_parsed} parsed, {report.n_embedded} texts embedded)",
            highlight=False,
        )
    else:
        console.print(f"nothing changed: {report.generation} stays ({report.n_documents} documents)", highlight=False)


@index_app.command("status")
def index_status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Show which generation is current and what it holds."""
    status = open_library(load_settings(index=index)).index_status()
    if as_json:
        print_json(status)
        return
    for name, value in status.items():
        shown = ", ".join(f"{count} {what}" for what, count in value.items()) if isinstance(value, dict) else value
        results().print(f"[bold]{name}[/]  {escape(str(shown))}", highlight=False)


@index_app.command("verify")
def index_verify(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check lengths, hashes and counts of every generation, and that every stored quote slices its page."""
    from ragqa.index.publish import verify

    settings = load_settings(index=index)
    faults = verify(settings.index)
    if as_json:
        print_json({"faults": faults})
    for fault in faults:
        messages().print(f"[red]fault[/] {escape(fault)}", highlight=False, soft_wrap=True)
    if not faults:
        messages().print("every generation is whole")
    raise typer.Exit(1 if faults else 0)


@index_app.command("rollback")
def index_rollback(index: IndexOption = None) -> None:
    """Make the generation before the current one current again."""
    from ragqa.index.publish import rollback

    name = rollback(load_settings(index=index).index)
    messages().print(f"{name} is current again", highlight=False)


@index_app.command("prune")
def index_prune(
    index: IndexOption = None,
    keep: Annotated[int | None, typer.Option("--keep", help="Generations to keep, the current one included.", min=1, show_default=False)] = None,
) -> None:
    """Delete older generations and what was rolled back from; by default as many stay as a build keeps."""
    from ragqa.index.publish import prune_index

    settings = load_settings(index=index)
    gone = prune_index(settings.index, keep or settings.generations.keep_generations)
    messages().print(f"deleted {', '.join(gone)}" if gone else "nothing to delete", highlight=False)


class Progress:
    """A progress bar on standard error: one task a stage of the build, with the time left, and for parsing with pages per second."""

    def __enter__(self) -> Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[pace]}"),
            TextColumn("{task.fields[item]}"),
        )
        self._bar = Progress(*columns, console=messages())
        self._tasks: dict[str, Any] = {}
        self._n_pages = 0
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, stage: str, done: int, total: int, item: str) -> None:
        """Show that `done` of `total` items of a stage are finished, the latest being `item`."""
        task = self._task(stage, total)
        self._bar.update(task, completed=done, total=total, item=escape(item))

    def add_pages(self, n_pages: int) -> None:
        """Count the pages of a file that was parsed, and show how many are read in a second."""
        self._n_pages += n_pages
        task = self._task("parse", None)
        elapsed_s = self._bar.tasks[task].elapsed or 0.0
        if elapsed_s > 0:
            self._bar.update(task, pace=f"{self._n_pages / elapsed_s:.1f} pages/s")

    def _task(self, stage: str, total: int | None) -> Any:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, item="", pace="")
        return self._tasks[stage]
