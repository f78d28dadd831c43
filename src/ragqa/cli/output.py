"""What the commands share: options, the service, and where data and messages go.

Data goes to standard output; progress and messages to standard error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from ragqa.service import QAService
    from ragqa.settings import Settings

IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of generations (RAGQA_INDEX).", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def open_library(settings: Settings) -> QAService:
    """Return a service over the index that the settings name."""
    from ragqa.bootstrap import open_service

    return open_service(settings)


def results() -> Console:
    """Return a console on standard output; long lines wrap only on a terminal."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=120, soft_wrap=False)


def messages() -> Console:
    """Return a console on standard error."""
    from rich.console import Console

    return Console(stderr=True)


def print_json(value: Any) -> None:
    """Write a value as JSON to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def escape(text: str) -> str:
    """Return a text whose square brackets rich prints as they are."""
    from rich.markup import escape

    return escape(text)
