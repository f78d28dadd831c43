"""What every route works on, made once when the application starts."""

from __future__ import annotations

from dataclasses import dataclass

from ragqa.service import QAService
from ragqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The parts behind the routes."""

    service: QAService
    settings: Settings
