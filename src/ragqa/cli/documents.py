"""`ragqa docs`: list and read the documents of the index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from ragqa.cli.output import IndexOption, JsonOption, escape, messages, open_library, print_json, results
from ragqa.errors import DocumentNotFound
from ragqa.settings import load_settings

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""A document may hold escape sequences; written out they would drive the reader's terminal. `--json` gives the exact text."""

_SHOWN_RECORDS = 10

docs_app = typer.Typer(help="List and read the documents of the index.", no_args_is_help=True)


@docs_app.command("list")
def docs_list(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """List every document with kind, year and identifiers."""
    documents = open_library(load_settings(index=index)).documents()
    if as_json:
        from ragqa.answers.json import document_to_json

        print_json([document_to_json(document) for document in documents])
        return
    from rich.table import Table

    table = Table("document", "kind", "year", "DOI or PMID", "statements", "status", box=None, header_style="bold", pad_edge=False)
    for record in documents:
        metadata = record.metadata
        identifier = metadata.doi or (f"PMID {metadata.pmid}" if metadata.pmid else "–")
        table.add_row(record.slug, metadata.kind.value, str(metadata.year or "–"), identifier, str(record.n_sentences), record.status.value)
    results().print(table)
    messages().print(f"{len(documents)} documents")


@docs_app.command("inspect")
def docs_inspect(
    file: Annotated[Path, typer.Argument(help="A file, in a corpus or not.")],
    page: Annotated[int | None, typer.Option(help="Print what the indexer reads from this page.", min=1, show_default=False)] = None,
    record: Annotated[str | None, typer.Option(help="Only this record of a file that holds many.", show_default=False)] = None,
) -> None:
    """Read a file as the indexer would and report what came of it; nothing is indexed."""
    from ragqa.ingest import parse_documents
    from ragqa.ingest.inspection import describe, describe_page
    from ragqa.types import split_record

    documents = parse_documents(file, file.parent, load_settings().ingest)
    if record is not None:
        documents = tuple(document for document in documents if split_record(document.source, document.source_format)[1] == record)
        if not documents:
            raise DocumentNotFound(f'{file.name} holds no record "{record}". Without --record the first ones are shown.')
    report = "\n\n".join(describe(document) if page is None else describe_page(document, page) for document in documents[:_SHOWN_RECORDS])
    if len(documents) > _SHOWN_RECORDS:
        messages().print(f"the first {_SHOWN_RECORDS} of {len(documents)} records; --record NAME shows another")
    results().print(_CONTROLS.sub("�", report), highlight=False, markup=False, soft_wrap=True)


@docs_app.command("show")
def docs_show(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="Document id, the start of one, or the file name without ending.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document: what is known of it and the text that quotes are sliced from."""
    service = open_library(load_settings(index=index))
    record, pages = service.document(document_id), service.document_pages(document_id)
    if as_json:
        from ragqa.answers.json import document_to_json

        body = document_to_json(record)
        body["sections"] = [{"path": list(section.path), "zone": section.zone.value} for section in service.document_sections(document_id)]
        body["pages"] = [{"number": number, "text": text} for number, text in pages]
        print_json(body)
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
            table.add_row(f"[bold]{name}[/]", escape(_CONTROLS.sub("", value)))
    console = results()
    console.print(table)
    for number, text in pages:
        console.print(f"\n[bold]page {number}[/]", highlight=False)
        console.print(_CONTROLS.sub("", text), highlight=False, markup=False, soft_wrap=True)
