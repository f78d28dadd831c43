"""Tables as grids of cells, and their rows as statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ragqa.ingest.mapped import MappedText

_GENERIC_HEADS = frozenset("characteristic characteristics variable variables parameter parameters item items outcome outcomes measure measures".split())  # noqa: SIM905 - a word list reads best as words


def row_statement(header: Sequence[str], cells: Sequence[MappedText]) -> MappedText:
    """Return "Header: cell; Header: cell." for the cells that hold something; the header words stand in no page."""
    parts = []
    for index, cell in enumerate(cells):
        if not cell.text:
            continue
        name = header[index].strip() if index < len(header) else ""
        parts.append(MappedText.join((MappedText.inserted(f"{name}: "), cell)) if name else cell)
    return MappedText.join(parts, "; ")


def merge_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the name of each column from one or more rows of heads: "Dose" above "Start" is "Dose Start"."""
    header: list[str] = []
    for cells in rows:
        header += [""] * (len(cells) - len(header))
        for column, cell in enumerate(cells):
            name = re.sub(r"[\ue000-\ue002]\d*", "", cell).strip()
            if name and name not in header[column]:
                header[column] = f"{header[column]} {name}".strip()
    return header


def group_header(group: str, header: Sequence[str]) -> list[str]:
    """Return the names of the columns below a row that names a group of rows: the group stands before the first, or in place of one that says nothing."""
    first = header[0] if header and header[0].casefold() not in _GENERIC_HEADS else ""
    return [f"{group}: {first}".strip(": "), *header[1:]]


def expand_spans(rows: list[list[tuple[Any, str]]]) -> list[list[str]]:
    """Return the rows of a table with every cell repeated over the rows and columns that it spans."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for index, row in enumerate(rows):
        column = 0
        for cell, text in row:
            while column in grid[index]:
                column += 1
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for below in range(index, min(len(rows), index + height)):
                for across in range(column, column + width):
                    grid[below][across] = text
            column += width
    return [[cells.get(column, "") for column in range(max(cells, default=-1) + 1)] for cells in grid]


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdigit() and int(value) > 0 else 1
