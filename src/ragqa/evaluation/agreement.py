"""Does a specialist see what the automatic figures see? Cohen's kappa for each column of a filled sheet, with an interval."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.sheet import COLUMNS

RESAMPLES = 2000
SEED = 20240229
_YES = frozenset({"yes", "y", "1", "true", "x"})
_NO = frozenset({"no", "n", "0", "false"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """One column. `kappa` and its interval are None where both sides gave one and the same mark throughout: chance explains everything."""

    column: str
    n: int
    agree: float
    kappa: float | None
    low: float | None
    high: float | None


def score_sheet(sheet: Path, key: Path) -> tuple[Agreement, ...]:
    """Return the agreement of each column that has marks; raise `QuestionSetInvalid` for a cell that is neither yes nor no."""
    verdicts = _key(key)
    marks: dict[str, list[tuple[bool, bool]]] = {column: [] for column in COLUMNS}
    for row in _rows(sheet):
        item = row.get("item", "")
        if item not in verdicts:
            raise QuestionSetInvalid(f'item "{item}" of "{sheet}" is not in "{key}". Keep the key that was written with this sheet.')
        for column in COLUMNS:
            cell = (row.get(column) or "").strip().lower()
            if cell and cell not in _YES | _NO:
                raise QuestionSetInvalid(f'item {item} of "{sheet}" has "{cell}" under {column}. Write yes or no, or leave the cell empty.')
            if cell:
                marks[column].append((cell in _YES, verdicts[item][column]))
    scored = tuple(agreement(column, pairs) for column, pairs in marks.items() if pairs)
    if not scored:
        raise QuestionSetInvalid(f'no cell of "{sheet}" is filled in. Mark the columns {", ".join(COLUMNS)} with yes or no.')
    return scored


def agreement(column: str, pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Return the agreement of pairs of marks, with the 95 % interval of kappa from resampled items."""
    marks = np.array(pairs, dtype=bool)
    drawn = marks[np.random.default_rng(SEED).integers(0, len(marks), size=(RESAMPLES, len(marks)))]
    resampled = [value for sample in drawn if (value := cohen_kappa(sample)) is not None]
    kappa = cohen_kappa(marks)
    low, high = np.quantile(resampled, [0.025, 0.975]).tolist() if kappa is not None and resampled else (None, None)
    return Agreement(column, len(pairs), float((marks[:, 0] == marks[:, 1]).mean()), kappa, low, high)


def cohen_kappa(marks: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> float | None:
    """Return Cohen's kappa of marks of shape (n, 2), None where it is not defined.

    kappa = (p_o - p_e) / (1 - p_e), p_o the share of equal marks, p_e what two independent markers with these shares of yes would reach.

    Source: Cohen, Educational and Psychological Measurement, 1960.
    """
    observed = float((marks[:, 0] == marks[:, 1]).mean())
    one, other = marks.mean(axis=0).tolist()
    expected = one * other + (1 - one) * (1 - other)
    return None if expected >= 1.0 else (observed - expected) / (1 - expected)


def _key(path: Path) -> dict[str, dict[str, bool]]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))["items"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise QuestionSetInvalid(f'the key "{path}" cannot be read ({exc}). Name the one that "ragqa eval sheet" wrote with --key.') from exc


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as exc:
        raise QuestionSetInvalid(f'the sheet "{path}" cannot be read ({exc}). Save it as CSV in UTF-8.') from exc
    # Spreadsheets of some languages separate by semicolons.
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))
    if not rows or "item" not in rows[0]:
        raise QuestionSetInvalid(f'the sheet "{path}" has no column "item". Fill in the sheet.csv that "ragqa eval sheet" wrote.')
    return rows
