from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ragqa.errors import IndexNotWritable
from ragqa.index.ledger import Ledger

FIRST, SECOND = ("a.md", 4, 1, 2, 3, 5, "aa"), ("b.md", 5, 1, 2, 3, 5, "bb")


def test_rows_come_back_changed_and_gone_ones_aside(tmp_path: Path) -> None:
    """A row takes the place of the one with its key; another reader of the same folder sees what was written."""
    ledger = Ledger(tmp_path)
    assert ledger.rows("file") == []

    ledger.change("file", [FIRST, SECOND], ())
    ledger.change("file", [(*FIRST[:6], "cc")], ["b.md"])
    ledger.change("fingerprint", [("key", "a.md", 1, None, "", 2020, b"\x00\x01")], ())

    assert Ledger(tmp_path).rows("file") == [(*FIRST[:6], "cc")]
    assert Ledger(tmp_path).rows("fingerprint") == [("key", "a.md", 1, None, "", 2020, b"\x00\x01")]


@pytest.mark.parametrize("damage", ["no database", "cut", "another version"])
def test_a_ledger_that_cannot_be_used_counts_as_empty(tmp_path: Path, damage: str) -> None:
    """Nothing in it is lost for good, so the next change begins a new one."""
    ledger, file = Ledger(tmp_path), tmp_path / "ledger.sqlite"
    ledger.change("file", [("x" * 50 + str(number), *FIRST[1:]) for number in range(2000)], ())
    if damage == "another version":
        database = sqlite3.connect(file)
        database.execute("PRAGMA user_version = 99")
        database.close()
    else:
        file.write_bytes(b"nothing of the kind" * 100 if damage == "no database" else file.read_bytes()[:9000])

    assert ledger.rows("file") == []
    ledger.change("file", [FIRST], ["b.md"])
    assert ledger.rows("file") == [FIRST]


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in its place stands for everything that keeps SQLite from writing."""
    (tmp_path / "ledger.sqlite").mkdir()

    with pytest.raises(IndexNotWritable, match=r"ledger\.sqlite.*Make room"):
        Ledger(tmp_path).change("file", [FIRST], ())
