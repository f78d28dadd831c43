"""Which document of the library has taken the place of which, named as an answer names its sources.

Three ways to know: a document says by what it was superseded, a newer one says what it supersedes, or two guidelines of one issuer have
the same title but for the year. What is said in a file's front matter is a file name; a reader is shown the successor's label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ragqa.compose.candidates import Candidate
from ragqa.types import DocumentKind, DocumentRecord

_EDITION_WORDS = re.compile(r"\b(?:\d+|(?:the|an?|of|update[ds]?|version|edition|revised|revision)\b)|[^\w\s]", re.IGNORECASE)


def successors_of(documents: Sequence[DocumentRecord]) -> Mapping[str, tuple[str, ...]]:
    """Return the labels of what has taken a document's place, by document id; documents that still stand are left out.

    Args:
        documents: All documents of the library, in any order.
    """
    by_slug = {document.slug: document for document in documents}
    found: dict[str, dict[str, None]] = {}
    for document in documents:
        for slug in document.metadata.superseded_by:
            found.setdefault(document.document_id, {})[by_slug[slug].metadata.label if slug in by_slug else slug] = None
        for slug in document.metadata.supersedes:
            if slug in by_slug:
                found.setdefault(by_slug[slug].document_id, {})[document.metadata.label] = None
    for editions in _editions(documents):
        for older, newer in pairwise(editions):
            if _year(older) < _year(newer):
                found.setdefault(older.document_id, {})[newer.metadata.label] = None
    return {document_id: tuple(names) for document_id, names in found.items()}


def mark_superseded(candidates: Sequence[Candidate], successors: Mapping[str, tuple[str, ...]]) -> list[Candidate]:
    """Return the candidates with `superseded_by` of their documents as labels of the successors."""
    if not successors:
        return list(candidates)
    return [
        replace(candidate, document=_marked(candidate.document, successors[candidate.document.document_id]))
        if candidate.document.document_id in successors
        else candidate
        for candidate in candidates
    ]


def _marked(document: DocumentRecord, names: tuple[str, ...]) -> DocumentRecord:
    return replace(document, metadata=replace(document.metadata, superseded_by=names))


def _editions(documents: Sequence[DocumentRecord]) -> list[list[DocumentRecord]]:
    """Return the guidelines that are editions of one another, oldest first."""
    groups: dict[tuple[str, str], list[DocumentRecord]] = {}
    for document in documents:
        metadata = document.metadata
        if metadata.kind is DocumentKind.GUIDELINE and metadata.issuer and _year(document):
            groups.setdefault((metadata.issuer, _bare(metadata.title)), []).append(document)
    return [sorted(group, key=_year) for group in groups.values() if len(group) > 1]


def _year(document: DocumentRecord) -> int:
    return document.metadata.edition or document.metadata.year or 0


def _bare(title: str) -> str:
    """Return a title without what tells editions apart."""
    return " ".join(_EDITION_WORDS.sub(" ", title).lower().split())
