"""Files taken out of the corpus: moved aside, not destroyed, as long as a generation that quotes them can be served again.

A removed file waits below `removed/GENERATION/` in the index folder, named for the generation that was current. When the builds after it
have pruned that generation, nothing can cite the file any more, and it goes for good.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ragqa.curation.uploads import Upload, companions
from ragqa.errors import DocumentNotRemovable
from ragqa.index.generation import generation_names

REMOVED_FOLDER = "removed"
_RECORD = "REMOVED.json"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that was removed: where it stood in the corpus, where it waits, and what is told of it where it had been uploaded."""

    source: str
    sha256: str
    folder: Path
    upload: Upload | None

    @property
    def path(self) -> Path:
        """Return where the file is now."""
        return self.folder / Path(self.source).name


def remove_file(corpus: Path, index: Path, source: str, sha256: str, generation: str, upload: Upload | None) -> Removed:
    """Move a file of the corpus and its sidecar aside; raise `DocumentNotRemovable` where it cannot be moved."""
    removed = Removed(source, sha256, index / REMOVED_FOLDER / generation / secrets.token_hex(8), upload)
    record = {"source": source, "sha256": sha256, "upload": asdict(upload) if upload else None}
    try:
        removed.folder.mkdir(parents=True)
        (removed.folder / _RECORD).write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
        # The sidecar goes first: alone it would count as a document.
        for path in reversed(companions(corpus / source)):
            shutil.move(path, removed.folder / path.name)
    except OSError as exc:
        raise DocumentNotRemovable(f'"{source}" cannot be moved out of the corpus ({exc.strerror or exc}). Check the permissions of its folder.') from exc
    return removed


def restore_file(corpus: Path, removed: Removed) -> None:
    """Put a removed file and its sidecar back where they stood; raise `DocumentNotRemovable` where another file stands there now."""
    target = corpus / removed.source
    if target.exists():
        raise DocumentNotRemovable(f'"{removed.source}" is in the corpus again. Remove it first to put the earlier file back.')
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in companions(removed.path):
        shutil.move(path, target.with_name(path.name))
    shutil.rmtree(removed.folder)


def removed_files(index: Path) -> Iterator[Removed]:
    """Yield the removed files that wait, the latest generation first."""
    for path in sorted((index / REMOVED_FOLDER).glob(f"*/*/{_RECORD}"), reverse=True):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            upload = Upload(**record["upload"]) if record["upload"] else None
            removed = Removed(record["source"], record["sha256"], path.parent, upload)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if removed.path.is_file():
            yield removed


def purge_removed(index: Path) -> None:
    """Delete the removed files whose generation is no longer on disk."""
    kept = set(generation_names(index))
    for folder in (index / REMOVED_FOLDER).glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder)
