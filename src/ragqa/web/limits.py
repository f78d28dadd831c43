"""How much the service takes on: requests a minute for each principal, and answers at once for all.

What is beyond is refused with 429 and the time after which to try again; nothing waits longer than it is told.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ragqa.settings import ServerSettings
from ragqa.web.access import LOCAL, AccessError, Principal


class Limiter:
    """Counts the requests of each principal in this process over a moving minute. The open service on one machine is not counted."""

    def __init__(self, settings: ServerSettings) -> None:
        self._item = RateLimitItemPerMinute(settings.requests_per_minute) if settings.requests_per_minute else None
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def count(self, principal: Principal) -> None:
        """Count a request; raise `AccessError` (429) where it is one too many."""
        if self._item is None or principal == LOCAL:
            return
        who = principal.key_id or principal.name
        if self._windows.hit(self._item, who):
            return
        wait_s = max(1, math.ceil(self._windows.get_window_stats(self._item, who).reset_time - time.time()))
        detail = f'"{principal.name}" has sent more than {self._item.amount} requests in a minute. Wait and try again.'
        raise AccessError(429, "too-many-requests", detail, {"Retry-After": str(wait_s)})


class Queue:
    """Lets a fixed number of answers be made at once, and a bounded number of requests wait for their turn, each for a bounded time."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.answers_at_once)
        self.n_waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise `AccessError` (429) where too many wait or the wait was too long."""
        if not self._turns.locked():
            await self._turns.acquire()
        elif self.n_waiting >= self._settings.answers_waiting:
            raise _busy()
        else:
            self.n_waiting += 1
            try:
                await asyncio.wait_for(self._turns.acquire(), self._settings.longest_wait_s)
            except TimeoutError as exc:
                raise _busy() from exc
            finally:
                self.n_waiting -= 1
        try:
            yield
        finally:
            self._turns.release()


def _busy() -> AccessError:
    return AccessError(429, "busy", "the service is answering as many questions as it can. Try again in a few seconds.", {"Retry-After": "2"})
