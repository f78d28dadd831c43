"""What a build notes for the next one, row by row in one file: hashes of files with what they were like, and fingerprints of documents.

Reading takes a hundredth of a second for a thousand documents, and adding a paper writes its rows alone. The file can be deleted at any
time: what it held is found out again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from ragqa.errors import IndexNotWritable

logger = logging.getLogger(__name__)

_FILE = "ledger.sqlite"
_VERSION = 1
"""Raised with every change of the tables; a file of another version counts as empty."""
_TABLES = {
    "file": "name TEXT PRIMARY KEY, size_bytes INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, inode INTEGER, seen_ns INTEGER, sha256 TEXT",
    "fingerprint": "key TEXT PRIMARY KEY, source TEXT, rank INTEGER, doi TEXT, title TEXT, year INTEGER, sketch BLOB",
}


class Ledger:
    """The rows of one index folder, for who holds the lock of that folder.

    Every change is a transaction of SQLite, so a crash leaves the rows before it or those after it. A damaged file counts as empty and is
    replaced by the next change.
    """

    def __init__(self, index_dir: Path) -> None:
        self._path = index_dir / _FILE

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return all rows of a table, the key first."""
        if not self._path.exists():
            return []
        try:
            database = sqlite3.connect(self._path)
            try:
                return database.execute(f"SELECT * FROM {table}").fetchall() if _version(database) == _VERSION else []  # noqa: S608  (a name of our own)
            finally:
                database.close()
        except sqlite3.DatabaseError as exc:
            logger.info("the ledger is begun anew: %s", exc)
            return []

    def change(self, table: str, rows: Iterable[tuple[Any, ...]], gone: Collection[str]) -> None:
        """Add rows, each in the place of the one with its key, and delete those whose keys are gone; raise `IndexNotWritable`."""
        rows = list(rows)
        if not rows and not gone:
            return
        try:
            try:
                self._change(table, rows, gone)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as exc:
                logger.info("the ledger is begun anew: %s", exc)
                self._path.unlink(missing_ok=True)
                self._change(table, rows, ())
        except sqlite3.OperationalError as exc:
            raise IndexNotWritable(f'"{self._path}" cannot be written ({exc}). Make room or choose another folder with --index.') from exc

    def _change(self, table: str, rows: Collection[tuple[Any, ...]], gone: Collection[str]) -> None:
        database = sqlite3.connect(self._path, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            if _version(database) != _VERSION:
                for name, columns in _TABLES.items():
                    database.execute(f"DROP TABLE IF EXISTS {name}")
                    database.execute(f"CREATE TABLE {name} ({columns})")
                database.execute(f"PRAGMA user_version = {_VERSION:d}")
            key, *others = [column.split()[0] for column in _TABLES[table].split(", ")]
            database.executemany(f"DELETE FROM {table} WHERE {key} = ?", ((value,) for value in gone))  # noqa: S608  (names of our own)
            database.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?{',?' * len(others)})", rows)  # noqa: S608  (names of our own)
            database.execute("COMMIT")
        finally:
            database.close()


def _version(database: sqlite3.Connection) -> int:
    ((version,),) = database.execute("PRAGMA user_version")
    return int(version)
