"""The process in which the index is built while the service answers: `python -m ragqa.curation.builder`, started by `rebuilds.py`.

It takes one line of JSON, the settings, on standard input and writes lines of JSON to standard output: progress, and last the report or
the error. When standard input ends, the process that started it has gone, and so does this one: a build may be cut off at any point.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

from ragqa.build import build_index
from ragqa.codec import to_json
from ragqa.errors import RagqaError
from ragqa.settings import Settings

_NICE = 10
"""Questions go first where both want the processor."""


def main() -> int:
    """Build once and return the exit status: 0 where the last line says how it ended."""
    settings = Settings(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(_NICE)
    # What a library prints must not come between the lines.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as channel:
        os.dup2(2, 1)

        def say(**message: Any) -> None:
            channel.write(json.dumps(message) + "\n")
            channel.flush()

        try:
            report = build_index(settings, lambda stage, done, total, item: say(stage=stage, done=done, total=total, item=item))
            say(report=to_json(report))
        except RagqaError as exc:
            say(error=str(exc))
    return 0


def _end_with_parent() -> None:
    # Not through sys.stdin: a thread that waits inside it would disturb the end of the interpreter.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
