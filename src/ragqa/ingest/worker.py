"""The process in which one file is parsed or drawn: `python -I -m ragqa.ingest.worker`, started by `sandbox.py`.

It takes a line of JSON and then the bytes of the file on standard input, and writes what came of it as JSON to standard output. Before it
looks at the bytes it limits its own memory, CPU time and output, and forbids itself the network, other programs and writing files.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

MAX_OUTPUT_BYTES = 256_000_000
_FORBIDDEN = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename"}
)

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> int:
    """Do what the header asks and return the exit status: 0 where standard output holds an outcome."""
    _end_with_parent()
    header = json.loads(sys.stdin.buffer.readline())
    _limit(header["memory_mb"], header["cpu_s"])
    data = sys.stdin.buffer.read()
    from ragqa.errors import FileRejected

    sys.addaudithook(_forbid)
    try:
        outcome = _TASKS[header.get("task", "parse")](data, header)
    except FileRejected as exc:
        outcome = {"status": exc.status.value, "message": str(exc)}
    except (MemoryError, RecursionError):
        outcome = {"status": "resource_limit", "message": f"{header['source']} needs more memory to parse than the limit of {header['memory_mb']} MB."}
    json.dump(outcome, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    return 0


def _parse(data: bytes, header: dict[str, Any]) -> dict[str, Any]:
    from ragqa.codec import to_json
    from ragqa.ingest.formats import parse

    return {"documents": [to_json(document) for document in parse(data, header["source"], header["sha256"], header["max_pages"])]}


def _draw(data: bytes, header: dict[str, Any]) -> dict[str, Any]:
    from ragqa.ingest.page_picture import draw_marked_page

    picture = draw_marked_page(data, header["source"], header["page"], [tuple(quote) for quote in header["quotes"]], header["scale"])
    return {"png": base64.b64encode(picture.png).decode(), "n_marked": picture.n_marked}


def _end_with_parent() -> None:
    """Let the kernel end this process when the one that started it goes, so that no file is read for nobody."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _limit(memory_mb: int, cpu_s: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop what parsing a file never needs."""
    writes = event == "open" and (any(letter in (arguments[1] or "") for letter in "wax+") or bool(arguments[2] & _WRITING))
    if writes or event in _FORBIDDEN:
        raise PermissionError(f"a parsing worker may not do this: {event}")


_TASKS = {"parse": _parse, "draw": _draw}

if __name__ == "__main__":
    sys.exit(main())
