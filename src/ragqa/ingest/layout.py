"""From the places of printed lines to what they say about paragraphs: columns, indents, gaps, short lines, the size of body type."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ragqa.ingest.lines import Line

_GAP = 1.6
"""A distance between base lines above this multiple of the usual one divides paragraphs."""
_SHORT = 0.12
"""A line that ends further than this share of the column before its right edge closes a paragraph."""
_INDENT = (4.0, 45.0)
"""An indent, in points, that opens a paragraph."""
_LEAST_COLUMN_SHARE = 0.12
_COMMON_SHARE = 0.2
_WORD_GAP = 9.0
"""Pieces of one line stand no further apart than this, in points; columns do."""


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the type size of the running text, 0 where sizes are unknown.

    It is the largest of the common sizes: tables and references may fill more of a paper than its text, and are set smaller.
    """
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            if len(line.text) > 30:
                sizes[line.size] += len(line.text)
    return max((size for size, count in sizes.items() if count >= _COMMON_SHARE * sizes.total()), default=0.0)


def mark_paragraphs(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one page with `after_blank`, `opens` and `closes` set from their places, the pieces of one printed line joined."""
    lines = _joined(lines)
    leading = _leading(lines)
    columns = _columns(lines)
    marked: list[Line] = []
    for index, line in enumerate(lines):
        if line.box is None:
            marked.append(line)
            continue
        left, bottom, right, _ = line.box
        column_left, column_right = _column_of(left, columns)
        before = lines[index - 1].box if index else None
        drop = before[1] - bottom if before is not None else 0.0
        gap = before is None or drop > _GAP * leading or drop < -0.5 * leading
        jumps = before is not None and drop < -0.5 * leading
        indented = _INDENT[0] < left - column_left < _INDENT[1]
        closes = right < column_right - _SHORT * (column_right - column_left)
        marked.append(
            replace(
                line, after_blank=gap and not jumps and index > 0, opens=indented or (gap and not jumps and index > 0), closes=closes, indent=left - column_left
            )
        )
    return marked


def jumps_back(before: Line | None, line: Line) -> bool:
    """Return whether a line stands above the line read before it in the same column: running text never goes there."""
    if before is None or before.page != line.page or before.box is None or line.box is None:
        return False
    return line.box[1] > before.box[1] + line.size and min(line.box[2], before.box[2]) - max(line.box[0], before.box[0]) > 0.3 * (line.box[2] - line.box[0])


def follows_below(before: Line, line: Line) -> bool:
    """Return whether a line is the next one below in the same column; True where places are unknown."""
    if before.box is None or line.box is None:
        return True
    return before.page == line.page and 0 < before.box[1] - line.box[1] < 2 * line.size and abs(line.box[0] - before.box[0]) < _INDENT[1]


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Join pieces that stand side by side on one base line, as before and after a raised number."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and last.box and line.box and _side_by_side(last.box, line.box):
            main = max((last, line), key=lambda piece: len(piece.text))
            box = (last.box[0], min(last.box[1], line.box[1]), line.box[2], max(last.box[3], line.box[3]))
            text = f"{last.text} {line.text}"
            joined[-1] = replace(main, start=last.start, end=line.end, text=text, box=box, is_bold=last.is_bold and line.is_bold)
        else:
            joined.append(line)
    return joined


def _side_by_side(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> bool:
    overlap = min(first[3], second[3]) - max(first[1], second[1])
    return overlap > 0.5 * min(first[3] - first[1], second[3] - second[1]) and -2 < second[0] - first[2] < _WORD_GAP


def _leading(lines: Sequence[Line]) -> float:
    drops = [above.box[1] - below.box[1] for above, below in itertools.pairwise(lines) if above.box and below.box]
    drops = [drop for drop in drops if 4 < drop < 40]
    return median(drops) if drops else 12.0


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Return left and right edge of each column: the left edges that many lines share."""
    lefts: Counter[int] = Counter()
    for line in lines:
        if line.box is not None and len(line.text) > 20:
            lefts[round(line.box[0] / 3)] += 1
    needed = max(3, _LEAST_COLUMN_SHARE * sum(lefts.values()))
    edges: list[float] = []
    for key in sorted(lefts):
        if lefts[key] + lefts[key + 1] >= needed and (not edges or key * 3 - edges[-1] > _INDENT[1]):
            edges.append(key * 3.0)
    columns = []
    for index, edge in enumerate(edges):
        limit = edges[index + 1] if index + 1 < len(edges) else 1e9
        rights = sorted(line.box[2] for line in lines if line.box is not None and edge - 4 <= line.box[0] < limit - 4)
        columns.append((edge, rights[int(0.9 * (len(rights) - 1))] if rights else edge))
    return columns


def _column_of(left: float, columns: Sequence[tuple[float, float]]) -> tuple[float, float]:
    inside = [column for column in columns if column[0] - 4 <= left]
    return inside[-1] if inside else (left, left)
