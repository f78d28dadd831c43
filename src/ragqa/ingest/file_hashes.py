"""The hashes of files that did not change since a build before, without reading them.

A file is taken for unchanged where its size, its times of modification and of status change (both to the nanosecond) and its inode are
those it had when it was hashed, and both times lay a margin before that moment. A file written again within the margin could keep its
time of modification, since the clocks of file systems tick in steps; so a file hashed so soon after it was written is hashed once more by
the next build. The time of status change is set by the system and cannot be set back, so tools that restore the time of modification
(`cp -p`, `rsync -t`, `touch -d`) deceive nobody. Left is the file system of another machine whose clock is off by more than the margin
and whose file is written twice within one step of that clock, once before and once after it is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ragqa.ingest.listing import file_sha256

_MARGIN_NS = 3_000_000_000
"""Longer than one step of any file system's clock; FAT counts in two seconds."""


class FileState(NamedTuple):
    """A file when it was hashed: `seen_ns` is the moment before its hashing began, in nanoseconds since 1970."""

    name: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    seen_ns: int
    sha256: str


class FileHashes:
    """Hashes the files of a folder, each at most once and only where it may have changed.

    Args:
        folder: The folder of the names.
        known: States of files that were noted before.
        now_ns: The time, in nanoseconds since 1970, at which no file has been looked at yet.
    """

    def __init__(self, folder: Path, known: Iterable[FileState], now_ns: int) -> None:
        self._folder = f"{folder}{os.sep}"
        self._known = {state.name: state for state in known}
        self._now_ns = now_ns
        self.noted: dict[str, FileState] = {}
        """The states of all files that were asked for and could be read."""

    def sha256(self, path: Path | str) -> str:
        """Return the sha256 of a file in hexadecimal digits, "" where it cannot be read."""
        name = str(path).removeprefix(self._folder)
        found = _stat(path)
        known = self._known.get(name)
        if known and found and (known.size_bytes, known.mtime_ns, known.ctime_ns, known.inode) == found and _is_settled(known):
            self.noted[name] = known
            return known.sha256
        sha256 = file_sha256(Path(path))
        if sha256 and found and found == _stat(path):
            self.noted[name] = FileState(name, *found, self._now_ns, sha256)
        return sha256

    def changes(self) -> tuple[list[FileState], list[str]]:
        """Return the states that are new, and the names of those noted before that hold no more."""
        new = [state for name, state in self.noted.items() if self._known.get(name) is not state]
        return new, [name for name in self._known if name not in self.noted]


def _stat(path: Path | str) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  (ten thousand of them: pathlib costs as much again)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _is_settled(state: FileState) -> bool:
    return max(state.mtime_ns, state.ctime_ns) < state.seen_ns - _MARGIN_NS
