"""Parsing in a process of its own, so that no file can take the program down: a dead worker is a status."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from ragqa.codec import from_json
from ragqa.errors import FileRejected
from ragqa.types import Document, DocumentStatus

if TYPE_CHECKING:
    from ragqa.settings import IngestSettings

_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)


def parse_in_worker(data: bytes, source: str, sha256: str, settings: IngestSettings) -> tuple[Document, ...]:
    """Parse the bytes of a file in a fresh process under the limits of `settings`.

    Raises:
        FileRejected: What the parser said, or `RESOURCE_LIMIT` where the worker used up its memory or time, or `BROKEN` where it crashed.
    """
    outcome = run_in_worker({"task": "parse", "sha256": sha256, "max_pages": settings.max_pages}, data, source, settings)
    return tuple(from_json(Document, document) for document in outcome["documents"])


def run_in_worker(task: dict[str, Any], data: bytes, source: str, settings: IngestSettings) -> dict[str, Any]:
    """Do a task of `worker.py` with the bytes of a file in a fresh process and return its outcome; raise as `parse_in_worker` does."""
    limits = {"memory_mb": settings.worker_memory_mb, "cpu_s": settings.worker_cpu_s}
    header = json.dumps({"source": source, **limits, **task}).encode() + b"\n"
    with tempfile.TemporaryFile() as output:
        # -B: a worker that may not rename files would leave every byte code file that it writes under a temporary name.
        command = [sys.executable, "-I", "-B", "-m", "ragqa.ingest.worker"]
        # The command is this interpreter with a module of this package; nothing of the file's name or content reaches it.
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.PIPE, start_new_session=True) as worker:  # noqa: S603 - see above
            try:
                _, errors = worker.communicate(header + data, timeout=settings.worker_wall_s)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.communicate()
                raise _resource_limit(source, f"took longer than {settings.worker_wall_s} s", "RAGQA_INGEST__WORKER_WALL_S") from None
        if worker.returncode != 0:
            raise _death(source, worker.returncode, errors.decode(errors="replace"), settings)
        output.seek(0)
        outcome: dict[str, Any] = json.load(output)
    if "status" in outcome:
        raise FileRejected(outcome["message"], DocumentStatus(outcome["status"]))
    return outcome


def _death(source: str, returncode: int, errors: str, settings: IngestSettings) -> FileRejected:
    last = errors.strip().rsplit("\n", 1)[-1][:200]
    if returncode < 0 and -returncode in _CRASHES:
        return FileRejected(f"{source} makes its parser crash. Open it in a viewer and save it anew.", DocumentStatus.BROKEN)
    if returncode == -signal.SIGXCPU or returncode == -signal.SIGKILL:
        return _resource_limit(source, f"needs more than {settings.worker_cpu_s} s of CPU or was stopped", "RAGQA_INGEST__WORKER_CPU_S")
    if returncode < 0 or "MemoryError" in last or "bad_alloc" in last:
        return _resource_limit(source, f"needs more than {settings.worker_memory_mb} MB of memory", "RAGQA_INGEST__WORKER_MEMORY_MB")
    return FileRejected(f"{source} cannot be parsed ({last or f'worker ended with {returncode}'}).", DocumentStatus.BROKEN)


def _resource_limit(source: str, what: str, setting: str) -> FileRejected:
    return FileRejected(f"{source} {what} to parse and was stopped. Split it, or raise {setting}.", DocumentStatus.RESOURCE_LIMIT)
