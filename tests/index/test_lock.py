from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragqa.errors import IndexLocked, IndexNotWritable
from ragqa.index.lock import hold_lock

HOLDER = """
import sys, time
from pathlib import Path
from ragqa.index.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold_elsewhere(index_dir: Path, seconds: float) -> subprocess.Popen[str]:
    """Start another process that holds the lock, and wait until it does."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(index_dir), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_holder_is_named(tmp_path: Path) -> None:
    """A second builder says which process holds the lock, since when, and what to do; a killed holder leaves no lock behind."""
    with hold_elsewhere(tmp_path, 60) as process:
        with pytest.raises(IndexLocked, match=rf"process {process.pid} since \d{{4}}-\d\d-\d\d .*LOCK_TIMEOUT_S"), hold_lock(tmp_path):
            pass
        process.kill()
    with hold_lock(tmp_path):
        assert (tmp_path / "LOCK").read_text() == f"{os.getpid()}\n"


def test_a_builder_can_wait_for_the_lock(tmp_path: Path) -> None:
    """With a timeout the second builder goes on when the first has ended."""
    with hold_elsewhere(tmp_path, 0.3), hold_lock(tmp_path, timeout_s=20):
        pass


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    """An index folder that cannot be made is a clear error."""
    (tmp_path / "file").touch()

    for folder in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(IndexNotWritable, match="choose another folder with --index"), hold_lock(folder):
            pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_named(tmp_path: Path, number: int) -> None:
    """A full or read-only disk met while the lock is held ends in the same clear error."""
    with pytest.raises(IndexNotWritable, match=os.strerror(number)), hold_lock(tmp_path):
        raise OSError(number, os.strerror(number))


def test_other_errors_pass_through(tmp_path: Path) -> None:
    """A fault of the program is not dressed up as a full disk."""
    with pytest.raises(FileNotFoundError), hold_lock(tmp_path):
        (tmp_path / "missing").read_text()
