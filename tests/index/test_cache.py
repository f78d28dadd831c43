from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.index.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Return an empty cache."""
    return Cache(tmp_path / "cache", ".bin")


def test_an_entry_comes_back_as_it_was_put(cache: Cache) -> None:
    """Any bytes may be stored, line ends and nothing among them; what was never put is absent."""
    cache.put("a", b"one\ntwo\n\x00")
    cache.put("b", b"")

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"one\ntwo\n\x00", b"", None)


@pytest.mark.parametrize("damage", [b"", b"\n", b"x" * 64 + b"\nonly", None])
def test_a_torn_entry_counts_as_absent(cache: Cache, tmp_path: Path, damage: bytes | None) -> None:
    """An entry that a crash cut or left empty is made anew, never used."""
    cache.put("a", b"some longer data")
    file = tmp_path / "cache" / "a.bin"
    file.write_bytes(file.read_bytes()[:-1] if damage is None else damage)

    assert cache.get("a") is None


def test_keep_only_deletes_the_rest(cache: Cache, tmp_path: Path) -> None:
    """What the last build did not use goes, and so does what a crashed one left half written."""
    cache.put("a", b"1")
    cache.put("b", b"2")
    (tmp_path / "cache" / ".c.123").write_bytes(b"half")

    cache.keep_only(["a", "missing"])

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a.bin"]
