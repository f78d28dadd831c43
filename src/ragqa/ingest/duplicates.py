"""Documents that are the same publication: told by DOI, by title and year, or by shared wording.

The better source wins (JATS before Word, HTML, PDF and plain text, full text before an abstract); the other is reported. A digest in own
words is no duplicate of the publication that it reports.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ragqa.text.normalize import letters_and_digits
from ragqa.types import Document, DocumentStatus, Problem, Zone

_RANKS = {"jats": 0, "docx": 1, "html": 2, "markdown": 3, "pdf": 4, "text": 5, "medline": 6, "jsonl": 7}
_SHINGLE_WORDS = 5
_SKETCH_SIZE = 128
_LEAST_SHARED = 0.4
"""The PDF of a paper shares about 0.55 of its shingles with the JATS body, another paper on the topic 0.02."""
_LEAST_SKETCH = 40
_COMMON = 50
"""A run of words in so many documents is a formula (a licence, a template); pairs that share nothing else are not compared."""
_LEAST_TITLE = 25


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is needed to compare one document with others: small, so that a whole library can be held.

    `sketch` holds the smallest hashes of its runs of five words, ascending.
    """

    source: str
    rank: int
    doi: str | None
    title: str
    year: int | None
    sketch: tuple[int, ...]


def fingerprint(document: Document) -> Fingerprint | None:
    """Return the fingerprint of a document; None for a digest, which stands beside its publication."""
    metadata = document.metadata
    if metadata.digest_of:
        return None
    body = " ".join(sentence.text for sentence in document.sentences if document.sections[sentence.section].zone in (Zone.ABSTRACT, Zone.BODY))
    title = letters_and_digits(metadata.title)
    return Fingerprint(
        source=document.source,
        rank=_RANKS.get(document.source_format, len(_RANKS)),
        doi=metadata.doi.casefold() if metadata.doi else None,
        title=title if len(title) >= _LEAST_TITLE else "",
        year=metadata.year,
        sketch=_sketch(body),
    )


def find_duplicates(fingerprints: Sequence[Fingerprint]) -> tuple[Problem, ...]:
    """Return a problem for each document that another, better one repeats, by ascending source."""
    groups = _Groups(len(fingerprints))
    by_key: dict[tuple[object, ...], int] = {}
    for index, document in enumerate(fingerprints):
        for key, reason in ((("doi", document.doi), "the same DOI"), (("title", document.title, document.year), "the same title and year")):
            if key[1]:
                groups.join(by_key.setdefault(key, index), index, reason)
    for first, second in _similar(fingerprints):
        if not (fingerprints[first].doi and fingerprints[second].doi):
            groups.join(first, second, "the same wording")
    problems = []
    for members in groups.members():
        best = min(members, key=lambda index: (fingerprints[index].rank, -len(fingerprints[index].sketch), fingerprints[index].source))
        for index in members:
            if index != best:
                message = f"{fingerprints[index].source} is the publication of {fingerprints[best].source}, which is indexed ({groups.reason(index, best)})."
                problems.append(Problem(fingerprints[index].source, DocumentStatus.DUPLICATE_OF, message))
    return tuple(sorted(problems, key=lambda problem: problem.source))


def _sketch(text: str) -> tuple[int, ...]:
    words = re.findall(r"[^\W_]+", text.casefold())
    hashes = {zlib.crc32(" ".join(words[start : start + _SHINGLE_WORDS]).encode()) for start in range(len(words) - _SHINGLE_WORDS + 1)}
    return tuple(sorted(hashes)[:_SKETCH_SIZE])


def _similar(fingerprints: Sequence[Fingerprint]) -> list[tuple[int, int]]:
    """Return the pairs whose estimated Jaccard similarity reaches the threshold; only pairs that share a hash are compared."""
    holders: dict[int, list[int]] = defaultdict(list)
    for index, document in enumerate(fingerprints):
        if len(document.sketch) >= _LEAST_SKETCH:
            for value in document.sketch:
                holders[value].append(index)
    candidates = {(first, second) for found in holders.values() if len(found) <= _COMMON for first in found for second in found if first < second}
    return sorted(pair for pair in candidates if _similarity(fingerprints[pair[0]].sketch, fingerprints[pair[1]].sketch) >= _LEAST_SHARED)


def _similarity(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """Return the share of the smallest hashes of both together that both hold: an estimate of their Jaccard similarity."""
    smallest = sorted(set(first) | set(second))[: min(len(first), len(second))]
    return len(set(first) & set(second) & set(smallest)) / len(smallest)


class _Groups:
    """Documents joined into groups, each pair with the reason that joined it."""

    def __init__(self, n: int) -> None:
        self._group = list(range(n))
        self._reasons: dict[frozenset[int], str] = {}

    def join(self, first: int, second: int, reason: str) -> None:
        """Put two documents and what belongs to them into one group."""
        if first == second:
            return
        self._reasons.setdefault(frozenset((first, second)), reason)
        old, new = self._group[second], self._group[first]
        self._group = [new if group == old else group for group in self._group]

    def reason(self, first: int, second: int) -> str:
        """Return why two members of a group belong together."""
        return self._reasons.get(frozenset((first, second)), "the same publication")

    def members(self) -> list[list[int]]:
        """Return the groups of two and more."""
        groups: dict[int, list[int]] = defaultdict(list)
        for index, group in enumerate(self._group):
            groups[group].append(index)
        return [members for members in groups.values() if len(members) > 1]
