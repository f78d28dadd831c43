"""The audit chain shows every change made to it afterwards."""

import sqlite3
import threading

import pytest

from ragqa.records import Records, open_records
from tests.records.conftest import Clock


def fill(records: Records) -> None:
    """Write three entries."""
    for target in ("a1", "a2", "a3"):
        records.audit.append("ada", "ask", target, {"status": "answered"})


def test_an_untouched_chain_holds(records: Records) -> None:
    """The chain holds, and its last hash is told so that it can be kept elsewhere."""
    fill(records)
    assert records.audit.verify() == (3, records.audit.entries(limit=1)[0].hash, None)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit SET principal = 'bob' WHERE number = 2", 2),
        ("UPDATE audit SET details = '{}' WHERE number = 1", 1),
        ("UPDATE audit SET time = '2020-01-01T00:00:00+00:00' WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("UPDATE audit SET hash = previous_hash WHERE number = 3", 3),
    ],
)
def test_a_changed_chain_names_the_first_entry_that_does_not_fit(records: Records, url: str, change: str, broken: int) -> None:
    """Each field that is changed, and each entry that is taken out, is found."""
    fill(records)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute(change)
    connection.close()
    assert records.audit.verify()[2] == broken


def test_entries_come_in_pages_from_the_end(records: Records) -> None:
    """The latest first, then those before a number."""
    fill(records)
    assert [entry.target for entry in records.audit.entries(limit=2)] == ["a3", "a2"]
    assert [entry.target for entry in records.audit.entries(limit=2, before=2)] == ["a1"]


def test_writers_of_several_processes_make_one_chain(url: str, clock: Clock) -> None:
    """Four writers with connections of their own, ten entries each, one unbroken chain of forty."""
    shared = [open_records(url, clock) for _ in range(4)]
    threads = [threading.Thread(target=lambda records=records: [records.audit.append("ada", "ask", str(n)) for n in range(10)]) for records in shared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    n, _, broken = shared[0].audit.verify()
    assert (n, broken) == (40, None)
    for records in shared:
        records.close()


def test_a_hash_that_was_kept_shows_that_the_end_was_cut_off(records: Records, url: str) -> None:
    """A chain without its last entry holds in itself; the hash that was kept elsewhere is no longer in it."""
    fill(records)
    _, kept, _ = records.audit.verify()
    records.audit.append("ada", "ask", "a4")
    assert records.audit.holds(kept)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM audit WHERE number >= 3")
    connection.close()
    assert records.audit.verify()[2] is None
    assert not records.audit.holds(kept)
