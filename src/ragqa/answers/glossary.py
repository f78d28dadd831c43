"""Explanations of clinical terms for readers who are not clinicians: shown beside the original wording, never in its place.

The terms are data (`data/glossary.yaml`), to be edited without touching the code. A name in small letters matches in either case, any other
(an abbreviation) only as written; both also match with a plural s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: `plain` explains it in everyday words, `long` is the full form of an abbreviation."""

    names: tuple[str, ...]
    plain: str
    long: str | None = None


class Glossary:
    """Finds known terms in texts, the longest name first."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = {name: term for term in terms for name in term.names}
        ordered = sorted(self._terms, key=lambda name: (-len(name), name))
        self._exact = _any_of(name for name in ordered if not name.islower())
        self._folded = re.compile(_any_of(name for name in ordered if name.islower()).pattern, re.IGNORECASE)

    def find(self, text: str) -> list[tuple[str, Term]]:
        """Return (name as written, term) for every known term of a text, each term once, in order of appearance."""
        places = [(match.start(1), -match.end(1), match[1], self._terms[match[1]]) for match in self._exact.finditer(text)]
        places += [(match.start(1), -match.end(1), match[1], self._terms[match[1].lower()]) for match in self._folded.finditer(text)]
        found: dict[Term, str] = {}
        reached = 0
        for start, minus_end, name, term in sorted(places, key=lambda place: place[:2]):
            if start >= reached:
                reached = -minus_end
                found.setdefault(term, name)
        return [(name, term) for term, name in found.items()]


@lru_cache(maxsize=1)
def load_glossary() -> Glossary:
    """Return the shipped glossary, read once."""
    import yaml

    entries = yaml.safe_load(files("ragqa.answers").joinpath("data/glossary.yaml").read_text(encoding="utf-8"))
    return Glossary(Term(tuple(entry["names"]), entry["plain"], entry.get("long")) for entry in entries)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, names)) + r")s?(?!\w)")
