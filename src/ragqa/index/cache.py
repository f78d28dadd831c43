"""Keep what was expensive to make, parsed documents and vectors, from one build to the next.

Every entry is a file that starts with the sha256 of the rest. An entry that a crash left torn does not match and counts as absent, so
nothing has to be fsynced here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path


class Cache:
    """Entries of bytes by key in one folder; keys are file names."""

    def __init__(self, folder: Path, ending: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ending = ending

    def get(self, key: str) -> bytes | None:
        """Return an entry; None where it is absent or damaged."""
        try:
            digest, _, data = self._path(key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return data if digest == _digest(data) else None

    def put(self, key: str, data: bytes) -> None:
        """Store an entry; readers see the old one or the new one, never a part."""
        temporary = self._folder / f".{key}.{os.getpid()}"
        temporary.write_bytes(_digest(data) + b"\n" + data)
        temporary.replace(self._path(key))

    def keys(self) -> set[str]:
        """Return the keys of all entries."""
        with os.scandir(self._folder) as found:
            return {entry.name.removesuffix(self._ending) for entry in found if entry.name.endswith(self._ending)}

    def keep_only(self, keys: Collection[str]) -> None:
        """Delete every other entry, and what a crash left."""
        kept = {f"{key}{self._ending}" for key in keys}
        with os.scandir(self._folder) as found:
            others = [entry.path for entry in found if entry.name not in kept]
        for path in others:
            Path(path).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{self._ending}"


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
