"""The blind sheet and its agreement with the automatic verdicts."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.agreement import agreement, cohen_kappa, score_sheet
from ragqa.evaluation.records import EvalRun, StatementRecord
from ragqa.evaluation.sheet import COLUMNS, DECOY_EVERY, write_sheet
from tests.evaluation.samples import record

N = 20


def statement(place: int, **fields: tuple[object, ...]) -> StatementRecord:
    """Return a judged statement; every second one is useful."""
    given = {"quotes": (f"Quote {place}.",), "nuggets": (0,) if place % 2 else (), "faults": ()}
    return StatementRecord("research", "Treatment", f"={place} Statement.", ("A",), "exact", "treatment", (f"paper-{place}",), **{**given, **fields})  # type: ignore[arg-type]  # fields of the record, by name


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Write a sheet of a run of twenty questions with a statement each; return its folder."""
    records = tuple(record(f"question-{place}", {}, statements=(statement(place),)) for place in range(N))
    assert write_sheet(EvalRun("secret system", "dev", "gen-1", "", "", records, {}), tmp_path, 100) == N
    return tmp_path


def rows_of(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the sheet."""
    with (folder / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(folder: Path, mark: dict[str, dict[str, bool]], delimiter: str = ",") -> Path:
    """Fill the sheet in as a dict of verdicts says."""
    rows = rows_of(folder)
    path = folder / "filled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {column: "yes" if mark[row["item"]][column] else "No" for column in COLUMNS})
    return path


def test_the_sheet_is_blind(sheet: Path) -> None:
    """Sheet and page hold no verdict, no system, no id of a question; columns to fill are empty; no cell starts a formula."""
    text = (sheet / "sheet.csv").read_text(encoding="utf-8") + (sheet / "sheet.html").read_text(encoding="utf-8")

    assert "secret" not in text
    assert "citation" not in text
    assert all(not row[column] for row in rows_of(sheet) for column in COLUMNS)
    assert all(row["statement"].startswith("'=") for row in rows_of(sheet))


def test_every_fifth_item_is_a_decoy(sheet: Path) -> None:
    """A decoy shows the quote of another statement, and its key says unsupported."""
    key = json.loads((sheet / "key.json").read_text(encoding="utf-8"))["items"]
    decoys = [row["item"] for row in rows_of(sheet) if row["quote"].removeprefix("Quote ") != row["statement"].removeprefix("'=").replace(" Statement", "")]

    assert len(decoys) == N // DECOY_EVERY
    assert {item for item, verdicts in key.items() if not verdicts["supported"]} == set(decoys)


def test_who_agrees_everywhere_has_kappa_one(sheet: Path) -> None:
    """Marks equal to the key give 1; a column where both sides say yes throughout has no kappa. Semicolons are read too."""
    key = json.loads((sheet / "key.json").read_text(encoding="utf-8"))["items"]
    scored = {row.column: row for row in score_sheet(fill(sheet, key, ";"), sheet / "key.json")}

    assert (scored["supported"].kappa, scored["useful"].kappa, scored["right_disease"].kappa) == (1.0, 1.0, None)
    assert scored["supported"].n == N


def test_kappa_is_that_of_scikit_learn() -> None:
    """Random marks give the kappa of an independent implementation, inside its interval."""
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(3)
    one = random.random(80) < 0.7
    other = np.where(random.random(80) < 0.8, one, ~one)

    scored = agreement("useful", list(zip(one.tolist(), other.tolist(), strict=True)))

    assert scored.kappa == pytest.approx(metrics.cohen_kappa_score(one, other))
    assert scored.low is not None
    assert scored.high is not None
    assert scored.kappa is not None
    assert scored.low < scored.kappa < scored.high


def test_kappa_by_hand() -> None:
    """Three of four equal, shares of yes 1/2 and 3/4: p_e = 3/8 + 1/8 = 1/2, kappa = (3/4 - 1/2) / (1/2) = 1/2."""
    assert cohen_kappa(np.array([[True, True], [True, True], [False, True], [False, False]])) == pytest.approx(0.5)


def test_a_cell_that_is_neither_yes_nor_no_is_named(sheet: Path) -> None:
    """The message holds item, column and what was found; an empty sheet and a foreign key are refused too."""
    path = sheet / "sheet.csv"
    with pytest.raises(QuestionSetInvalid, match="no cell"):
        score_sheet(path, sheet / "key.json")
    path.write_text("item,supported,right_disease,useful\n3,perhaps,,\n", encoding="utf-8")
    with pytest.raises(QuestionSetInvalid, match=r'item 3 .* "perhaps" under supported'):
        score_sheet(path, sheet / "key.json")
    path.write_text("item,supported\n99,yes\n", encoding="utf-8")
    with pytest.raises(QuestionSetInvalid, match="key"):
        score_sheet(path, sheet / "key.json")


def test_a_run_without_statements_makes_no_sheet(tmp_path: Path) -> None:
    """There is nothing to mark."""
    with pytest.raises(QuestionSetInvalid, match="fewer than two"):
        write_sheet(EvalRun("s", "dev", "", "", "", (record("a", {}),), {}), tmp_path, 5)
