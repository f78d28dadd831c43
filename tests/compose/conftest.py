from __future__ import annotations

import pytest

from ragqa.service import QAService
from tests.compose.samples import small_service


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over the documents of `samples`."""
    return small_service(tmp_path_factory.mktemp("small"))
