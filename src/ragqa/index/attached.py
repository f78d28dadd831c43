"""Read the SQLite files of all parts of a generation as one: views that leave out documents out of use.

The files are opened immutable and read-only. A server's threads come and go, so they borrow one of a few connections; these are opened at
once, so that a generation can be read to the end of a request even if its folder is deleted meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ragqa.errors import GenerationCorrupt
from ragqa.index.store_writer import TABLES

_CONNECTIONS = 4
"""Threads that read at the same moment; a further one waits its millisecond."""
_CACHE_KB = 512
"""What SQLite keeps of one file in one connection; the system keeps all that is read, once for all processes."""
_VARIABLES = 30_000
"""Most values in one SQL statement; SQLite allows 32,766."""


class AttachedFiles:
    """The tables of some SQLite files, each as one. Safe to share between threads.

    Args:
        files: One file a part.
        removed: Stored numbers of documents out of use.
        name: Of the generation, for messages.

    Raises:
        GenerationCorrupt: A file is missing or damaged; reading raises it too.
    """

    def __init__(self, files: Sequence[Path], removed: Sequence[int], name: str) -> None:
        self._name = name
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        try:
            for _ in range(_CONNECTIONS):
                self._idle.put(_connect(files, removed))
        except sqlite3.DatabaseError as exc:
            self.close()
            raise self._corrupt(exc) from exc

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of one SQL statement."""
        try:
            with self._connection() as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise self._corrupt(exc) from exc

    def numbered(self, select: str, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a SELECT that ends in "IN", for any count of numbers."""
        for start in range(0, len(numbers), _VARIABLES):
            some = numbers[start : start + _VARIABLES]
            yield from self.rows(f"{select} ({','.join('?' * len(some))})", some)

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def _corrupt(self, exc: sqlite3.DatabaseError) -> GenerationCorrupt:
        return GenerationCorrupt(f'the texts of generation {self._name} cannot be read ({exc}). Run "ragqa index verify", then "ragqa index build".')


def _connect(files: Sequence[Path], removed: Sequence[int]) -> sqlite3.Connection:
    """Open the files of all parts as one: a view a table, without the documents out of use."""
    connection = sqlite3.connect(":memory:", uri=True, check_same_thread=False, isolation_level=None)
    for place, file in enumerate(files):
        connection.execute(f"ATTACH ? AS part{place}", (f"{file.absolute().as_uri()}?mode=ro&immutable=1",))
        connection.execute(f"PRAGMA part{place}.cache_size = -{_CACHE_KB}")
    connection.execute("CREATE TEMP TABLE removed (document INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO removed VALUES (?)", ((number,) for number in removed))
    condition = "WHERE document NOT IN removed" if removed else ""
    for table in TABLES:
        selects = " UNION ALL ".join(f"SELECT * FROM part{place}.{table} {condition}" for place in range(len(files)))  # noqa: S608  (names of our own)
        connection.execute(f"CREATE TEMP VIEW {table} AS {selects}")
    tags = " UNION ALL ".join(f"SELECT {place} AS part, * FROM part{place}.tag" for place in range(len(files)))  # noqa: S608  (names of our own)
    connection.execute(f"CREATE TEMP VIEW tag AS {tags}")
    return connection
