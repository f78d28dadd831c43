"""A small library on disk that can be built with the real encoder, for tests that change it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ragqa.index.export import export_model
from ragqa.index.generation import MODELS_FOLDER
from ragqa.settings import Settings, load_settings
from tests.conftest import CHECKOUT
from tests.ingest.printing import Print, column, make_pdf

PAPER = """---
title: {title}
year: {year}
kind: {kind}
---

# {title}

## Results

- In trial {title}, 31 of 120 patients with interstitial lung disease improved with treatment at 48 weeks.

## Safety

- Fever occurred in 3 patients of trial {title}.
"""
TRIAL = "Nintedanib in lung disease: a trial"
FINDING = ("In this trial 44 of 99 patients with interstitial lung disease", "improved with nintedanib after one year.")
"""As printed on two lines."""
ENDED = ("succeeded", "failed", "interrupted")


def clock() -> datetime:
    """Return one moment for all."""
    return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def ticking_clock() -> Callable[[], datetime]:
    """Return a clock that goes on by a second whenever it is read, so that records have an order."""
    ticks = count()
    return lambda: clock() + timedelta(seconds=next(ticks))


def make_library(folder: Path, **more: Any) -> Settings:
    """Write a corpus of two papers and return settings over it, with the exported encoder in place and no index built."""
    given = {"curation": {"debounce_s": 0.2}, "ingest": {"max_file_size_mb": 1}, "server": {"max_upload_mb": 3}, "records": {"url": "sqlite://"}}
    settings = load_settings(corpus=folder / "corpus", index=folder / "index", **given | more)
    settings.corpus.mkdir(parents=True)
    for title, year, kind in (("Alder", 2019, "cohort"), ("Birch", 2021, "guideline")):
        (settings.corpus / f"{title.lower()}.md").write_text(PAPER.format(title=title, year=year, kind=kind))
    exported = CHECKOUT / ".cache" / "test-index" / MODELS_FOLDER
    export_model(settings.embedding, exported)
    settings.index.mkdir()
    (settings.index / MODELS_FOLDER).symlink_to(exported)
    return settings


def copy_library(settings: Settings, folder: Path) -> Settings:
    """Copy corpus and index to another folder and return settings over the copy."""
    copied = settings.model_copy(update={"corpus": folder / "corpus", "index": folder / "index"})
    shutil.copytree(settings.corpus, copied.corpus)
    shutil.copytree(settings.index, copied.index, symlinks=True)
    return copied


def make_paper(title: str = TRIAL, *lines: str) -> bytes:
    """Return a PDF of two pages: title and heading, and on the second page what was found."""
    front = [Print(title, size=18, y=720), *column(["Introduction", "This trial was done in eleven hospitals of four countries."], top=650)]
    back = [Print("Results", y=700, size=13, bold=True), *column([*FINDING, *lines], top=670)]
    return make_pdf([front, back])


def eventually(is_so: Callable[[], bool], limit_s: float = 60.0) -> None:
    """Wait until something is so; fail where it does not come to be within a generous limit."""
    last = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < last, "it did not come to be"
        time.sleep(0.02)
