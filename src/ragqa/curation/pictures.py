"""Pictures of pages, kept on disk up to a bound: drawing one takes half a second, and a reader comes back to it."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path


class PictureCache:
    """Files of bytes by key in one folder. When they pass the bound, those that were not asked for longest go."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None where nothing is."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key. A full disk loses the picture and nothing else."""
        path = self._path(key)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(path)
            self._shrink()
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def _shrink(self) -> None:
        with self._lock:
            found = sorted((status.st_mtime_ns, status.st_size, path) for path in self._folder.glob("*.png") if (status := _status(path)))
            excess = sum(size for _, size, _ in found) - self._most_bytes
            for _, size, path in found:
                if excess <= 0:
                    return
                path.unlink(missing_ok=True)
                excess -= size

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.png"


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        # Another process was quicker to remove it.
        return None
