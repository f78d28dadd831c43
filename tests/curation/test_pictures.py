"""Pictures kept on disk up to a bound."""

import os
from pathlib import Path

from ragqa.curation.pictures import PictureCache


def test_what_was_not_asked_for_longest_goes_first(tmp_path: Path) -> None:
    """Room for 30 bytes: a, b and c fill it; a is asked for again, so that d drives out b."""
    cache = PictureCache(tmp_path, most_bytes=30)
    for age, key in enumerate("abc"):
        cache.put(key, key.encode() * 10)
        os.utime(tmp_path / f"{key}.png", (1_000_000 + age, 1_000_000 + age))
    assert cache.get("a") == b"a" * 10

    cache.put("d", b"d" * 10)

    assert {path.stem for path in tmp_path.iterdir()} == {"a", "c", "d"}
    assert cache.get("b") is None


def test_a_folder_that_cannot_be_written_loses_the_picture_only(tmp_path: Path) -> None:
    """A full or read-only disk costs time, not the answer."""
    (tmp_path / "file").write_text("")
    cache = PictureCache(tmp_path / "file" / "pictures", most_bytes=30)

    cache.put("a", b"a")

    assert cache.get("a") is None
