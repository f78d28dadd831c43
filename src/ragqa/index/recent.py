"""Keep the values that were used last, so that neighbouring questions need not decode the same texts again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, never more than a limit. Safe to share between threads.

    They stand in two halves. What is found in the older half moves to the newer one; when that is full, it becomes the older half, and what
    nobody asked for meanwhile is let go. So what is used stays, without a record of every use.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._newer: dict[K, V] = {}
        self._older: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def found(self, keys: Iterable[K]) -> dict[K, V]:
        """Return those of the values that are here."""
        newer, older = self._newer, self._older
        result: dict[K, V] = {}
        again: dict[K, V] = {}
        for key in keys:
            value = newer.get(key)
            if value is None:
                value = older.get(key)
                if value is None:
                    continue
                again[key] = value
            result[key] = value
        if again:
            self.keep(again)
        return result

    def keep(self, values: Mapping[K, V]) -> None:
        """Add values; of more than half the limit the last ones stay."""
        newer = self._newer
        if len(newer) + len(values) > self._half:
            self._older = newer
            # Not cleared: another thread may be reading it.
            newer = self._newer = {}
        newer.update(values if len(values) <= self._half else list(values.items())[-self._half :])
