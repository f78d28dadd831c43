"""What a question names: whether a sentence or a document belongs to a named study, issuer or author, and which words a text holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ragqa.text.analyzer import analyze, terms_of_word
from ragqa.types import DocumentRecord, SentenceRecord

_MARKS = ".,;:()[]"
_FIRST = re.compile(r"\b([A-Z]\w*|phase|stage|type|class|part|study|trial)[ -]I\b(?!['’])")
"""A lone roman one behind a name: analysed it would fall as a pronoun, and the first of several studies would be found in all of them."""


def speaks_of(record: SentenceRecord, document: DocumentRecord, anchors: Sequence[str]) -> bool:
    """Whether a sentence belongs to a named study, issuer or author: in its text, its trial tags or its document's name."""
    if is_by(document, anchors):
        return True
    terms = [_in_order(anchor) for anchor in anchors]
    if any(anchor in _in_order(trial) for anchor in terms for trial in record.sentence.tags.trials):
        return True
    plain = record.sentence.text
    held = content_terms(plain)
    return any(held.issuperset({*anchor.split()} - {"i"}) and anchor in _in_order(plain) for anchor in terms if anchor.strip())


def share_of(record: SentenceRecord, document: DocumentRecord, studies: Sequence[str]) -> float:
    """Return how far a sentence is about the named studies: 1, half where they stand behind another as what it was held against, else 0."""
    if not speaks_of(record, document, studies):
        return 0.0
    asked = [any(_in_order(study) in _in_order(trial) for study in studies) for trial in record.sentence.tags.trials]
    return 0.5 if any(asked) and not asked[0] else 1.0


def is_by(document: DocumentRecord, anchors: Sequence[str]) -> bool:
    """Whether a document goes by the name of one of the studies, issuers or authors."""
    metadata = document.metadata
    names = [metadata.label, metadata.title, metadata.issuer or "", metadata.organisation or "", *metadata.authors[:3], metadata.doi or ""]
    held = _in_order(" ".join(names))
    return any(_in_order(anchor) in held for anchor in anchors)


def content_terms(text: str) -> set[str]:
    """Return the analysed terms of a text, each once: `analyze` word by word, since most words have been met before."""
    return set(analyze(text)) if text.isupper() else set().union(*map(_terms_of_word, text.split()))


@lru_cache(maxsize=65_536)
def _terms_of_word(word: str) -> frozenset[str]:
    return frozenset(terms_of_word(word.strip(_MARKS)))


@lru_cache(maxsize=32_768)
def _in_order(text: str) -> str:
    """Return the analysed terms of a text between blanks, so that a name is found in another text as a part of it.

    Joint names count by their parts: "A/B" is the start of "A/B/C".
    """
    head, *tails = _FIRST.sub("\\1\0", text).split("\0")
    terms = [*analyze(head), *(term for tail in tails for term in ("i", *analyze(tail)))]
    return f" {' '.join(term for term in terms if '/' not in term)} "
