"""Feedback: what readers say about an answer or one of its statements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, select

from ragqa.records.database import RecordTable
from ragqa.records.schema import feedback


class Verdict(StrEnum):
    """What a reader says of a statement."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT_SUPPORTED = "not_supported"
    WRONG_POPULATION = "wrong_population"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One remark; without `statement_id` it is on the whole answer."""

    feedback_id: int
    answer_id: str
    statement_id: str | None
    verdict: str
    note: str
    principal: str
    created: str


class FeedbackNotes(RecordTable):
    """The remarks of readers."""

    def add(self, answer_id: str, statement_id: str | None, verdict: Verdict, note: str, principal: str) -> int:
        """Store a remark and return its number."""
        values = {"answer_id": answer_id, "statement_id": statement_id, "verdict": verdict.value, "note": note, "principal": principal}
        with self._writing() as connection:
            done = connection.execute(insert(feedback).values(**values, created=self._now()))
        key = done.inserted_primary_key
        return int(key[0]) if key else 0

    def list(self, limit: int = 100, offset: int = 0) -> list[Feedback]:
        """Return remarks, the latest first."""
        query = select(feedback).order_by(feedback.c.feedback_id.desc()).limit(limit).offset(offset)
        with self._reading() as connection:
            return [Feedback(**row) for row in connection.execute(query).mappings()]
