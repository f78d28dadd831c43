"""The command line: `ragqa ask`, `ragqa search`, `ragqa docs`, `ragqa index`, `ragqa serve`, `ragqa settings`.

Data goes to standard output, progress and messages to standard error. Exit codes: 0 answered, 3 abstained, 2 misuse, 1 failure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragqa import __version__
from ragqa.errors import RagqaError
from ragqa.evaluation.commands import eval_app
from ragqa.settings import Settings, load_settings, settings_table
from ragqa.types import Audience, DocumentKind, Filters

if TYPE_CHECKING:
    from rich.console import Console

    from ragqa.service import QAService

ABSTAINED = 3

app = typer.Typer(help="Answers clinical questions from your own library, with a verbatim quote behind every statement.", no_args_is_help=True)
index_app = typer.Typer(help="Build, check and roll back the index.", no_args_is_help=True)
docs_app = typer.Typer(help="List and read the documents of the index.", no_args_is_help=True)
app.add_typer(index_app, name="index")
app.add_typer(docs_app, name="docs")
app.add_typer(eval_app, name="eval")

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of generations (RAGQA_INDEX).", show_default=False)]
CorpusOption = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents (RAGQA_CORPUS).", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
KindOption = Annotated[list[DocumentKind] | None, typer.Option("--kind", help="Only documents of this kind; may be given more than once.", show_default=False)]
DocumentOption = Annotated[list[str] | None, typer.Option("--document", help="Only this document (id or file name without ending).", show_default=False)]
YearFromOption = Annotated[int | None, typer.Option("--from", help="Only documents of this year or later.", show_default=False)]
YearToOption = Annotated[int | None, typer.Option("--to", help="Only documents of this year or earlier.", show_default=False)]


def main() -> None:
    """Run the command line; every error of ours is one clear line, never a traceback."""
    try:
        app()
    except RagqaError as exc:
        _messages().print(f"[bold red]ragqa:[/] {_escape(str(exc))}", highlight=False, soft_wrap=True)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        _messages().print("ragqa: stopped. Nothing that was published is lost; run the command again to continue.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in plain words.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
    audience: Annotated[Audience, typer.Option(help="For whom the answer is presented; statements and citations stay the same.")] = Audience.CLINICIAN,
    kind: KindOption = None,
    document: DocumentOption = None,
    year_from: YearFromOption = None,
    year_to: YearToOption = None,
    quotes: Annotated[bool, typer.Option("--quotes", help="Print the verbatim quote and its place under each statement.")] = False,
) -> None:
    """Answer a question with cited statements; exit 3 when the library holds no answer."""
    service = _service(load_settings(index=index))
    answer = service.ask(question, audience, _filters(service, kind, document, year_from, year_to))
    if as_json:
        from ragqa.answers.json import answer_to_json

        _print_json(answer_to_json(answer))
    else:
        from ragqa.answers.terminal import render_answer

        _results().print(render_answer(answer, quotes=quotes))
    raise typer.Exit(ABSTAINED if answer.abstained else 0)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=1000)] = 10,
    index: IndexOption = None,
    as_json: JsonOption = False,
    kind: KindOption = None,
    document: DocumentOption = None,
    year_from: YearFromOption = None,
    year_to: YearToOption = None,
) -> None:
    """Rank passages without composing an answer."""
    service = _service(load_settings(index=index))
    hits = service.search(query, k, _filters(service, kind, document, year_from, year_to))
    if as_json:
        rows = [
            {
                "rank": hit.rank,
                "score": hit.score,
                "lexical": hit.lexical,
                "dense": hit.dense,
                "chunk_id": hit.chunk.chunk_id,
                "document_id": hit.document.document_id,
                "slug": hit.document.slug,
                "kind": hit.document.metadata.kind.value,
                "heading": hit.chunk.heading,
                "text": hit.chunk.text,
            }
            for hit in hits
        ]
        _print_json(rows)
        return
    results = _results()
    for hit in hits:
        heading = f" › {hit.chunk.heading}" if hit.chunk.heading else ""
        results.print(f"[bold]{hit.rank}. {_escape(hit.document.metadata.label)}[/]{_escape(heading)}  [dim]{hit.score:.3f}[/]", highlight=False)
        results.print(f"   {_escape(_shorten(hit.chunk.text, 300))}\n", highlight=False)


@docs_app.command("list")
def docs_list(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """List every document with kind, year and identifiers."""
    documents = _service(load_settings(index=index)).documents()
    if as_json:
        from ragqa.answers.json import document_to_json

        _print_json([document_to_json(document) for document in documents])
        return
    from rich.table import Table

    table = Table("document", "kind", "year", "DOI or PMID", "statements", "status", box=None, header_style="bold", pad_edge=False)
    for record in documents:
        metadata = record.metadata
        identifier = metadata.doi or (f"PMID {metadata.pmid}" if metadata.pmid else "–")
        table.add_row(record.slug, metadata.kind.value, str(metadata.year or "–"), identifier, str(record.n_sentences), record.status.value)
    _results().print(table)
    _messages().print(f"{len(documents)} documents")


@docs_app.command("show")
def docs_show(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="Document id, the start of one, or the file name without ending.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document: what is known of it and the text that quotes are sliced from."""
    service = _service(load_settings(index=index))
    record, pages = service.document(document_id), service.document_pages(document_id)
    if as_json:
        from ragqa.answers.json import document_to_json

        body = document_to_json(record)
        body["sections"] = [{"path": list(section.path), "zone": section.zone.value} for section in service.document_sections(document_id)]
        body["pages"] = [{"number": number, "text": text} for number, text in pages]
        _print_json(body)
        return
    from rich.table import Table

    metadata = record.metadata
    table = Table(show_header=False, box=None, pad_edge=False)
    rows = {
        "title": metadata.title,
        "id": record.document_id,
        "file": record.source,
        "kind": f"{metadata.kind.value} ({metadata.kind_origin})",
        "authors": ", ".join(metadata.authors),
        "organisation": metadata.organisation or "",
        "journal": metadata.journal or "",
        "year": str(metadata.year or ""),
        "DOI": metadata.doi or "",
        "PMID": metadata.pmid or "",
        "populations": ", ".join(population.disease + (f" (n = {population.n})" if population.n else "") for population in metadata.populations),
        "status": record.status.value + (f": {record.status_reason}" if record.status_reason else ""),
        "note": metadata.digest_of or "",
    }
    for name, value in rows.items():
        if value:
            table.add_row(f"[bold]{name}[/]", _escape(value))
    results = _results()
    results.print(table)
    for number, text in pages:
        results.print(f"\n[bold]page {number}[/]", highlight=False)
        results.print(text, highlight=False, markup=False)


