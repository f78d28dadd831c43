"""Table rows as statements."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.ingest.mapped import MappedText


def row_statement(header: Sequence[str], cells: Sequence[MappedText]) -> MappedText:
    """Return "Header: cell; Header: cell." for the cells that hold something; the header words stand in no page."""
    parts = []
    for index, cell in enumerate(cells):
        if not cell.text:
            continue
        name = header[index].strip() if index < len(header) else ""
        parts.append(MappedText.join((MappedText.inserted(f"{name}: "), cell)) if name else cell)
    return MappedText.join(parts, "; ")
