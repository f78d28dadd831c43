"""Saved answers: each under its id, as it was given. The same answer given twice is stored once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ragqa.records.database import RecordTable
from ragqa.records.schema import answers


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer as it was given: `body` is its JSON, `question` the question as stored (screened)."""

    answer_id: str
    generation: str
    question: str
    audience: str
    body: str
    principal: str
    created: str


class Answers(RecordTable):
    """The saved answers."""

    def save(self, answer_id: str, generation: str, question: str, audience: str, body_json: str, principal: str) -> None:
        """Store an answer; one that is stored already stays as it is."""
        row = {"answer_id": answer_id, "generation": generation, "question": question, "audience": audience, "body": body_json, "principal": principal}
        if self.get(answer_id) is not None:
            return
        try:
            with self._writing() as connection:
                connection.execute(insert(answers).values(**row, created=self._now()))
        except IntegrityError:
            # Another request stored the same answer between the look and the write.
            return

    def get(self, answer_id: str) -> SavedAnswer | None:
        """Return an answer; None where none is stored under that id."""
        with self._reading() as connection:
            row = connection.execute(select(answers).where(answers.c.answer_id == answer_id)).mappings().first()
        return SavedAnswer(**row) if row else None

    def recent(self, principal: str, limit: int = 20) -> list[SavedAnswer]:
        """Return the answers first given to a principal, the latest first."""
        query = select(answers).where(answers.c.principal == principal).order_by(answers.c.created.desc(), answers.c.answer_id).limit(limit)
        with self._reading() as connection:
            return [SavedAnswer(**row) for row in connection.execute(query).mappings()]
