"""Answer from somebody else's texts: a folder of documents made from a data set, indexed and served by the same code as any library."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.index.generation import MODELS_FOLDER
from ragqa.protocols import Embedder
from ragqa.service import QAService
from ragqa.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the stage, what is done and how much there is."""
_SILENT: Progress = lambda stage, done, total: None  # noqa: E731  # a name for "tell nobody"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BLOCK_START = re.compile(r"^(\s*)([#>*+|=-])")


@dataclass(frozen=True, slots=True)
class ForeignText:
    """One document of a data set. `name` becomes its file name, and so the slug of its document."""

    name: str
    title: str
    paragraphs: tuple[str, ...]


def safe_name(name: str) -> str:
    """Return a name that can be a file name."""
    return _UNSAFE.sub("-", name).strip("-.") or "document"


def open_over(texts: Iterable[ForeignText], settings: Settings, work: Path, progress: Progress = _SILENT, encoder: Embedder | None = None) -> QAService:
    """Return a service over texts, each written as a Markdown file and indexed below `work`; an index of the same texts is used again.

    Args:
        texts: The documents.
        settings: How to index and answer; a model that was exported for their index folder is used here too.
        work: Folder that keeps files and index.
        progress: Told of every step of the build.
        encoder: Makes the vectors instead of the model of the settings.
    """
    kept = sorted(texts, key=lambda text: text.name)
    folder = work / hashlib.sha256("\n".join(map(repr, kept)).encode()).hexdigest()[:12]
    corpus, index = folder / "corpus", folder / "index"
    for path in (corpus, index):
        path.mkdir(parents=True, exist_ok=True)
    for text in kept:
        (corpus / f"{text.name}.md").write_text(_markdown(text), encoding="utf-8")
    models = settings.index.resolve() / MODELS_FOLDER
    if models.is_dir() and not (index / MODELS_FOLDER).exists():
        (index / MODELS_FOLDER).symlink_to(models, target_is_directory=True)
    own = settings.model_copy(update={"corpus": corpus, "index": index})
    build_index(own, lambda stage, done, total, item: progress(stage, done, total), encoder)
    return open_service(own)


def _markdown(text: ForeignText) -> str:
    # JSON strings are YAML strings. A line must not start as a heading or a list does: that would cut the paragraph.
    paragraphs = (_BLOCK_START.sub(r"\1\\\2", " ".join(paragraph.split())) for paragraph in text.paragraphs)
    return f"---\ntitle: {json.dumps(text.title or text.name)}\nkind: other\n---\n\n" + "\n\n".join(paragraphs) + "\n"
