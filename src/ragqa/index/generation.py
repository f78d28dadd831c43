"""Open a generation: the immutable files that answer questions, and the manifest that describes them.

`CURRENT` names the generation in use. Lengths of all files are checked on opening, which costs one `stat` a file; hashes are checked
by `publish.verify`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ragqa.codec import load
from ragqa.errors import GenerationCorrupt, GenerationIncompatible, IndexMissing
from ragqa.index.dense import DenseIndex
from ragqa.index.encoder import open_encoder, vector_settings
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.lexical import LexicalIndex
from ragqa.index.parts import Part
from ragqa.index.store import Store
from ragqa.protocols import Embedder
from ragqa.settings import EmbeddingSettings
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.types import Problem

FORMAT_VERSION = 5
"""Number of the layout of a generation; raised whenever an older reader could not read a newer one, or the reverse."""
MANIFEST_FILE, CURRENT_FILE, LEXICAL_FOLDER, MODELS_FOLDER = "MANIFEST.json", "CURRENT", "lexical", "models"
_NAME = re.compile(r"gen-\d{6,}")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a generation: its path below the generation's folder, its length and its hash."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself. Counts are of documents in use; `removed` holds the stored numbers of those out of use.

    `digest` covers the content, so equal corpus and settings give equal digests; `inputs` covers the files and the code it was made
    from, so a build can see that nothing changed; `encoder_settings` are those that change vectors.
    """

    name: str
    created: str
    digest: str
    inputs: str
    n_documents: int
    n_chunks: int
    n_sentences: int
    model_id: str
    dimension: int
    encoder_settings: dict[str, Any]
    analyzer_version: str
    parts: tuple[Part, ...] = ()
    removed: tuple[int, ...] = ()
    files: tuple[FileEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    format: int = 0
    """Written always, since a stored 0 is the default and no layout has it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation. Its parts may be shared between threads; they stay valid after the folder is deleted."""

    name: str
    path: Path
    manifest: Manifest
    library: Store
    lexical: LexicalIndex
    dense: DenseIndex

    def require_encoder(self, settings: EmbeddingSettings) -> None:
        """Raise `GenerationIncompatible` where the settings name another encoder than the one that made the vectors."""
        built, asked = self.manifest.encoder_settings, vector_settings(settings)
        different = [name for name in asked if built.get(name) != asked[name]]
        if different:
            name = different[0]
            raise GenerationIncompatible(
                f'generation {self.name} was built with embedding {name} "{built.get(name)}"; settings say "{asked[name]}". '
                f'Run "ragqa index build" or set RAGQA_EMBEDDING__{name.upper()}={built.get(name)}.'
            )


def current_name(index_dir: Path) -> str:
    """Return the name of the generation in use; raise `IndexMissing` or `GenerationCorrupt`."""
    try:
        name = (index_dir / CURRENT_FILE).read_text().strip()
    except FileNotFoundError as exc:
        raise IndexMissing(f'no index has been built in "{index_dir}". Run "ragqa index build --index {index_dir}".') from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise GenerationCorrupt(f'"{index_dir / CURRENT_FILE}" cannot be read ({exc}). Run "ragqa index build".') from exc
    if not _NAME.fullmatch(name):
        raise GenerationCorrupt(f'"{index_dir / CURRENT_FILE}" does not name a generation: "{name[:40]}". Run "ragqa index build".')
    return name


def generation_names(index_dir: Path) -> list[str]:
    """Return the names of all generations on disk, oldest first."""
    return sorted((path.name for path in index_dir.glob("gen-*") if _NAME.fullmatch(path.name)), key=number_of)


def number_of(name: str) -> int:
    """Return the number in the name of a generation."""
    return int(name.removeprefix("gen-"))


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of the generation in a folder; raise `GenerationCorrupt` or `GenerationIncompatible`."""
    file = path / MANIFEST_FILE
    try:
        data = json.loads(file.read_bytes())
        found_format = data["format"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise GenerationCorrupt(f"the manifest of generation {path.name} cannot be read ({exc}). {_NEXT_STEP}") from exc
    if found_format != FORMAT_VERSION:
        raise GenerationIncompatible(f'generation {path.name} has format {found_format}; this version reads {FORMAT_VERSION}. Run "ragqa index build".')
    try:
        return load(Manifest, file.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise GenerationCorrupt(f"the manifest of generation {path.name} cannot be read ({exc}). {_NEXT_STEP}") from exc


def open_generation(path: Path) -> Generation:
    """Open the generation in a folder.

    Raises:
        GenerationCorrupt: A file is missing or has another length than the manifest says.
        GenerationIncompatible: It was written in another format or with another analyzer.
    """
    manifest = read_manifest(path)
    if manifest.analyzer_version != ANALYZER_VERSION:
        raise GenerationIncompatible(
            f'generation {path.name} was built with analyzer {manifest.analyzer_version}; this version has {ANALYZER_VERSION}. Run "ragqa index build".'
        )
    for entry in manifest.files:
        problem = length_problem(path, entry)
        if problem:
            raise GenerationCorrupt(f"generation {path.name}: {problem}. {_NEXT_STEP}")
    try:
        return _assemble(path, manifest)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise GenerationCorrupt(f"generation {path.name} cannot be opened ({exc}). {_NEXT_STEP}") from exc


def _assemble(path: Path, manifest: Manifest) -> Generation:
    version, parts = f"{path.name}-{manifest.digest[:8]}", manifest.parts
    lexical = LexicalIndex.open(path / LEXICAL_FOLDER)
    library = Store(path, version, lexical.frequencies, parts, manifest.removed)
    try:
        dense = DenseIndex([path / part.name for part in parts], [part.begin.chunk for part in parts], library.chunk_map)
    except BaseException:
        library.close()
        raise
    return Generation(path.name, path, manifest, library, lexical.with_rows(library.chunk_map, library.document_of_chunk), dense)


def open_current(index_dir: Path) -> Generation:
    """Open the generation that `CURRENT` names; raise as `current_name` and `open_generation` do."""
    name = current_name(index_dir)
    try:
        return open_generation(index_dir / name)
    except GenerationCorrupt:
        # A builder may have published and pruned between the reading of the name and the opening of its files.
        newer = current_name(index_dir)
        if newer == name:
            raise
        return open_generation(index_dir / newer)


def open_generation_encoder(index_dir: Path, generation: Generation, settings: EmbeddingSettings | None = None) -> Embedder:
    """Open the encoder that made the vectors of a generation.

    Args:
        index_dir: The folder of generations, which holds the exported models too.
        generation: The generation to answer from.
        settings: If given, an encoder other than the one they name is refused, and their number of threads is used.

    Raises:
        GenerationIncompatible: The settings name another encoder.
        ModelUnavailable: The exported model is missing or damaged.
    """
    if generation.manifest.model_id.startswith("hashing-"):
        return HashingEmbedder(generation.manifest.dimension)
    if settings is not None:
        generation.require_encoder(settings)
    folder = index_dir / MODELS_FOLDER / generation.manifest.model_id.rsplit(":", 1)[-1]
    try:
        state = tuple(sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.iterdir()))
    except OSError:
        state = ()
    return _open_encoder(folder.absolute(), settings.threads if settings else 1, state)


@lru_cache(maxsize=1)
def _open_encoder(folder: Path, threads: int, state: tuple[tuple[str, int, int], ...]) -> Embedder:
    """Open an encoder, or return the one that is open: the next generation has the same as a rule, and its weights are 100 MB.

    `state` tells the files of the folder from others that stood there before.
    """
    return open_encoder(folder, threads=threads)


def length_problem(path: Path, entry: FileEntry) -> str | None:
    """Return what is wrong with the presence and length of a file; None where nothing is."""
    try:
        size_bytes = (path / entry.path).stat().st_size
    except OSError:
        return f'the file "{entry.path}" is missing'
    return None if size_bytes == entry.size_bytes else f'the file "{entry.path}" has {size_bytes} bytes instead of {entry.size_bytes}'


_NEXT_STEP = 'Run "ragqa index rollback" for the generation before it, or "ragqa index build".'
