"""The log of the service: one JSON object a line on standard error. It holds ids and no text that anybody typed, unless that is switched on."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
requests = logging.getLogger("ragqa.requests")
current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""Id of the request that is served; every line that is logged meanwhile carries it."""


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object; what was given as `extra={"fields": {…}}` stands beside time, level and event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if identifier := current_request_id.get():
            entry["request_id"] = identifier
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_logging(level: int = logging.INFO) -> None:
    """Send everything that is logged to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # It tells of each form of itself that it tries to load.
    logging.getLogger("faiss").setLevel(logging.WARNING)


def request_id(given: str | None) -> str:
    """Return the id of a request: the one that a proxy gave it where that is harmless, or a new one."""
    return given if given and _SAFE_ID.fullmatch(given) else secrets.token_hex(8)


def log_request(**fields: Any) -> None:
    """Write the one line that each request leaves."""
    requests.info("request", extra={"fields": fields})


def log_question(**fields: Any) -> None:
    """Write the line that each answer leaves where questions may be logged."""
    requests.info("question", extra={"fields": fields})
