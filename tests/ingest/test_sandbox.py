"""Files that attack their parser, and the worker that holds them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ragqa.errors import FileRejected
from ragqa.ingest.intake import parse_documents
from ragqa.settings import IngestSettings
from ragqa.types import DocumentStatus
from tests.ingest.printing import Print, make_pdf


def test_a_worker_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """The wall-clock limit is a status that names its setting."""
    (tmp_path / "a.pdf").write_bytes(make_pdf([[Print("Text")]] * 400))

    with pytest.raises(FileRejected, match="RAGQA_INGEST__WORKER_WALL_S") as caught:
        parse_documents(tmp_path / "a.pdf", tmp_path, IngestSettings.model_construct(**{**IngestSettings().model_dump(), "worker_wall_s": 0.05}))
    assert caught.value.status is DocumentStatus.RESOURCE_LIMIT


@pytest.mark.parametrize(
    "attempt",
    [
        "open('x-worker-test', 'w')",
        "__import__('os').open('x-worker-test', 65)",
        "__import__('os').system('true')",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
    ],
)
def test_a_worker_may_not_write_files_or_start_programs(attempt: str) -> None:
    """What parsing never needs is refused in the worker."""
    code = f"import sys; from ragqa.ingest.worker import _forbid; sys.addaudithook(_forbid); {attempt}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError: a parsing worker may not do this" in done.stderr


def test_the_worker_speaks_json() -> None:
    """A header line and the bytes go in, an outcome comes out."""
    header = {"source": "a.nbib", "sha256": "0" * 64, "memory_mb": 1024, "cpu_s": 10, "max_pages": 10}
    done = subprocess.run(
        [sys.executable, "-I", "-m", "ragqa.ingest.worker"], input=json.dumps(header).encode() + b"\nno record here", capture_output=True, check=True
    )
    assert json.loads(done.stdout)["status"] == "rejected"
