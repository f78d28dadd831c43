"""The tables of the records. Times are ISO 8601 in UTC; what is typed by people has been screened before it is stored."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 1
"""Raised with every change of a table, together with a migration."""

metadata = MetaData()

versions = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

answers = Table(
    "answers",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("generation", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("principal", String(200), nullable=False, index=True),
    Column("created", String(40), nullable=False, index=True),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("principal", String(200), nullable=False, index=True),
    Column("created", String(40), nullable=False),
    Column("updated", String(40), nullable=False, index=True),
)

turns = Table(
    "turns",
    metadata,
    Column("conversation_id", String(32), ForeignKey("conversations.conversation_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("asked_as", Text, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("answer_id", String(64), nullable=False),
    Column("created", String(40), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", String(64), nullable=False, index=True),
    Column("statement_id", String(64)),
    Column("verdict", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("principal", String(200), nullable=False),
    Column("created", String(40), nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("created", String(40), nullable=False),
    Column("expires", String(40)),
    Column("revoked", String(40)),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("time", String(40), nullable=False),
    Column("principal", String(200), nullable=False),
    Column("action", String(32), nullable=False),
    Column("target", String(200), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(32), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("result", Text),
    Column("principal", String(200), nullable=False),
    Column("created", String(40), nullable=False, index=True),
    Column("updated", String(40), nullable=False),
)
