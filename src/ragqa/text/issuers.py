"""Find issuers of guidelines by how they are named, whether or not anybody here has heard of them.

"What does the German Society of Rheumatology recommend?" must not be answered with the advice of others, and no list of issuers is ever
complete. A body is known by its noun and its capitals, a national document by the country's word before it, and a short form by the
kind of document after it. The words are data (`trials.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINK = r"(?:of|for|in|on|and|the|de|der|für|&)"
_CAPITAL = r"[A-Z][\w'’-]*"
_ACRONYM = r"(?=\w*[A-Z]\w*[A-Z])[A-Z][A-Za-z]{1,7}"
_REACH = 3
"""Words that may stand between a country's word and the kind of document: "Dutch national multidisciplinary guideline"."""


@dataclass(frozen=True, slots=True)
class NamedIssuer:
    """An issuer as a question names it, at characters [start, end)."""

    name: str
    start: int
    end: int


class IssuerPatterns:
    """Finds issuers that no list holds."""

    def __init__(self, bodies: Sequence[str], documents: Sequence[str], demonyms: Sequence[str], masks: Sequence[str] = ()) -> None:
        """Take the nouns of bodies ("society"), of documents ("guideline"), the words of countries ("German"), and capitals that name no issuer ("GRADE")."""
        self._masks = frozenset(masks)
        body = either(word.capitalize() for word in bodies)
        document, country = either(documents), either(demonyms)
        # The name runs on in capitals: "Spanish Society of Rheumatology and Pneumology".
        self._body = re.compile(rf"(?:{_CAPITAL}\s+(?:{_LINK}\s+)?)*{body}(?:\s+(?:{_LINK}\s+){{1,2}}{_CAPITAL}(?:\s+{_CAPITAL})*)*")
        self._small_body = re.compile(rf"\b{country}\s+(?:[\w-]+\s+){{0,2}}{either(bodies)}\b(?:\s+(?:of|for)\s+\w+)?", re.IGNORECASE)
        self._national = re.compile(rf"\b{country}\s+(?:[a-z-]+\s+){{0,{_REACH}}}{document}\b", re.IGNORECASE)
        self._short = re.compile(rf"\b({_ACRONYM}(?:/{_ACRONYM})*)(?:'s)?\s+(?:(?:19|20)\d\d\s+)?(?:[a-z-]+\s+){{0,2}}(?i:{document})\b")

    def find(self, text: str, taken: Sequence[tuple[int, int]]) -> list[NamedIssuer]:
        """Return the issuers that a text names, those left out that are only part of a name known as something else, [start, end) in `taken`."""
        found: list[NamedIssuer] = []
        for pattern in (self._body, self._small_body, self._national, self._short):
            for match in pattern.finditer(text):
                group = 1 if pattern is self._short else 0
                start, end = match.span(group)
                if " " not in match.group(group) and pattern is not self._short:
                    continue
                is_known = any(other_start <= start and end <= other_end for other_start, other_end in taken)
                if not is_known and match.group(group) not in self._masks and not any(start < one.end and one.start < end for one in found):
                    found.append(NamedIssuer(match.group(group), start, end))
        return sorted(found, key=lambda issuer: issuer.start)


def either(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) + ")"
