"""Work that takes too long: whoever asked is told at once, and the work runs to its end.

A thread cannot be stopped from outside. What the machine is still busy with keeps its turn in the queue until it ends, so that what is
counted as under way is what is under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

_log = logging.getLogger(__name__)


class TookTooLong(Exception):
    """No response began in time."""


class Deadline:
    """Runs requests, each with a limit on the time until its response begins."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left: set[asyncio.Task[None]] = set()

    async def run(self, work: Coroutine[None, None, None], begun: asyncio.Event) -> None:
        """Run work to its end; raise `TookTooLong` where neither it has ended nor its response has begun in time.

        Args:
            work: What serves the request.
            begun: Set by the work when its response begins. A response under way, such as a stream, is not cut off.
        """
        task, beginning = asyncio.create_task(work), asyncio.create_task(begun.wait())
        try:
            await asyncio.wait({task, beginning}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and not begun.is_set():
                self._left.add(task)
                task.add_done_callback(self._end)
                raise TookTooLong
            await task
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            beginning.cancel()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._left.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a request failed after whoever sent it was told that it takes too long", exc_info=error)
