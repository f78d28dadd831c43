"""What people type may name a patient: identifiers are found by pattern and replaced by a mark before anything is stored or logged.

Patterns find what has a form (record and insurance numbers, birth dates, addresses, names after a title); they cannot find every name. The
patterns are data (`data/identifiers.yaml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml

from ragqa.errors import LexiconInvalid


@dataclass(frozen=True, slots=True)
class Screened:
    """A text without identifiers, and the marks that took their place, in order."""

    text: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    mark: str
    expression: re.Pattern[str]


def screen(text: str) -> Screened:
    """Return a text with what looks like a patient's identifier replaced by a mark such as "[date of birth]"."""
    found: list[tuple[int, str]] = []
    for pattern in load_patterns():

        def replace(match: re.Match[str], mark: str = pattern.mark) -> str:
            found.append((match.start(), mark))
            start, end = match.span("id") if "id" in match.groupdict() else match.span()
            return match.string[match.start() : start] + mark + match.string[end : match.end()]

        text = pattern.expression.sub(replace, text)
    return Screened(text, tuple(mark for _, mark in sorted(found, key=lambda item: item[0])))


@lru_cache(maxsize=4)
def load_patterns(path: Path | None = None) -> tuple[_Pattern, ...]:
    """Read the patterns; raise `LexiconInvalid` naming the file and the entry that cannot be used."""
    source = path or files("ragqa.text").joinpath("data/identifiers.yaml")
    try:
        entries = yaml.safe_load(source.read_text(encoding="utf-8"))
        return tuple(
            _Pattern(entry["mark"], re.compile(expression, 0 if entry.get("case_sensitive") else re.IGNORECASE))
            for entry in entries
            for expression in entry["patterns"]
        )
    except (OSError, yaml.YAMLError, re.error, KeyError, TypeError) as exc:
        raise LexiconInvalid(f'the patterns of identifiers in "{Path(str(source)).name}" cannot be read: {exc}. Each entry has "mark" and "patterns".') from exc
