"""Publish generations so that a crash at any point leaves the old one or the new one in use, whole.

A generation is written under a temporary name, every file and folder is fsynced, the folder is renamed, and last the file `CURRENT`
is replaced. Files of a generation are never changed afterwards: cutting a mapped file would kill its readers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ragqa.codec import dump
from ragqa.errors import IndexMissing, RagqaError
from ragqa.index.generation import (
    CURRENT_FILE,
    LEXICAL_FOLDER,
    MANIFEST_FILE,
    FileEntry,
    Generation,
    Manifest,
    current_name,
    generation_names,
    length_problem,
    number_of,
    open_generation,
    read_manifest,
)
from ragqa.index.lock import hold_lock
from ragqa.index.parts import Part

_VECTOR_BLOCK = 4096
"""Rows checked at once, so that `verify` needs little memory."""


def begin(index_dir: Path) -> Path:
    """Remove what crashed builds left and return a new empty folder to write a generation into. The caller holds the lock."""
    for leftover in index_dir.glob(".tmp-*"):
        shutil.rmtree(leftover)
    names = generation_names(index_dir)
    folder = index_dir / f".tmp-{number_of(names[-1]) + 1 if names else 1:06d}"
    folder.mkdir()
    return folder


def take_over(old: Path, folder: Path, parts: Sequence[Part]) -> None:
    """Link the lexical index and the given parts of a generation into the folder of the next one.

    Their files are written once: whoever changes an index writes new files beside them and replaces the two that list them.
    """
    for name in (LEXICAL_FOLDER, *(part.name for part in parts)):
        (folder / name).mkdir()
        for path in (old / name).iterdir():
            try:
                (folder / name / path.name).hardlink_to(path)
            except OSError:
                # Some file systems know no links.
                shutil.copyfile(path, folder / name / path.name)


def publish(folder: Path, manifest: Manifest, old: Generation | None = None) -> str:
    """Turn the folder that `begin` made and a writer filled into the current generation and return its name.

    Files that are the same as those of the generation before, by link, keep the hash they had.
    """
    index_dir, name = folder.parent, f"gen-{folder.name.removeprefix('.tmp-')}"
    for leftover in folder.rglob("*.lock"):
        leftover.unlink()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    known = {entry.path: entry for entry in old.manifest.files if (old.path / entry.path).exists()} if old else {}
    files = []
    for path in paths:
        name_inside = path.relative_to(folder).as_posix()
        is_known = old is not None and name_inside in known and path.samefile(old.path / name_inside)
        files.append(known[name_inside] if is_known else FileEntry(name_inside, path.stat().st_size, _sha256(path)))
    (folder / MANIFEST_FILE).write_text(dump(replace(manifest, name=name, files=tuple(files))) + "\n")
    for path in (*paths, folder / MANIFEST_FILE):
        # Read-only, because they never change; readable for whom the folder is, because tantivy makes its files private.
        path.chmod(folder.stat().st_mode & 0o444)
        _fsync(path)
    for path in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        _fsync(path)
    folder.rename(index_dir / name)
    _fsync(index_dir)
    _point_to(index_dir, name)
    return name


def rollback(index_dir: Path) -> str:
    """Make the generation before the current one current and return its name.

    The abandoned generation stays on disk until a build prunes it.

    Raises:
        IndexMissing: There is no generation before the current one.
        IndexLocked: A build is running.
    """
    current = current_name(index_dir)
    with hold_lock(index_dir):
        older = [name for name in generation_names(index_dir) if number_of(name) < number_of(current)]
        if not older:
            raise IndexMissing(f'there is no generation before {current} in "{index_dir}". "ragqa index build" makes a new one from the corpus.')
        open_generation(index_dir / older[-1]).library.close()
        _point_to(index_dir, older[-1])
    return older[-1]


def prune(index_dir: Path, keep: int) -> list[str]:
    """Delete all generations but the current one and the `keep - 1` before it; return the names of the deleted ones.

    The caller holds the lock. Readers that have one of them open keep it until they close it.
    """
    current = current_name(index_dir)
    names = generation_names(index_dir)
    kept = [name for name in names if number_of(name) <= number_of(current)][-keep:]
    gone = [name for name in names if name not in kept]
    for name in gone:
        # Renamed first, so that no one ever opens half a generation.
        doomed = (index_dir / name).rename(index_dir / f".tmp-{name}")
        shutil.rmtree(doomed)
    return gone


def prune_index(index_dir: Path, keep: int) -> list[str]:
    """Do what `prune` does, under the lock, and sweep up what crashed builds left; raise `IndexMissing` or `IndexLocked`."""
    current_name(index_dir)
    with hold_lock(index_dir):
        for leftover in index_dir.glob(".tmp-*"):
            shutil.rmtree(leftover)
        return prune(index_dir, keep)


def verify(index_dir: Path) -> list[str]:
    """Check every generation in full and return what is wrong, in words; an empty list says that all is well.

    Checked are the length and hash of every file, the counts, that vectors are finite and of unit length, and that every page text is
    there and every stored sentence slices it. Raise `IndexMissing` where nothing has been built.
    """
    current = current_name(index_dir)
    names = generation_names(index_dir)
    missing = [] if current in names else [f"{current}: the current generation is missing"]
    return missing + [f"{name}: {problem}" for name in names for problem in _problems(index_dir / name)]


def _problems(path: Path) -> Iterator[str]:
    try:
        manifest = read_manifest(path)
    except RagqaError as exc:
        yield str(exc)
        return
    damaged = [problem for entry in manifest.files if (problem := length_problem(path, entry))]
    damaged += [f'the file "{entry.path}" has changed' for entry in manifest.files if not damaged and _sha256(path / entry.path) != entry.sha256]
    yield from damaged
    if damaged:
        return
    try:
        generation = open_generation(path)
    except RagqaError as exc:
        yield str(exc)
        return
    yield from _count_problems(generation)
    yield from _text_problems(generation)
    yield from _vector_problems(generation)
    generation.library.close()


def _count_problems(generation: Generation) -> Iterator[str]:
    manifest, library = generation.manifest, generation.library
    for what, expected, found in (
        ("documents", manifest.n_documents, library.n_documents),
        ("chunks", manifest.n_chunks, library.n_chunks),
        ("sentences", manifest.n_sentences, library.n_sentences),
        ("chunks in the lexical index", manifest.n_chunks, generation.lexical.n_rows),
        ("chunks in the dense index", manifest.n_chunks, generation.dense.n_rows),
    ):
        if expected != found:
            yield f"{found} {what} instead of {expected}"


def _text_problems(generation: Generation) -> Iterator[str]:
    library = generation.library
    for document in library.documents():
        lengths = {page.number: len(page.text) for page in library.pages(document.document_id)}
        if len(lengths) != document.n_pages:
            yield f"{document.source}: {len(lengths)} page texts instead of {document.n_pages}"
        for record in library.document_sentences(document.document_id):
            if not record.sentence.spans or any(not 0 <= span.start < span.end <= lengths.get(span.page, 0) for span in record.sentence.spans):
                yield f"{document.source}: sentence {record.sentence.ordinal} does not slice its page"


def _vector_problems(generation: Generation) -> Iterator[str]:
    for what, array, may_be_zero in (("chunk", generation.dense.vectors, False), ("sentence", generation.library.all_sentence_vectors, True)):
        for begin, vectors in zip(array.begins.tolist(), array.parts, strict=True):
            for start in range(0, len(vectors), _VECTOR_BLOCK):
                lengths = np.linalg.norm(vectors[start : start + _VECTOR_BLOCK].astype(np.float32), axis=1)
                # float16 components are good to 1 part in 2,000, so a unit vector keeps its length to about 0.001.
                wrong = ~((np.abs(lengths - 1) < 0.01) | (may_be_zero & (lengths == 0)))
                if wrong.any():
                    yield f"{int(wrong.sum())} {what} vectors from number {begin + start + int(np.argmax(wrong))} on are not of unit length"


def _point_to(index_dir: Path, name: str) -> None:
    temporary = index_dir / f".{CURRENT_FILE}"
    temporary.write_text(name + "\n")
    _fsync(temporary)
    temporary.replace(index_dir / CURRENT_FILE)
    _fsync(index_dir)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
