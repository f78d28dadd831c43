"""The command line: ask, chat, verify and search; docs and index; eval; serve, keys and audit; settings.

Data goes to standard output, progress and messages to standard error. Exit codes: 0 answered, 3 abstained, 2 misuse, 1 failure.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ragqa import __version__
from ragqa.cli.answers import DocumentOption, KindOption, YearFromOption, YearToOption, ask, chat, filters_of, verify
from ragqa.cli.audit import audit_app
from ragqa.cli.bench import bench_app
from ragqa.cli.documents import docs_app
from ragqa.cli.index import index_app
from ragqa.cli.keys import keys_app
from ragqa.cli.output import IndexOption, JsonOption, escape, messages, open_library, print_json, results
from ragqa.cli.serve import serve
from ragqa.errors import RagqaError
from ragqa.evaluation.commands import eval_app
from ragqa.settings import load_settings, settings_table

app = typer.Typer(help="Answers clinical questions from your own library, with a verbatim quote behind every statement.", no_args_is_help=True)
app.add_typer(index_app, name="index")
app.add_typer(docs_app, name="docs")
app.add_typer(eval_app, name="eval")
app.add_typer(bench_app, name="bench")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
for command in (ask, chat, verify, serve):
    app.command()(command)


def main() -> None:
    """Run the command line; every error of ours is one clear line, never a traceback."""
    try:
        app()
    except RagqaError as exc:
        messages().print(f"[bold red]ragqa:[/] {escape(str(exc))}", highlight=False, soft_wrap=True)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        messages().print("ragqa: stopped. Nothing that was published is lost; run the command again to continue.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as exc:
        messages().print(f"[bold red]ragqa:[/] {escape(str(exc))}. Check the path and its permissions.", highlight=False, soft_wrap=True)
        sys.exit(1)


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
    service = open_library(load_settings(index=index))
    hits = service.search(query, k, filters_of(service, kind, document, year_from, year_to))
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
        print_json(rows)
        return
    console = results()
    for hit in hits:
        heading = f" › {hit.chunk.heading}" if hit.chunk.heading else ""
        console.print(f"[bold]{hit.rank}. {escape(hit.document.metadata.label)}[/]{escape(heading)}  [dim]{hit.score:.3f}[/]", highlight=False)
        console.print(f"   {escape(_shorten(hit.chunk.text, 300))}\n", highlight=False)


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """List every setting with its value, default, unit and meaning."""
    rows = settings_table(load_settings())
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    table = Table("name", "value", "default", "unit", "meaning", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(value) for value in row.values()))
    results().print(table)


@app.command()
def version() -> None:
    """Print the version."""
    results().print(f"ragqa {__version__}", highlight=False)


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + " …"
