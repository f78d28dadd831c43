"""How much the service takes on: requests a minute for each principal, and answers at once for all.

What is beyond is refused with 429 and the time after which to try again; nothing waits longer than it is told.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ragqa.settings import ServerSettings
from ragqa.web.access import LOCAL, AccessError, Principal

_FAILURES = RateLimitItemPerMinute(20)
"""Wrong keys at the sign-in page in a minute, from one address. Each is noted in the audit chain, which nobody without a key may fill."""


class Limiter:
    """Counts the requests of each principal in this process over a moving minute. The open service on one machine is not counted."""

    def __init__(self, settings: ServerSettings) -> None:
        self._item = RateLimitItemPerMinute(settings.requests_per_minute) if settings.requests_per_minute else None
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def count(self, principal: Principal) -> None:
        """Count a request; raise `AccessError` (429) where it is one too many."""
        if self._item is not None and principal is not LOCAL:
            self._hit(self._item, principal.key_id or principal.name, f'"{principal.name}" has sent more than {self._item.amount} requests in a minute.')

    def count_failure(self, address: str) -> None:
        """Count a wrong key from an address; raise `AccessError` (429) where it is one too many. A right key is never kept out by wrong ones."""
        self._hit(_FAILURES, f"sign-in {address}", f"more than {_FAILURES.amount} wrong keys came from this address in a minute.")

    def _hit(self, item: RateLimitItemPerMinute, who: str, complaint: str) -> None:
        if self._windows.hit(item, who):
            return
        wait_s = max(1, math.ceil(self._windows.get_window_stats(item, who).reset_time - time.time()))
        raise AccessError(429, "too-many-requests", f"{complaint} Wait and try again.", {"Retry-After": str(wait_s)})


class Queue:
    """Lets a fixed number of answers be made at once, and a bounded number of requests wait for their turn, each for a bounded time."""

    def __init__(self, settings: ServerSettings, tell: Callable[[int], None] = lambda n_waiting: None) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.answers_at_once)
        self._tell = tell
        self.n_waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise `AccessError` (429) where too many wait or the wait was too long."""
        if not self._turns.locked():
            await self._turns.acquire()
        elif self.n_waiting >= self._settings.answers_waiting:
            raise _busy()
        else:
            self._count(1)
            try:
                await asyncio.wait_for(self._turns.acquire(), self._settings.longest_wait_s)
            except TimeoutError as exc:
                raise _busy() from exc
            finally:
                self._count(-1)
        try:
            yield
        finally:
            self._turns.release()

    def _count(self, more: int) -> None:
        self.n_waiting += more
        self._tell(self.n_waiting)


def _busy() -> AccessError:
    return AccessError(429, "busy", "the service is answering as many questions as it can. Try again in a few seconds.", {"Retry-After": "2"})