@index_app.command("build")
def index_build(corpus: CorpusOption = None, index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Parse, embed and publish what changed in the corpus; does nothing when nothing changed."""
    from dataclasses import asdict

    from ragqa.build import build_index

    settings = load_settings(corpus=corpus, index=index)
    with _Progress() as progress:
        report = build_index(settings, progress)
    messages = _messages()
    for problem in report.problems:
        messages.print(f"[yellow]{problem.status.value}[/] {_escape(problem.source)}: {_escape(problem.message)}", highlight=False, soft_wrap=True)
    if as_json:
        _print_json(asdict(report))
    elif report.published:
        messages.print(
            f"published {report.generation}: {report.n_documents} documents, {report.n_chunks} chunks, {report.n_sentences} statements"
            f" ({report.n_parsed} parsed, {report.n_embedded} texts embedded)",
            highlight=False,
        )
    else:
        messages.print(f"nothing changed: {report.generation} stays ({report.n_documents} documents)", highlight=False)


@index_app.command("status")
def index_status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Show which generation is current and what it holds."""
    status = _service(load_settings(index=index)).index_status()
    if as_json:
        _print_json(status)
        return
    for name, value in status.items():
        shown = ", ".join(f"{count} {what}" for what, count in value.items()) if isinstance(value, dict) else value
        _results().print(f"[bold]{name}[/]  {_escape(str(shown))}", highlight=False)


@index_app.command("verify")
def index_verify(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check lengths, hashes and counts of the current generation, and that every stored quote slices its page."""
    from ragqa.index.publish import verify

    settings = load_settings(index=index)
    faults = verify(settings.index)
    if as_json:
        _print_json({"faults": faults})
    for fault in faults:
        _messages().print(f"[red]fault[/] {_escape(fault)}", highlight=False, soft_wrap=True)
    if not faults:
        _messages().print("the current generation is whole")
    raise typer.Exit(1 if faults else 0)


@index_app.command("rollback")
def index_rollback(index: IndexOption = None) -> None:
    """Make the generation before the current one current again."""
    from ragqa.index.publish import rollback

    name = rollback(load_settings(index=index).index)
    _messages().print(f"{name} is current again", highlight=False)


@app.command()
def serve(
    index: IndexOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (RAGQA_SERVER__HOST).", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (RAGQA_SERVER__PORT).", show_default=False, min=0, max=65535)] = None,
) -> None:
    """Serve page and API."""
    import uvicorn

    from ragqa.bootstrap import open_service
    from ragqa.web.app import create_app

    settings = load_settings(index=index)
    service = open_service(settings)
    service.ready()
    host, port = host or settings.server.host, settings.server.port if port is None else port
    _messages().print(f"ragqa serves [bold]http://{host}:{port}/[/] (stop with Ctrl+C)", highlight=False)
    uvicorn.run(create_app(service, settings), host=host, port=port, log_level="warning", access_log=False)


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """List every setting with its value, default, unit and meaning."""
    rows = settings_table(load_settings())
    if as_json:
        _print_json(rows)
        return
    from rich.table import Table

    table = Table("name", "value", "default", "unit", "meaning", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(_escape(value) for value in row.values()))
    _results().print(table)


@app.command()
def bench(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Print how long an answer takes, warm by stage and cold as a whole command."""
    from dataclasses import asdict

    from ragqa.evaluation.bench import library_questions, time_cold, time_warm

    settings = load_settings(index=index)
    service = _service(settings)
    questions = library_questions(service)
    timings = [*time_warm(service, questions), time_cold(settings, questions[0])]
    if as_json:
        _print_json([asdict(timing) for timing in timings])
        return
    from rich.table import Table

    table = Table("figure", "runs", "p50 ms", "p99 ms", box=None, header_style="bold", pad_edge=False)
    for timing in timings:
        table.add_row(timing.name, str(timing.n), f"{timing.p50_ms:.1f}", f"{timing.p99_ms:.1f}")
    _results().print(table)


@app.command()
def version() -> None:
    """Print the version."""
    _results().print(f"ragqa {__version__}", highlight=False)


# --------------------------------------------------------------------------- shared by the commands


def _service(settings: Settings) -> QAService:
    from ragqa.bootstrap import open_service

    return open_service(settings)


def _filters(service: QAService, kinds: list[DocumentKind] | None, documents: list[str] | None, year_from: int | None, year_to: int | None) -> Filters:
    ids = tuple(service.document(name).document_id for name in documents or ())
    return Filters(kinds=tuple(kinds or ()), document_ids=ids, year_from=year_from, year_to=year_to)


def _results() -> Console:
    """Return a console on standard output; long lines wrap only on a terminal."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=120, soft_wrap=False)


def _messages() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + " …"


class _Progress:
    """A progress bar on standard error, one task a stage of the build."""

    def __enter__(self) -> _Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[item]}"))
        self._bar = Progress(*columns, console=_messages())
        self._tasks: dict[str, Any] = {}
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, stage: str, done: int, total: int, item: str) -> None:
        """Show that `done` of `total` items of a stage are finished, the latest being `item`."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total, item="")
        self._bar.update(self._tasks[stage], completed=done, total=total, item=item)


if __name__ == "__main__":
    main()
