"""The process in which one file is parsed: `python -I -m ragqa.ingest.worker`, started by `sandbox.py`.

It takes a line of JSON and then the bytes of the file on standard input, and writes the document as JSON to standard output. Before it
looks at the bytes it limits its own memory, CPU time and output, and forbids itself the network, other programs and writing files.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MAX_OUTPUT_BYTES = 256_000_000
_FORBIDDEN = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename"}
)


def main() -> int:
    """Parse one file and return the exit status: 0 where standard output holds an outcome."""
    header = json.loads(sys.stdin.buffer.readline())
    _limit(header["memory_mb"], header["cpu_s"])
    data = sys.stdin.buffer.read()
    from ragqa.codec import to_json
    from ragqa.errors import FileRejected
    from ragqa.ingest.formats import parse

    sys.addaudithook(_forbid)
    try:
        documents = parse(data, header["source"], header["sha256"], header["max_pages"])
        outcome: dict[str, Any] = {"documents": [to_json(document) for document in documents]}
    except FileRejected as exc:
        outcome = {"status": exc.status.value, "message": str(exc)}
    except (MemoryError, RecursionError):
        outcome = {"status": "resource_limit", "message": f"{header['source']} needs more memory to parse than the limit of {header['memory_mb']} MB."}
    json.dump(outcome, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    return 0


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
    writes = event == "open" and isinstance(arguments[1], str) and any(letter in arguments[1] for letter in "wax+")
    if writes or event in _FORBIDDEN:
        raise PermissionError(f"a parsing worker may not do this: {event}")


if __name__ == "__main__":
    sys.exit(main())
