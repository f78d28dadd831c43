"""What the service keeps apart from the index: answers, conversations, feedback, keys, jobs and the audit chain.

The index can be rebuilt from the corpus at any time; these records cannot. They live in one database, SQLite in a file by default and any
other that SQLAlchemy knows by its address, and every worker process of the service writes to the same one. Whatever people typed is
screened for patients' identifiers by the caller before it comes here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ragqa.records.answers import Answers
from ragqa.records.audit import Audit
from ragqa.records.conversations import Conversations
from ragqa.records.database import open_engine
from ragqa.records.feedback import FeedbackNotes
from ragqa.records.jobs import Jobs
from ragqa.records.keys import Keys

__all__ = ["Records", "open_records"]


@dataclass(frozen=True, slots=True)
class Records:
    """All records of one database."""

    answers: Answers
    conversations: Conversations
    feedback: FeedbackNotes
    keys: Keys
    audit: Audit
    jobs: Jobs
    close: Callable[[], None]


def open_records(url: str, clock: Callable[[], datetime]) -> Records:
    """Open the records, making the database on first use.

    Args:
        url: Address of the database as SQLAlchemy writes it: `sqlite:///folder/file.sqlite`, `sqlite://` for one in memory.
        clock: Returns the time with its zone.

    Raises:
        RecordsUnavailable: The database cannot be opened or written.
        RecordsIncompatible: It was made by another version of ragqa.
    """
    engine = open_engine(url)
    return Records(
        answers=Answers(engine, clock),
        conversations=Conversations(engine, clock),
        feedback=FeedbackNotes(engine, clock),
        keys=Keys(engine, clock),
        audit=Audit(engine, clock),
        jobs=Jobs(engine, clock),
        close=engine.dispose,
    )
