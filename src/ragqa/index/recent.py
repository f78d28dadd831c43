"""Keep the values that were used last, so that neighbouring questions need not decode the same texts again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by number, never more than a limit. Safe to share between threads.

    They stand in two halves. What is found in the older half moves to the newer one; when that is full, it becomes the older half, and what
    nobody asked for meanwhile is let go. So what is used stays, without a record of every use.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._newer: dict[int, V] = {}
        self._older: dict[int, V] = {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def found(self, numbers: Iterable[int]) -> dict[int, V]:
        """Return those of the values that are here."""
        newer, older = self._newer, self._older
        result: dict[int, V] = {}
        again: dict[int, V] = {}
        for number in numbers:
            value = newer.get(number)
            if value is None:
                value = older.get(number)
                if value is None:
                    continue
                again[number] = value
            result[number] = value
        if again:
            self.keep(again)
        return result

    def keep(self, values: Mapping[int, V]) -> None:
        """Add values; of more than half the limit the last ones stay."""
        newer = self._newer
        if len(newer) + len(values) > self._half:
            self._older = newer
            # Not cleared: another thread may be reading it.
            newer = self._newer = {}
        newer.update(values if len(values) <= self._half else list(values.items())[-self._half :])
