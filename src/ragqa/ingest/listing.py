"""List the documents of a corpus folder, with the hashes of everything each one is made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragqa.errors import CorpusMissing
from ragqa.ingest.intake import SIDECAR_SUFFIXES, sidecar_of
from ragqa.types import DocumentStatus, Problem


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus. `sha256` is "" where the file cannot be read, `sidecar_sha256` where there is no sidecar."""

    path: Path
    source: str
    sha256: str
    sidecar_sha256: str


def list_corpus(
    corpus: Path,
    index: Path,
    progress: Callable[[int, int, str], None] = lambda done, total, source: None,
    hash_of: Callable[[Path], str] | None = None,
) -> tuple[CorpusFile, ...]:
    """Return the documents of a corpus folder by ascending source path.

    Hidden files, README.md, sidecars (`paper.pdf.yaml` beside `paper.pdf`) and the index folder are no documents.

    Args:
        corpus: The folder.
        index: The index folder, which may lie inside the corpus.
        progress: Called with files done, files in all and the next file.
        hash_of: Returns the sha256 of a file, "" where it cannot be read; by default every file is read.

    Raises:
        CorpusMissing: The folder does not exist or holds no document.
    """
    require_folder(corpus)
    hash_of = hash_of or file_sha256
    found: list[tuple[str, Path, bool]] = []
    for folder, subfolders, names in os.walk(corpus):
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and (Path(folder) / name).resolve() != index.resolve()]
        here, below, held = Path(folder), Path(folder).relative_to(corpus).as_posix(), set(names)
        for name in names:
            if _is_document(name, held):
                has_sidecar = any(name + suffix in held for suffix in SIDECAR_SUFFIXES)
                found.append((name if below == "." else f"{below}/{name}", here / name, has_sidecar))
    if not found:
        raise CorpusMissing(f'the corpus folder "{corpus}" holds no document. Put guidelines and papers into it, or name another with --corpus.')
    files = []
    for number, (source, path, has_sidecar) in enumerate(sorted(found)):
        progress(number, len(found), source)
        sidecar = sidecar_of(path) if has_sidecar else None
        files.append(CorpusFile(path, source, hash_of(path), hash_of(sidecar) if sidecar else ""))
    return tuple(files)


def require_folder(corpus: Path) -> None:
    """Raise `CorpusMissing` where there is no such folder."""
    if not corpus.is_dir():
        raise CorpusMissing(f'the corpus folder "{corpus}" does not exist. Name one with --corpus or RAGQA_CORPUS.')


def without_duplicates(files: Sequence[CorpusFile]) -> tuple[list[CorpusFile], list[Problem]]:
    """Return the files without those whose bytes an earlier one has, and a problem for each of these."""
    first: dict[str, CorpusFile] = {}
    problems = []
    for file in files:
        original = first.setdefault(file.sha256 or file.source, file)
        if original is not file:
            problems.append(Problem(file.source, DocumentStatus.DUPLICATE_OF, f"{file.source} holds the same bytes as {original.source}, which is indexed."))
    return list(first.values()), problems


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits, "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _is_document(name: str, names: Collection[str]) -> bool:
    if name.startswith(".") or name == "README.md":
        return False
    return not (name.endswith(SIDECAR_SUFFIXES) and Path(name).stem in names)
