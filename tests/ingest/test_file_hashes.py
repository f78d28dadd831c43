"""A file is read again whenever it may have changed, and only then."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from ragqa.ingest import file_hashes
from ragqa.ingest.file_hashes import FileHashes, FileState
from ragqa.ingest.listing import file_sha256

LATER_NS = 60_000_000_000


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the names of files that were read, which grows as they are."""
    names: list[str] = []

    def reading(path: Path) -> str:
        names.append(path.name)
        return file_sha256(path)

    monkeypatch.setattr(file_hashes, "file_sha256", reading)
    return names


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Return a file of four bytes."""
    path = tmp_path / "paper.md"
    path.write_text("text")
    return path


def noted(paper: Path, now_ns: int) -> list[FileState]:
    """Return the state of a file that is hashed at some time."""
    hashes = FileHashes(paper.parent, (), now_ns)
    hashes.sha256(paper)
    return hashes.changes()[0]


def test_a_file_that_lay_still_is_not_read_again(paper: Path, read: list[str]) -> None:
    """A minute after it was written it is hashed; the next build takes the hash over and has nothing to note."""
    states = noted(paper, time.time_ns() + LATER_NS)
    hashes = FileHashes(paper.parent, states, time.time_ns() + 2 * LATER_NS)

    assert hashes.sha256(paper) == file_sha256(paper)
    assert read == ["paper.md"]
    assert hashes.changes() == ([], [])


def test_a_file_hashed_just_after_it_was_written_is_read_again(paper: Path, read: list[str]) -> None:
    """Until the margin is over a second writing could leave its times as they are; then its state is noted anew."""
    states = noted(paper, time.time_ns())
    hashes = FileHashes(paper.parent, states, time.time_ns() + LATER_NS)
    hashes.sha256(paper)

    assert read == ["paper.md", "paper.md"]
    (state,), gone = hashes.changes()
    assert (state.sha256, gone) == (states[0].sha256, [])
    assert state.seen_ns > states[0].seen_ns


@pytest.mark.parametrize("how", ["in place", "with its old time", "another file of its name", "moved over it"])
def test_other_bytes_of_the_same_length_are_seen(paper: Path, tmp_path: Path, how: str) -> None:
    """However it is changed: tools can set the time of modification back, but neither the time of status change nor the inode."""
    states = noted(paper, time.time_ns() + LATER_NS)
    times = (paper.stat().st_atime_ns, paper.stat().st_mtime_ns)
    if how == "another file of its name":
        paper.unlink()
    target = tmp_path / "other" if how == "moved over it" else paper
    target.write_text("next")
    if how != "in place":
        os.utime(target, ns=times)
    if how == "moved over it":
        shutil.move(target, paper)

    hashes = FileHashes(tmp_path, states, time.time_ns() + LATER_NS)

    assert hashes.sha256(paper) == file_sha256(paper) != states[0].sha256


def test_a_file_that_is_gone_or_cannot_be_read_is_forgotten(paper: Path) -> None:
    """It has no hash, and its state goes from what is noted."""
    states = noted(paper, time.time_ns() + LATER_NS)
    paper.unlink()
    hashes = FileHashes(paper.parent, states, time.time_ns())

    assert hashes.sha256(paper) == ""
    assert hashes.changes() == ([], ["paper.md"])
