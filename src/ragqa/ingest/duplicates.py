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

import numpy as np
from numpy.typing import NDArray

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
_HASH = np.dtype("<u4")
_NO_HASH = np.iinfo(_HASH).max
"""Fills sketches shorter than others; the one hash in four billion that equals it counts as absent."""
_BLOCK = 4096
"""Pairs compared at once: 4 MB of hashes."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is needed to compare one document with others: half a kilobyte, so that a whole library can be held.

    `sketch` holds the smallest hashes of its runs of five words, ascending, four bytes each.
    """

    source: str
    rank: int
    doi: str | None
    title: str
    year: int | None
    sketch: bytes


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
    """Return a problem for each document that another, better one repeats, by ascending source.

    All documents are compared each time, so the result depends on nothing but them: for 5,000 it takes a few tenths of a second.
    """
    groups = _Groups(len(fingerprints))
    by_key: dict[tuple[object, ...], int] = {}
    for index, document in enumerate(fingerprints):
        for key, reason in ((("doi", document.doi), "the same DOI"), (("title", document.title, document.year), "the same title and year")):
            if key[1]:
                groups.join(by_key.setdefault(key, index), index, reason)
    for first, second in _similar([document.sketch for document in fingerprints]):
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


def _sketch(text: str) -> bytes:
    words = re.findall(r"[^\W_]+", text.casefold())
    hashes = {zlib.crc32(" ".join(words[start : start + _SHINGLE_WORDS]).encode()) for start in range(len(words) - _SHINGLE_WORDS + 1)}
    return np.array(sorted(hashes)[:_SKETCH_SIZE], _HASH).tobytes()


def _similar(sketches: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return the pairs whose estimated Jaccard similarity reaches the threshold, in order; only pairs that share a hash are compared."""
    lengths = np.array([len(sketch) // _HASH.itemsize for sketch in sketches], np.int64)
    values = np.frombuffer(b"".join(sketches), _HASH)
    owners = np.repeat(np.arange(len(sketches), dtype=np.int32), lengths)
    long_enough = (lengths >= _LEAST_SKETCH)[owners]
    values, owners = values[long_enough], owners[long_enough]
    order = np.argsort(values, kind="stable")
    sorted_values, holders = values[order], owners[order]
    n_holders = np.diff(np.append(np.flatnonzero(np.append(True, sorted_values[1:] != sorted_values[:-1])), len(holders))) if len(holders) else np.zeros(0, int)
    n_holders = np.repeat(n_holders, n_holders)
    n_common = np.bincount(holders[n_holders > _COMMON], minlength=len(sketches))
    shared = (n_holders > 1) & (n_holders <= _COMMON)
    pairs, n_shared = _pairs(sorted_values[shared], holders[shared], len(sketches))
    firsts, seconds = pairs // max(1, len(sketches)), pairs % max(1, len(sketches))
    # What two documents share of the hashes that many hold is not counted, only bounded: most pairs fall here without being compared.
    wanted = _LEAST_SHARED * np.minimum(lengths[firsts], lengths[seconds])
    possible = n_shared + np.minimum(n_common[firsts], n_common[seconds]) >= wanted
    firsts, seconds = firsts[possible], seconds[possible]
    table = np.full((len(sketches), _SKETCH_SIZE), _NO_HASH, _HASH)
    table[owners, np.arange(len(owners)) - np.searchsorted(owners, owners)] = values
    found: list[tuple[int, int]] = []
    for start in range(0, len(firsts), _BLOCK):
        some, others = firsts[start : start + _BLOCK], seconds[start : start + _BLOCK]
        alike = _similarity(table[some], table[others], np.minimum(lengths[some], lengths[others])) >= _LEAST_SHARED
        found += zip(some[alike].tolist(), others[alike].tolist(), strict=True)
    return found


def _pairs(values: NDArray[np.uint32], holders: NDArray[np.int32], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of documents that hold an equal value, each once as first * n + second, ascending, and how many values each shares.

    Args:
        values: Ascending; no value occurs more than `_COMMON` times.
        holders: The document of each value; ascending where values are equal.
        n: Number of documents.
    """
    found = [np.zeros(0, np.int64)]
    for apart in range(1, _COMMON):
        places = np.flatnonzero(values[apart:] == values[:-apart])
        if not len(places):
            break
        found.append(holders[places].astype(np.int64) * n + holders[places + apart])
    return np.unique(np.concatenate(found), return_counts=True)


def _similarity(first: NDArray[np.uint32], second: NDArray[np.uint32], n_smallest: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of the smallest hashes of both together that both hold: an estimate of their Jaccard similarity.

    Args:
        first: Shape (n_pairs, _SKETCH_SIZE), each row one sketch.
        second: The sketches to compare them with.
        n_smallest: How many different hashes to look at in each pair.
    """
    both = np.sort(np.concatenate([first, second], axis=1), axis=1)
    again = (both[:, 1:] == both[:, :-1]) & (both[:, 1:] != _NO_HASH)
    place = np.arange(1, both.shape[1]) + 1 - np.cumsum(again, axis=1)
    shared: NDArray[np.float64] = (again & (place <= n_smallest[:, None])).sum(axis=1) / n_smallest
    return shared


class _Groups:
    """Documents joined into groups, each pair with the reason that joined it."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))
        self._reasons: dict[frozenset[int], str] = {}

    def join(self, first: int, second: int, reason: str) -> None:
        """Put two documents and what belongs to them into one group."""
        if first == second:
            return
        self._reasons.setdefault(frozenset((first, second)), reason)
        self._parent[self._root(second)] = self._root(first)

    def reason(self, first: int, second: int) -> str:
        """Return why two members of a group belong together."""
        return self._reasons.get(frozenset((first, second)), "the same publication")

    def members(self) -> list[list[int]]:
        """Return the groups of two and more."""
        groups: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            groups[self._root(index)].append(index)
        return [members for members in groups.values() if len(members) > 1]

    def _root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index
