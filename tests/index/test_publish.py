from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ragqa.errors import IndexLocked, IndexMissing
from ragqa.index.generation import current_name, generation_names, open_current
from ragqa.index.lock import hold_lock
from ragqa.index.publish import begin, prune, prune_index, rollback, verify
from tests.index.samples import publish_documents, sample_documents

PUBLISH_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tests.index.samples import publish_documents, sample_documents

def publish_second(index_dir, last_step):
    "Publish, and die before the given step of the protocol; return the number of steps."
    steps = 0
    def dying(function):
        def call(*arguments, **named):
            nonlocal steps
            steps += 1
            if steps == last_step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)
        return call
    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "replace"), (Path, "write_text"), (Path, "mkdir"), (Path, "chmod")):
        setattr(owner, name, dying(getattr(owner, name)))
    publish_documents(index_dir, sample_documents()[:2])
    return steps

for step in map(int, sys.argv[2:]):
    # A fork costs a hundredth of a new process. The parent runs no threads, so it is safe.
    if os.fork() == 0:
        index_dir = Path(sys.argv[1]) / str(step)
        publish_documents(index_dir, sample_documents())
        os._exit(publish_second(index_dir, step))
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def publish_and_die(folder: Path, steps: Sequence[int]) -> list[int]:
    """Publish two generations in a folder of its own for each step, dying before that step of the second; return the exit codes.

    Step 0 never comes: its exit code is the number of steps.
    """
    checkout = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", PUBLISH_AND_DIE, str(folder), *map(str, steps)]
    return [int(line) for line in subprocess.run(command, capture_output=True, text=True, check=True, cwd=checkout).stdout.split()]


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Return an index folder with one generation."""
    publish_documents(tmp_path, sample_documents())
    return tmp_path


def damage(file: Path) -> None:
    """Change one byte in the middle of a file and keep its length."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.unlink()
    file.write_bytes(data)


def test_sigkill_at_any_step_leaves_the_old_or_the_new_generation(tmp_path: Path) -> None:
    """Before CURRENT is replaced the old generation is in use, afterwards the new one; both verify, and the next publication works."""
    (n_steps,) = publish_and_die(tmp_path, [0])
    assert n_steps > 15
    # The first steps are equal for every file; the last dozen are the protocol.
    steps = [*range(1, n_steps - 12, 10), *range(n_steps - 12, n_steps + 1)]

    assert publish_and_die(tmp_path, steps) == [-signal.SIGKILL] * len(steps)

    for step in steps:
        index_dir = tmp_path / str(step)
        # The last step is the fsync of the folder after CURRENT was replaced.
        assert current_name(index_dir) == ("gen-000002" if step == n_steps else "gen-000001"), step
        assert verify(index_dir) == []
        name = publish_documents(index_dir, sample_documents()[:1])
        assert current_name(index_dir) == name
        assert verify(index_dir) == []
        assert not list(index_dir.glob(".tmp-*"))


def test_verify_finds_nothing_wrong_with_a_fresh_index(index_dir: Path) -> None:
    """All checks pass on what publish wrote."""
    assert verify(index_dir) == []


@pytest.mark.parametrize("name", ["part-0/store.sqlite", "part-0/dense.faiss", "part-0/vectors.npy", "part-0/sentences.npy", "lexical/meta.json"])
def test_verify_names_a_changed_file(index_dir: Path, name: str) -> None:
    """One flipped bit of the same length is seen by the hash."""
    damage(index_dir / "gen-000001" / name)

    assert verify(index_dir) == [f'gen-000001: the file "{name}" has changed']


def test_verify_reads_what_hashes_cannot_tell(tmp_path: Path) -> None:
    """A sentence beyond the end of its page and wrong counts are found though every hash is right."""
    from dataclasses import replace

    from ragqa.index.publish import publish
    from ragqa.types import Page
    from tests.index.samples import fill

    guideline, trial, _ = sample_documents()
    cut = replace(guideline, pages=(Page(1, guideline.pages[0].text[:50]),))
    folder = begin(tmp_path)
    publish(folder, replace(fill(folder, [cut, trial]), n_chunks=4))

    problems = verify(tmp_path)

    assert problems == [
        "gen-000001: 3 chunks instead of 4",
        "gen-000001: 3 chunks in the lexical index instead of 4",
        "gen-000001: 3 chunks in the dense index instead of 4",
        "gen-000001: guidelines/a.md: sentence 1 does not slice its page",
        "gen-000001: guidelines/a.md: sentence 2 does not slice its page",
        "gen-000001: guidelines/a.md: sentence 3 does not slice its page",
    ]


def test_verify_names_a_missing_generation(index_dir: Path) -> None:
    """CURRENT may name what someone deleted."""
    (index_dir / "CURRENT").write_text("gen-000007\n")

    assert verify(index_dir) == ["gen-000007: the current generation is missing"]


def test_rollback_makes_the_generation_before_current(index_dir: Path) -> None:
    """One step back; at the first generation it says so and changes nothing."""
    publish_documents(index_dir, sample_documents()[:1])
    assert open_current(index_dir).library.n_documents == 1

    assert rollback(index_dir) == current_name(index_dir) == "gen-000001"
    with pytest.raises(IndexMissing, match="no generation before gen-000001"):
        rollback(index_dir)
    assert current_name(index_dir) == "gen-000001"
    # The next number is free though a newer generation was abandoned.
    assert publish_documents(index_dir, sample_documents()[:1]) == "gen-000003"


def test_rollback_waits_for_no_build(index_dir: Path) -> None:
    """While a build holds the lock nothing else changes CURRENT."""
    publish_documents(index_dir, sample_documents())
    descriptor = os.open(index_dir / "LOCK", os.O_RDWR | os.O_CREAT)
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            rollback(index_dir)
    finally:
        os.close(descriptor)


def test_prune_keeps_the_current_generation_and_those_before_it(index_dir: Path) -> None:
    """Of five with the fourth in use and two to keep, 3 and 4 stay: 5 was never published or rolled back from."""
    for _ in range(4):
        publish_documents(index_dir, sample_documents()[:1])
    (index_dir / "CURRENT").write_text("gen-000004\n")

    with hold_lock(index_dir):
        assert prune(index_dir, keep=2) == ["gen-000001", "gen-000002", "gen-000005"]
    assert generation_names(index_dir) == ["gen-000003", "gen-000004"]
    assert verify(index_dir) == []


def test_published_files_are_read_only(index_dir: Path) -> None:
    """A generation is never modified after publication."""
    for path in (index_dir / "gen-000001").rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o777 == 0o444 & (index_dir / "gen-000001").stat().st_mode


def test_pruning_by_hand_takes_the_lock_and_sweeps_up(index_dir: Path) -> None:
    """With one to keep only the current generation stays, a crashed build's folder goes, and a running build is not disturbed."""
    publish_documents(index_dir, sample_documents()[:1])
    (index_dir / ".tmp-000009").mkdir()

    assert prune_index(index_dir, keep=1) == ["gen-000001"]
    assert generation_names(index_dir) == [current_name(index_dir)] == ["gen-000002"]
    assert not list(index_dir.glob(".tmp-*"))
    assert prune_index(index_dir, keep=1) == []
    with hold_lock(index_dir), pytest.raises(IndexLocked):
        prune_index(index_dir, keep=1)


def test_an_empty_folder_has_nothing_to_prune(tmp_path: Path) -> None:
    """Without an index the message says what to run, as for every command."""
    with pytest.raises(IndexMissing, match="ragqa index build"):
        prune_index(tmp_path, keep=1)
