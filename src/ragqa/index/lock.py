"""One builder at a time: an advisory lock on the file `LOCK` that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ragqa.errors import IndexLocked, IndexNotWritable

_RETRY_S = 0.1
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


@contextmanager
def hold_lock(index_dir: Path, timeout_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of an index folder, which is made where it is missing.

    Args:
        index_dir: The folder of generations.
        timeout_s: How long to wait for another holder.

    Raises:
        IndexLocked: Another process holds the lock; the message names it and since when.
        IndexNotWritable: The folder cannot be written, here or by what is done while the lock is held.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(index_dir / "LOCK", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _acquire(descriptor, index_dir, timeout_s)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)
    except (OSError, NotADirectoryError) as exc:
        if exc.errno in _NOT_WRITABLE or isinstance(exc, (NotADirectoryError, FileExistsError)):
            raise IndexNotWritable(
                f'the index folder "{index_dir}" cannot be written ({exc.strerror}). '
                "Make room, give yourself write permission, or choose another folder with --index."
            ) from exc
        raise


def _acquire(descriptor: int, index_dir: Path, timeout_s: float) -> None:
    # Tries are counted rather than timed: nothing at this level reads the clock.
    for _ in range(int(timeout_s / _RETRY_S)):
        if _try(descriptor):
            return
        time.sleep(_RETRY_S)
    if not _try(descriptor):
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        since = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        raise IndexLocked(
            f'the index "{index_dir}" is being built by process {holder} since {since}. '
            "Wait for it to end, or set RAGQA_GENERATIONS__LOCK_TIMEOUT_S to the seconds to wait."
        )


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
