"""Opens the database of the records: makes its tables on first use and refuses one of another version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from ragqa.errors import RecordsIncompatible, RecordsUnavailable
from ragqa.records.schema import SCHEMA_VERSION, metadata, versions

_WRITES = "ragqa_writes"
_BUSY_S = 10
"""How long a writer waits for another process to finish its own write."""


def open_engine(url: str) -> Engine:
    """Return an engine over a database with the tables of this version; raise `RecordsUnavailable` or `RecordsIncompatible`."""
    try:
        address = make_url(url)
        shown = address.render_as_string(hide_password=True)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if address.get_backend_name() == "sqlite":
            if address.database and address.database != ":memory:":
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
                options = {"connect_args": {"timeout": _BUSY_S}}
            else:
                # One connection for all threads: a second one would see an empty database of its own.
                options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine(address, **options)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as exc:
        raise RecordsUnavailable(
            'the address of the records is no database address. Set RAGQA_RECORDS__URL, for example "sqlite:///records/ragqa.sqlite".'
        ) from exc
    except OSError as exc:
        raise RecordsUnavailable(
            f'the folder of the records "{shown}" cannot be made: {exc.strerror}. Set RAGQA_RECORDS__URL to a place that can be written.'
        ) from exc
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    try:
        found = _prepare(engine)
    except SQLAlchemyError as exc:
        engine.dispose()
        cause = str(getattr(exc, "orig", exc))
        raise RecordsUnavailable(f'the records "{shown}" cannot be opened: {cause}. Check the path and its permissions, or set RAGQA_RECORDS__URL.') from exc
    if found != SCHEMA_VERSION:
        engine.dispose()
        raise RecordsIncompatible(
            f'the records "{shown}" have format {found}; this version reads format {SCHEMA_VERSION}. Run the version that wrote them, or start new ones.'
        )
    return engine


class RecordTable:
    """The base of the record classes: a database and a clock."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="microseconds")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _clear_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction, committed at the end."""
        with _clear_errors(), self._engine.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Say in words that the database is gone, full or locked; a broken rule of a table stays what it is, for the caller."""
    try:
        yield
    except IntegrityError:
        raise
    except OperationalError as exc:
        raise RecordsUnavailable(f"the records cannot be read or written: {exc.orig}. Check the disk and the database, then try again.") from exc


def _prepare(engine: Engine) -> int:
    """Make the tables where there are none; return the version of what is there."""
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        metadata.create_all(connection)
        found = connection.execute(select(versions.c.version)).scalar()
        if found is None:
            connection.execute(insert(versions).values(version=SCHEMA_VERSION))
            found = SCHEMA_VERSION
    return int(found)


def _on_connect(connection: Any, _: Any) -> None:
    # The driver opens transactions late, at the first write; `_on_begin` does it instead, so that a reading and the write after it are one.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A writer takes its lock at once: two that had read first and then both wrote would end in an error that no waiting resolves.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")
