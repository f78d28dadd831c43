"""The audit chain: who did what, when. Each entry holds the hash of the one before, so a changed, missing or inserted entry shows.

hash(n) = SHA-256 of the canonical JSON of entry n with the hash of entry n - 1 in it. Who can write to the database can also write the
whole chain anew; keep the hash of the last entry elsewhere to notice that too (`ragqa audit verify` prints it, and `--kept HASH` looks
for it later).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ragqa.records.database import RecordTable
from ragqa.records.schema import audit

_FIRST = "0" * 64
_TRIES = 20


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act: `details` is a JSON object in canonical form."""

    number: int
    time: str
    principal: str
    action: str
    target: str
    details: str
    previous_hash: str
    hash: str


class Audit(RecordTable):
    """The chain of entries."""

    def append(self, principal: str, action: str, target: str, details: Mapping[str, str | int | bool | None] | None = None) -> AuditEntry:
        """Add an entry at the end of the chain."""
        text = json.dumps(dict(details or {}), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        for last_try in (*[False] * (_TRIES - 1), True):
            try:
                with self._writing() as connection:
                    last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
                    number, previous = (last.number + 1, last.hash) if last else (1, _FIRST)
                    entry = _sealed(number, self._now(), principal, action, target[:200], text, previous)
                    connection.execute(insert(audit).values(**{name: getattr(entry, name) for name in AuditEntry.__slots__}))
                return entry
            except IntegrityError:
                # On a database that lets two writers read the same last entry, the slower one takes the next number.
                if last_try:
                    raise
        raise AssertionError("unreachable")

    def entries(self, limit: int | None = None, before: int | None = None) -> list[AuditEntry]:
        """Return entries, the latest first, those below a number where one is given."""
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        with self._reading() as connection:
            return [AuditEntry(**row) for row in connection.execute(query).mappings()]

    def holds(self, kept_hash: str) -> bool:
        """Whether a hash that was kept elsewhere is that of an entry: where it is not, the chain was cut or made anew since."""
        with self._reading() as connection:
            return connection.execute(select(audit.c.number).where(audit.c.hash == kept_hash.lower())).first() is not None

    def verify(self) -> tuple[int, str, int | None]:
        """Return the number of entries, the hash of the last, and the number of the first entry that does not fit; None where all fit."""
        previous, expected = _FIRST, 1
        with self._reading() as connection:
            for row in connection.execution_options(stream_results=True).execute(select(audit).order_by(audit.c.number)).mappings():
                entry = AuditEntry(**row)
                sealed = _sealed(expected, entry.time, entry.principal, entry.action, entry.target, entry.details, previous)
                if entry != sealed:
                    return expected - 1, previous, expected
                previous, expected = entry.hash, expected + 1
        return expected - 1, previous, None


def _sealed(number: int, time: str, principal: str, action: str, target: str, details: str, previous: str) -> AuditEntry:
    sealed = json.dumps([number, time, principal, action, target, details, previous], ensure_ascii=False, separators=(",", ":"))
    return AuditEntry(number, time, principal, action, target, details, previous, hashlib.sha256(sealed.encode()).hexdigest())
