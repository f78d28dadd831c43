"""Keys are shown once, stored as a hash, and end when they expire or are revoked."""

from datetime import timedelta

from ragqa.records import Records
from tests.records.conftest import Clock


def test_the_secret_finds_its_key_and_is_not_stored(records: Records, url: str) -> None:
    """The database holds the hash alone."""
    record, secret = records.keys.create("ward 5", "reader")
    assert records.keys.find(secret) == record
    assert records.keys.find(secret + "x") is None
    with open(url.removeprefix("sqlite:///"), "rb") as file:  # noqa: PTH123 - the address is a text
        assert secret.encode() not in file.read()


def test_a_key_ends_when_its_time_is_over(records: Records, clock: Clock) -> None:
    """Valid a day, not valid after it."""
    record, _ = records.keys.create("visitor", "reader", clock.now + timedelta(days=1))
    assert records.keys.is_valid(record)
    clock.move(days=1)
    assert not records.keys.is_valid(record)


def test_a_revoked_key_ends_at_once(records: Records) -> None:
    """Revoking tells whether there was a valid key of that id."""
    record, secret = records.keys.create("left the house", "curator")
    assert records.keys.revoke(record.key_id)
    assert not records.keys.revoke(record.key_id)
    found = records.keys.find(secret)
    assert found is not None
    assert not records.keys.is_valid(found)


def test_revoking_every_key_does_not_open_the_service(records: Records) -> None:
    """Once keys were made, access control stays on."""
    assert not records.keys.exist()
    record, _ = records.keys.create("only", "admin")
    records.keys.revoke(record.key_id)
    assert records.keys.exist()
