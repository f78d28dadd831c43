"""`ragqa keys`: the API keys of the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ragqa.cli.output import JsonOption, escape, messages, print_json, results
from ragqa.errors import KeyNotFound
from ragqa.settings import load_settings
from ragqa.types import Role

if TYPE_CHECKING:
    from ragqa.records import Records

keys_app = typer.Typer(help="API keys: who may use the service, and as what.", no_args_is_help=True)
OPERATOR = "operator"
"""The principal of what is done on the command line, as the audit chain names it."""


@keys_app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is: a person or a program.")],
    role: Annotated[Role, typer.Option(help="What the holder may do.")] = Role.READER,
    days: Annotated[int | None, typer.Option(help="Days until it expires; without, it does not.", min=1, max=3650, show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key. It is shown once: only its hash is kept. Keys of one name share their history, so a new key can take over from an old one."""
    with records() as kept:
        expires = datetime.now(UTC) + timedelta(days=days) if days else None
        key, secret = kept.keys.create(name.strip()[:100] or "unnamed", role.value, expires)
        kept.audit.append(OPERATOR, "key-create", key.key_id, {"role": key.role})
    if as_json:
        print_json(asdict(key) | {"secret": secret})
        return
    until = f", until {key.expires[:10]}" if key.expires else ""
    messages().print(f'Key {key.key_id} for "{escape(key.name)}" ({key.role}{until}). It cannot be shown again:', highlight=False)
    results().print(secret, highlight=False, soft_wrap=True)


@keys_app.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """List all keys, without their secrets."""
    with records() as kept:
        found = [(key, "revoked" if key.revoked else "valid" if kept.keys.is_valid(key) else "expired") for key in kept.keys.list()]
    if as_json:
        print_json([asdict(key) | {"state": state} for key, state in found])
        return
    from rich.table import Table

    table = Table("id", "name", "role", "made", "expires", "state", box=None, header_style="bold", pad_edge=False)
    for key, state in found:
        table.add_row(key.key_id, escape(key.name), key.role, key.created[:10], (key.expires or "never")[:10], state)
    results().print(table)


@keys_app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="Id of the key, as `ragqa keys list` shows it.")]) -> None:
    """Revoke a key at once."""
    with records() as kept:
        if not kept.keys.revoke(key_id):
            raise KeyNotFound(f'no valid key "{key_id}". "ragqa keys list" shows all.')
        kept.audit.append(OPERATOR, "key-revoke", key_id)
    messages().print(f"Key {escape(key_id)} is revoked.", highlight=False)


@contextmanager
def records() -> Iterator[Records]:
    """Open the records of the settings, and close them at the end."""
    from ragqa.records import open_records

    opened = open_records(load_settings().records.url, lambda: datetime.now(UTC))
    try:
        yield opened
    finally:
        opened.close()
