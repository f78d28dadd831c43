"""The interface against its own description: generated requests, valid and not."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from ragqa.settings import Settings
from ragqa.web.app import create_app
from ragqa.web.context import Context
from tests.web.conftest import sample_service

described = schemathesis.openapi.from_asgi("/openapi.json", create_app(Context(sample_service(Settings()), Settings())))


@described.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True)
def test_every_response_is_described(case: schemathesis.Case[Any]) -> None:
    """No request ends in a 5xx, and status, type and shape of each response are those of the description."""
    case.call_and_validate(checks=[not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance])
