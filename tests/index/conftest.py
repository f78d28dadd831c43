from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragqa.index.generation import Generation
from tests.index.samples import sample_generation


@pytest.fixture(scope="session")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """Return a published generation of a guideline (2 chunks) and two papers (1 and 2 chunks)."""
    opened = sample_generation(tmp_path_factory.mktemp("index"))
    yield opened
    opened.library.close()
