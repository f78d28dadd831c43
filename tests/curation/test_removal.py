"""Files taken out of the corpus and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.curation.removal import Removed, purge_removed, remove_file, removed_files, restore_file
from ragqa.curation.uploads import Upload
from ragqa.errors import DocumentNotRemovable
from ragqa.ingest.listing import file_sha256

UPLOAD = Upload("uploads/a.txt", "Mine.txt", "", 5, "2026-03-01T12:00:00+00:00", "ada")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of one uploaded file with a sidecar."""
    (tmp_path / "corpus" / "uploads").mkdir(parents=True)
    (tmp_path / "corpus" / "uploads" / "a.txt").write_text("Text.")
    (tmp_path / "corpus" / "uploads" / "a.txt.yaml").write_text("title: Mine\n")
    return tmp_path / "corpus"


def remove(corpus: Path) -> Removed:
    """Remove the uploaded file while generation 3 is current."""
    source = "uploads/a.txt"
    return remove_file(corpus, corpus.parent / "index", source, file_sha256(corpus / source), "gen-000003", UPLOAD)


def test_a_removed_file_waits_aside_with_its_sidecar(corpus: Path) -> None:
    """Nothing of it stays in the corpus, and its bytes are what they were."""
    removed = remove(corpus)

    assert list((corpus / "uploads").iterdir()) == []
    assert removed.path.read_text() == "Text."
    assert removed.path.is_relative_to(corpus.parent / "index" / "removed" / "gen-000003")
    assert list(removed_files(corpus.parent / "index")) == [removed]


def test_a_removed_file_can_be_put_back(corpus: Path) -> None:
    """File and sidecar stand where they stood; nothing waits any more."""
    restore_file(corpus, remove(corpus))

    assert (corpus / "uploads" / "a.txt").read_text() == "Text."
    assert (corpus / "uploads" / "a.txt.yaml").read_text() == "title: Mine\n"
    assert list(removed_files(corpus.parent / "index")) == []


def test_another_file_in_its_place_is_not_overwritten(corpus: Path) -> None:
    """The message says what to do, and both files stay."""
    removed = remove(corpus)
    (corpus / "uploads" / "a.txt").write_text("Another.")

    with pytest.raises(DocumentNotRemovable, match="in the corpus again"):
        restore_file(corpus, removed)
    assert ((corpus / "uploads" / "a.txt").read_text(), removed.path.read_text()) == ("Another.", "Text.")


def test_a_removed_file_goes_for_good_with_its_generation(corpus: Path) -> None:
    """It stays while generation 3 is on disk and may be rolled back to, and no longer."""
    index = corpus.parent / "index"
    removed = remove(corpus)
    (index / "gen-000003").mkdir()
    (index / "gen-000004").mkdir()

    purge_removed(index)
    assert removed.path.exists()

    (index / "gen-000003").rmdir()
    purge_removed(index)
    assert list((index / "removed").iterdir()) == []


def test_a_file_that_cannot_be_moved_is_told(corpus: Path) -> None:
    """A file that went meanwhile is an error in words."""
    (corpus / "uploads" / "a.txt").unlink()
    (corpus / "uploads" / "a.txt.yaml").unlink()
    with pytest.raises(DocumentNotRemovable, match="cannot be moved"):
        remove(corpus)
