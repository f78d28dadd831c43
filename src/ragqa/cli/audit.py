"""`ragqa audit`: who did what, and whether the chain of entries holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ragqa.cli.keys import records
from ragqa.cli.output import JsonOption, escape, messages, print_json, results

audit_app = typer.Typer(help="The audit chain: who asked, uploaded, rebuilt and changed keys.", no_args_is_help=True)
BROKEN = 4


@audit_app.command("list")
def list_entries(limit: Annotated[int, typer.Option(help="Most entries.", min=1, max=100_000)] = 50, as_json: JsonOption = False) -> None:
    """List entries, the latest first."""
    with records() as kept:
        entries = kept.audit.entries(limit)
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    from rich.table import Table

    table = Table("no", "time", "who", "did", "to", "details", box=None, header_style="bold", pad_edge=False)
    for entry in entries:
        table.add_row(str(entry.number), entry.time[:19], escape(entry.principal), entry.action, escape(entry.target), escape(entry.details))
    results().print(table)


@audit_app.command()
def verify(
    kept: Annotated[str | None, typer.Option(help="A last hash that an earlier check printed: it must still be in the chain.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """Check every entry against the one before it; exit 4 where one was changed, taken out or put in."""
    with records() as opened:
        n_entries, last_hash, broken = opened.audit.verify()
        is_cut = kept is not None and not opened.audit.holds(kept)
    if as_json:
        print_json({"holds": broken is None and not is_cut, "n_entries": n_entries, "last_hash": last_hash, "first_broken": broken, "kept_is_missing": is_cut})
    elif is_cut:
        messages().print("The hash that was kept is not in the chain: entries were cut off its end, or it was made anew.", highlight=False)
    elif broken is None:
        results().print(f"The chain of {n_entries} entries holds. Last hash, to be kept elsewhere: {last_hash}", highlight=False, soft_wrap=True)
    else:
        messages().print(f"Entry {broken} does not fit the {n_entries} before it: it was changed, or one was taken out or put in.", highlight=False)
    if broken is not None or is_cut:
        raise typer.Exit(BROKEN)
