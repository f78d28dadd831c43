"""Fixtures that every part of the tests may use: the shipped corpus, an index built from it, and a service over that index."""

from pathlib import Path

import pytest

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.service import QAService
from ragqa.settings import Settings, load_settings

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = CHECKOUT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real documents and designs beside the checkout; skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real documents is not here")
    return SHARED


@pytest.fixture(scope="session")
def corpus_settings() -> Settings:
    """Return settings over the shipped corpus and an index kept between test runs; a build brings it up to date.

    Tests run in several processes: one builds, the others wait for it.
    """
    settings = load_settings(corpus=CHECKOUT / "corpus", index=CHECKOUT / ".cache" / "test-index")
    return settings.model_copy(update={"generations": settings.generations.model_copy(update={"lock_timeout_s": 150.0})})


@pytest.fixture(scope="session")
def built_index(corpus_settings: Settings) -> Path:
    """Return the folder of an index over the shipped corpus with the real encoder."""
    build_index(corpus_settings)
    return corpus_settings.index


@pytest.fixture(scope="session")
def corpus_service(built_index: Path, corpus_settings: Settings) -> QAService:
    """Return a service over the shipped corpus."""
    assert built_index == corpus_settings.index
    return open_service(corpus_settings)
