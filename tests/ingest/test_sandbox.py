"""Files that attack their parser, and the worker that holds them."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ragqa.errors import FileRejected
from ragqa.ingest.intake import parse_documents
from ragqa.settings import IngestSettings
from ragqa.types import DocumentStatus
from tests.ingest.printing import Print, make_pdf
from tests.ingest.reading import read_file

HOSTILE = {
    "billion_laughs.xml": DocumentStatus.REJECTED,
    "xxe.xml": DocumentStatus.REJECTED,
    "html_named.pdf": DocumentStatus.REJECTED,
    "zero.pdf": DocumentStatus.REJECTED,
    "zip_bomb_500MB.docx": DocumentStatus.REJECTED,
    "zip_slip.docx": DocumentStatus.REJECTED,
    "truncated_half.pdf": DocumentStatus.BROKEN,
    "bomb_double_flate_1GiB.pdf": DocumentStatus.RESOURCE_LIMIT,
    "bomb_text_ops_200MB.pdf": DocumentStatus.RESOURCE_LIMIT,
    "loop_form_xobject.pdf": DocumentStatus.RESOURCE_LIMIT,
}


@pytest.mark.parametrize(("name", "status"), HOSTILE.items())
def test_a_hostile_file_ends_in_its_status_while_others_are_read(shared: Path, tmp_path: Path, name: str, status: DocumentStatus) -> None:
    """Check 16 and 17: the status of the manifest, a message for the user, and another file parsed meanwhile."""
    (tmp_path / "other.md").write_text("# Title\n\nA sentence.\n")
    done: list[float] = []
    reader = threading.Thread(target=lambda: done.append(len(read_file(tmp_path / "other.md").sentences)))
    started = time.monotonic()
    reader.start()

    with pytest.raises(FileRejected) as caught:
        read_file(shared / "docs" / "hostile" / name)

    reader.join(timeout=5)
    assert done == [1]
    assert caught.value.status is status
    assert name in str(caught.value)
    assert "root:" not in str(caught.value)
    assert time.monotonic() - started < 35


def test_a_damaged_file_is_never_silently_whole(shared: Path) -> None:
    """Check 16: changed bytes leave some pages, and the document says which are missing."""
    document = read_file(shared / "docs" / "hostile" / "bitrot_400_bytes.pdf")

    assert document.status is DocumentStatus.PARTIAL
    assert "pages 1, 2, 3" in document.status_reason


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
