"""The interface against its own description: generated requests, valid and not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from ragqa.curation.rebuilds import RUNNER_FOLDER
from ragqa.index.lock import hold_lock
from ragqa.web.app import create_app
from tests.web.conftest import sample_context

context = sample_context()
described = schemathesis.openapi.from_asgi("/openapi.json", create_app(context))


@pytest.fixture(autouse=True, scope="module")
def no_builds() -> Iterator[None]:
    """Hold the lock of those who build: jobs are queued and never begun."""
    with hold_lock(context.settings.index / RUNNER_FOLDER):
        yield
    context.curation.stop()


@described.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True)
def test_every_response_is_described(case: schemathesis.Case[Any]) -> None:
    """No request ends in a 5xx, and status, type and shape of each response are those of the description."""
    case.call_and_validate(checks=[not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance])
