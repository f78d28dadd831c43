"""API keys: shown once, stored as a hash, expiring and revocable.

A secret holds 256 random bits, so a plain SHA-256 of it cannot be searched; a slow hash would protect passwords, which these are not.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from ragqa.records.database import RecordTable
from ragqa.records.schema import keys

PREFIX = "ragqa_"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key without its secret. `expires` and `revoked` are None where it does not expire and was not revoked."""

    key_id: str
    name: str
    role: str
    created: str
    expires: str | None
    revoked: str | None


class Keys(RecordTable):
    """The API keys."""

    def create(self, name: str, role: str, expires_at: datetime | None = None) -> tuple[KeyRecord, str]:
        """Make a key; return it with its secret, which is not stored and cannot be shown again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        expires = expires_at.astimezone(UTC).isoformat(timespec="microseconds") if expires_at else None
        record = KeyRecord(secrets.token_hex(4), name, role, self._now(), expires, None)
        with self._writing() as connection:
            connection.execute(
                insert(keys).values(
                    key_id=record.key_id, name=name, role=role, secret_sha256=_hash(secret), created=record.created, expires=expires, revoked=None
                )
            )
        return record, secret

    def find(self, secret: str) -> KeyRecord | None:
        """Return the key of a secret, expired and revoked ones too; None where there is none. See `is_valid`."""
        with self._reading() as connection:
            row = connection.execute(select(*_COLUMNS).where(keys.c.secret_sha256 == _hash(secret))).mappings().first()
        return KeyRecord(**row) if row else None

    def is_valid(self, key: KeyRecord) -> bool:
        """Whether a key is neither revoked nor past its time."""
        return key.revoked is None and (key.expires is None or key.expires > self._now())

    def revoke(self, key_id: str) -> bool:
        """Revoke a key at once; return whether there was one to revoke."""
        with self._writing() as connection:
            done = connection.execute(update(keys).where(keys.c.key_id == key_id, keys.c.revoked.is_(None)).values(revoked=self._now()))
        return bool(done.rowcount)

    def list(self) -> list[KeyRecord]:
        """Return all keys, the oldest first."""
        with self._reading() as connection:
            return [KeyRecord(**row) for row in connection.execute(select(*_COLUMNS).order_by(keys.c.created, keys.c.key_id)).mappings()]

    def exist(self) -> bool:
        """Whether any key was ever made: from then on nobody enters without one, even if all are revoked."""
        with self._reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(keys)).scalar())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_COLUMNS = (keys.c.key_id, keys.c.name, keys.c.role, keys.c.created, keys.c.expires, keys.c.revoked)
