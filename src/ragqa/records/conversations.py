"""Conversations: the turns of each in order, with the question as typed, as it was asked, and the answer's id."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ragqa.records.database import RecordTable
from ragqa.records.schema import conversations, turns


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """One question of a conversation. `asked_as` is the standalone question that was answered, `rule` how it was made from `question`."""

    question: str
    asked_as: str
    rule: str
    audience: str
    answer_id: str
    number: int = 0
    created: str = ""


@dataclass(frozen=True, slots=True)
class SavedConversation:
    """A conversation with its turns in order; a list of conversations holds only the first turn of each."""

    conversation_id: str
    principal: str
    created: str
    updated: str
    turns: tuple[SavedTurn, ...]


class Conversations(RecordTable):
    """The saved conversations."""

    def create(self, principal: str) -> str:
        """Begin a conversation and return its id, which cannot be guessed."""
        conversation_id, now = secrets.token_hex(16), self._now()
        with self._writing() as connection:
            connection.execute(insert(conversations).values(conversation_id=conversation_id, principal=principal, created=now, updated=now))
        return conversation_id

    def add_turn(self, conversation_id: str, turn: SavedTurn) -> int:
        """Add a turn at the end and return its number, from 1; raise KeyError where there is no such conversation."""
        now = self._now()
        with self._writing() as connection:
            found = connection.execute(update(conversations).where(conversations.c.conversation_id == conversation_id).values(updated=now))
            if not found.rowcount:
                raise KeyError(conversation_id)
            last = connection.execute(select(func.max(turns.c.number)).where(turns.c.conversation_id == conversation_id)).scalar()
            number = int(last or 0) + 1
            connection.execute(
                insert(turns).values(
                    conversation_id=conversation_id,
                    number=number,
                    question=turn.question,
                    asked_as=turn.asked_as,
                    rule=turn.rule,
                    audience=turn.audience,
                    answer_id=turn.answer_id,
                    created=now,
                )
            )
        return number

    def get(self, conversation_id: str) -> SavedConversation | None:
        """Return a conversation with all turns; None where there is none under that id."""
        with self._reading() as connection:
            row = connection.execute(select(conversations).where(conversations.c.conversation_id == conversation_id)).mappings().first()
            if row is None:
                return None
            found = connection.execute(select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.number)).mappings()
            return SavedConversation(**row, turns=tuple(_turn(dict(turn)) for turn in found))

    def list(self, principal: str, limit: int = 50) -> list[SavedConversation]:
        """Return the conversations of a principal that have a turn, the latest first, each with its first turn only."""
        query = (
            select(conversations, turns)
            .join(turns, (turns.c.conversation_id == conversations.c.conversation_id) & (turns.c.number == 1))
            .where(conversations.c.principal == principal)
            .order_by(conversations.c.updated.desc(), conversations.c.conversation_id)
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [
            SavedConversation(row[0], row[1], row[2], row[3], (_turn({column.name: value for column, value in zip(turns.c, row[4:], strict=True)}),))
            for row in rows
        ]

    def delete(self, conversation_id: str) -> bool:
        """Delete a conversation with its turns; return whether there was one."""
        with self._writing() as connection:
            connection.execute(delete(turns).where(turns.c.conversation_id == conversation_id))
            return bool(connection.execute(delete(conversations).where(conversations.c.conversation_id == conversation_id)).rowcount)


def _turn(row: Mapping[str, Any]) -> SavedTurn:
    return SavedTurn(**{name: value for name, value in row.items() if name != "conversation_id"})
